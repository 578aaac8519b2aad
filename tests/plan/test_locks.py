"""A day under way: what is done, on board or locked."""

from __future__ import annotations

import pytest

from helpers import line, solve_and_check, tiny, visits, why
from o2oroute.engines.engine import solve
from o2oroute.errors import InputError
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.warm_start import WarmStart

VAN = {"end": None, "shift": (0, 5000), "capacity": {"kg": 9}}
PARCEL = {"delivery": {"kg": 1}, "service": 10}


def again(problem, plan, **settings):
    """Return the plan that goes on, held to the problem as it is asked."""
    found = solve(problem, engine="ortools", time_limit=5, iterations=40, start=WarmStart(plan, **settings))
    assert check_plan(build_instance(problem), found) == []
    return found


def grown(problem, *orders):
    """Return a problem with more orders, its travel along."""
    return problem.replace(orders=[*problem.orders, *orders])


def new(id_, row, **fields):
    return {"id": id_, "location": {"index": row}, **fields}


def times(plan, vehicle="v0"):
    (route,) = [route for route in plan.routes if route.vehicle == vehicle]
    return {stop.id: stop.start_seconds for stop in route.stops if stop.kind == "order"}


@pytest.fixture
def morning():
    """Three parcels on a line for one van: there at 100, 210 and 320. Row 4 is near the first, 5 near the last."""
    problem = tiny(line(0, 100, 200, 300, 110, 310), orders=[PARCEL] * 3, vehicles=[VAN])
    plan = solve_and_check(problem, engine="ortools")
    assert times(plan) == {"a": 100, "b": 210, "c": 320}
    return problem, plan


def test_what_is_done_stays_and_the_next_stop_is_next(morning):
    problem, plan = morning
    later = grown(problem, new("x", 4, service=5), new("y", 5))
    # at 150 the van has left a and is on its way to b
    found = again(later, plan, now=150)
    assert visits(found)["v0"][:2] == ["a", "b"]
    assert {name: times(found)[name] for name in "ab"} == {"a": 100, "b": 210}
    assert set(visits(found)["v0"]) == {"a", "b", "c", "x", "y"}
    # without the time of day it would have gone to x on its way
    free = solve(later, engine="ortools", time_limit=5, iterations=40, start=plan)
    assert visits(free) == {"v0": ["a", "x", "b", "c", "y"]}


def test_what_lies_at_the_depot_goes_with_who_has_not_left():
    vans = [VAN, VAN | {"costs": {"fixed": 1.0, "per_hour": 0, "per_km": 9}}]
    problem = tiny(line(0, 100, 200, 300, 110), orders=[PARCEL] * 3, vehicles=vans)
    plan = solve_and_check(problem, engine="ortools")
    assert visits(plan) == {"v0": ["a", "b", "c"]}
    found = again(grown(problem, new("x", 4, **PARCEL)), plan, now=150)
    assert visits(found) == {"v0": ["a", "b", "c"], "v1": ["x"]}
    assert found.routes[1].stops[0].departure_seconds >= 150
    # a service call takes nothing from the depot
    found = again(grown(problem, new("x", 4)), plan, now=150)
    assert sorted(visits(found)) == ["v0"]


def test_a_new_parcel_for_a_van_that_has_left_is_told_why(morning):
    problem, plan = morning
    found = again(grown(problem, new("x", 4, **PARCEL)), plan, now=150)
    assert why(found)["x"][:2] == ("RELEASE", "CONFLICT")
    assert found.unassigned[0].reasons[0].repair is None


def test_what_is_on_board_does_not_change_vehicles():
    # v1 starts right where c is, and comes to work at 150
    vans = [VAN, VAN | {"start": "d1", "shift": (150, 5000)}]
    problem = tiny(line(0, 290, 100, 200, 300), depots=[{}, {}], orders=[PARCEL] * 3, vehicles=vans[:1])
    plan = solve_and_check(problem, engine="ortools")
    two = problem.replace(vehicles=[*problem.vehicles, {"id": "v1", **vans[1], "costs": problem.vehicles[0].costs}])
    assert visits(again(two, plan, now=150)) == {"v0": ["a", "b", "c"]}
    # calls without a load may
    calls = two.replace(orders=[order.model_copy(update={"delivery": {}}) for order in two.orders])
    assert visits(again(calls, plan, now=150)) == {"v0": ["a", "b"], "v1": ["c"]}


def test_a_van_that_is_late_is_told_by_what_it_has_done(morning):
    problem, plan = morning
    found = again(problem, plan, now=400, done={"a": 350})
    assert times(found) == {"a": 340, "b": 450, "c": 560}


def test_a_van_that_is_early(morning):
    problem, plan = morning
    found = again(problem, plan, now=150, done=["b"])
    assert "cannot have left b" in found.run.notes[0]
    assert times(found) == {"a": 100, "b": 210, "c": 320}


def test_shipments_on_board_are_delivered_by_who_has_them():
    vans = [{"end": None}, {"end": None, "start": "d1"}]
    problem = tiny(line(0, 500, 100, 400, 300), depots=[{}, {}], orders=[{}], shipments=[{}], vehicles=vans[:1])
    plan = solve_and_check(problem, engine="ortools")
    assert visits(plan) == {"v0": ["a", "A+", "A-"]} or visits(plan)["v0"][0] == "a"


def test_a_van_that_has_gone_home_stays_there():
    problem = tiny(line(0, 100, 90), orders=[{}], vehicles=[{"shift": (0, 900)}])
    plan = solve_and_check(problem, engine="ortools")
    found = again(grown(problem, new("x", 2)), plan, now=150)
    assert visits(found) == {"v0": ["a"]}
    assert why(found)["x"] == ("MAX_STOPS", "CONFLICT", 1, "stops")
    assert found.unassigned[0].reasons[0].repair is None


def test_nobody_leaves_before_now():
    problem = tiny(line(0, 100), orders=[{}], vehicles=[{"shift": (0, 900)}])
    plan = solve_and_check(problem, engine="ortools")
    empty = plan.model_copy(update={"routes": ()})
    assert times(again(problem, empty, now=300)) == {"a": 400}


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (None, {"v0": ["a", "x", "b", "c"]}),
        ("vehicle", {"v0": ["b", "x", "a"], "v1": ["c"]}),
        ("sequence", {"v0": ["b", "a", "x"], "v1": ["c"]}),
        ("times", {"v0": ["b", "a", "x"], "v1": ["c"]}),
    ],
)
def test_three_levels_of_lock(lock, expected):
    problem = tiny(line(0, 100, 200, 300, 150), orders=[{}] * 3, vehicles=[{"end": None}] * 2)
    from helpers import planned

    _, plan = planned(problem, {"v0": "ba", "v1": "c"})
    found = again(grown(problem, new("x", 4)), plan, lock=lock)
    assert visits(found) == expected


def test_a_written_plan_goes_on_and_on(morning):
    problem, plan = morning
    for now in (0, 90, 150, 215, 300, 335, 9000):
        plan = again(problem, plan, now=now)
        assert times(plan) == {"a": 100, "b": 210, "c": 320}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"now": "noon"}, "now is 'noon'"),
        ({"done": ["a"]}, "done needs a time of day"),
        ({"now": 150, "done": ["z"]}, "'z' is said to be done; no order or shipment has this id"),
        ({"now": 150, "done": {"a": 160}}, "a is said to be done at 160, which is after now, 150"),
        ({"now": 150, "done": [("a", "dance")]}, "'a' has no 'dance' that could be done"),
        ({"lock": "all"}, "lock is 'all'"),
    ],
)
def test_what_cannot_be_meant_is_told(morning, settings, said):
    problem, plan = morning
    with pytest.raises(InputError, match=said):
        again(problem, plan, **settings)
