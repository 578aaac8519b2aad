"""How many vehicles are needed at least: never more than some plan uses."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import line, tiny
from o2oroute.engines.insertion import construct
from o2oroute.model.instance import build_instance
from o2oroute.plan.fleet import fleet_findings, fleet_needs
from random_problems import instances, rich_instances

thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def needs(problem):
    return {(need.of, need.unit): need.vehicles for need in fleet_needs(build_instance(problem))}


def said(problem):
    return [(finding.code, finding.message) for finding in fleet_findings(build_instance(problem))]


def test_by_load():
    vans = [{"capacity": {"kg": 5}}, {"capacity": {"kg": 3}}, {}]
    orders = [{"delivery": {"kg": 3}}, {"delivery": {"kg": 2.5}}, {"pickup": {"kg": 1}}]
    problem = tiny(line(0, 1, 2, 3), orders=orders, vehicles=vans[:2])
    assert needs(problem)["load", "kg"] == 2
    assert said(problem) == []
    # a van without a limit takes all of it
    assert needs(tiny(line(0, 1, 2, 3), orders=orders, vehicles=vans))["load", "kg"] == 1
    assert said(tiny(line(0, 1, 2, 3), orders=orders, vehicles=vans[:1])) == [
        ("FLEET_LOAD", "Orders need 5.5 kg; 1 vehicle has 5 kg.")
    ]


def test_what_may_be_left_out_needs_no_vehicle():
    problem = tiny(
        line(0, 1), orders=[{"delivery": {"kg": 3}, "prize": 1}], vehicles=[{"capacity": {"kg": 5}}]
    )
    assert needs(problem) == {}


def test_by_stops():
    problem = tiny(line(0, 1, 2, 3), orders=[{}] * 3, vehicles=[{"max_stops": 2}] * 2)
    assert needs(problem)["stops", None] == 2
    assert said(tiny(line(0, 1, 2, 3), orders=[{}] * 3, vehicles=[{"max_stops": 2}])) == [
        ("FLEET_STOPS", "Orders need 3 stops; 1 vehicle has 2.")
    ]


@pytest.mark.parametrize("limit", [{"max_duty": 350}, {"shift": (100, 450)}])
def test_by_time(limit):
    # each takes 100 to serve, and at least 50 to get to: the depot is that far from the first
    problem = tiny(line(0, 50, 100, 150), orders=[{"service": 100}] * 3, vehicles=[limit])
    assert said(problem) == [("FLEET_TIME", "Orders need 7 min 30 s; 1 vehicle has 5 min 50 s.")]
    problem = tiny(line(0, 50, 100, 150), orders=[{"service": 100}] * 3, vehicles=[limit] * 2)
    assert needs(problem)["time", None] == 2


def test_at_the_busiest_time_of_day():
    orders = [{"service": 60, "windows": [(600, 620)]}] * 3 + [{"service": 60}]
    problem = tiny(line(0, 10, 20, 30, 40), orders=orders, vehicles=[{"shift": (0, 9999)}])
    # three times 70, of which 10 may be driven before, do not fit into 80
    assert said(problem) == [
        ("FLEET_TIME", "Orders need 3 min 30 s between 00:10 and 00:11:20; 1 vehicle has 1 min 30 s.")
    ]
    assert (
        needs(problem.replace(vehicles=[*problem.vehicles, *[{"id": i, "start": "d0"} for i in (1, 2)]]))[
            "time", None
        ]
        == 3
    )


def test_by_those_that_may():
    orders = [{"delivery": {"kg": 3}, "skills": ["cold"]}] * 2 + [{"delivery": {"kg": 1}}]
    vans = [{"capacity": {"kg": 5}, "skills": ["cold"]}, {"capacity": {"kg": 9}}]
    assert said(tiny(line(0, 1, 2, 3), orders=orders, vehicles=vans)) == [
        ("FLEET_LOAD", "Orders need 6 kg; 1 vehicle has 5 kg.")
    ]


@thorough
@given(instance=st.one_of(instances(max_orders=8), rich_instances(max_orders=5)))
def test_no_plan_serves_all_with_fewer(instance):
    found = construct(instance)
    served = found.routes.is_served() | instance.is_set_aside | (instance.request_prize >= 0)
    if served.all():
        used = int((found.routes.totals()[0] > 0).sum())
        assert all(
            need.vehicles <= used
            for need in fleet_needs(instance)
            if need.available == len(instance.problem.vehicles)
        )
        assert fleet_findings(instance) == []
