"""The nearest step of a set of polylines against looking at every step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._core import Steps
from o2oroute.errors import InputError
from o2oroute.road.geometry import metres_per_degree
from routing_cases import int32
from spoilt_arrays import SPOILT

TURN = 360.0


def plain_nearest(ends, priority, point, per_degree):
    """Return the nearest step in whole millimetres, of equally near ones that of the lowest priority."""
    best = None
    for shift in (0.0, -TURN, TURN):
        a = (ends[:, :2] * 1e-7 - (point[0] + shift, point[1])) * per_degree
        d = (ends[:, 2:].astype(np.int64) - ends[:, :2]) * 1e-7 * per_degree
        square = (d**2).sum(1)
        t = np.clip(-(a * d).sum(1) / np.where(square > 0, square, 1), 0, 1)
        metres = np.floor(np.hypot(*(a + t[:, None] * d).T) * 1000 + 0.5) / 1000
        for step in range(len(ends)):
            key = (metres[step], priority[step])
            if best is None or key < best[0]:
                best = (key, step, t[step])
    return best[1], best[2], best[0][0]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.integers(0, 2**32 - 1), st.sampled_from([1, 30, 10**5, 10**8]), st.booleans())
def test_nearest_steps_are_those_of_a_plain_look(count, seed, extent, at_the_antimeridian):
    """Small extents make shared ends and equal distances; large ones make steps across half the world."""
    chance = np.random.default_rng(seed)
    middle = np.array([1_800_000_000 if at_the_antimeridian else 90_000_000, 450_000_000])
    a = middle + chance.integers(-extent, extent + 1, (count, 2))
    b = a + chance.integers(-extent, extent + 1, (count, 2)) * chance.integers(0, 2, (count, 1))
    ends = np.concatenate([a, b], axis=1).astype(np.int32)
    priority = chance.permutation(count).astype(np.int32)
    points = (middle + chance.integers(-2 * extent, 2 * extent + 1, (20, 2))) * 1e-7
    points[:, 0] = (points[:, 0] + 180.0) % TURN - 180.0  # a point lies within half a turn, a step may not
    points[:, 1] = np.clip(points[:, 1], -90, 90)
    per_degree = np.stack(metres_per_degree(points[:, 1]), axis=1)
    step, along, metres = Steps(ends, priority).nearest(points, per_degree)
    for i in range(len(points)):
        expected = plain_nearest(ends, priority, points[i], per_degree[i])
        # sums in another order may fall on the other side of half a millimetre
        assert metres[i] == pytest.approx(expected[2], abs=0.0011, rel=1e-9)
        if metres[i] == expected[2] and step[i] != expected[0]:
            own = plain_nearest(ends[[step[i]]], priority[[step[i]]], points[i], per_degree[i])
            assert own[2] == pytest.approx(expected[2], abs=0.0011, rel=1e-9)
        elif step[i] == expected[0]:
            assert along[i] == pytest.approx(expected[1], abs=1e-6)


def test_of_equally_near_steps_the_one_of_the_lowest_priority_is_taken():
    """A star of steps that share their middle, in any order of the tree."""
    chance = np.random.default_rng(1)
    for _ in range(20):
        far = chance.integers(-1000, 1000, (100, 2))
        ends = np.concatenate([np.zeros((100, 2)), far], axis=1).astype(np.int32)
        priority = chance.permutation(100).astype(np.int32)
        away = np.array([[0.0, 0.0]])
        step, _, metres = Steps(ends, priority).nearest(away, np.array([[111_000.0, 111_000.0]]))
        assert priority[step[0]] == 0
        assert metres[0] == 0


def test_no_points_are_fine():
    steps = Steps(int32([[0, 0, 5, 5]]), int32([0]))
    step, along, metres = steps.nearest(np.empty((0, 2)), np.empty((0, 2)))
    assert step.size == along.size == metres.size == 0


@pytest.mark.parametrize(
    "how", ["int64", "float64", "bool", "object", "foreign byte order", "strided", "list"]
)
def test_steps_of_the_wrong_kind_are_refused(how):
    with pytest.raises(InputError, match="ends"):
        Steps(SPOILT[how](int32([[0, 0, 5, 5], [1, 1, 2, 2]])), int32([0, 1]))


@pytest.mark.parametrize("how", SPOILT)
def test_priorities_of_the_wrong_kind_are_refused(how):
    with pytest.raises(InputError, match="priority"):
        Steps(int32([[0, 0, 5, 5], [1, 1, 2, 2]]), SPOILT[how](int32([0, 1])))


@pytest.mark.parametrize("shape", [(0, 4), (2, 3), (4,), (1, 2, 4)])
def test_steps_of_another_shape_are_refused(shape):
    with pytest.raises(InputError, match="ends has"):
        Steps(np.zeros(shape, np.int32), np.zeros(shape[0], np.int32))


@pytest.mark.parametrize("name", ["points", "per_degree"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros((2, 2), np.float32), "has dtype dtype.'float32'.; it must be float64"),
        (np.zeros((2, 3)), r"has shape"),
        (np.zeros(2), "has 1 dimensions; it must have 2"),
        (np.zeros((2, 4))[:, ::2], "is strided"),
        (np.zeros((2, 2)).T, "is strided"),
        ([[0.0, 0.0], [0.0, 0.0]], "is of type list"),
    ],
)
def test_points_of_the_wrong_kind_are_refused(name, wrong, message):
    steps = Steps(int32([[0, 0, 5, 5]]), int32([0]))
    arrays = {"points": np.ones((2, 2)), "per_degree": np.ones((2, 2))} | {name: wrong}
    with pytest.raises(InputError, match=message):
        steps.nearest(arrays["points"], arrays["per_degree"])


def test_values_that_are_no_numbers_do_no_harm():
    ends = int32(np.random.default_rng(1).integers(-(2**31), 2**31, (500, 4)))
    steps = Steps(ends, int32(range(500)))
    strange = np.array([[np.nan, 1], [np.inf, -np.inf], [1e300, 1e300], [0, np.nan]])
    step, _, _ = steps.nearest(strange, np.ones((4, 2)))
    assert ((step >= 0) & (step < 500)).all()
