"""Hours of driving, hours of service and stops may cost, too."""

from __future__ import annotations

from helpers import FREE, line, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_hours_of_driving_cost(solved):
    # an hour of duty is cheaper than one of driving, but there are more of them
    vehicles = [{"costs": FREE | {"per_hour": 7.2}}, {"costs": FREE | {"per_travel_hour": 14.4}}]
    plan = solved(tiny(line(0, 100), orders=[{"service": 1000}], vehicles=vehicles))
    assert visits(plan) == {"v1": ["a"]}
    assert (plan.routes[0].costs.travel, plan.summary.cost) == (0.8, 0.8)


def test_hours_of_service_and_set_up_cost(solved):
    vehicles = [{"costs": FREE | {"per_hour": 3.6}}, {"costs": FREE | {"per_service_hour": 3.6}}]
    plan = solved(tiny(line(0, 100), orders=[{"service": 900, "setup": 100}], vehicles=vehicles))
    assert visits(plan) == {"v1": ["a"]}
    assert (plan.routes[0].costs.service, plan.summary.cost) == (1, 1)


def test_stops_cost(solved):
    vehicles = [{"costs": FREE | {"per_stop": 1}}, {"costs": FREE | {"fixed": 0.25, "per_stop": 0.5}}]
    plan = solved(tiny(line(0, 100, 110), orders=[{}, {}], vehicles=vehicles))
    assert visits(plan) in ({"v1": ["a", "b"]}, {"v1": ["b", "a"]})
    assert (plan.routes[0].costs.stops, plan.summary.cost) == (1, 1.25)


def test_both_stops_of_a_shipment_cost(solved):
    plan = solved(tiny(line(0, 10, 20), shipments=[{}], vehicles=[{"costs": FREE | {"per_stop": 1}}]))
    assert plan.summary.cost == 2
