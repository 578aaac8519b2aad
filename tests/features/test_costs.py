"""Costs: fixed for a vehicle that is used, per hour of duty, per kilometre."""

from __future__ import annotations

from helpers import FREE, groups, line, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_a_fixed_cost_saves_a_vehicle(solved):
    van = {"costs": {"fixed": 10, "per_hour": 0, "per_km": 1}}
    plan = solved(tiny(line(0, 100, -100), orders=[{}, {}], vehicles=[van, van]))
    assert groups(plan) == [["a", "b"]]
    assert plan.summary.cost == 10.4


def test_waiting_is_paid_so_a_second_vehicle_pays(solved):
    van = {"costs": FREE | {"per_hour": 3.6}}
    orders = [{"windows": [(100, 100)]}, {"windows": [(3700, 3700)]}]
    plan = solved(tiny(line(0, 10, 10), orders=orders, vehicles=[van, van]))
    assert groups(plan) == [["a"], ["b"]]
    assert plan.summary.cost == 0.04


def test_the_cheaper_vehicle_goes(solved):
    vehicles = [
        {"costs": {"fixed": 0, "per_hour": 0, "per_km": 10}},
        {"costs": {"fixed": 5, "per_hour": 0, "per_km": 1}},
        {"costs": {"fixed": 0, "per_hour": 18, "per_km": 1}},
    ]
    plan = solved(tiny(line(0, 1000), orders=[{}], vehicles=vehicles))
    assert visits(plan) == {"v1": ["a"]}
    assert (plan.routes[0].costs.fixed, plan.routes[0].costs.duty, plan.routes[0].costs.distance) == (5, 0, 2)


def test_length_and_time_are_two_things(solved):
    # two ways round: a first is shorter, b first is faster
    times = [[0, 900, 10], [10, 0, 900], [900, 10, 0]]
    lengths = [[0, 10, 900], [900, 0, 10], [10, 900, 0]]
    orders = [{}, {}]
    short = tiny(times, distances=lengths, orders=orders, vehicles=[{"costs": FREE | {"per_km": 1}}])
    fast = tiny(times, distances=lengths, orders=orders, vehicles=[{"costs": FREE | {"per_hour": 1}}])
    assert visits(solved(short)) == {"v0": ["a", "b"]}
    assert visits(solved(fast)) == {"v0": ["b", "a"]}
