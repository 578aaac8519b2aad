"""A vehicle leaves its depot no earlier than what it carries is ready there."""

from __future__ import annotations

from helpers import FREE, groups, line, starts, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_it_waits_for_the_last_load(solved):
    orders = [{"release": 500}, {"release": 300, "windows": [(0, 5000)]}]
    assert starts(solved(tiny(line(0, 100, 110), orders=orders)))[0] == 500


def test_two_vehicles_where_waiting_is_too_late(solved):
    orders = [{"release": 500}, {"windows": [(0, 400)]}]
    plan = solved(tiny(line(0, 100, 110), orders=orders, vehicles=[{}, {}]))
    assert groups(plan) == [["a"], ["b"]]


def test_a_release_that_is_too_late(solved):
    vehicles = [{"shift": (0, 600)}, {"shift": (0, 9000), "max_stops": 0}]
    plan = solved(tiny(line(0, 100), orders=[{"release": 401}], vehicles=vehicles))
    reasons = {reason.vehicle: reason for reason in plan.unassigned[0].reasons}
    assert (reasons["v0"].code, reasons["v0"].kind, reasons["v0"].margin) == ("SHIFT", "IMPOSSIBLE", 1)


def test_the_moment_itself_is_allowed(solved):
    vehicles = [{"shift": (0, 600)}]
    assert starts(solved(tiny(line(0, 100), orders=[{"release": 400}], vehicles=vehicles))) == [400, 500, 600]


def test_the_conflict_is_named(solved):
    orders = [{"windows": [(0, 200)], "importance": 2}, {"release": 150}]
    plan = solved(tiny(line(0, 100, 110), orders=orders, vehicles=[{"costs": FREE}]))
    assert why(plan) == {"b": ("WINDOW", "CONFLICT", 50, "s")}
