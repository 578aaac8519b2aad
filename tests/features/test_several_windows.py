"""Windows bound the start of service, both ends included, and may come in several."""

from __future__ import annotations

from helpers import line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_windows_decide_the_order_of_visits(solved):
    orders = [{"windows": [(500, 600)]}, {"windows": [(100, 250)]}]
    plan = solved(tiny(line(0, 100, 200), orders=orders))
    assert visits(plan) == {"v0": ["b", "a"]}
    assert starts(plan) == [50, 250, 500, 600]


def test_the_second_window_is_taken_where_the_first_is_missed(solved):
    order = {"windows": [(0, 99), (400, 450)], "service": 30}
    plan = solved(tiny(line(0, 100), orders=[order], vehicles=[{"shift": (0, 999)}]))
    assert starts(plan) == [300, 400, 530]


def test_a_route_may_use_one_window_of_each_order(solved):
    # a only fits before b, and b only in its second window
    orders = [{"windows": [(100, 120), (900, 910)]}, {"windows": [(0, 50), (400, 410)], "service": 600}]
    plan = solved(tiny(line(0, 100, 150), orders=orders, vehicles=[{"shift": (0, 1500)}]))
    assert visits(plan) == {"v0": ["a", "b"]}
    assert starts(plan) == [20, 120, 400, 1150]


def test_both_ends_count(solved):
    plan = solved(tiny(line(0, 100), orders=[{"windows": [(100, 100)]}], vehicles=[{"shift": (0, 200)}]))
    assert starts(plan) == [0, 100, 200]


def test_a_window_missed_by_a_second(solved):
    # another vehicle could meet it, had it the shift; so the order is not set aside when the file is read
    vehicles = [{"shift": (1, 300)}, {"shift": (0, 300), "max_stops": 0}]
    plan = solved(tiny(line(0, 100), orders=[{"windows": [(100, 100)]}], vehicles=vehicles))
    reasons = {reason.vehicle: reason for reason in plan.unassigned[0].reasons}
    assert (reasons["v0"].code, reasons["v0"].margin) == ("WINDOW", 1)
    assert why(plan)["a"][1] == "IMPOSSIBLE"
