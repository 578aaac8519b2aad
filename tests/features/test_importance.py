"""Where not all can be served, the least importance is left out, whatever it costs."""

from __future__ import annotations

from helpers import FREE, groups, line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_the_more_important_side(solved):
    orders = [{"importance": 1}, {"importance": 3}, {"importance": 1}]
    plan = solved(tiny(line(0, 100, -100, -110), orders=orders, vehicles=[{"shift": (0, 250)}]))
    assert groups(plan) == [["b", "c"]]
    assert plan.summary.unserved_importance == 1
    assert why(plan) == {"a": ("SHIFT", "CONFLICT", 170, "s")}


def test_one_important_order_before_two_others(solved):
    orders = [{}, {}, {"importance": 3}]
    plan = solved(tiny(line(0, 100, 110, -100), orders=orders, vehicles=[{"shift": (0, 250)}]))
    assert groups(plan) == [["c"]]
    assert plan.summary.unserved_importance == 2


def test_two_orders_before_one_that_is_less_important_than_both(solved):
    orders = [{"importance": 2}, {"importance": 2}, {"importance": 3}]
    plan = solved(tiny(line(0, 100, 110, -100), orders=orders, vehicles=[{"shift": (0, 250)}]))
    assert groups(plan) == [["a", "b"]]


def test_no_cost_is_too_high(solved):
    vehicles = [{"costs": {"fixed": 1_000_000, "per_hour": 10_000, "per_km": 10_000}}]
    plan = solved(tiny(line(0, 3600), orders=[{}], vehicles=vehicles))
    assert visits(plan) == {"v0": ["a"]}
    assert plan.summary.cost == 1_000_000 + 2 * 10_000 + 7.2 * 10_000


def test_what_is_free_is_served_too(solved):
    plan = solved(tiny(line(0, 5, 6), orders=[{}, {}], vehicles=[{"costs": FREE}]))
    assert plan.summary.served == 2
