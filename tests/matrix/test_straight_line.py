"""Travel as the crow flies."""

from __future__ import annotations

import math

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.matrix import straight_line
from o2oroute.matrix.straight_line import straight_line_matrix

QUARTER = math.pi / 2 * 6_371_008.8


def test_a_quarter_of_the_earth_takes_its_length_over_the_speed():
    matrix = straight_line_matrix([(0, 0), (90, 0)], [(0, 90), (0, 0)], speed=36)
    assert matrix.distances == pytest.approx(np.array([[QUARTER, 0], [QUARTER, QUARTER]]))
    assert matrix.durations == pytest.approx(matrix.distances / 10)
    assert matrix.targets.tolist() == [[0, 90], [0, 0]]


def test_the_antimeridian_is_no_wall_and_the_antipode_no_error():
    matrix = straight_line_matrix([(179.5, 0), (-179.5, 0), (-0.5, 0)], speed=50)
    assert matrix.distances[0, 1] == pytest.approx(QUARTER / 90)
    assert matrix.distances[0, 2] == pytest.approx(2 * QUARTER)


def test_detour_lengthens_way_and_time():
    plain, longer = (straight_line_matrix([(0, 0), (1, 1)], speed=50, detour=by) for by in (1.0, 1.3))
    assert longer.distances[0, 1] == pytest.approx(1.3 * plain.distances[0, 1])
    assert longer.durations[0, 1] == pytest.approx(1.3 * plain.durations[0, 1])


@pytest.mark.parametrize("bad", [(math.nan, 0), (math.inf, 0), (0, 91), (181, 0)])
def test_a_bad_position_is_out_of_reach_and_costs_no_other(bad):
    matrix = straight_line_matrix([(0, 0), bad, (0.1, 0)], speed=50)
    assert np.isfinite(matrix.durations[[0, 0, 2], [0, 2, 0]]).all()
    assert np.isinf(matrix.durations[1]).all()
    assert np.isinf(matrix.durations[:, 1]).all()


def test_blocks_of_rows_make_no_difference(monkeypatch):
    points = np.random.default_rng(1).uniform(-80, 80, (30, 2))
    whole = straight_line_matrix(points, speed=50)
    monkeypatch.setattr(straight_line, "_BLOCK_CELLS", 70)
    assert np.array_equal(straight_line_matrix(points, speed=50).distances, whole.distances)


def test_no_points_make_an_empty_matrix():
    assert straight_line_matrix([], speed=50).shape == (0, 0)
    assert straight_line_matrix([(0, 0)], [], speed=50).shape == (1, 0)


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(InputError, match=f"speed is {speed} km/h; it must be a number above 0"):
        straight_line_matrix([(0, 0)], speed=speed)


@pytest.mark.parametrize("detour", [0.9, -1, math.nan, math.inf])
def test_a_detour_that_shortens_is_refused(detour):
    with pytest.raises(InputError, match=f"detour is {detour}; it must be a number of at least 1"):
        straight_line_matrix([(0, 0)], speed=50, detour=detour)
