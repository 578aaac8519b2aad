"""Plans on real roads: the way of each route, where its stops are on the road, whose data it is."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np
import pytest

from helpers import solution
from o2oroute.formats.plan_json import parse_plan
from o2oroute.formats.reading import read_problem
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.road.geometry import metres_per_degree
from o2oroute.road.network import RoadNetwork


@pytest.fixture(scope="module")
def network():
    with as_file(files("o2oroute") / "data" / "helsinki_center.osm.pbf") as path:
        return RoadNetwork.from_osm(path)


@pytest.fixture(scope="module")
def instance(network):
    with as_file(files("o2oroute") / "data" / "helsinki_orders.json") as path:
        return build_instance(read_problem(path), roads=network)


@pytest.fixture(scope="module")
def visits(instance):
    """Ten orders in the order of their windows, shared by two vehicles."""
    orders = sorted(instance.problem.orders[:10], key=lambda order: order.windows)
    first, second = (vehicle.id for vehicle in instance.problem.vehicles[:2])
    ids = [order.id for order in orders]
    return solution({first: ids[::2], second: ids[1::2]})


@pytest.fixture(scope="module")
def plan(instance, visits, network):
    return make_plan(instance, visits, networks={"car": network}, reasons=False)


def _metres(line):
    corners = np.array(line)
    steps = np.diff(corners, axis=0) * metres_per_degree(corners[:, 1].mean())
    return np.hypot(steps[:, 0], steps[:, 1]).sum()


def test_the_way_is_as_long_as_the_route(plan):
    assert len(plan.routes) == 2
    for route in plan.routes:
        assert _metres(route.geometry) == pytest.approx(route.distance, rel=0.01)


def test_the_way_passes_all_stops_on_the_road(plan):
    for route in plan.routes:
        corners = iter(route.geometry)
        for stop in route.stops:
            assert stop.snapped in corners  # in this order
            assert stop.snap_distance == pytest.approx(_metres([stop.location, stop.snapped]), abs=0.2)


def test_corners_do_not_repeat(plan):
    for route in plan.routes:
        assert all(a != b for a, b in zip(route.geometry, route.geometry[1:], strict=False))


def test_whose_roads_they_are(plan):
    assert plan.attribution == "© OpenStreetMap contributors"


def test_it_reads_back_and_breaks_no_rule_of_time_and_place(plan, instance):
    assert parse_plan(plan.model_dump_json(by_alias=True)) == plan
    # two vehicles may be too few for the windows; nothing else may be wrong
    assert {violation.code for violation in check_plan(instance, plan)} <= {"WINDOW", "SHIFT", "CAPACITY"}


def test_without_roads_there_is_no_way(instance, visits):
    bare = make_plan(instance, visits, reasons=False)
    assert bare.attribution is None
    assert {route.geometry for route in bare.routes} == {None}
    assert {stop.snapped for route in bare.routes for stop in route.stops} == {None}


def test_roads_of_another_profile_give_no_way(instance, visits, network):
    bare = make_plan(instance, visits, networks={"bike": network}, reasons=False)
    assert {route.geometry for route in bare.routes} == {None}


def test_progress_counts_routes_and_orders_left(instance, visits, network):
    told = []
    make_plan(
        instance, visits, networks={"car": network}, progress=lambda done, total: told.append((done, total))
    )
    total = 2 + len(instance.problem.orders) - 10
    assert told == [(i, total) for i in range(1, total + 1)]
