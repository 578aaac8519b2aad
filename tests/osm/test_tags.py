"""What tag values mean."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.osm.tags import Direction, is_contraflow, oneway, speed_limit


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50),
        (" 50 ", 50),
        ("50.5", 50.5),
        ("50 km/h", 50),
        ("50kmh", 50),
        ("50 kph", 50),
        ("30 mph", 30 * 1.609344),
        ("30mph", 30 * 1.609344),
        ("10 knots", 18.52),
        ("none", math.inf),
        ("walk", 7),
        ("DE:urban", 50),
        ("de:urban", 50),
        ("DE:rural", 100),
        ("FR:rural", 80),
        ("XX:rural", 90),
        ("DE:motorway", math.inf),
        ("GB:nsl_single", 60 * 1.609344),
        ("BE-VLG:rural", 70),
        ("RO:trunk", 100),
        ("AT:living_street", 10),
        ("DE:zone30", 30),
        ("DE:zone:30", 30),
        ("IT:30", 30),
        ("GB:20 mph", 20 * 1.609344),
        ("50;30", 30),
        ("50|80|100", 50),
        ("80, 60", 60),
        ("50; signals", 50),
        ("30 @ (22:00-06:00)", None),
        ("signals", None),
        ("variable", None),
        ("", None),
        ("fifty", None),
        ("0", None),
        ("-5", None),
        ("999", None),
        ("1e3", None),
        ("\u0665\u0660", None),  # digits, but not those of a number here
        ("DE:", None),
        ("50 mph/h", None),
    ],
)
def test_speed_limits(value, kmh):
    assert speed_limit(value) == (None if kmh is None else pytest.approx(kmh))


@given(st.text())
def test_any_text_is_a_limit_or_says_nothing(value):
    limit = speed_limit(value)
    assert limit is None or limit > 0


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({}, None),
        ({"oneway": "yes"}, Direction.FORWARD),
        ({"oneway": "Yes "}, Direction.FORWARD),
        ({"oneway": "-1"}, Direction.BACKWARD),
        ({"oneway": "reversible"}, Direction.CHANGING),
        ({"oneway": "maybe"}, None),
        ({"oneway": "maybe", "junction": "roundabout"}, Direction.FORWARD),
        ({"oneway:motorcar": "no", "oneway": "yes"}, Direction.BOTH),
        ({"oneway:motorcar": "?", "oneway": "yes"}, Direction.FORWARD),
        ({"junction": "jughandle"}, None),
    ],
)
def test_directions(tags, direction):
    assert oneway(tags, ["oneway:motorcar", "oneway"]) is direction


def test_a_roundabout_is_no_oneway_tag():
    assert oneway({"junction": "roundabout"}, ["oneway:bicycle"], implied=False) is None


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"cycleway": "opposite"}, True),
        ({"cycleway": "opposite_lane"}, True),
        ({"cycleway:left": "opposite_track"}, True),
        ({"cycleway:right": "opposite_share_busway"}, True),
        ({"cycleway:left": "lane", "cycleway:left:oneway": "-1"}, True),
        ({"cycleway:right": "track", "cycleway:right:oneway": "no"}, True),
        ({"cycleway:both:oneway": "no"}, True),
        ({"cycleway": "lane"}, False),
        ({"cycleway:left": "lane", "cycleway:left:oneway": "yes"}, False),
        ({}, False),
    ],
)
def test_contraflow(tags, open_):
    assert is_contraflow(tags) is open_
