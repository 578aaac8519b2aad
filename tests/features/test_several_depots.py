"""Vehicles have their own starts and ends, at any depot."""

from __future__ import annotations

from helpers import line, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

TOWN = line(0, 1000, 100, 900)


def test_each_vehicle_serves_what_is_near_its_depot(solved):
    vehicles = [{}, {"start": "d1", "end": "d1"}]
    plan = solved(tiny(TOWN, depots=[{}, {}], orders=[{}, {}], vehicles=vehicles))
    assert visits(plan) == {"v0": ["a"], "v1": ["b"]}
    assert plan.summary.distance == 400


def test_from_one_depot_to_the_other(solved):
    plan = solved(tiny(TOWN, depots=[{}, {}], orders=[{}, {}], vehicles=[{"end": "d1"}]))
    assert visits(plan) == {"v0": ["a", "b"]}
    assert [plan.routes[0].stops[i].id for i in (0, -1)] == ["d0", "d1"]
    assert plan.summary.distance == 1000
