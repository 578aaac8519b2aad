"""Sizes, weights and durations as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.osm.measures import metres, seconds, tonnes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3", 3),
        ("3.5", 3.5),
        ("3,5", 3.5),
        (" 3.5 m ", 3.5),
        ("350 cm", 3.5),
        ("10 ft", 3.048),
        ("10'", 3.048),
        ("12'6\"", 3.81),
        ("12 ft 6 in", 3.81),
        ("default", None),
        ("none", None),
        ("below_default", None),
        ("-3", None),
        ("", None),
    ],
)
def test_metres(value, expected):
    assert metres(value) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7.5", 7.5),
        ("7,5 t", 7.5),
        ("3500 kg", 3.5),
        ("10000 lbs", 4.5359237),
        ("8 st", 7.257),
        ("light", None),
    ],
)
def test_tonnes(value, expected):
    assert tonnes(value) == (None if expected is None else pytest.approx(expected, abs=1e-3))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("25", 1500),
        ("00:25", 1500),
        ("1:10", 4200),
        ("00:02:30", 150),
        ("PT25M", 1500),
        ("PT1H30M", 5400),
        ("P1DT1H", 90_000),
        ("P", None),
        ("25 min", None),
        ("", None),
    ],
)
def test_seconds(value, expected):
    assert seconds(value) == expected


@given(st.text())
def test_any_text_is_a_measure_or_says_nothing(value):
    for measure in (metres, tonnes, seconds):
        found = measure(value)
        assert found is None or found >= 0
