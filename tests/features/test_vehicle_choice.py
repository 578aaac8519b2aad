"""Orders may allow, forbid or prefer vehicles."""

from __future__ import annotations

import pytest

from helpers import line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


@pytest.mark.parametrize("choice", [{"allowed": ["v1"]}, {"forbidden": ["v0", "v2"]}])
def test_only_who_may_goes(solved, choice):
    plan = solved(tiny(line(0, 100), orders=[{"vehicles": choice}], vehicles=[{}, {}, {}]))
    assert visits(plan) == {"v1": ["a"]}


def test_what_stops_the_others_is_named(solved):
    orders = [{"vehicles": {"allowed": ["v0"]}}, {"importance": 2}]
    vehicles = [{"max_stops": 1}, {"max_stops": 0}]
    plan = solved(tiny(line(0, 100, 110), orders=orders, vehicles=vehicles))
    assert visits(plan) == {"v0": ["b"]}
    codes = {reason.vehicle: (reason.code, reason.kind) for reason in plan.unassigned[0].reasons}
    assert codes == {"v0": ("MAX_STOPS", "CONFLICT"), "v1": ("VEHICLE_CHOICE", "IMPOSSIBLE")}


def test_a_forbidden_vehicle_may_be_the_repair(solved):
    orders = [{"vehicles": {"forbidden": ["v0"]}}]
    vehicles = [{}, {"max_stops": 0}]
    plan = solved(tiny(line(0, 100), orders=orders, vehicles=vehicles))
    repairs = {reason.vehicle: reason.repair for reason in plan.unassigned[0].reasons}
    assert (repairs["v0"].pointer, repairs["v0"].to) == ("/orders/0/vehicles/forbidden", [])
    assert why(plan)["a"][1] == "IMPOSSIBLE"


def test_a_preferred_vehicle_drives_farther(solved):
    vehicles = [{}, {"start": {"index": 2}, "end": {"index": 2}}]
    prefers = {"preferred": ["v1"], "not_preferred_cost": 0.5}
    plan = solved(tiny(line(0, 100, 500), orders=[{"vehicles": prefers}], vehicles=vehicles))
    assert visits(plan) == {"v0": ["a"]}
    assert (plan.routes[0].costs.preference, plan.summary.cost) == (0.5, 0.7)
    prefers["not_preferred_cost"] = 0.61
    plan = solved(tiny(line(0, 100, 500), orders=[{"vehicles": prefers}], vehicles=vehicles))
    assert visits(plan) == {"v1": ["a"]}
    assert (plan.routes[0].costs.preference, plan.summary.cost) == (0, 0.8)


def test_a_shipment_that_rides_elsewhere_costs_once(solved):
    shipments = [{"vehicles": {"preferred": ["v1"], "not_preferred_cost": 2}}]
    plan = solved(tiny(line(0, 100, 200), shipments=shipments, vehicles=[{}, {"max_stops": 0}]))
    assert plan.routes[0].costs.preference == 2
