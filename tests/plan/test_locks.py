"""A day under way: what is done, on board or locked."""

from __future__ import annotations

import pytest

from helpers import line, planned, solve_and_check, tiny, visits
from o2oroute.engines.engine import solve
from o2oroute.errors import InputError
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import BreakVisit, ReloadVisit
from o2oroute.plan.check import check_plan
from o2oroute.plan.warm_start import WarmStart

VAN = {"end": None, "shift": (0, 5000), "capacity": {"kg": 9}}
PARCEL = {"delivery": {"kg": 1}, "service": 10}


def again(problem, plan, *, engine="search", **settings):
    """Return the plan that goes on, held to the problem as it is asked."""
    found = solve(problem, engine=engine, time_limit=5, iterations=60, start=WarmStart(plan, **settings))
    assert check_plan(build_instance(problem), found) == []
    return found


def grown(problem, *orders):
    """Return a problem with more orders, its travel along."""
    return problem.replace(orders=[*problem.orders, *orders])


def new(id_, row, **fields):
    return {"id": id_, "location": {"index": row}, **fields}


def times(plan):
    """Return when service starts at each order."""
    return {stop.id: stop.start_seconds for r in plan.routes for stop in r.stops if stop.kind == "order"}


def reasons(plan, order):
    """Return code, kind and message by vehicle."""
    (left,) = [left for left in plan.unassigned if left.id == order]
    return {reason.vehicle: (reason.code, reason.kind, reason.message) for reason in left.reasons}


@pytest.fixture
def morning():
    """Return three parcels on a line for one van, there at 100, 210 and 320, and their plan.

    Row 4 of the matrix is near the first, row 5 near the last.
    """
    problem = tiny(line(0, 100, 200, 300, 110, 310), orders=[PARCEL] * 3, vehicles=[VAN])
    plan = solve_and_check(problem, engine="search")
    assert times(plan) == {"a": 100, "b": 210, "c": 320}
    return problem, plan


@pytest.mark.parametrize("engine", ["combined", "insertion", "ortools", "search"])
def test_what_is_done_stays_and_the_next_stop_is_next(morning, engine):
    problem, plan = morning
    later = grown(problem, new("x", 4, service=5), new("y", 5))
    # at 150 the van has left a and is on its way to b
    found = again(later, plan, engine=engine, now=150)
    assert visits(found)["v0"][:2] == ["a", "b"]
    assert {name: times(found)[name] for name in "ab"} == {"a": 100, "b": 210}
    assert set(visits(found)["v0"]) == {"a", "b", "c", "x", "y"}


def test_without_the_time_of_day_all_may_change(morning):
    problem, plan = morning
    later = grown(problem, new("x", 4, service=5), new("y", 5))
    assert visits(again(later, plan)) == {"v0": ["a", "x", "b", "c", "y"]}


def test_what_lies_at_the_depot_goes_with_who_has_not_left():
    vans = [VAN, VAN | {"costs": {"fixed": 1.0, "per_hour": 0, "per_km": 9}}]
    problem = tiny(line(0, 100, 200, 300, 110), orders=[PARCEL] * 3, vehicles=vans)
    plan = solve_and_check(problem, engine="search")
    assert visits(plan) == {"v0": ["a", "b", "c"]}
    found = again(grown(problem, new("x", 4, **PARCEL)), plan, now=150)
    assert visits(found) == {"v0": ["a", "b", "c"], "v1": ["x"]}
    assert found.routes[1].stops[0].departure_seconds >= 150
    # a service call takes nothing from the depot
    assert list(visits(again(grown(problem, new("x", 4)), plan, now=150))) == ["v0"]


def test_a_new_parcel_for_a_van_that_has_left_is_told_why(morning):
    problem, plan = morning
    found = again(grown(problem, new("x", 4, **PARCEL)), plan, now=150)
    said = ("VEHICLE_CHOICE", "IMPOSSIBLE", "VEHICLE_CHOICE: v0 has left without x")
    assert reasons(found, "x") == {"v0": said}
    assert found.unassigned[0].reasons[0].repair is None


def test_what_is_on_board_does_not_change_vehicles():
    # v1 starts right where c is, and comes to work at 150
    vans = [VAN, VAN | {"start": "d1", "shift": (150, 5000)}]
    problem = tiny(line(0, 290, 100, 200, 300), depots=[{}, {}], orders=[PARCEL] * 3, vehicles=vans)
    _, plan = planned(problem, {"v0": "abc"})
    assert visits(again(problem, plan, now=150)) == {"v0": ["a", "b", "c"]}
    # calls without a load may
    calls = problem.replace(orders=[order.model_copy(update={"delivery": {}}) for order in problem.orders])
    _, plan = planned(calls, {"v0": "abc"})
    assert visits(again(calls, plan, now=150)) == {"v0": ["a", "b"], "v1": ["c"]}


def test_shipments_are_delivered_by_who_has_picked_them_up():
    vans = [{"end": None}, {"end": None, "start": "d1"}]
    problem = tiny(line(0, 280, 100, 300, 310), depots=[{}, {}], shipments=[{}], orders=[{}], vehicles=vans)
    # a is order at 100; A goes from 300 to 310
    _, plan = planned(problem, {"v0": ["a", "A+", "A-"]})
    assert visits(again(problem, plan, now=150)) == {"v0": ["a", "A+", "A-"]}
    assert visits(again(problem, plan, now=50)) == {"v0": ["a"], "v1": ["A+", "A-"]}


def test_a_van_that_is_late_is_told_by_what_it_has_done(morning):
    problem, plan = morning
    found = again(problem, plan, now=400, done={"a": 350})
    assert times(found) == {"a": 340, "b": 450, "c": 560}
    assert found.run.notes == ()


def test_a_van_that_is_early(morning):
    problem, plan = morning
    found = again(problem, plan, now=150, done=["b"])
    (note,) = found.run.notes
    assert note == (
        "START_LATE /vehicles/0: v0 cannot have left b 1 min 10 s before the travel times say so. "
        "The plan goes by the travel times."
    )
    assert times(found) == {"a": 100, "b": 210, "c": 320}


def test_a_next_stop_that_is_too_late_is_given_up(morning):
    problem, plan = morning
    first, second, third = problem.orders
    second = second.model_copy(update={"windows": ((0, 300),)})
    hurried = problem.replace(orders=[first, second, third])
    found = again(hurried, plan, now=400, done={"a": 350})
    assert visits(found) == {"v0": ["a", "c"]}
    assert reasons(found, "b")["v0"][:2] == ("WINDOW", "CONFLICT")
    assert "v0 does not get to b, its next stop" in found.run.notes[0]


def test_a_van_whose_next_stop_is_cancelled_goes_on_from_now():
    problem = tiny(line(0, 100, 200, 110), orders=[PARCEL] * 3, vehicles=[VAN])
    _, plan = planned(problem, {"v0": "abc"})
    first, _, third = problem.orders
    found = again(problem.replace(orders=[first, third]), plan, now=150)
    # from a it is there at 120, which is over
    assert times(found) == {"a": 100, "c": 150}


def test_limits_give_way_for_what_has_happened(morning):
    problem, plan = morning
    limited = problem.replace(vehicles=[problem.vehicles[0].model_copy(update={"shift": (0, 380)})])
    found = solve(
        limited,
        engine="search",
        time_limit=5,
        iterations=20,
        start=WarmStart(plan, now=400, done={"a": 390}),
    )
    assert "v0 would end" in found.run.notes[0]
    assert visits(found) == {"v0": ["a"]}
    assert [violation.code for violation in check_plan(build_instance(limited), found)] == ["SHIFT"]


def test_a_shift_that_is_over_gives_way_for_what_is_on_board():
    problem = tiny(line(0, 10, 20), shipments=[{}], vehicles=[VAN | {"shift": (0, 45)}])
    plan = solve_and_check(problem, engine="search")

    start = WarmStart(plan, now=54, done={("A", "pickup"): 27})
    found = solve(problem, engine="search", time_limit=5, iterations=60, start=start)

    assert [(stop.id, stop.start_seconds) for stop in found.routes[0].stops[1:-1]] == [("A", 27), ("A", 54)]
    assert [v.code for v in check_plan(build_instance(problem), found)] == ["SHIFT"]
    assert any("gives way" in note for note in found.run.notes)


def test_breaks_that_are_over_stay_where_they_were():
    rest = {"id": "rest", "duration": 6, "off_duty": False}
    van = {
        "start": None,
        "shift": (0, 54),
        "breaks": [rest, {"id": "tea", "duration": 2, "windows": [[16, 30]]}],
    }
    order = {"windows": [[0, 23]], "release": 23, "service": 2}
    problem = tiny(line(0, 4), orders=[order], vehicles=[van | {"costs": {"per_hour": 0}}])
    _, plan = planned(problem, {"v0": ["a", BreakVisit("rest")]})

    found = again(problem, plan, now=61)

    stops = [(stop.kind, stop.start_seconds) for stop in found.routes[0].stops]
    assert stops == [("start", 23), ("order", 23), ("break", 25), ("end", 35)]


def test_all_that_was_taken_along_too_early_is_named():
    problem = tiny(line(0, 10, 20), orders=[{"delivery": {"kg": 1}, "windows": [[0, 99]]}] * 2, vehicles=[{}])
    _, plan = planned(problem, {"v0": ["a", "b"]})
    ready = problem.replace(orders=[order.model_copy(update={"release": 95}) for order in problem.orders])

    start = WarmStart(plan, now=plan.routes[0].stops[1].departure_seconds)
    found = solve(ready, engine="search", time_limit=5, iterations=60, start=start)

    assert visits(found) == {"v0": ["a", "b"]}
    told = [note for note in found.run.notes if "before it was ready" in note]
    assert ["with a " in told[0], "with b " in told[1]] == [True, True]
    assert {v.code for v in check_plan(build_instance(ready), found)} == {"RELEASE"}


def test_what_gives_way_for_one_van_stays_so_behind_the_next():
    vans = [{"start": None, "shift": (0, 900)}, {"start": None, "shift": (0, 900)}]
    problem = tiny(line(0, 10, 20), depots=[{"windows": [[0, 50]]}], orders=[{}, {}], vehicles=vans)
    instance, plan = planned(problem, {"v0": ["a"], "v1": ["b"]})
    assert check_plan(instance, plan) == []

    start = WarmStart(plan, now=75, done={"a": 70})
    found = solve(problem, engine="search", time_limit=5, iterations=60, start=start)

    assert visits(found) == {"v0": ["a"], "v1": ["b"]}
    assert times(found)["a"] == 70
    assert [v.code for v in check_plan(instance, found)] == ["DEPOT_WINDOW"]


def test_a_van_that_has_gone_home_stays_there():
    problem = tiny(line(0, 100, 90), orders=[{}], vehicles=[{"shift": (0, 900)}])
    plan = solve_and_check(problem, engine="search")
    found = again(grown(problem, new("x", 2)), plan, now=150)
    assert visits(found) == {"v0": ["a"]}
    assert reasons(found, "x") == {"v0": ("MAX_STOPS", "CONFLICT", "MAX_STOPS: v0 is at the end of its day")}
    assert found.unassigned[0].reasons[0].repair is None


@pytest.mark.parametrize("engine", ["combined", "insertion", "ortools", "search"])
def test_a_next_stop_is_next_even_where_no_engine_has_room_for_it(engine):
    # the van took its break before it came to load: engines let no vehicle load before its first order
    problem = tiny(
        line(0, 0, 0, 0),
        depots=[{}, {"departures": [38]}],
        orders=[{}, {"delivery": {"kg": 1}}],
        vehicles=[
            {
                "start": None,
                "end": "d1",
                "trips": {"depots": ["d1"], "max": 2},
                "max_duty": 22,
                "breaks": [{"id": "lunch", "windows": [[19, 31]], "duration": 4, "off_duty": False}],
            }
        ],
    )
    instance, plan = planned(problem, {"v0": [BreakVisit("lunch"), ReloadVisit("d1"), "b"]})
    assert check_plan(instance, plan) == []

    found = again(problem, plan, engine=engine, now=36)

    assert times(found) == {"b": 38, "a": 38}
    assert found.run.statistics["found_by"] == "start"


@pytest.mark.parametrize("shift", [(0, 900), None])
def test_nobody_leaves_before_now(shift):
    problem = tiny(line(0, 100), orders=[{}], vehicles=[{"shift": shift}])
    _, plan = planned(problem, {})
    assert times(again(problem, plan, now=300)) == {"a": 400}


def test_a_shift_that_begins_later_has_not_begun(morning):
    problem, plan = morning
    ill = problem.replace(vehicles=[problem.vehicles[0].model_copy(update={"shift": (500, 5000)})])
    assert times(again(ill, plan, now=150)) == {"a": 600, "b": 710, "c": 820}


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (None, {"v0": ["x", "a", "b", "c"]}),
        ("vehicle", {"v0": ["x", "a", "b"], "v1": ["c"]}),
        ("sequence", {"v0": ["x", "b", "a"], "v1": ["c"]}),
        ("times", {"v0": ["b", "a", "x"], "v1": ["c"]}),
    ],
)
def test_three_levels_of_lock(lock, expected):
    vans = [{"end": None, "shift": (0, 900)}] * 2
    problem = tiny(line(0, 100, 200, 300, 50), orders=[{}] * 3, vehicles=vans)
    _, plan = planned(problem, {"v0": "ba", "v1": "c"})
    later = grown(problem, new("x", 4, service=1))
    assert visits(again(later, plan, lock=lock)) == expected


def test_what_is_gone_is_passed_over(morning):
    problem, plan = morning
    fewer = problem.replace(orders=problem.orders[:2], vehicles=[problem.vehicles[0]])
    found = again(fewer, plan)
    assert visits(found) == {"v0": ["a", "b"]}
    (note,) = found.run.notes
    assert note == (
        "START_GONE /routes/0/stops/3/id: v0 has c on its route, which the problem does not have. "
        "It is passed over."
    )
    other = problem.replace(vehicles=[problem.vehicles[0].model_copy(update={"id": "w"})])
    assert "v0 is no vehicle of the problem" in again(other, plan).run.notes[0]


def test_what_does_not_hold_is_planned_anew(morning):
    problem, plan = morning
    vans = [problem.vehicles[0].model_copy(update={"capacity": {"kg": 2}})]
    found = again(problem.replace(vehicles=vans), plan)
    assert len(found.unassigned) == 1
    assert found.run.notes[0].startswith(
        "START_BROKEN c cannot stay where the plan has it, on v0: v0 is over"
    )


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


def test_what_no_route_has_cannot_be_done(morning):
    problem, plan = morning
    with pytest.raises(InputError, match="x: said to be done, but on no route of the plan"):
        again(grown(problem, new("x", 4)), plan, now=150, done=["x"])


def test_times_of_another_day_mean_nothing(morning):
    problem, plan = morning
    with pytest.raises(InputError, match="the plan is for None, the problem for 2026-11-23"):
        again(problem.replace(date="2026-11-23"), plan, now=150)
