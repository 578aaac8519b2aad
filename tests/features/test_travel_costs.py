"""Hours of driving and stops may cost, too."""

from __future__ import annotations

from helpers import FREE, groups, line, tiny, visits

SERVED_BY = {"insertion", "ortools", "search"}


def test_hours_of_driving_cost(solved):
    vehicles = [{"costs": FREE | {"per_hour": 7.2}}, {"costs": FREE | {"per_travel_hour": 14.4}}]
    waiting = [{"windows": [(100, 100)]}, {"windows": [(1100, 1100)]}]
    plan = solved(tiny(line(0, 100, 100), orders=waiting, vehicles=vehicles))
    assert visits(plan) == {"v1": ["a", "b"]}
    assert (plan.routes[0].costs.travel, plan.summary.cost) == (0.8, 0.8)


def test_stops_cost(solved):
    vehicles = [{"costs": FREE | {"per_stop": 1}}, {"costs": FREE | {"fixed": 1.5, "per_stop": 0.5}}]
    one = solved(tiny(line(0, 100), orders=[{}], vehicles=vehicles))
    assert visits(one) == {"v0": ["a"]}
    plan = solved(tiny(line(0, 100, 110, 120, 130), orders=[{}] * 4, vehicles=vehicles))
    assert groups(plan) == [["a", "b", "c", "d"]]
    assert (plan.routes[0].vehicle, plan.routes[0].costs.stops, plan.summary.cost) == ("v1", 2, 3.5)
