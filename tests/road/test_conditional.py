"""Networks at a moment: what opens, closes, slows and turns with the hour."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.formats.network_file import load_network, save_network
from o2oroute.matrix.hierarchy import graph_of, seeds_of
from o2oroute.matrix.reference import reference_matrix
from o2oroute.osm.pbf import read_osm
from o2oroute.road.build import build_network
from o2oroute.road.conditional import map_at
from o2oroute.road.kerb import KERB_KEYS
from o2oroute.road.layout import LAYOUT
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile

# Wednesday
NIGHT, NOON = datetime.fromisoformat("2026-11-25T23:30"), datetime.fromisoformat("2026-11-25T12:00")

# a square with a bridge over the middle: from a to d by b, or by c, or straight
SQUARE = """
node a 0 0 b 0 2 c 2 0 d 2 2
way ab
way bd
way ac
way cd
way ad {}
"""


def square(town, tags, profile="car"):
    return RoadNetwork.from_osm(town(SQUARE.format(tags)), profile=profile)


def tags_there(town, condition, plain):
    """Build the square with a condition, and what it must be where the condition holds and where not."""
    return (
        square(town, condition),
        square(town, plain),
        square(town, " ".join(word for word in condition.split() if ":conditional" not in word)),
    )


@pytest.mark.parametrize(
    ("condition", "plain"),
    [
        ("access:conditional=no%20@%20(22:00-06:00)", "access=no"),
        ("vehicle:conditional=no%20@%20(22:00-06:00)", "vehicle=no"),
        ("motor_vehicle:conditional=destination%20@%20(22:00-06:00)", "motor_vehicle=destination"),
        ("motorcar:conditional=private%20@%20(22:00-06:00)", "motorcar=private"),
        ("access=no access:conditional=yes%20@%20(22:00-06:00)", "access=yes"),
        ("access=private access:conditional=yes%20@%20(22:00-06:00)", "access=yes"),
        ("access:forward:conditional=no%20@%20(22:00-06:00)", "access:forward=no"),
        ("motor_vehicle:backward:conditional=no%20@%20(22:00-06:00)", "motor_vehicle:backward=no"),
        ("oneway:conditional=yes%20@%20(22:00-06:00)", "oneway=yes"),
        ("oneway=yes oneway:conditional=no%20@%20(22:00-06:00)", "oneway=no"),
        ("oneway=yes oneway:conditional=-1%20@%20(22:00-06:00)", "oneway=-1"),
        ("oneway=reversible oneway:conditional=-1%20@%20(22:00-06:00)", "oneway=-1"),
        ("oneway:motorcar:conditional=yes%20@%20(22:00-06:00)", "oneway:motorcar=yes"),
        ("maxspeed=30 maxspeed:conditional=50%20@%20(22:00-06:00)", "maxspeed=50"),
        ("maxspeed:forward:conditional=20%20@%20(22:00-06:00)", "maxspeed:forward=20"),
        ("maxspeed:motorcar:conditional=20%20@%20(22:00-06:00)", "maxspeed:motorcar=20"),
        ("maxheight:conditional=1.5%20@%20(22:00-06:00)", "maxheight=1.5"),
        ("maxweight=1 maxweight:conditional=none%20@%20(22:00-06:00)", "maxweight=none"),
    ],
)
def test_roads_at_a_moment_are_those_with_the_tags_of_that_moment(town, condition, plain):
    conditional, then, otherwise = tags_there(town, condition, plain)
    assert_same_roads(conditional.at(NIGHT), then)
    assert_same_roads(conditional.at(NOON), otherwise)
    assert_same_roads(conditional, otherwise)
    assert_same_roads(conditional.at(NIGHT).at(NOON), otherwise)
    assert digest(then) != digest(otherwise)


def digest(network):
    """Return everything about the roads but the ids of the nodes and the order of the hierarchy."""
    return {name: getattr(network, name).tolist() for name in LAYOUT if name not in ("rank", "kept_map")} | {
        "names": network.names
    }


def assert_same_roads(one, other):
    assert digest(one) == digest(other)
    assert sorted(one.rank) == list(range(one.node_ms.size))


def test_a_truck_minds_its_own_conditions(town):
    text = SQUARE.format("hgv:conditional=no%20@%20(22:00-06:00)")
    truck, car = (RoadNetwork.from_osm(town(text), profile=profile) for profile in ("truck", "car"))
    assert truck.at(NIGHT).segments == truck.segments - 2
    assert car.at(NIGHT) is car


def test_conditions_look_at_the_vehicle(town):
    text = SQUARE.format("access:conditional=no%20@%20(22:00-06:00%20AND%20weight>7.5)")
    truck, van = (RoadNetwork.from_osm(town(text), profile=profile) for profile in ("truck", "van"))
    assert truck.at(NIGHT).segments == truck.segments - 2
    assert van.at(NIGHT).segments == van.segments
    assert truck.at(NOON).segments == truck.segments


def test_a_gate_that_is_closed_at_night(town, drive):
    text = "node a 0 0 b 1 0 c 2 0 d 2 2\nway ab\nway bc\nway cd\nway da\n"
    text += "tag b barrier=gate access=yes access:conditional=no%20@%20(22:00-06:00)"
    network = RoadNetwork.from_osm(town(text))
    assert drive(network, "ab", "bc") == "abc"
    assert drive(network.at(NIGHT), "ab", "bc") == "abadcbc"


TURNS = """
node a 0 0 b 1 0 c 2 0 d 1 1 e 2 2
way ab
way bc
way bd
way de
way ec
turn ab b bd {}
"""


@pytest.mark.parametrize(
    ("tags", "holds"),
    [
        ("restriction:conditional=no_left_turn%20@%20(22:00-06:00)", True),
        ("restriction:motorcar:conditional=no_left_turn%20@%20(22:00-06:00)", True),
        ("restriction:hgv:conditional=no_left_turn%20@%20(22:00-06:00)", False),
        ("restriction:conditional=no_left_turn%20@%20(22:00-06:00) except=motorcar", False),
    ],
)
def test_turns_that_are_forbidden_at_night(town, turns, tags, holds):
    network = RoadNetwork.from_osm(town(TURNS.format(tags)))
    assert "abd" in turns(network)
    assert "abd" in turns(network.at(NOON))
    assert turns(network) - turns(network.at(NIGHT)) == ({"abd"} if holds else set())


def test_a_turn_that_is_the_only_one_at_night(town, turns):
    network = RoadNetwork.from_osm(
        town(TURNS.format("restriction:conditional=only_left_turn%20@%20(22:00-06:00)"))
    )
    assert turns(network) - turns(network.at(NIGHT)) == {"abc"}


def test_a_restriction_that_is_lifted_at_night(town, turns):
    tags = "restriction=no_left_turn restriction:conditional=none%20@%20(22:00-06:00)"
    network = RoadNetwork.from_osm(town(TURNS.format(tags)))
    assert turns(network.at(NIGHT)) - turns(network) == {"abd"}


def test_a_restriction_over_ways_that_holds_at_night(town, drive):
    text = (
        "node a 0 0 b 1 0 c 2 0 d 3 0 e 2 1 f 3 1\nway ab\nway bc\nway cd\nway ce\nway ef\nway fd\n"
        "turn ab bc cd restriction:conditional=no_straight_on%20@%20(22:00-06:00)"
    )
    network = RoadNetwork.from_osm(town(text))
    assert drive(network, "ab", "cd") == "abcd"
    assert drive(network.at(NOON), "ab", "cd") == "abcd"
    assert drive(network.at(NIGHT), "ab", "cd") != "abcd"


def test_what_no_time_changes_is_the_network_itself(town):
    network = square(town, "access:conditional=no%20@%20wet")
    assert network.kept_map.size == 0
    assert network.at(NIGHT) is network


@pytest.mark.parametrize("when", ["23:30", 23, None, date(2026, 11, 25)])
def test_a_moment_that_is_none(town, when):
    network = square(town, "access:conditional=no%20@%20(22:00-06:00)")
    with pytest.raises(InputError, match=r"when is .*; it must be a datetime"):
        network.at(when)


def test_no_road_is_left_at_night(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0\nway ab access:conditional=no%20@%20(22:00-06:00)"))
    with pytest.raises(
        InputError, match=r"town\.osm at 2026-11-25 23:30 has 1 ways but none for profile car"
    ):
        network.at(NIGHT)


def test_the_report_counts_conditions_and_names_those_not_understood(town):
    text = (
        SQUARE.format("access:conditional=no%20@%20(22:00-06:00)")
        + "way da maxspeed:conditional=30%20@%20wet\nway bc motor_vehicle:conditional=delivery\n"
        + "tag b barrier=gate access:conditional=no%20@%20winter\n"
        + "turn ab b bd restriction:conditional=no_left_turn%20@%20(Su)\n"
        + "turn ab b bd restriction:hgv:conditional=no_left_turn%20@%20(Su)"
    )
    network = RoadNetwork.from_osm(town(text))
    assert network.meta["counts"]["conditional_tags"] == 5
    assert network.meta["conditions_left_out"] == {
        "maxspeed:conditional=30 @ wet": 1,
        "motor_vehicle:conditional=delivery": 1,
        "access:conditional=no @ winter": 1,
    }
    assert network.meta["report"].splitlines()[-4:] == [
        "conditional tags: 5 read, 2 used, 3 left out",
        "  1 left out: a part of it is not understood: maxspeed:conditional=30 @ wet",
        "  1 left out: a part of it is not understood: motor_vehicle:conditional=delivery",
        "  1 left out: a part of it is not understood: access:conditional=no @ winter",
    ]


def test_a_prepared_file_keeps_the_conditions(town, tmp_path):
    network = square(town, "oneway:conditional=yes%20@%20(22:00-06:00)", profile="truck")
    save_network(network, tmp_path / "town.o2r")
    loaded = load_network(tmp_path / "town.o2r")
    for when in (NIGHT, NOON):
        assert_same_roads(loaded.at(when), network.at(when))
        assert loaded.at(when).meta == network.at(when).meta


@pytest.mark.parametrize("profile", ["car", "truck", "bicycle"])
def test_a_city_at_a_moment_is_what_its_tags_of_the_moment_build(shared: Path, profile):
    """Times of the city in the morning: by the order taken over, and by an order of its own."""
    path = shared / "osm" / "heidelberg.osm.pbf"
    morning = datetime.fromisoformat("2026-11-25T08:00")
    judge = load_profile(profile)
    network = RoadNetwork.from_osm(path, profile=judge)
    at_eight = network.at(morning)
    records = read_osm(
        path,
        ways=judge.ways,
        keys=(*judge.keys, *KERB_KEYS),
        nodes=judge.nodes,
        node_keys=judge.node_keys,
    )
    anew = build_network(map_at(records, judge, morning), judge)
    assert_same_roads(at_eight, anew)
    assert digest(at_eight) != digest(network)

    chance = np.random.default_rng(5)
    west, south, east, north = network.meta["bbox"]
    points = chance.uniform((west, south), (east, north), (40, 2))
    fast = at_eight.matrix(points, raw=True)
    graph = graph_of(at_eight)
    seeds = seeds_of(graph, at_eight.snap(points))
    plain = reference_matrix(seeds, seeds)
    assert np.array_equal(fast.ms, plain.ms)
    assert np.array_equal(fast.dm, plain.dm)


@pytest.mark.parametrize("spoil", ["cut", "noise", "empty", "arrays"])
def test_a_kept_map_that_is_damaged_is_refused(town, spoil):
    network = square(town, "access:conditional=no%20@%20(22:00-06:00)")
    kept = network.kept_map.copy()
    if spoil == "cut":
        kept = kept[: kept.size // 2]
    elif spoil == "noise":
        kept[200:400] = 7
    elif spoil == "empty":
        kept = np.zeros(10, np.uint8)
    else:
        kept = _with_wrong_rows(kept)
    spoilt = RoadNetwork(
        network.profile,
        network.meta,
        network.class_names,
        network.names,
        **{name: getattr(network, name) for name in LAYOUT} | {"kept_map": kept},
    )
    with pytest.raises(InputError, match="the map that the network keeps is damaged"):
        spoilt.at(NIGHT)


def _with_wrong_rows(kept):
    with np.load(io.BytesIO(kept.tobytes())) as file:
        arrays = dict(file)
    arrays["way_tags"] = arrays["way_tags"] + 1000
    file = io.BytesIO()
    np.savez(file, **arrays)
    return np.frombuffer(file.getvalue(), np.uint8)
