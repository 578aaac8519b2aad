"""With the earliest finish as the objective, the last route ends as early as can be, whatever that costs."""

from __future__ import annotations

import pytest

from helpers import FREE, groups, line, starts, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

EARLY = {"objective": "earliest_finish"}
DEAR = {"costs": FREE | {"fixed": 1000}, "shift": (0, 9999)}


def test_a_vehicle_more(solved):
    vehicle = {"costs": FREE | {"fixed": 10, "per_km": 1}, "shift": (0, 999)}
    problem = tiny(line(0, 100, -100), orders=[{}, {}], vehicles=[vehicle] * 2, objective="earliest_finish")
    plan = solved(problem)
    assert groups(plan) == [["a"], ["b"]]
    assert [route.stops[-1].start_seconds for route in plan.routes] == [200, 200]


def test_the_cheaper_of_two_plans_that_end_at_once(solved):
    dear, cheap = ({"costs": FREE | {"fixed": fixed}, "shift": (0, 999)} for fixed in (9, 1))
    problem = tiny(line(0, 100), orders=[{}], vehicles=[dear, cheap], objective="earliest_finish")
    assert [route.vehicle for route in solved(problem).routes] == ["v1"]


def test_no_route_waits_to_be_cheaper(solved):
    orders = [{"windows": [(0, 200), (700, 700)]}, {"windows": [(350, 360), (800, 900)]}]
    problem = tiny(
        line(0, 100, 50),
        orders=orders,
        vehicles=[{"costs": FREE | {"per_hour": 3600}}],
        depots=[{"windows": [(100, 900)]}],
        objective="earliest_finish",
    )
    # from 600 on it would be there for 250 s only
    assert starts(solved(problem)) == [100, 200, 350, 400]


def test_then_the_cheapest(solved):
    orders = [{"windows": [(500, 500)]}, {}]
    plan = solved(tiny(line(0, 100, 90), orders=orders, vehicles=[DEAR] * 2, **EARLY))
    # the one that is far out at a late hour has time for the other one
    assert groups(plan) == [["a", "b"]]
    assert starts(plan, plan.routes[0].vehicle)[-1] == 600


def test_nobody_is_left_out_for_it(solved):
    plan = solved(tiny(line(0, 100, 900), orders=[{}, {}], vehicles=[DEAR], **EARLY))
    assert sum(map(len, visits(plan).values())) == 2


@pytest.mark.parametrize("duration", [0, 300])
def test_breaks_are_had_in_time(solved, duration):
    pause = {"id": "lunch", "windows": [(50, 900)], "duration": duration, "off_duty": False}
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[DEAR | {"breaks": [pause]}], **EARLY))
    assert starts(plan)[-1] == 200 + duration
