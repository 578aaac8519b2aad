"""VROOM's inputs read, and its outputs written, held to VROOM itself."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.polyline import encode_polyline
from o2oroute.formats.reading import read_problem
from o2oroute.formats.vroom_input import is_vroom
from o2oroute.formats.vroom_output import solution_json
from o2oroute.formats.vroom_problem import read_vroom
from o2oroute.formats.vroom_steps import stated_steps
from o2oroute.formats.vroom_times import StatedStep, least_violating_times
from o2oroute.model.instance import build_instance
from vroom_inputs import vroom_input

vroom = pytest.importorskip("vroom")

SQUARE = [[0, 10, 20], [11, 0, 12], [21, 13, 0]]


def small(**changes):
    """Return an input with one vehicle and two jobs, with some keys changed."""
    return {
        "vehicles": [{"id": 1, "start_index": 0}],
        "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2}],
        "matrices": {"car": {"durations": SQUARE}},
    } | changes


def peer(world, tmp_path, *, check):
    """Return VROOM's own output."""
    path = tmp_path / "input.json"
    path.write_text(json.dumps(world), encoding="utf-8")
    given = vroom.Input.from_json(path)
    return (given.check() if check else given.solve(exploration_level=1, nb_threads=1)).to_dict()


def timed(world):
    """Return our output for the steps of an input."""
    case = read_vroom(world)
    instance = build_instance(case.problem)
    return solution_json(case, instance, stated_steps(case, instance))


def comparable(output):
    """Return an output without times of computing, violations sorted."""

    def sort(value):
        if isinstance(value, list):
            return [sort(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            name: sorted(map(sort, item), key=lambda v: v["cause"]) if name == "violations" else sort(item)
            for name, item in value.items()
            if name != "computing_times"
        }

    return sort(output)


def with_steps(world, output, shuffled=None):
    routes = {route["vehicle"]: route["steps"] for route in output["routes"]}
    for vehicle in world["vehicles"]:
        steps = [
            {key: step[key] for key in ("type", "id") if key in step}
            for step in routes.get(vehicle["id"], ())
        ]
        if shuffled is not None:
            middle = steps[1:-1]
            shuffled.shuffle(middle)
            steps[1:-1] = middle
        if steps:
            vehicle["steps"] = steps
    return world


@pytest.mark.parametrize("seed", range(20))
def test_times_of_vrooms_own_routes_are_vrooms(seed, tmp_path):
    world = vroom_input(seed, tasks=14)
    stated = with_steps(world, peer(world, tmp_path, check=False))
    _hold(timed(stated), peer(stated, tmp_path, check=True))


@pytest.mark.parametrize("seed", range(20))
def test_times_and_violations_of_routes_that_break_rules_are_vrooms(seed, tmp_path):
    import random

    world = vroom_input(seed, tasks=10)
    stated = with_steps(world, peer(world, tmp_path, check=False), shuffled=random.Random(seed))
    _hold(timed(stated), peer(stated, tmp_path, check=True))


def _hold(ours, theirs):
    ours, theirs = comparable(ours), comparable(theirs)
    costs = [(a.pop("cost"), b.pop("cost")) for a, b in zip(ours["routes"], theirs["routes"], strict=True)]
    # VROOM rounds hours and kilometres each for itself where it counts in hundredths
    assert all(abs(a - b) <= 1 for a, b in costs)
    assert abs(ours["summary"].pop("cost") - theirs["summary"].pop("cost")) <= len(costs)
    assert ours == theirs


def test_forced_times(tmp_path):
    world = small()
    world["vehicles"][0] |= {
        "time_window": [100, 200],
        "steps": [
            {"type": "start", "service_after": 90},
            {"type": "job", "id": 2, "service_at": 150},
            {"type": "job", "id": 1, "service_before": 170},
            {"type": "end"},
        ],
    }
    _hold(timed(world), peer(world, tmp_path, check=True))
    world["vehicles"][0]["steps"][2]["service_before"] = 155
    with pytest.raises(InputError) as caught:
        timed(world)
    assert caught.value.findings[0].code == "STEPS_INFEASIBLE"


@given(st.data())
def test_times_break_windows_least_of_all(data):
    """Against all whole starts of short routes."""
    window = st.tuples(st.integers(0, 8), st.integers(0, 3)).map(lambda w: (w[0], w[0] + w[1]))
    steps = [
        StatedStep(
            windows=tuple(sorted(data.draw(st.lists(window, max_size=2)))),
            action=data.draw(st.integers(0, 2)),
            leg=data.draw(st.integers(0, 3)) if i else 0,
        )
        for i in range(3)
    ]
    found = least_violating_times(steps)
    total = sum(step.action + step.leg for step in steps)

    def miss(step, start):
        return min((max(a - start, start - b, 0) for a, b in step.windows), default=0)

    def worth(starts):
        lateness = sum(miss(step, start) for step, start in zip(steps, starts, strict=True))
        return max(1, total) * lateness + starts[-1] - starts[0]

    gap = [steps[i].action + steps[i + 1].leg for i in range(2)]
    best = min(
        worth((a, b, c)) for a in range(14) for b in range(a + gap[0], 24) for c in range(b + gap[1], 34)
    )
    assert worth(found.start) == best


def test_what_is_vrooms():
    assert is_vroom(small())
    assert is_vroom({"vehicles": [], "shipments": [{"pickup": {"id": 1}, "delivery": {"id": 2}}]})
    assert not is_vroom({"vehicles": [], "orders": [], "shipments": [{"pickup": {"id": 1}}]})
    assert not is_vroom({"schema_version": 1, "jobs": []})
    assert not is_vroom([])


def test_a_problem_of_an_input():
    world = small()
    world["jobs"][0] |= {"priority": 2, "delivery": [3], "note": "kept", "description": "bell", "skills": [7]}
    world["vehicles"][0] |= {"capacity": [4], "skills": [7, 8], "max_tasks": 5}
    problem = read_problem(world)
    first, second = problem.orders
    assert (first.id, first.delivery, first.skills) == (1, {"amount 0": 3.0}, ("7",))
    assert first.properties == {"description": "bell", "note": "kept"}
    # one priority more is worth more than all tasks
    assert (first.importance, second.importance) == (2 * 3 + 1, 1)
    assert problem.vehicles[0].capacity == {"amount 0": 4.0}
    assert problem.vehicles[0].max_stops == 5
    assert build_instance(problem).vehicle_legs(0).durations.tolist() == SQUARE


def test_timestamps_are_counted_from_the_midnight_before():
    world = small()
    world["jobs"][0]["time_windows"] = [[1_795_413_600, 1_795_413_700]]
    problem = read_problem(world)
    assert str(problem.date) == "2026-11-23"
    assert problem.orders[0].windows == ((21_600, 21_700),)


def test_speed_factors_count_in_whole_hundredths():
    world = small()
    world["vehicles"][0]["speed_factor"] = 1.3
    instance = build_instance(read_problem(world))
    assert np.array_equal(instance.vehicle_legs(0).durations, 77 * np.array(SQUARE))


def test_the_old_matrix():
    world = small()
    world["matrix"] = world.pop("matrices")["car"]["durations"]
    assert build_instance(read_problem(world)).vehicle_legs(0).durations.tolist() == SQUARE


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"vehicles": []}, "NO_VEHICLES", "/vehicles"),
        ({"jobs": []}, "NO_TASKS", "/jobs"),
        ({"jobs": 7}, "WRONG_TYPE", "/jobs"),
        ({"jobs": [7]}, "WRONG_TYPE", "/jobs/0"),
        ({"jobs": [{"id": 1, "location_index": 1}] * 2}, "DUPLICATE_ID", "/jobs/1/id"),
        ({"jobs": [{"location_index": 1}]}, "MISSING_FIELD", "/jobs/0/id"),
        ({"jobs": [{"id": 1}]}, "MISSING_FIELD", "/jobs/0/location_index"),
        ({"jobs": [{"id": 1, "location_index": 3}]}, "MATRIX_INDEX", "/jobs/0/location_index"),
        ({"jobs": [{"id": 1, "location_index": 1, "priority": 101}]}, "WRONG_VALUE", "/jobs/0/priority"),
        ({"jobs": [{"id": 1, "location_index": 1, "service": -1}]}, "WRONG_VALUE", "/jobs/0/service"),
        (
            {"jobs": [{"id": 1, "location_index": 1, "time_windows": [[2, 1]]}]},
            "WINDOW_REVERSED",
            "/jobs/0/time_windows/0",
        ),
        ({"vehicles": [{"id": 1}]}, "MISSING_FIELD", "/vehicles/0/start"),
        (
            {"vehicles": [{"id": 1, "start_index": 0, "speed_factor": 9}]},
            "WRONG_VALUE",
            "/vehicles/0/speed_factor",
        ),
        (
            {"vehicles": [{"id": 1, "start_index": 0, "profile": "bike"}]},
            "UNKNOWN_PROFILE",
            "/vehicles/0/profile",
        ),
        (
            {"vehicles": [{"id": 1, "start_index": 0, "max_distance": 9}]},
            "NO_DISTANCES",
            "/vehicles/0/max_distance",
        ),
        (
            {"vehicles": [{"id": 1, "start_index": 0, "steps": [{"type": "job", "id": 9}]}]},
            "UNKNOWN_ID",
            "/vehicles/0/steps/0/id",
        ),
        ({"matrices": {"car": {}}}, "MISSING_FIELD", "/matrices/car/durations"),
        ({"matrices": {"car": {"durations": [[0, 1], [1]]}}}, "MATRIX_SHAPE", "/matrices/car/durations/1"),
        (
            {"matrices": {"car": {"durations": [[0, 1, 2], [3, 0, -4], [5, 6, 0]]}}},
            "MATRIX_CELL",
            "/matrices/car/durations/1/2",
        ),
        (
            {"matrices": {"car": {"durations": [[0, 1, 2], [3, 0, None], [5, 6, 0]]}}},
            "MATRIX_CELL",
            "/matrices/car/durations/1/2",
        ),
    ],
)
def test_findings(changes, code, pointer):
    with pytest.raises(InputError) as caught:
        read_problem(small(**changes))
    assert (code, pointer) in [(f.code, f.pointer) for f in caught.value.findings]


def test_amounts_have_one_length():
    world = small()
    world["vehicles"][0]["capacity"] = [4]
    world["jobs"][0]["pickup"] = [1, 2]
    with pytest.raises(InputError) as caught:
        read_problem(world)
    assert [(f.code, f.pointer) for f in caught.value.findings] == [("AMOUNTS_LENGTH", "/jobs/0/pickup")]


def test_ways_as_text():
    # the example of the format's own page
    line = [(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)]
    assert encode_polyline(line) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert encode_polyline([]) == ""
