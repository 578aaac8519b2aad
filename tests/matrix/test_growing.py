"""Matrices whose points come and go: always the matrix of the points that are there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.matrix.growing import GrowingMatrix


def same(growing, city):
    now, whole = growing.matrix, city.matrix(growing.points)
    assert np.array_equal(now.durations, whole.durations)
    assert np.array_equal(now.distances, whole.distances)
    assert np.array_equal(now.points, growing.points)
    return True


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 59), max_size=3)),
        st.tuples(st.just("drop"), st.lists(st.integers(0, 1000), max_size=3)),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(first=st.lists(st.integers(0, 59), max_size=8), steps=steps)
def test_any_coming_and_going_leaves_the_matrix_of_the_points_there(city, points, first, steps):
    growing = GrowingMatrix(city, points[first])
    expected = list(first)
    for what, which in steps:
        if what == "add":
            place = growing.add(points[which])
            assert place.tolist() == list(range(len(expected), len(expected) + len(which)))
            expected += which
        elif expected:
            gone = {number % len(expected) for number in which}
            growing.drop(sorted(gone))
            expected[:] = [point for i, point in enumerate(expected) if i not in gone]
        assert np.array_equal(growing.points, points[expected].reshape(-1, 2))


def test_a_matrix_that_was_handed_out_stays_as_it_was(city, points):
    growing = GrowingMatrix(city, points[:10])
    growing.add(points[10:12])
    before = growing.matrix
    copy = before.durations.copy()
    growing.add(points[12:40])
    growing.drop([0, 5])
    assert np.array_equal(before.durations, copy)
    assert not before.durations.flags.writeable


def test_a_point_off_the_roads_is_out_of_reach_and_costs_no_other(city, points):
    growing = GrowingMatrix(city, points[:5])
    assert growing.add([[0.0, 0.0], points[5]]).tolist() == [5, 6]
    assert np.isinf(growing.matrix.durations[5]).all()
    assert np.isinf(growing.matrix.durations[:, 5]).all()
    assert same(growing, city)


@pytest.mark.parametrize("index", [-1, 5])
def test_an_index_out_of_range_is_refused(city, points, index):
    growing = GrowingMatrix(city, points[:5])
    with pytest.raises(InputError, match="they must be from 0 to 4"):
        growing.drop([index])
    assert len(growing) == 5
