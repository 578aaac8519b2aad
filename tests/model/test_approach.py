"""How stops are approached: from the order file to the legs and the drawn route."""

from __future__ import annotations

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution, Visit
from o2oroute.plan.schedule import make_plan
from o2oroute.road.network import RoadNetwork

# a long street with a block at each end to turn round in
TOWN = """
node a 0 0 b 20 0 c 22 1 d 22 -1 e -2 1 f -2 -1
way ab lanes=4 maxspeed=50
way bcdb oneway=yes
way aefa oneway=yes
"""


def at(x: float, y: float) -> list[float]:
    return [10 + x / 1000, 45 + y / 1000]


NORTH = at(10, 0.3)


@pytest.fixture
def network(town) -> RoadNetwork:
    return RoadNetwork.from_osm(town(TOWN))


def instance_of(network, *approaches, depot="any"):
    orders = [
        {"id": f"o{i}", "location": NORTH, "approach": approach} for i, approach in enumerate(approaches)
    ]
    problem = Problem(
        depots=[{"id": "hub", "location": at(1, -0.1), "approach": depot}],
        vehicles=[{"id": "v", "start": "hub", "end": "hub"}],
        orders=orders,
    )
    return build_instance(problem, roads=network)


def test_legs_are_the_cells_of_the_matrix_with_approaches(network):
    instance = instance_of(network, "any", "kerb", "kerb_auto", "kerb", depot="kerb")
    assert instance.point_approach == ("kerb", "any", "kerb", "kerb_auto")
    assert instance.task_point.tolist() == [1, 2, 3, 2]
    points = [at(1, -0.1), NORTH, NORTH, NORTH]
    matrix = network.matrix(points, approach=instance.point_approach)
    expected = np.floor(matrix.durations + np.float32(0.5))
    np.fill_diagonal(expected, 0)
    assert np.array_equal(instance.legs["car"].durations, expected)
    there = instance.legs["car"].durations[0]
    assert there[1] < there[2] == there[3]  # westward, past the far block


def test_a_part_of_an_instance_keeps_the_approaches(network):
    instance = instance_of(network, "any", "kerb")
    assert instance.part([0], [1]).point_approach == instance.point_approach


@pytest.mark.parametrize(("approach", "farthest"), [("any", 10.0), ("kerb", 22.0)])
def test_the_route_that_is_drawn_comes_from_the_side_of_the_stop(network, approach, farthest):
    instance = instance_of(network, approach)
    solution = Solution(routes={"v": (Visit(order="o0", task="service"),)})
    route = make_plan(instance, solution, networks={"car": network}).routes[0]
    east = max(lon for lon, _ in route.geometry)
    assert east == pytest.approx(10 + farthest / 1000, abs=1e-6)
    assert route.distance == pytest.approx(instance.legs["car"].distances[[0, 1], [1, 0]].sum(), abs=2)


@pytest.mark.parametrize("part", ["orders", "depots"])
def test_an_unknown_approach_is_a_finding(part):
    content = {
        "depots": [{"id": "hub", "location": at(0, 0)}],
        "vehicles": [{"id": "v", "start": "hub"}],
        "orders": [{"id": "o", "location": NORTH}],
    }
    content[part][0]["approach"] = "curb"
    with pytest.raises(InputError) as error:
        Problem(**content)
    (finding,) = error.value.findings
    assert (finding.code, finding.pointer) == ("WRONG_VALUE", f"/{part}/0/approach")
    assert "kerb_auto" in finding.message
