"""Driving is limited by itself, whatever waiting and service take."""

from __future__ import annotations

from helpers import line, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_max_travel_counts_driving_only(solved):
    orders = [{"service": 500, "windows": [(900, 900)]}]
    plan = solved(tiny(line(0, 100), orders=orders, vehicles=[{"max_travel": 200}]))
    assert plan.summary.served == 1
    plan = solved(tiny(line(0, 100), orders=orders, vehicles=[{"max_travel": 199}]))
    assert why(plan) == {"a": ("MAX_TRAVEL", "IMPOSSIBLE", 1, "s")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/0/max_travel", 199, 200)
