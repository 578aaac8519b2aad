"""Integers and lines survive the way into text and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.viz.polyline import encode_integers, encode_lines

Decode = Callable[[str], list[int]]


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_integers_come_back(decode: Decode, values: list[int]) -> None:
    text = encode_integers(values)
    assert decode(text) == values
    assert all("?" <= character <= "~" for character in text)


def test_the_example_of_the_published_format() -> None:
    # "Encoded Polyline Algorithm Format": -179.9832104 degrees are the value -17998321 and the text `~oia@
    assert encode_integers([-17998321]) == "`~oia@"


@given(st.lists(st.lists(st.tuples(st.integers(-(2**30), 2**30), st.integers(-(2**30), 2**30)), min_size=1)))
def test_lines_come_back(decode: Decode, lines: list[list[tuple[int, int]]]) -> None:
    points = np.array([point for line in lines for point in line], dtype=np.int64).reshape(-1, 2)
    first = np.cumsum([0, *map(len, lines)])
    written = encode_lines(first, points[:, 0], points[:, 1])
    assert decode(written["sizes"]) == [len(line) for line in lines]
    steps = np.array(decode(written["points"]), dtype=np.int64).reshape(-1, 2)
    assert np.array_equal(np.cumsum(steps, axis=0).reshape(-1, 2), points)


def test_a_street_takes_few_characters() -> None:
    # steps of some ten metres are what a city is made of: at most two characters each way
    lon = np.arange(1000) * 300
    assert len(encode_lines(np.array([0, 1000]), lon, -lon)["points"]) <= 4 * 1000
