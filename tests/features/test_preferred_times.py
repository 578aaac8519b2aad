"""Service that starts early or late costs by the minute."""

from __future__ import annotations

from helpers import FREE, line, starts, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

SOON = {"preferred": (0, 100), "per_minute_late": 60}


def test_it_waits_where_that_is_cheaper_than_to_be_early(solved):
    order = {"preferred": (300, 400), "per_minute_early": 60}
    assert starts(solved(tiny(line(0, 100), orders=[order])))[1] in range(300, 401)


def test_and_not_where_it_is_dearer(solved):
    order = {"windows": [(150, 900)], "preferred": (300, 400), "per_minute_early": 60}
    vehicle = {"costs": FREE | {"per_hour": 7200}, "shift": (0, 200)}
    other = {"windows": [(0, 0)]}
    plan = solved(tiny(line(0, 10, 0), orders=[order, other], vehicles=[vehicle | {"shift": (0, 900)}]))
    # each second of waiting costs 2, each second early 1
    assert starts(plan) == [0, 0, 150, 160]


def test_late_stops_go_first(solved):
    vehicles = [{"end": None, "shift": (0, 999)}]
    plan = solved(tiny(line(0, -60, 100), orders=[{}, SOON], vehicles=vehicles))
    assert visits(plan) == {"v0": ["b", "a"]}


def test_both_sides_pull(solved):
    orders = [
        {"preferred": (200, 200), "per_minute_early": 60, "per_minute_late": 60},
        {"preferred": (210, 210), "per_minute_early": 30, "per_minute_late": 30},
    ]
    # 50 apart: 40 late at the second, for the first costs more
    assert starts(solved(tiny(line(0, 100, 150), orders=orders)))[1:3] == [200, 250]


def test_a_second_vehicle_is_worth_it(solved):
    late = {"preferred": (0, 100), "per_minute_late": 600}
    vehicles = [{"costs": FREE | {"fixed": 50}, "shift": (0, 999)}] * 2
    plan = solved(tiny(line(0, 100, -100), orders=[late, late], vehicles=vehicles))
    assert len(plan.routes) == 2
    assert plan.summary.cost == 100


def test_a_shipment_has_two(solved):
    shipment = {
        "pickup": {"preferred": (500, 600), "per_minute_early": 60},
        "delivery": {"preferred": (0, 700), "per_minute_late": 60},
    }
    assert starts(solved(tiny(line(0, 100, 250), shipments=[shipment])))[1:3] == [500, 650]
