"""A plan to begin with: where nothing has changed, all of it stands at any time of the day."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2oroute.plan.schedule import make_plan
from o2oroute.plan.warm_start import WarmStart, begin
from random_problems import DAY, rich_instances, routes_of, solution_of

DAY_RULES = ("breaks", "driving_breaks", "trips", "overtime", "max_ride")

thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("day", [(), DAY_RULES], ids=["requests", "days"])
@thorough
@given(data=st.data())
def test_what_has_not_changed_stands(day, data):
    instance = data.draw(rich_instances(relations=True, day=day))
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes), reasons=False)
    now = data.draw(st.none() | st.integers(-5, 2 * DAY))
    lock = data.draw(st.sampled_from([None, "vehicle", "sequence", "times"]))
    beginning = begin(instance, WarmStart(plan, now=now, lock=lock))
    assert beginning.findings == []
    assert beginning.start.routes == plan.solution().routes
    again = make_plan(beginning.instance, beginning.start, reasons=False)
    for before, after in zip(plan.routes, again.routes, strict=True):
        for old, new in zip(before.stops, after.stops, strict=True):
            done = now is not None and old.departure_seconds <= now
            if old.kind == "order" and (done or lock == "times"):
                assert (old.start_seconds, old.departure_seconds) == (
                    new.start_seconds,
                    new.departure_seconds,
                )
