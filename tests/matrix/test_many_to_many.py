"""Matrices of a network: units, threads, subsets, and how a long one is left."""

from __future__ import annotations

import _thread
import logging
import signal
import threading
from unittest import mock

import numpy as np
import pytest

from o2oroute import units
from o2oroute._core import lane_rows
from o2oroute.errors import InputError
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.matrix.many_to_many import estimate_bytes, many_to_many


@pytest.fixture(scope="module")
def raw(city, points):
    return city.matrix(points, raw=True)


def test_there_is_something_to_compare(raw):
    reached = raw.ms < units.INF
    assert 0.5 < reached.mean() < 0.9  # two sides of a river
    assert (raw.ms.diagonal() == 0).all()
    assert len(np.unique(raw.ms)) > 2000


def test_cells_are_the_integers_in_seconds_and_metres_bit_for_bit(city, points, raw):
    matrix = city.matrix(points)
    for cells, integers, per_unit in ((matrix.durations, raw.ms, 1000.0), (matrix.distances, raw.dm, 10.0)):
        expected = (integers / per_unit).astype(np.float32)
        expected[integers == units.INF] = np.inf
        assert cells.dtype == np.float32
        assert np.array_equal(cells, expected)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_makes_no_difference(city, points, raw, threads):
    again = city.matrix(points, raw=True, threads=threads)
    assert np.array_equal(again.ms, raw.ms)
    assert np.array_equal(again.dm, raw.dm)


def test_times_alone_are_the_same_times(city, points, raw):
    alone = city.matrix(points, raw=True, distances=False)
    assert np.array_equal(alone.ms, raw.ms)
    assert alone.dm is None
    assert city.matrix(points, distances=False).distances is None


def test_a_subset_of_the_points_gives_the_same_cells(city, points, raw):
    chosen = [41, 3, 3, 17, 58]
    some = city.matrix(points[chosen], raw=True)
    assert np.array_equal(some.ms, raw.ms[np.ix_(chosen, chosen)])
    assert np.array_equal(some.dm, raw.dm[np.ix_(chosen, chosen)])


def test_targets_of_their_own_make_a_rectangle(city, points, raw):
    matrix = city.matrix(points[:20], points[30:], raw=True)
    assert np.array_equal(matrix.ms, raw.ms[:20, 30:])
    assert np.array_equal(matrix.dm, raw.dm[:20, 30:])
    assert city.matrix(points[:20], points[30:]).shape == (20, 30)


def test_the_matrix_knows_its_points_and_how_far_off_the_roads_they_are(city, points):
    matrix = city.matrix(points[:3], points[:2])
    assert np.array_equal(matrix.points, points[:3])
    assert np.array_equal(matrix.targets, points[:2])
    assert np.array_equal(matrix.snap_distance, city.snap(points[:3]).distance)
    assert np.array_equal(matrix.target_snap_distance, city.snap(points[:2]).distance)
    assert city.matrix(points[:3]).targets is None


def test_a_point_off_the_roads_is_out_of_reach_and_costs_no_other(city, points, raw):
    mixed = np.concatenate([points[:2], [[0.0, 0.0], [np.nan, 45.0]], points[2:4]])
    matrix = city.matrix(mixed)
    good = [0, 1, 4, 5]
    assert np.array_equal(matrix.durations[np.ix_(good, good)], city.matrix(points[:4]).durations)
    for bad in (2, 3):
        assert np.isinf(matrix.durations[bad]).all()
        assert np.isinf(matrix.distances[:, bad]).all()
    assert matrix.snap_distance[3] == np.inf


def test_no_points_make_an_empty_matrix(city, points):
    assert city.matrix([]).shape == (0, 0)
    assert city.matrix(points, []).shape == (60, 0)
    assert city.matrix([], points).shape == (0, 60)


@pytest.mark.parametrize("raw", [False, True])
def test_nothing_of_the_result_can_be_written(city, points, raw):
    matrix = city.matrix(points[:2], raw=raw)
    for array in (matrix.ms, matrix.dm) if raw else (matrix.durations, matrix.distances):
        assert not array.flags.writeable


def test_threads_below_zero_are_refused(city, points):
    with pytest.raises(InputError, match="threads is -1; it must be 0"):
        city.matrix(points, threads=-1)


def test_progress_rises_to_the_end_in_the_calling_thread(city, points, monkeypatch):
    monkeypatch.setattr("o2oroute.matrix.many_to_many._BLOCK_CELLS", 1)  # blocks of one group of lanes
    calls = []
    city.matrix(points, progress=lambda done, total: calls.append((done, total, threading.current_thread())))
    done = [call[0] for call in calls]
    assert done == sorted(set(done))
    assert done[-1] == 60
    assert {call[1:] for call in calls} == {(60, threading.current_thread())}


def computed_groups(monkeypatch):
    """Count the groups of lanes that are computed, each a block of its own."""
    from o2oroute.matrix import many_to_many

    groups = []

    def compute(*args):
        groups.append(args[1])
        return lane_rows(*args)

    monkeypatch.setattr(many_to_many, "_BLOCK_CELLS", 1)
    monkeypatch.setattr(many_to_many, "lane_rows", compute)
    return groups


def test_an_error_in_progress_ends_the_computation(city, points, monkeypatch):
    groups = computed_groups(monkeypatch)

    def progress(done, total):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        city.matrix(np.repeat(points, 80, axis=0), threads=2, progress=progress)
    assert len(groups) < 150
    assert not [thread for thread in threading.enumerate() if "o2oroute" in thread.name]


def test_ctrl_c_ends_the_computation(city, points, monkeypatch):
    groups = computed_groups(monkeypatch)

    def progress(done, total):
        if done < 2400:
            _thread.interrupt_main()

    # a shell that runs the tests in the background has them ignore Ctrl-C
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            city.matrix(np.repeat(points, 80, axis=0), threads=1, progress=progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(groups) < 150
    assert not [thread for thread in threading.enumerate() if "o2oroute" in thread.name]


def test_the_bytes_are_told_before_they_are_taken(city, points, caplog):
    metric = metric_of(city)
    seeds = seeds_of(metric.graph, city.snap(points))
    caplog.set_level(logging.INFO, logger="o2oroute")
    assert estimate_bytes(60, 60) == 28_800
    assert estimate_bytes(60, 60, distances=False) == 14_400
    with (
        mock.patch.object(np, "empty", side_effect=MemoryError),
        pytest.raises(MemoryError, match=r"a matrix of 60 x 60 takes 0\.0 GB.*fewer points"),
    ):
        many_to_many(metric, seeds, seeds, threads=1)
    assert "matrix of 60 x 60: 0.0 MB, 1 threads" in caplog.text
    matrix = city.matrix(points)
    assert matrix.durations.nbytes + matrix.distances.nbytes == estimate_bytes(60, 60)
