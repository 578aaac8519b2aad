"""Conventions: the right integers, and costs in the published unit."""

from __future__ import annotations

from decimal import Decimal
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats import conventions
from o2oroute.formats.conventions import CONVENTIONS, convention_named
from o2oroute.units import INF, cost_units, rate_per_metre

WITH_COORDINATES = [name for name, rule in CONVENTIONS.items() if rule.rounding != "given"]


def _points(limit: int):
    return st.lists(st.tuples(st.integers(-limit, limit), st.integers(-limit, limit)), min_size=1, max_size=8)


def _squares(points):
    return [[(a - c) ** 2 + (b - d) ** 2 for c, d in points] for a, b in points]


@given(points=_points(300_000))
@pytest.mark.parametrize("name", ["dimacs", "x10"])
def test_truncation_to_tenths_is_the_mathematical_one(name, points):
    expected = [[isqrt(100 * square) for square in row] for row in _squares(points)]
    assert convention_named(name).legs(points).distances.tolist() == expected


@given(points=_points(300_000))
def test_euc2d_is_the_mathematical_rounding(points):
    expected = [[(isqrt(4 * square) + 1) // 2 for square in row] for row in _squares(points)]
    assert convention_named("euc2d").legs(points).distances.tolist() == expected


@given(points=_points(7_000))
def test_thousandths_are_the_mathematical_rounding(points):
    expected = [[(isqrt(4_000_000 * square) + 1) // 2 for square in row] for row in _squares(points)]
    assert convention_named("x1000").legs(points).distances.tolist() == expected


@pytest.mark.parametrize("name", ["sintef", "exact"])
def test_double_precision_has_finer_lengths_than_times(name):
    legs = convention_named(name).legs([(0, 0), (1, 1)])
    assert (legs.durations[0, 1], legs.distances[0, 1], legs.per_metre) == (1414, 141421, 100_000)


@pytest.mark.parametrize("name", WITH_COORDINATES)
def test_legs_are_read_only_int32_without_a_way_to_themselves(name):
    legs = convention_named(name).legs([(0, 0), (3.5, 4.25), (-7, 1)])
    for array in (legs.durations, legs.distances):
        assert array.dtype == np.int32
        assert not array.flags.writeable
        assert (array == array.T).all()
        assert not array.diagonal().any()


@pytest.mark.parametrize("name", ["dimacs", "euc2d", "x10", "x1000"])
def test_one_array_serves_both_where_scales_agree(name):
    legs = convention_named(name).legs([(0, 0), (3, 4)])
    assert np.shares_memory(legs.durations, legs.distances)


def test_blocks_of_rows_join_to_the_same_legs(monkeypatch):
    points = np.random.default_rng(1).uniform(0, 500, (50, 2))
    whole = convention_named("x1000").legs(points).distances
    monkeypatch.setattr(conventions, "_BLOCK_CELLS", 120)
    assert (convention_named("x1000").legs(points).distances == whole).all()


def test_lengths_get_coarser_before_they_overflow():
    legs = convention_named("exact").legs([(0, 0), (500_000, 0)])
    assert (legs.per_metre, legs.distances[0, 1], legs.durations[0, 1]) == (1000, 500_000_000, 500_000_000)


@pytest.mark.parametrize("name", WITH_COORDINATES)
def test_coordinates_too_far_apart_are_an_error(name):
    convention = convention_named(name)
    at_most = (INF - 2) // convention.ticks
    assert convention.legs([(0, 0), (at_most, 0)]).durations[0, 1] == at_most * convention.ticks
    with pytest.raises(InputError, match=r"coordinates span .* carries at most"):
        convention.legs([(0, 0), (at_most + 2, 0)])


def test_explicit_needs_a_matrix():
    with pytest.raises(InputError, match=r"'explicit' is for files that carry their matrix.*dimacs"):
        convention_named("explicit").legs([(0, 0)])


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(InputError, match=r"no convention 'dimac'\. Use dimacs, sintef, .*explicit"):
        convention_named("dimac")


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_unit_of_distance_costs_its_published_value(name):
    convention = convention_named(name)
    rate, rest = divmod(rate_per_metre(convention.per_km(), convention.ticks), convention.fractions)
    assert rest == 0  # so that costs in integers are exact
    assert rate * convention.fractions == cost_units(convention.ticks) * convention.published


@pytest.mark.parametrize(("name", "worth"), [("exact", 1), ("x1000", 100), ("euc2d", 100)])
def test_vehicle_costs_count_hundredths_in_exact_only(name, worth):
    convention = convention_named(name)
    assert convention.fixed_cost(Decimal(24600)) == 246 * worth
    assert convention.per_km(Decimal(83)) == 830 * worth
    assert convention.per_km() == 1000


def test_times_are_whole_ticks():
    dimacs = convention_named("dimacs")
    assert dimacs.in_ticks(Decimal("12.5")) == 125
    assert dimacs.in_ticks(Decimal("12.55")) is None
    assert convention_named("euc2d").in_ticks(Decimal("12.5")) is None
