"""Plans in which all rules of single routes mix: what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import repaired, solution, visits
from o2oroute.formats.plan_json import parse_plan
from o2oroute.plan.check import check_plan
from o2oroute.plan.rules import RULE_CODES
from o2oroute.plan.schedule import make_plan
from o2oroute.plan.trial import tried
from random_problems import by_id, has_ways, rich_instances, routes_of, solution_of

DAY_RULES = ("breaks", "driving_breaks", "trips", "overtime", "max_ride")

thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@thorough
@given(st.data())
def test_a_plan_that_breaks_no_rule_passes_the_checker(data):
    instance = data.draw(rich_instances(relations=True))
    routes = by_id(instance, data.draw(routes_of(instance, feasible=True)))
    plan = make_plan(instance, solution(routes), reasons=False)
    assert check_plan(instance, plan) == []
    assert visits(plan) == routes


@thorough
@given(st.data())
def test_of_any_plan_the_checker_names_broken_rules_and_nothing_else(data):
    instance = data.draw(rich_instances(relations=True))
    routes = by_id(instance, data.draw(routes_of(instance, feasible=False)))
    plan = make_plan(instance, solution(routes), reasons=False)
    codes = {violation.code for violation in check_plan(instance, plan)}
    # the clock never starts before a release, drives or serves but as long as it takes
    assert codes <= set(RULE_CODES) - {"TRAVEL", "SERVICE", "WAITING", "RELEASE"}


@thorough
@given(st.data())
def test_a_plan_written_is_a_plan_that_reads_back_equal(data):
    instance = data.draw(rich_instances(relations=True))
    plan = make_plan(instance, solution(by_id(instance, data.draw(routes_of(instance, feasible=False)))))
    again = parse_plan(plan.model_dump_json(by_alias=True))
    assert again == plan
    assert make_plan(instance, again.solution(), run=plan.run) == plan


@pytest.mark.parametrize("day", [(), DAY_RULES], ids=["requests", "days"])
@thorough
@given(data=st.data())
def test_reasons_are_what_the_checker_says(day, data):
    """Whatever a reason says of a place, the checker finds there."""
    instance = data.draw(rich_instances(relations=True, day=day))
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes))
    for unassigned in plan.unassigned:
        request = instance.request_index[unassigned.id]
        assert unassigned.reasons
        for reason in unassigned.reasons:
            if instance.is_set_aside[request]:
                assert reason.kind == "INPUT"
            else:
                _is_true(instance, routes, request, reason)


def _is_true(instance, routes, request, reason):
    vehicle = instance.vehicle_index[reason.vehicle]
    alone = list(instance.tasks_of(request))
    possible = has_ways(instance, vehicle, alone) and not _broken(
        instance, {vehicle: tried(instance, vehicle, alone).codes}
    )
    assert possible == (reason.kind != "IMPOSSIBLE")
    if reason.position is None:
        assert reason.code == "UNREACHABLE"
        return
    broken = _broken(instance, _put(instance, routes, request, reason))
    if reason.kind in {"IMPOSSIBLE", "CONFLICT"}:
        assert (reason.code, reason.margin, reason.unit) in broken
    else:
        assert not broken


def _put(instance, routes, request, reason):
    """Return the routes with a request where a reason says that it was tried."""
    vehicle = instance.vehicle_index[reason.vehicle]
    rest = {} if reason.kind == "IMPOSSIBLE" else routes
    route, at = rest.get(vehicle, []), reason.position
    first, *second = instance.tasks_of(request)
    trial = [*route[:at], first, *route[at:]]
    for task in second:
        at = reason.delivery_position + 1  # behind the pickup
        trial = [*trial[:at], task, *trial[at:]]
    # with the breaks that it then needs
    return rest | {vehicle: list(tried(instance, vehicle, trial).codes)}


@pytest.mark.parametrize("day", [(), DAY_RULES], ids=["requests", "days"])
@thorough
@given(data=st.data())
def test_repairs_let_the_order_in(day, data):
    instance = data.draw(rich_instances(relations=True, day=day))
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes))
    for unassigned in plan.unassigned:
        for reason in unassigned.reasons:
            if reason.repair is not None and reason.code != "PRIZE":
                request = instance.request_index[unassigned.id]
                mended = repaired(instance.problem, reason.repair)
                assert _broken(mended, _put(instance, routes, request, reason)) == set()


def _broken(instance, routes):
    plan = make_plan(instance, solution_of(instance, routes), reasons=False)
    return {(v.code, v.margin, v.unit) for v in check_plan(instance, plan)}
