"""Capacity in several units: what rides together fits in each of them."""

from __future__ import annotations

from helpers import groups, line, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

ORDERS = [
    {"delivery": {"kg": 3, "boxes": 1}, "importance": 2},
    {"delivery": {"kg": 1, "boxes": 3}, "importance": 2},
    {"delivery": {"kg": 0.5, "boxes": 1}},
]
VAN = {"capacity": {"kg": 4, "boxes": 4}}


def test_two_vehicles_share_what_does_not_fit_one(solved):
    plan = solved(tiny(line(0, 100, 110, -50), orders=ORDERS, vehicles=[VAN, VAN]))
    assert groups(plan) == [["a", "b"], ["c"]]
    assert plan.summary.distance == 320


def test_one_unit_that_is_full_is_enough(solved):
    plan = solved(tiny(line(0, 100, 110, -50), orders=ORDERS, vehicles=[VAN]))
    assert groups(plan) == [["a", "b"]]
    # kg and boxes are both exceeded; the unit that is named first stops it
    assert why(plan) == {"c": ("CAPACITY", "CONFLICT", 1, "boxes")}


def test_a_unit_without_capacity_is_not_limited(solved):
    vehicles = [{"capacity": {"kg": 4.5}}, {"capacity": {"boxes": 9}, "max_stops": 0}]
    plan = solved(tiny(line(0, 100, 110, -50), orders=ORDERS, vehicles=vehicles))
    assert groups(plan) == [["a", "b", "c"]]


def test_thousandths_count(solved):
    orders = [{"delivery": {"kg": 0.1}}, {"delivery": {"kg": 0.2}}]
    fits = tiny(line(0, 1, 2), orders=orders, vehicles=[{"capacity": {"kg": 0.3}}])
    assert solved(fits).summary.served == 2
    plan = solved(tiny(line(0, 1, 2), orders=orders, vehicles=[{"capacity": {"kg": 0.299}}]))
    assert plan.summary.served == 1
    assert plan.unassigned[0].reasons[0].margin == 0.001
