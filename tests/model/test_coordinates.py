"""Exchanged lon and lat, recognised by where the others are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.model.coordinates import swapped_points

MILAN = [(9.19, 45.46), (9.2, 45.5), (9.1, 45.4), (9.25, 45.45), (9.15, 45.48)]
SEOUL = [(126.95, 37.55), (126.94, 37.56), (127.0, 37.5), (126.9, 37.6), (126.98, 37.52)]


def judged(points, fixed):
    return np.flatnonzero(swapped_points(np.array(points), np.arange(len(points)) >= fixed)).tolist()


def exchanged(points, *places):
    return [point[::-1] if i in places else point for i, point in enumerate(points)]


@pytest.mark.parametrize("city", [MILAN, SEOUL])
@pytest.mark.parametrize(
    ("fixed", "wrong"),
    [
        (1, []),
        (1, [2]),
        (1, [1, 3]),
        (1, [0]),  # most orders say that it is the depot
        (2, [0]),
        (0, [4]),
    ],
)
def test_exchanged_places_are_named(city, fixed, wrong):
    assert judged(exchanged(city, *wrong), fixed) == wrong


@pytest.mark.parametrize("fixed", [0, 1, 2])
def test_all_exchanged_beyond_the_poles(fixed):
    assert judged(exchanged(SEOUL, *range(5)), fixed) == [0, 1, 2, 3, 4]


def test_with_few_orders_the_depot_is_believed():
    assert judged(exchanged(MILAN[:3], 1, 2), 1) == [1, 2]


def test_out_of_range_is_not_always_exchanged():
    assert judged([*MILAN, (9.2, 145.5), (300.0, 45.0)], 1) == []


def test_far_places_are_far_and_not_exchanged():
    assert judged([*MILAN, (13.4, 52.5), (-74.0, 40.7)], 1) == []


def test_across_the_date_line():
    fiji = [(179.9, -16.5), (-179.9, -16.6), (179.8, -16.4), (-16.5, 179.9)]
    assert judged(fiji, 1) == [3]


def test_no_places():
    assert swapped_points(np.empty((0, 2)), np.empty(0, dtype=bool)).tolist() == []


lon_lats = st.tuples(st.floats(-400, 400), st.floats(-400, 400))


@given(st.lists(lon_lats, max_size=8), st.integers(0, 8))
def test_who_is_exchanged_is_a_position_then(points, fixed):
    for i in judged(points, fixed) if points else ():
        lat, lon = points[i]
        assert abs(lon) <= 180
        assert abs(lat) <= 90
