"""A vehicle comes back to load again, as often as it may."""

from __future__ import annotations

import pytest

from helpers import FREE, groups, line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

TRIPS = {"trips": {}, "capacity": {"kg": 2}}
FULL = {"delivery": {"kg": 2}}


def kinds(plan):
    return [(stop.kind, stop.id) for stop in plan.routes[0].stops[1:-1]]


def test_it_loads_again_when_it_is_empty(solved):
    plan = solved(tiny(line(0, 100, 200), orders=[FULL, FULL], vehicles=[TRIPS]))
    assert sorted(kinds(plan)) == [("order", "a"), ("order", "b"), ("reload", "d0")]
    assert plan.summary.distance == 600


def test_the_split_is_the_cheapest(solved):
    orders = [{"delivery": {"kg": 1}}] * 4
    plan = solved(tiny(line(0, 100, 110, -100, -110), orders=orders, vehicles=[TRIPS]))
    assert plan.summary.distance == 440
    reloads = [k for k, (kind, _) in enumerate(kinds(plan)) if kind == "reload"]
    assert reloads == [2]


@pytest.mark.parametrize(("most", "served"), [(2, 2), (3, 3), (None, 3)])
def test_so_many_trips(solved, most, served):
    vehicle = TRIPS | {"trips": {"max": most}}
    plan = solved(tiny(line(0, 100, 110, 120), orders=[FULL] * 3, vehicles=[vehicle]))
    assert sum(map(len, visits(plan).values())) == served
    assert [reason[0] for reason in why(plan).values()] == ["CAPACITY"] * (3 - served)


def test_at_another_depot(solved):
    vehicle = TRIPS | {"trips": {"depots": ["d1"]}}
    plan = solved(tiny(line(0, 150, 100, 200), depots=[{}, {}], orders=[FULL, FULL], vehicles=[vehicle]))
    assert ("reload", "d1") in kinds(plan)
    assert plan.summary.distance == 400


def test_loading_takes_its_time_and_leaves_with_a_wave(solved):
    depots = [{"loading": 30, "departures": [0, 250, 700]}]
    orders = [FULL, FULL | {"windows": [(0, 400)]}]
    plan = solved(
        tiny(line(0, 100, 100), depots=depots, orders=orders, vehicles=[TRIPS | {"shift": (0, 450)}])
    )
    # loading begins at 220, for the wave at 250
    assert starts(plan) == [0, 100, 220, 350, 450]


def test_each_trip_waits_for_what_it_loads_only(solved):
    orders = [FULL | {"windows": [(0, 100)]}, FULL | {"release": 500}]
    plan = solved(tiny(line(0, 100, 100), orders=orders, vehicles=[TRIPS | {"shift": (0, 9999)}]))
    assert starts(plan) == [0, 100, 500, 600, 700]


def test_what_excludes_each_other_rides_on_different_trips(solved):
    orders = [{"kind_of_load": "food"}, {"kind_of_load": "paint"}]
    apart = {"incompatible_loads": [("paint", "food")]}
    plan = solved(tiny(line(0, 100, 100), orders=orders, vehicles=[{"trips": {}}], **apart))
    assert sorted(kind for kind, _ in kinds(plan)) == ["order", "order", "reload"]


def test_pickups_leave_the_vehicle_at_the_depot(solved):
    orders = [{"pickup": {"kg": 2}}, {"pickup": {"kg": 2}}]
    plan = solved(tiny(line(0, 100, 200), orders=orders, vehicles=[TRIPS]))
    assert sorted(kind for kind, _ in kinds(plan)) == ["order", "order", "reload"]


def test_detours_count_for_the_longest_route(solved):
    orders = [FULL | {"importance": 2}, FULL]
    vehicle = TRIPS | {"max_distance": 599}
    plan = solved(tiny(line(0, 200, 100), orders=orders, vehicles=[vehicle]))
    assert groups(plan) == [["a"]]


def test_a_vehicle_costs_less_than_two(solved):
    vehicles = [TRIPS | {"costs": FREE | {"fixed": 10}}] * 2
    assert len(solved(tiny(line(0, 100, 100), orders=[FULL, FULL], vehicles=vehicles)).routes) == 1
