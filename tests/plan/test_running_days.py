"""Random days that go on: what is done stays, and the new plan keeps the rules of the day as it was asked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2oroute.engines.engine import solve_instance
from o2oroute.errors import InputError
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.plan.timed_route import RULE_CODES
from o2oroute.plan.warm_start import WarmStart
from random_problems import DAY, rich_instances, routes_of, solution_of

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

#: Codes of notes after which the plan breaks a rule of the day as it was asked.
GIVES_WAY = "the limit gives way"


def stops_of(plan):
    return {
        route.vehicle: [(s.kind, s.id, s.task, s.start_seconds, s.departure_seconds) for s in route.stops]
        for route in plan.routes
    }


@pytest.mark.parametrize("day", [(), ("breaks", "trips", "overtime")], ids=["requests", "days"])
@thorough
@given(data=st.data())
def test_what_is_done_stays_and_all_rules_hold(day, data):
    instance = data.draw(rich_instances(relations=True, day=day))
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes), reasons=False)
    now = data.draw(st.integers(-5, 2 * DAY))
    lock = data.draw(st.sampled_from([None, "vehicle", "sequence", "times"]))
    start = WarmStart(plan, now=now, lock=lock)
    found = solve_instance(instance, engine="search", time_limit=20, iterations=30, start=start, threads=1)
    assert not any(note.startswith("START_LATE") for note in found.run.notes)
    assert check_plan(instance, found) == []
    again = stops_of(found)
    for vehicle, stops in stops_of(plan).items():
        visits = [stop for stop in stops if stop[0] == "order"]
        done = [stop for stop in visits if stop[4] <= now]
        if stops[0][4] > now:
            continue
        assert [stop for stop in again[vehicle] if stop[0] == "order"][: len(done)] == done
        if done != visits:  # what comes next is next
            assert [s for s in again[vehicle] if s[0] == "order"][len(done)][1:3] == visits[len(done)][1:3]
    for route in found.routes:
        before = stops_of(plan).get(route.vehicle)
        if before is None or before[0][4] > now:
            assert route.stops[0].departure_seconds >= now
    if lock is not None:
        vehicle_of = {s[1]: vehicle for vehicle, stops in stops_of(plan).items() for s in stops}
        for vehicle, stops in again.items():
            assert {vehicle_of.get(s[1], vehicle) for s in stops if s[0] == "order"} == {vehicle}


@thorough
@given(st.data())
def test_what_was_reported_is_taken_as_it_was(data):
    instance = data.draw(rich_instances())
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes), reasons=False)
    stops = [stop for route in plan.routes for stop in route.stops if stop.kind == "order"]
    if not stops:
        return
    last = data.draw(st.sampled_from(stops))
    now = data.draw(st.integers(0, 2 * DAY))
    left = data.draw(st.none() | st.integers(0, now))
    start = WarmStart(plan, now=now, done={(last.id, last.task): left})
    try:
        found = solve_instance(instance, engine="insertion", time_limit=20, start=start)
    except InputError:
        with pytest.raises(InputError, match="has done by now breaks"):
            solve_instance(instance, engine="insertion", time_limit=20, start=start)
        return
    violations = check_plan(instance, found)
    if any(GIVES_WAY in note for note in found.run.notes):
        assert {violation.code for violation in violations} <= set(RULE_CODES)
    else:
        assert violations == []
    served = {(stop.id, stop.task): stop for route in found.routes for stop in route.stops}
    earliest = min(last.departure_seconds, now) if left is None else left
    assert served[last.id, last.task].departure_seconds >= earliest
