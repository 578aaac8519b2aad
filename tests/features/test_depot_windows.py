"""Vehicles leave their depot and return to it while it is open."""

from __future__ import annotations

from helpers import line, starts, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_a_vehicle_waits_for_the_depot_to_open(solved):
    plan = solved(
        tiny(line(0, 50), depots=[{"windows": [(0, 100), (500, 600)]}], orders=[{"windows": [(200, 300)]}])
    )
    assert starts(plan) == [100, 200, 500]
    assert plan.routes[0].stops[-1].waiting == 250


def test_a_depot_that_closes_too_early(solved):
    plan = solved(
        tiny(line(0, 50), depots=[{"windows": [(0, 100), (200, 240)]}], orders=[{"windows": [(200, 300)]}])
    )
    assert why(plan) == {"a": ("DEPOT_WINDOW", "IMPOSSIBLE", 10, "s")}


def test_the_first_and_the_last_moment_count(solved):
    plan = solved(
        tiny(line(0, 50), depots=[{"windows": [(10, 10), (110, 110)]}], orders=[{"windows": [(0, 300)]}])
    )
    assert starts(plan) == [10, 60, 110]


def test_each_depot_has_its_own(solved):
    depots = [{"windows": [(0, 100)]}, {"windows": [(400, 500)]}]
    plan = solved(tiny(line(0, 30, 20), depots=depots, orders=[{}], vehicles=[{"end": "d1"}]))
    assert starts(plan) == [100, 120, 400]
