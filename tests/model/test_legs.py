"""Legs: seconds and metres become integers once, exactly as said."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.legs import Legs
from o2oroute.units import INF, cost_units, fixed_cost, leg_ticks, rate_per_metre, rate_per_tick

times = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=5),
    elements=st.floats(0, 2**20, width=32) | st.just(math.inf),
)


def whole(*cells):
    return np.array(cells, np.int32)


@given(times, st.sampled_from([1, 10, 1000]))
def test_ticks_are_rounded_half_up(seconds, ticks):
    for second, tick in zip(seconds.ravel(), leg_ticks(seconds, ticks).ravel(), strict=True):
        exact = INF if math.isinf(second) else math.floor(Fraction(float(second)) * ticks + Fraction(1, 2))
        assert tick == min(exact, INF)


def test_blocks_of_a_large_matrix_fit_together():
    seconds = np.arange(300_000).reshape(500, 600)
    assert np.array_equal(leg_ticks(seconds, 1), seconds)
    seconds[400, 7] = -1
    with pytest.raises(ValueError, match=r"travel time at \(400, 7\) is -1"):
        leg_ticks(seconds, 1)


@given(st.integers(0, 10**7), st.sampled_from([1, 10, 1000]))
def test_rates_of_four_decimals_are_exact(decimals, ticks):
    rate = decimals / 10_000
    per_hour = Fraction(rate_per_tick(rate)) * 3600 * ticks / cost_units(ticks)
    per_km = Fraction(rate_per_metre(rate, ticks)) * 1000 / cost_units(ticks)
    assert (
        per_hour
        == per_km
        == Fraction(fixed_cost(rate, ticks), cost_units(ticks))
        == Fraction(decimals, 10_000)
    )


def test_from_a_matrix_of_floats_and_of_whole_numbers():
    floats = TravelMatrix([[7, 1.25], [math.inf, 0]], [[0, 0.5], [3.4, 0]])
    legs = Legs.from_matrix(floats, 10)
    assert legs.durations.tolist() == [[0, 13], [INF, 0]]
    assert legs.distances.tolist() == [[0, 1], [3, 0]]
    numbers = Legs.from_matrix(TravelMatrix([[0, INF], [2, 0]]), 10)
    assert numbers.durations.tolist() == [[0, INF], [20, 0]]
    assert numbers.distances.tolist() == [[0, 0], [0, 0]]


def test_some_of_the_points():
    matrix = TravelMatrix(np.arange(9).reshape(3, 3), np.arange(9).reshape(3, 3))
    rows = np.array([2, 0])
    legs = Legs.from_matrix(matrix, 1, rows=rows)
    assert legs.durations.tolist() == [[0, 6], [2, 0]]
    own = Legs(matrix.durations.astype(np.int32), matrix.durations.astype(np.int32), per_metre=10)
    assert own.between(rows).durations.tolist() == [[8, 6], [2, 0]]
    assert (own.between(rows).per_metre, own.size, own.between(rows).size) == (10, 3, 2)


def test_the_matrix_stays_as_it_was():
    matrix = TravelMatrix([[5, 1], [1, 5]], [[5, 1], [1, 5]])
    Legs.from_matrix(matrix, 1)
    assert matrix.durations.tolist() == matrix.distances.tolist() == [[5, 1], [1, 5]]


@pytest.mark.parametrize(
    ("durations", "distances", "told"),
    [
        (np.zeros((2, 2)), whole([0, 0], [0, 0]), "durations of legs are float64"),
        (whole([0, 0]), whole([0, 0]), "square"),
        (whole([0, -1], [0, 0]), whole([0, 0], [0, 0]), "run from -1"),
        (whole([0, 0], [0, 0]), whole([0, 2**30], [0, 0]), "distances of legs run from 0 to 1073741824"),
        (whole([0, 0], [0, 0]), whole([0]), "shape"),
    ],
)
def test_legs_are_checked(durations, distances, told):
    with pytest.raises(InputError, match=told):
        Legs(durations, distances)


def test_legs_are_read_only():
    legs = Legs(whole([0, 1], [1, 0]), whole([0, 1], [1, 0]))
    with pytest.raises(ValueError, match="read-only"):
        legs.durations[0, 1] = 2
