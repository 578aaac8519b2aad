"""Service may take vehicles of different types differently long."""

from __future__ import annotations

from helpers import FREE, line, starts, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

BIKE = {"type": "bike", "costs": FREE | {"per_hour": 1}}
VAN = {"type": "van", "costs": FREE | {"per_hour": 1}}


def test_the_type_that_is_quicker_goes(solved):
    orders = [{"service": 100, "service_by_type": {"van": 500, "bike": 20}}]
    plan = solved(tiny(line(0, 50), orders=orders, vehicles=[VAN, BIKE]))
    assert visits(plan) == {"v1": ["a"]}
    assert starts(plan, "v1") == [0, 50, 120]


def test_a_type_that_is_not_named_takes_the_usual_time(solved):
    orders = [{"service": 100, "service_by_type": {"bike": 20}}]
    assert starts(solved(tiny(line(0, 50), orders=orders, vehicles=[VAN]))) == [0, 50, 200]
    assert starts(solved(tiny(line(0, 50), orders=orders, vehicles=[{}]))) == [0, 50, 200]


def test_of_shipments(solved):
    shipments = [{"pickup": {"service_by_type": {"van": 7}}, "delivery": {"service": 5}}]
    assert starts(solved(tiny(line(0, 50, 60), shipments=shipments, vehicles=[VAN]))) == [0, 50, 67, 132]
