"""Where a depot plans waves, trips leave at these moments and no others."""

from __future__ import annotations

from helpers import FREE, line, starts, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_it_leaves_with_a_wave(solved):
    problem = tiny(line(0, 50), orders=[{"windows": [(160, 400)]}], depots=[{"departures": [300, 100]}])
    assert starts(solved(problem)) == [100, 160, 210]


def test_with_a_later_one_if_that_is_cheaper(solved):
    vehicle = {"costs": FREE | {"per_hour": 20}}
    depots = [{"departures": [300, 100], "windows": [(0, 500)]}]
    problem = tiny(line(0, 50), orders=[{"windows": [(200, 400)]}], vehicles=[vehicle], depots=depots)
    assert starts(solved(problem)) == [300, 350, 400]


def test_too_early_for_all_waves(solved):
    problem = tiny(line(0, 50), orders=[{"windows": [(0, 120)]}], depots=[{"departures": [300, 100]}])
    plan = solved(problem)
    assert why(plan) == {"a": ("WINDOW", "IMPOSSIBLE", 30, "s")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/orders/0/windows/0/1", 120, 150)
