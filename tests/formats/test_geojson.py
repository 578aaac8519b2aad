"""GeoJSON of plans: valid by RFC 7946, and nothing of the plan lost."""

from __future__ import annotations

import json

import numpy as np
import pytest

from helpers import solution
from o2oroute.formats.geojson import plan_features, write_geojson
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import BreakVisit, ReloadVisit
from o2oroute.plan.schedule import make_plan

PLACES = [(126.95, 37.55), (126.94, 37.56), (126.93, 37.55), (126.96, 37.57)]


@pytest.fixture
def plan():
    problem = Problem(
        depots=[{"id": "hub", "location": PLACES[0]}],
        vehicles=[{"id": i, "start": "hub", "end": "hub", "capacity": {"kg": 3}} for i in (1, 2)],
        orders=[
            {
                "id": f"o-{i}",
                "location": place,
                "delivery": {"kg": 2},
                "properties": {"name": "</script><b>", "n": i},
            }
            for i, place in enumerate(PLACES[1:])
        ],
    )
    instance = build_instance(problem, straight_line=36)
    return make_plan(instance, solution({1: ["o-0"], 2: ["o-1"]}))


def _holds_rfc_7946(collection):
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        assert feature["type"] == "Feature"
        geometry = feature["geometry"]
        if geometry is not None:
            assert set(geometry) == {"type", "coordinates"}
            points = (
                geometry["coordinates"] if geometry["type"] == "LineString" else [geometry["coordinates"]]
            )
            assert geometry["type"] in {"Point", "LineString"}
            assert geometry["type"] == "Point" or len(points) >= 2
            assert np.shape(points) == (len(points), 2)
            assert np.all(np.abs(points) <= [180, 90])


def test_routes_stops_and_unassigned(plan, tmp_path):
    write_geojson(plan, tmp_path / "plan.geojson")
    collection = json.loads((tmp_path / "plan.geojson").read_text(encoding="utf-8"))
    _holds_rfc_7946(collection)
    features = collection["features"]
    assert [f["properties"]["kind"] for f in features] == [
        *("route", "start", "order", "end"),
        *("route", "start", "order", "end"),
        "unassigned",
    ]
    assert features[0]["geometry"]["coordinates"] == [[*p] for p in (PLACES[0], PLACES[1], PLACES[0])]
    assert features[2]["geometry"]["coordinates"] == [*PLACES[1]]
    assert features[0]["properties"]["stroke"] != features[4]["properties"]["stroke"]
    assert features[2]["properties"]["properties"] == {"name": "</script><b>", "n": 0}
    assert features[-1]["properties"]["why"] == "CONFLICT"
    assert features[-1]["geometry"]["coordinates"] == [*PLACES[3]]


def test_the_way_on_the_roads_is_the_line(plan):
    way = (PLACES[0], (126.945, 37.555), PLACES[1], PLACES[0])
    plan = plan.model_copy(
        update={"routes": (plan.routes[0].model_copy(update={"geometry": way}),), "attribution": "© X"}
    )
    collection = plan_features(plan)
    _holds_rfc_7946(collection)
    assert collection["features"][0]["geometry"]["coordinates"] == list(way)
    assert collection["attribution"] == "© X"


def test_places_that_are_not_on_earth_or_not_known_have_no_geometry(plan):
    route = plan.routes[0]
    stops = [
        route.stops[0].model_copy(update={"location": (500.0, 20.0)}),
        route.stops[1].model_copy(update={"location": None}),
        route.stops[2],
    ]
    for changed in ([stops[0], *route.stops[1:]], [route.stops[0], stops[1], route.stops[2]]):
        one = plan.model_copy(update={"routes": (route.model_copy(update={"stops": tuple(changed)}),)})
        features = plan_features(one)["features"]
        _holds_rfc_7946(plan_features(one))
        assert features[0]["geometry"] is None
        assert [f["geometry"] is None for f in features[1:4]].count(True) == 1


def test_more_routes_than_colours(plan):
    many = plan.model_copy(update={"routes": plan.routes * 20})
    assert len(plan_features(many)["features"]) == 40 * 4 + 1


def test_a_break_on_the_way_has_no_place_and_leaves_the_line_whole():
    lunch = {"id": "lunch", "windows": [(60, 90)], "duration": 600, "off_duty": False}
    problem = Problem(
        depots=[{"id": "hub", "location": PLACES[0]}],
        vehicles=[
            {"id": 1, "start": "hub", "end": "hub", "shift": (0, 9000), "breaks": [lunch], "trips": {}}
        ],
        orders=[{"id": f"o-{i}", "location": place} for i, place in enumerate(PLACES[1:3])],
    )
    visits = [BreakVisit("lunch"), "o-0", ReloadVisit("hub"), "o-1"]
    plan = make_plan(build_instance(problem, straight_line=36), solution({1: visits}))
    route, *stops = plan_features(plan)["features"]
    assert route["geometry"]["coordinates"] == [PLACES[0], PLACES[1], PLACES[0], PLACES[2], PLACES[0]]
    assert route["properties"]["orders"] == 2
    assert [stop["properties"]["kind"] for stop in stops] == [
        "start", "break", "order", "reload", "order", "end",
    ]  # fmt: skip
    assert stops[1]["geometry"] is None
