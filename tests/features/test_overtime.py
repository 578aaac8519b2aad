"""Long duty costs more."""

from __future__ import annotations

from helpers import FREE, groups, line, starts, tiny

SERVED_BY = {"combined", "insertion", "ortools", "search"}

HOURLY = FREE | {"per_hour": 3600}


def test_each_hour_beyond_costs_more(solved):
    vehicle = {"overtime": {"after": 150, "per_hour": 1800}, "costs": HOURLY}
    assert solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle])).summary.cost == 200 + 25


def test_two_vehicles_where_that_is_cheaper(solved):
    for rate, expected in ((3600, [["a", "b"]]), (36000, [["a"], ["b"]])):
        vehicles = [
            {"overtime": {"after": 200, "per_hour": rate}, "costs": FREE | {"per_km": 1, "fixed": 500}}
        ] * 2
        assert groups(solved(tiny(line(0, 100, -100), orders=[{}, {}], vehicles=vehicles))) == expected


def test_unpaid_breaks_are_no_duty(solved):
    pause = {"id": "lunch", "duration": 50, "paid": False, "off_duty": False}
    vehicle = {"overtime": {"after": 200, "per_hour": 3600}, "breaks": [pause], "costs": FREE}
    assert solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle])).summary.cost == 0


def test_it_is_weighed_against_being_early(solved):
    orders = [{"windows": [(0, 100)]}, {"preferred": (400, 500), "per_minute_early": 30}]
    for rate, second in ((600, 400), (3600, 210)):
        vehicle = {"overtime": {"after": 210, "per_hour": rate}, "costs": FREE, "shift": (0, 999)}
        plan = solved(tiny(line(0, 100, 0), orders=orders, vehicles=[vehicle]))
        assert starts(plan)[2] >= second - 10
