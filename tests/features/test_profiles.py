"""Each vehicle drives by its own profile, with times and lengths of its own."""

from __future__ import annotations

from helpers import line, tiny, visits, why
from o2oroute.model.legs import Legs
from o2oroute.units import INF

SERVED_BY = {"combined", "insertion", "ortools", "search"}

VEHICLES = [{"profile": "car"}, {"profile": "bike"}]


def _legs(travel):
    return Legs(travel.astype("int32"), travel.astype("int32"))


def test_the_bike_takes_the_short_cut(solved):
    problem = tiny(line(0, 100, -100), orders=[{}, {}], vehicles=VEHICLES)
    bike = line(0, 40, -300)
    plan = solved(problem.with_legs({"car": _legs(line(0, 100, -100)), "bike": _legs(bike)}))
    assert visits(plan) == {"v0": ["b"], "v1": ["a"]}
    assert plan.summary.distance == 280
    assert [route.profile for route in plan.routes] == ["car", "bike"]


def test_a_place_that_only_one_profile_reaches(solved):
    car = line(0, 10, 20)
    car[:, 2] = car[2, :] = INF
    car[2, 2] = 0
    problem = tiny(line(0, 10, 20), orders=[{}, {}], vehicles=[VEHICLES[0], VEHICLES[1] | {"max_stops": 1}])
    plan = solved(problem.with_legs({"car": _legs(car), "bike": _legs(line(0, 10, 20))}))
    assert visits(plan) == {"v0": ["a"], "v1": ["b"]}


def test_a_place_that_cannot_be_reached_where_it_matters(solved):
    car = line(0, 10, 20)
    car[:, 2] = car[2, :] = INF
    car[2, 2] = 0
    problem = tiny(line(0, 10, 20), orders=[{}, {}], vehicles=[VEHICLES[0], VEHICLES[1] | {"max_stops": 0}])
    plan = solved(problem.with_legs({"car": _legs(car), "bike": _legs(line(0, 10, 20))}))
    assert {r.vehicle: r.code for r in plan.unassigned[0].reasons} == {"v0": "UNREACHABLE", "v1": "MAX_STOPS"}
    assert why(plan)["b"][1] == "IMPOSSIBLE"
