"""A route starts and ends within the shift of its vehicle."""

from __future__ import annotations

from helpers import line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_not_before_it_begins(solved):
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[{"shift": (100, 400)}]))
    assert starts(plan) == [100, 200, 300]


def test_not_after_it_ends(solved):
    plan = solved(tiny(line(0, 151), orders=[{}], vehicles=[{"shift": (100, 400)}]))
    assert why(plan) == {"a": ("SHIFT", "IMPOSSIBLE", 2, "s")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/0/shift/1", 400, 402)


def test_the_limits_are_allowed(solved):
    assert starts(solved(tiny(line(0, 150), orders=[{}], vehicles=[{"shift": (100, 400)}]))) == [
        100,
        250,
        400,
    ]


def test_the_vehicle_whose_shift_it_is(solved):
    vehicles = [{"shift": (0, 300)}, {"shift": (1000, 1300)}]
    orders = [{"windows": [(1100, 1150)]}, {"windows": [(90, 110)]}]
    plan = solved(tiny(line(0, 100, 100), orders=orders, vehicles=vehicles))
    assert visits(plan) == {"v0": ["b"], "v1": ["a"]}
