"""Flags of roads, and which direction of a street a stop is approached on."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.road.kerb import RoadFlag, approach_codes, road_flags
from o2oroute.road.network import RoadNetwork

WIDE, NO_STOP, LEFT = RoadFlag.WIDE, RoadFlag.NO_STOP, RoadFlag.LEFT


@pytest.mark.parametrize(
    ("road_class", "tags", "expected"),
    [
        ("residential", {}, 0),
        ("residential", {"lanes": "4"}, WIDE),
        ("secondary", {}, 0),
        ("secondary", {"lanes": "3"}, 0),
        ("secondary", {"lanes": "6"}, WIDE),
        ("secondary", {"lanes": "6;2"}, 0),  # the surest is the lowest
        ("secondary", {"lanes": "many"}, 0),
        ("secondary", {"dual_carriageway": "yes"}, WIDE),
        ("primary", {}, WIDE),
        ("primary", {"lanes": "2"}, 0),
        ("primary", {"lanes": "3"}, WIDE),
        ("trunk", {"lanes": "2"}, WIDE),
        ("tertiary", {"motorroad": "yes"}, WIDE),
        ("motorway", {}, WIDE | NO_STOP),
        ("motorway_link", {}, WIDE | NO_STOP),
        ("ferry", {}, NO_STOP),
        ("shuttle_train", {}, NO_STOP),
        ("trunk", {"tunnel": "yes"}, WIDE | NO_STOP),
        ("secondary", {"tunnel": "yes"}, 0),
        ("secondary", {"tunnel": "yes", "foot": "no"}, NO_STOP),
        ("secondary", {"tunnel": "yes", "motorroad": "yes"}, WIDE | NO_STOP),
        ("service", {"tunnel": "building_passage", "foot": "no"}, 0),
        ("residential", {"foot": "no"}, 0),
    ],
)
def test_flags_of_roads(road_class, tags, expected):
    assert road_flags(road_class, tags) == expected


STREET = """
node a 0 0 b 4 0 c 4 3 d 0 3 e -4 0
way abcd {tags}
way da oneway=yes
way aed
"""


def at(x: float, y: float) -> tuple[float, float]:
    return 10 + x / 1000, 45 + y / 1000


def ends(network: RoadNetwork, segment: int) -> str:
    return "".join(
        chr(network.junction_osm_id[junction[segment]])
        for junction in (network.segment_tail, network.segment_head)
    )


def seeds(network: RoadNetwork, point: tuple[float, float], approach: str) -> set[str]:
    """Return the directions that a point may be approached on, as letters."""
    snap = network.snap([point], approach=approach)
    assert snap.segment[0] == network.segment_of_node[snap.seed_node[0]]
    return {ends(network, segment) for segment in network.segment_of_node[snap.seed_node]}


@pytest.fixture
def street(town):
    return lambda tags="": RoadNetwork.from_osm(town(STREET.format(tags=tags)))


def test_the_near_side_in_right_hand_traffic(street):
    network = street()
    south, north = at(2, -0.3), at(2, 0.3)
    assert seeds(network, south, "any") == seeds(network, north, "any") == {"ad", "da"}
    assert seeds(network, south, "kerb") == {"ad"}  # eastward, the south is on the right
    assert seeds(network, north, "kerb") == {"da"}
    assert seeds(network, at(4.3, 1.5), "kerb") == {"ad"}
    assert seeds(network, at(3.7, 1.5), "kerb") == {"da"}


def test_the_near_side_in_left_hand_traffic(street):
    network = street("driving_side=left")
    assert set(network.segment_flags.tolist()) == {0, LEFT}
    assert seeds(network, at(2, -0.3), "kerb") == {"da"}
    assert seeds(network, at(2, 0.3), "kerb") == {"ad"}


@pytest.fixture
def maltese(town):
    """Return a function that builds the street on Malta."""

    def built(tags: str = "") -> RoadNetwork:
        path = town(STREET.format(tags=tags))
        text = re.sub('lon="([^"]*)"', lambda lon: f'lon="{float(lon[1]) + 4.3:.7f}"', path.read_text())
        path.write_text(re.sub('lat="([^"]*)"', lambda lat: f'lat="{float(lat[1]) - 9.1:.7f}"', text))
        return RoadNetwork.from_osm(path)

    return built


def test_the_driving_side_follows_from_the_place(maltese):
    network = maltese()
    assert (network.segment_flags == LEFT).all()
    assert seeds(network, (14.302, 35.8997), "kerb") == {"da"}


def test_a_tag_has_the_last_word_on_the_driving_side(maltese):
    network = maltese("driving_side=right")
    assert sorted(network.segment_flags.tolist()) == [0, 0, LEFT, LEFT, LEFT]
    assert seeds(network, (14.302, 35.8997), "kerb") == {"ad"}


def test_a_one_way_street_has_one_direction(street):
    network = street()
    assert ends(network, network.snap([at(-0.3, 1.5)]).segment[0]) == "da"
    for x in (-0.3, 0.3):
        assert seeds(network, at(x, 1.5), "kerb") == {"da"}
    assert network.snap([at(-0.3, 1.5)], approach="kerb").seed_node.size == 1


def test_on_the_line_no_side_can_be_told(street):
    network = street()
    metres = 1 / 111_132
    for off in (0.0, 0.4 * metres, -0.4 * metres):
        assert seeds(network, (10.002, 45 + off), "kerb") == {"ad", "da"}
    assert seeds(network, (10.002, 45 + 0.6 * metres), "kerb") == {"da"}


def test_kerb_auto_is_strict_where_crossing_is_hard(street):
    narrow, wide = street(), street("lanes=4")
    for approach, expected in (("kerb_auto", {"ad", "da"}), ("kerb", {"ad"})):
        assert seeds(narrow, at(2, -0.3), approach) == expected
    assert seeds(wide, at(2, -0.3), "kerb_auto") == {"ad"}
    assert seeds(wide, at(2, 0.3), "kerb_auto") == {"da"}


@pytest.mark.parametrize("turn", ["left", "right"])
@pytest.mark.parametrize("sharpness", [20, 90, 150, 175])
def test_behind_a_bend_the_outer_side_counts(town, turn, sharpness):
    # from a to the bend at b, and on after a turn of so many degrees
    angle = math.radians(sharpness if turn == "left" else -sharpness)
    x, y = 4 + 4 * math.cos(angle) / math.cos(math.radians(45)), 4 * math.sin(angle)
    network = RoadNetwork.from_osm(town(f"node a 0 0 b 4 0 c {x:.4f} {y:.4f}\nway abc"))
    # straight out of the bend, and nearly along either normal of the two steps
    middle = angle / 2 - math.copysign(math.pi / 2, angle)
    wedge = abs(angle) / 2 * 0.98
    for direction in (middle, middle + wedge, middle - wedge):
        point = at(4 + 0.2 * math.cos(direction) / math.cos(math.radians(45)), 0.2 * math.sin(direction))
        outer_is_right = turn == "left"
        assert seeds(network, point, "kerb") == {"ac" if outer_is_right else "ca"}


def test_each_point_has_an_approach_of_its_own(street):
    network = street()
    snap = network.snap([at(2, -0.3)] * 3, approach=["kerb", "any", "kerb_auto"])
    assert np.diff(snap.seed_first).tolist() == [1, 2, 2]


def test_the_position_is_the_same_from_either_side(street):
    network = street("maxspeed=50 maxspeed:backward=20")
    points = [at(x, y) for x in (0.7, 1.1, 3.3) for y in (-0.2, 0.2)]
    free, strict = network.snap(points), network.snap(points, approach="kerb")
    assert (free.lon == strict.lon).all()
    assert (free.lat == strict.lat).all()
    offsets = {}
    for i in range(len(points)):
        for seed in range(free.seed_first[i], free.seed_first[i + 1]):
            offsets[i, free.seed_node[seed]] = free.seed_ms[seed], free.seed_dm[seed]
    for i, (node, ms, dm) in enumerate(zip(strict.seed_node, strict.seed_ms, strict.seed_dm, strict=True)):
        assert offsets[i, node] == (ms, dm)
    both = strict.fraction + np.where(strict.segment == free.segment, -free.fraction, free.fraction)
    assert both == pytest.approx(np.where(strict.segment == free.segment, 0, 1))


def test_roads_where_nobody_stops_give_way_to_others(town):
    # a motorway along the x axis; 1 unit of y is about 111 m
    text = """
    node a 0 0 b 90 0 c 0 0.7 d 90 0.7 e 20 0.7 f 20 2
    way ab highway=motorway oneway=no
    way cd highway=tertiary name=Main%20Street
    way ef
    way ac highway=motorway_link oneway=no
    way bd highway=motorway_link oneway=no
    """
    network = RoadNetwork.from_osm(town(text))
    # the motorway is at 0, the street at 78 m: 100 m from it, a driver stops there and not on the motorway
    snap = network.snap([at(45, 0.0), at(45, -0.15), at(45, -0.25), at(45, 0.4)])
    assert snap.road_class == ("tertiary", "tertiary", "motorway", "tertiary")
    assert snap.road_name == ("Main Street", "Main Street", "", "Main Street")
    # within a limit that only the motorway keeps, it is taken
    near = network.snap([at(45, 0.0)], limit=50)
    assert near.road_class == ("motorway",)


def test_ferries_are_taken_only_where_no_road_is_within_the_limit(town):
    # from the quay a to the quay b by ferry, and a street from a that is 890 m away at most
    text = """
    node a 0 0 b 30 0 c 0 8
    way ab highway=none route=ferry duration=00:30
    way ac
    """
    network = RoadNetwork.from_osm(town(text))
    at_sea = [[10.01, 45.0001], [10.0199, 45.0]]
    assert network.snap(at_sea).road_class == ("residential", "ferry")
    assert network.snap(at_sea, limit=500).road_class == ("ferry", "ferry")
    assert network.snap(at_sea, limit=2000).road_class == ("residential", "residential")


def test_a_network_of_motorways_alone(town):
    text = "node a 0 0 b 9 0\nway ab highway=motorway oneway=no"
    network = RoadNetwork.from_osm(town(text))
    assert network.snap([at(4, 0.1), (0, 0)]).road_class == ("motorway", "")


@pytest.mark.parametrize(
    ("approach", "message"),
    [
        ("curb", "approach is 'curb'; it must be one of any, kerb, kerb_auto"),
        (["any", "left"], "approach of point 1 is 'left'"),
        (["any", None], "approach of point 1 is None"),
        (["any"], "approach has 1 values; with 2 points it must have 2"),
    ],
)
def test_an_approach_that_is_none_is_refused(approach, message):
    with pytest.raises(InputError, match=message):
        approach_codes(approach, 2)
