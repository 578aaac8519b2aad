"""Pickup and delivery instances: pairs become shipments, and what is wrong names its line."""

from __future__ import annotations

import pytest

from o2oroute.errors import InputError
from o2oroute.formats.reading import read_problem
from o2oroute.model.instance import build_instance

LI_LIM = """3 20 1
0 0 0 0 0 1000 0 0 0
1 3 4 10 5 50 90 0 2
2 6 8 -10 10 500 90 1 0
"""
SARTORI = """NAME: tiny
TYPE: PDPTW
CAPACITY: 300
NODES
0 41.3 2.1 0 0 240 0 0 0
1 41.4 2.1 22 29 140 5 0 2
2 41.4 2.2 -22 0 192 5 1 0
EDGES
0 2 14
3 0 12
14 13 0
EOF
"""


def test_li_and_lim():
    problem = read_problem(LI_LIM)
    (shipment,) = problem.shipments
    assert (shipment.id, shipment.load, shipment.pickup.windows) == ("1", {"load": 10.0}, ((5000, 50_000),))
    assert [shipment.pickup.properties, shipment.delivery.properties] == [{"node": 1}, {"node": 2}]
    assert len(problem.vehicles) == 3
    assert problem.objective == "fewest_vehicles"
    legs = build_instance(problem).vehicle_legs(0)
    assert legs.durations[0].tolist() == [0, 5000, 10_000]


def test_sartori_and_buriol():
    problem = read_problem(SARTORI)
    assert [shipment.id for shipment in problem.shipments] == ["1"]
    assert problem.depots[0].windows == ((0, 240),)
    assert build_instance(problem).vehicle_legs(0).durations.tolist() == [[0, 2, 14], [3, 0, 12], [14, 13, 0]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LI_LIM.replace("90 0 2", "90 0 7"), "line 3: node 1 is delivered at 7"),
        (LI_LIM.replace("90 0 2", "90 0 0"), "line 3: node 1 belongs to no pair"),
        (LI_LIM.replace("-10", "-9"), "line 3: 10 is picked up and 9 delivered"),
        (LI_LIM.replace("2 6 8", "3 6 8"), "line 4: node 3 stands where 2 is due"),
        (LI_LIM.replace("500 90 1 0", "500 90 1"), "line 4: node 2 has 8 values"),
        (LI_LIM.replace("10 500", "600 500"), "line 4"),
        (SARTORI.replace("3 0 12", "3 0"), "line 10: EDGES must have 3 rows"),
        (SARTORI.replace("3 0 12", "3 0 x"), "line 9: EDGES has what is no whole number"),
        (SARTORI.replace("CAPACITY: 300\n", ""), "CAPACITY is missing"),
    ],
)
def test_what_is_wrong(text, found):
    with pytest.raises(InputError) as caught:
        read_problem(text)
    assert found in str(caught.value)


def test_a_matrix_has_no_other_convention():
    with pytest.raises(InputError, match="Use 'minutes'"):
        read_problem(SARTORI, convention="dimacs")


ALLOWED = """NAME : s
TYPE : SDVRPTW
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
VEHICLES : 2
CAPACITY : 9
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
DEMAND_SECTION
1 0
2 1
3 1
VEHICLES_ALLOWED_CLIENTS_SECTION
1 2 3
2 3
EOF
"""


def test_site_dependent_clients():
    problem = read_problem(ALLOWED)
    assert [order.vehicles.allowed for order in problem.orders] == [("1",), ("1", "2")]
    for wrong, found in (
        (ALLOWED.replace("\n2 3\n", "\n1 3\n"), "comes twice"),
        (ALLOWED.replace("\n2 3\n", "\n2 9\n"), "no node 9"),
    ):
        with pytest.raises(InputError, match=found):
            read_problem(wrong)
