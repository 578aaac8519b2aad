"""Labels of points that come and go: against plain searches, and whatever is handed in."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._core import INF, Graph, Hierarchy, Labels, Metric, Seeds
from o2oroute.errors import InputError
from o2oroute.matrix.reference import reference_matrix
from routing_cases import cases, compiled, int32, plain_row


def floats(expected):
    """Return the cells in seconds and metres of integers in milliseconds and decimetres."""
    return np.where(expected >= INF, np.inf, expected / (1000.0, 10.0)).astype(np.float32)


def room_for(points):
    return np.full((2, points + 2, points + 3), -7.0, np.float32)


def some_of(seeds, graph, case, chosen):
    flat = [case.points[i] for i in chosen]
    first = int32(np.cumsum([0, *map(len, flat)]))
    every = np.array([seed for point in flat for seed in point], np.int32).reshape(-1, 3)
    return Seeds(graph, first, *map(np.ascontiguousarray, every.T))


@settings(max_examples=400, deadline=None)
@given(cases(), st.data())
def test_lines_are_those_of_a_plain_search(case, data):
    """Points added in two parts, some of them dropped between, in a random order of the nodes."""
    if data.draw(st.booleans()):  # lengths without time are beyond labels
        case = case._replace(
            node_ms=[max(ms, dm // 3 + 1) for ms, dm in zip(case.node_ms, case.node_dm, strict=True)]
        )
    graph, seeds = compiled(case)
    metric = Metric(Hierarchy(graph, int32(data.draw(st.permutations(range(graph.nodes))))))
    every = list(range(len(case.points)))
    before = [point for point in every if data.draw(st.booleans())]
    kept = [point for point in before if data.draw(st.booleans())]
    labels = Labels(metric)
    labels.append(some_of(seeds, graph, case, before))
    labels.keep(np.flatnonzero(np.isin(before, kept)))
    labels.append(seeds)
    points = [*kept, *every]
    assert labels.points == len(points)
    ms, dm = room_for(len(points))
    exact = labels.write_lines(len(kept), ms, dm)
    expected = np.array([plain_row(case, point) for point in every]).reshape(len(every), -1, 2)
    expected = expected[points][:, points]
    if not exact:
        assert expected[..., 0][expected[..., 0] < INF].max() > metric.most_exact_ms
        return
    cells = floats(expected)
    for found, wanted in ((ms, cells[..., 0]), (dm, cells[..., 1])):
        new = found[: len(points), : len(points)]
        assert np.array_equal(new[len(kept) :], wanted[len(kept) :])
        assert np.array_equal(new[:, len(kept) :], wanted[:, len(kept) :])
        assert (new[: len(kept), : len(kept)] == -7).all()
        assert (found[len(points) :] == -7).all()
        assert (found[:, len(points) :] == -7).all()


@pytest.fixture
def metric():
    graph = Graph(
        int32([0, 2, 3, 4]), int32([1, 2, 0, 1]), int32([5000, 9000, 5100, 4000]), int32([5000, 5000, 4000]),
        int32([500, 500, 400]),
    )  # fmt: skip
    return Metric(Hierarchy(graph, int32([1, 0, 2])))


def points_on(graph):
    return Seeds(graph, int32([0, 1, 2]), int32([0, 1]), int32([0, 3000]), int32([0, 300]))


@pytest.fixture
def labels(metric):
    labels = Labels(metric)
    labels.append(points_on(metric.graph))
    return labels


def test_points_of_another_graph_are_refused(metric, labels):
    same_arcs = Graph(
        int32([0, 2, 3, 4]), int32([1, 2, 0, 1]), int32([5000, 9000, 5100, 4000]), int32([5000, 5000, 4000]),
        int32([500, 500, 400]),
    )  # fmt: skip
    with pytest.raises(InputError, match="own Graph object"):
        labels.append(points_on(same_arcs))
    assert labels.points == 2


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        (np.array([0, 2]), "indices must rise within 0 to 1"),
        (np.array([-1]), "indices must rise"),
        (np.array([1, 0]), "indices must rise"),
        (np.array([1, 1]), "indices must rise"),
        (np.array([0.0]), "indices has dtype"),
        (np.array([[0]]), "indices has 2 dimensions"),
        ([0], "indices is of type list"),
    ],
)
def test_indices_that_are_none_are_refused(labels, indices, message):
    with pytest.raises(InputError, match=message):
        labels.keep(indices)
    assert labels.points == 2


@pytest.mark.parametrize("begin", [-1, 3])
def test_lines_out_of_range_are_refused(labels, begin):
    with pytest.raises(InputError, match=f"begin is {begin}; it must be from 0 to 2"):
        labels.write_lines(begin, *room_for(2))


@pytest.mark.parametrize("name", ["out_ms", "out_dm"])
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        3,
        [[0.0, 0.0], [0.0, 0.0]],
        np.empty((2, 2)),
        np.empty((2, 2), ">f4"),
        np.empty((2, 4), np.float32)[:, ::2],
        np.empty((3, 2), np.float32),
        np.empty((1, 2), np.float32),
        np.empty((2, 1), np.float32),
        np.empty(4, np.float32),
        np.empty((2, 2, 2), np.float32),
        np.broadcast_to(np.float32(0), (2, 2)),
    ],
)
def test_an_output_that_does_not_fit_is_refused(labels, name, wrong):
    ms, dm = np.empty((2, 2, 2), np.float32)
    given = {"out_ms": ms, "out_dm": dm} | {name: wrong}
    with pytest.raises(InputError, match=r"out_(ms|dm)"):
        labels.write_lines(0, given["out_ms"], given["out_dm"])


def test_both_outputs_may_not_be_too_small(labels):
    with pytest.raises(InputError, match=r"the matrix has shape \(1, 2\); there are 2 points"):
        labels.write_lines(0, *np.empty((2, 1, 2), np.float32))


@pytest.mark.parametrize("wrong", [None, 3, "points"])
def test_parts_of_another_type_are_refused(labels, wrong):
    with pytest.raises(TypeError):
        Labels(wrong)
    with pytest.raises(TypeError):
        labels.append(wrong)


def test_no_object_exists_half_made_or_pickled(labels):
    with pytest.raises(TypeError):
        Labels.__new__(Labels)
    with pytest.raises(TypeError):
        type("Sub", (Labels,), {})
    with pytest.raises(TypeError):
        pickle.dumps(labels)


def test_an_empty_graph_and_no_points_are_fine():
    none = int32([])
    graph = Graph(int32([0]), none, none, none, none)
    labels = Labels(Metric(Hierarchy(graph, none)))
    assert labels.write_lines(0, *room_for(0))
    labels.append(Seeds(graph, int32([0, 0, 0]), none, none, none))
    labels.keep(np.array([1]))
    ms, dm = room_for(1)
    assert labels.write_lines(0, ms, dm)
    assert np.isinf([ms[0, 0], dm[0, 0]]).all()


def test_they_serve_one_thread_at_a_time():
    """Two threads hammer the same points: each call does what it should or is refused."""
    size = 2000
    node, ones = int32(range(size)), np.ones(size, np.int32)
    ring = Graph(int32(range(size + 1)), np.roll(node, -1), ones, ones, ones)
    chance = np.random.default_rng(2)
    labels = Labels(Metric(Hierarchy(ring, int32(np.argsort(np.argsort(chance.random(size)))))))
    zero = np.zeros(50, np.int32)
    points = Seeds(ring, int32(range(51)), int32(np.arange(50) * 7), zero, zero)
    expected = floats(np.stack([reference_matrix(points, points).ms] * 2, axis=-1))[..., 0]

    def hammer(_):
        for _ in range(14):
            with suppress(RuntimeError):
                labels.append(points)
            ms, dm = np.empty((2, 1450, 1450), np.float32)
            count = 0
            with suppress(RuntimeError, InputError):
                count = labels.points
                labels.write_lines(max(0, count - 50), ms, dm)
                assert np.array_equal(ms[count - 50 : count, :50], expected)
            with suppress(RuntimeError, InputError):
                labels.keep(np.arange(50))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hammer, range(2)))
    assert labels.points >= 50
