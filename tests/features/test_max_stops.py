"""A vehicle visits at most so many orders."""

from __future__ import annotations

from helpers import groups, line, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

ORDERS = [{"importance": 1}, {"importance": 2}, {"importance": 2}]


def test_the_least_important_is_left_out(solved):
    plan = solved(tiny(line(0, 1, 2, 3), orders=ORDERS, vehicles=[{"max_stops": 2}]))
    assert groups(plan) == [["b", "c"]]
    assert why(plan) == {"a": ("MAX_STOPS", "CONFLICT", 1, "stops")}
    assert plan.unassigned[0].reasons[0].repair.pointer == "/vehicles/0/max_stops"


def test_the_limit_is_allowed(solved):
    assert solved(tiny(line(0, 1, 2, 3), orders=ORDERS, vehicles=[{"max_stops": 3}])).summary.served == 3


def test_none_at_all(solved):
    plan = solved(tiny(line(0, 1), orders=[{}], vehicles=[{"max_stops": 0}]))
    assert why(plan) == {"a": ("MAX_STOPS", "IMPOSSIBLE", 1, "stops")}
