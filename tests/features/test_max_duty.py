"""Duty is limited from start to end, waiting and service included."""

from __future__ import annotations

from helpers import line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

ORDERS = [{"windows": [(100, 100)], "service": 10}, {"windows": [(300, 300)], "importance": 2}]


def test_waiting_is_duty(solved):
    plan = solved(tiny(line(0, 50, 60), orders=ORDERS, vehicles=[{"max_duty": 309}]))
    assert visits(plan) == {"v0": ["b"]}
    assert why(plan) == {"a": ("MAX_DUTY", "CONFLICT", 1, "s")}


def test_the_limit_is_allowed(solved):
    plan = solved(tiny(line(0, 50, 60), orders=ORDERS, vehicles=[{"max_duty": 310}]))
    assert starts(plan) == [50, 100, 300, 360]


def test_a_free_start_keeps_duty_short(solved):
    # the shift is long; the vehicle starts when it has to
    plan = solved(tiny(line(0, 50), orders=ORDERS[1:], vehicles=[{"max_duty": 100, "shift": (0, 999)}]))
    assert starts(plan) == [250, 300, 350]


def test_service_is_duty(solved):
    plan = solved(tiny(line(0, 50), orders=[{"service": 31}], vehicles=[{"max_duty": 130}]))
    assert why(plan) == {"a": ("MAX_DUTY", "IMPOSSIBLE", 1, "s")}
