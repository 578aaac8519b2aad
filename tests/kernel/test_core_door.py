"""The compiled door: whatever goes in wrong is a clear error, and what goes in right is owned."""

from __future__ import annotations

import gc
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from o2oroute._core import INF, Graph, Seeds, Workspace, dijkstra_path, dijkstra_rows
from o2oroute.errors import InputError
from spoilt_arrays import SPOILT


def int32(*values):
    return np.array(values, dtype=np.int32)


def graph_arrays(**changes):
    """Two nodes in a ring, 5 s and 3 s."""
    arrays = {
        "first_out": int32(0, 1, 2),
        "head": int32(1, 0),
        "weight_ms": int32(5000, 3100),
        "node_ms": int32(5000, 3000),
        "node_dm": int32(500, 300),
    }
    return arrays | changes


def seed_arrays(**changes):
    arrays = {"first": int32(0, 1, 2), "node": int32(0, 1), "ms": int32(0, 3000), "dm": int32(0, 300)}
    return arrays | changes


@pytest.fixture
def graph():
    return Graph(**graph_arrays())


@pytest.fixture
def seeds(graph):
    return Seeds(graph, **seed_arrays())


@pytest.fixture
def out():
    return np.empty((2, 2), np.int32)


def test_what_is_right_is_computed(seeds, out):
    lengths = np.empty_like(out)
    dijkstra_rows(seeds, seeds, 0, 2, out, lengths, Workspace(seeds.graph))
    assert out.tolist() == [[0, 8000], [100, 0]]
    assert lengths.tolist() == [[0, 800], [0, 0]]


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("name", graph_arrays())
def test_a_graph_array_of_the_wrong_kind_is_refused(name, how):
    arrays = graph_arrays()
    with pytest.raises(InputError, match=r"first_out|head|weight_ms|node_ms|node_dm"):
        Graph(**(arrays | {name: SPOILT[how](arrays[name])}))


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("name", seed_arrays())
def test_a_seed_array_of_the_wrong_kind_is_refused(graph, name, how):
    arrays = seed_arrays()
    with pytest.raises(InputError, match=r"first|node|ms|dm"):
        Seeds(graph, **(arrays | {name: SPOILT[how](arrays[name])}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head": int32(1, 2)}, r"head\[1\] is 2; allowed is from 0 to 1"),
        ({"head": int32(-1, 0)}, r"head\[0\] is -1; allowed is from 0 to 1"),
        ({"weight_ms": int32(5000, -1)}, r"weight_ms\[1\] is -1; allowed is from 0 to 1073741823"),
        ({"weight_ms": int32(5000, 2**31 - 1)}, r"weight_ms\[1\] is 2147483647; allowed"),
        ({"weight_ms": int32(4999, 3100)}, r"weight_ms\[0\] is 4999, less than the 5000 ms of the segment"),
        ({"node_ms": int32(5000, -3000)}, r"node_ms\[1\] is -3000; allowed"),
        ({"node_dm": int32(-500, 300)}, r"node_dm\[0\] is -500; allowed"),
        ({"node_dm": int32(500, INF + 1)}, r"node_dm\[1\] is 1073741824; allowed"),
        ({"first_out": int32(0, 3, 2)}, r"first_out\[1\] is 3; allowed is from 0 to 2"),
        ({"first_out": int32(1, 1, 2)}, r"first_out goes from 1 to 2; it must go from 0 to 2"),
        ({"first_out": int32(0, 1, 1)}, r"first_out goes from 0 to 1; it must go from 0 to 2"),
        ({"first_out": int32(0, 1)}, r"first_out has 2 values; it must have 3"),
        ({"node_ms": int32(), "node_dm": int32()}, r"head\[0\] is 1; allowed is nothing: the graph is empty"),
    ],
)
def test_a_graph_out_of_range_is_refused_with_the_place(changes, message):
    with pytest.raises(InputError, match=message):
        Graph(**graph_arrays(**changes))


def test_offsets_that_fall_are_refused():
    three = {"node_ms": int32(0, 0, 0), "node_dm": int32(0, 0, 0), "first_out": int32(0, 2, 1, 2)}
    with pytest.raises(InputError, match=r"first_out falls from 2 to 1 at 1"):
        Graph(**graph_arrays(**three))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"node": int32(0, 2)}, r"node\[1\] is 2; allowed is from 0 to 1"),
        ({"node": int32(-1, 1)}, r"node\[0\] is -1; allowed is from 0 to 1"),
        ({"ms": int32(5001, 0)}, r"ms\[0\] is 5001, beyond its segment; it must be from 0 to 5000"),
        ({"ms": int32(-1, 0)}, r"ms\[0\] is -1; allowed"),
        ({"dm": int32(0, 301)}, r"dm\[1\] is 301, beyond its segment; it must be from 0 to 300"),
        ({"first": int32(0, 2, 1)}, r"first goes from 0 to 1; it must go from 0 to 2"),
        ({"first": int32(0, 2, 1, 2)}, r"first falls from 2 to 1 at 1"),
        ({"first": int32(-1, 1, 2)}, r"first\[0\] is -1; allowed"),
        ({"first": int32()}, r"first is empty"),
    ],
)
def test_seeds_out_of_range_are_refused_with_the_place(graph, changes, message):
    with pytest.raises(InputError, match=message):
        Seeds(graph, **seed_arrays(**changes))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_array_of_numbers_gets_through_to_a_crash(data):
    """Whatever is accepted is also computed: an error, or rows within range."""
    small = st.one_of(st.integers(-2, 6), st.sampled_from([INF, 2**31 - 1, -(2**31)]))

    def array(size):
        return data.draw(hnp.arrays(np.int32, size, elements=small))

    nodes, arcs, points = (data.draw(st.integers(0, 4)) for _ in range(3))
    rise = np.sort
    try:
        graph = Graph(rise(array(nodes + 1)), array(arcs), array(arcs), array(nodes), array(nodes))
        seeds = Seeds(graph, rise(array(points + 1)), array(points), array(points), array(points))
    except InputError:
        return
    out = np.empty((points, points), np.int32)
    dijkstra_rows(seeds, seeds, 0, points, out, None, Workspace(graph))
    assert (out >= 0).all()
    assert (out <= INF).all()


@pytest.mark.parametrize("name", ["out_ms", "out_dm"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.empty((2, 3), np.int32), r"has shape \(2, 3\); it must be \(2, 2\)"),
        (np.empty((1, 2), np.int32), r"has shape \(1, 2\)"),
        (np.empty(4, np.int32), "has 1 dimensions; it must have 2"),
        (np.empty((2, 2), np.int64), "has dtype dtype.'int64'.; it must be int32"),
        (np.empty((2, 4), np.int32)[:, ::2], "is strided"),
        (np.empty((2, 2), np.int32).T, "is strided"),
        ([[0, 0], [0, 0]], "is of type list"),
    ],
)
def test_an_output_that_does_not_fit_is_refused(seeds, out, name, wrong, message):
    outputs = {"out_ms": out, "out_dm": out.copy()} | {name: wrong}
    with pytest.raises(InputError, match=f"{name} {message}"):
        dijkstra_rows(seeds, seeds, 0, 2, outputs["out_ms"], outputs["out_dm"], Workspace(seeds.graph))


def test_a_read_only_output_is_refused(seeds, out):
    out.flags.writeable = False
    with pytest.raises(InputError, match="out_ms is read-only"):
        dijkstra_rows(seeds, seeds, 0, 2, out, None, Workspace(seeds.graph))


@pytest.mark.parametrize(("row_from", "row_to"), [(-1, 1), (0, 3), (2, 1), (3, 3)])
def test_rows_out_of_range_are_refused(seeds, out, row_from, row_to):
    with pytest.raises(InputError, match=f"rows {row_from} to {row_to} are not within 0 to 2"):
        dijkstra_rows(seeds, seeds, row_from, row_to, out, None, Workspace(seeds.graph))


@pytest.mark.parametrize(("source", "target"), [(-1, 0), (2, 0), (0, -1), (0, 2)])
def test_a_way_between_points_out_of_range_is_refused(seeds, source, target):
    with pytest.raises(InputError, match=r"(source|target) is (-1|2); it must be from 0 to 1"):
        dijkstra_path(seeds, source, seeds, target, Workspace(seeds.graph))


def test_parts_of_different_graphs_are_refused(seeds, out):
    other = Graph(**graph_arrays())
    others = Seeds(other, **seed_arrays())
    message = "must belong to the same Graph"
    with pytest.raises(InputError, match=message):
        dijkstra_rows(seeds, others, 0, 2, out, None, Workspace(seeds.graph))
    with pytest.raises(InputError, match=message):
        dijkstra_rows(seeds, seeds, 0, 2, out, None, Workspace(other))
    with pytest.raises(InputError, match=message):
        dijkstra_path(others, 0, seeds, 0, Workspace(seeds.graph))


@pytest.mark.parametrize("wrong", [None, 3, "graph"])
def test_parts_of_another_type_are_refused(seeds, out, wrong):
    for call in (
        lambda: Seeds(wrong, **seed_arrays()),
        lambda: Workspace(wrong),
        lambda: dijkstra_rows(wrong, seeds, 0, 2, out, None, Workspace(seeds.graph)),
        lambda: dijkstra_rows(seeds, seeds, 0, 2, out, None, wrong),
        lambda: dijkstra_path(seeds, 0, wrong, 0, Workspace(seeds.graph)),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize("kind", [Graph, Seeds, Workspace])
def test_no_object_exists_half_made(kind):
    with pytest.raises(TypeError):
        kind.__new__(kind)
    with pytest.raises(TypeError):
        type("Sub", (kind,), {})


def test_compiled_objects_are_not_pickled(seeds):
    for thing in (seeds.graph, seeds, Workspace(seeds.graph)):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


@pytest.mark.parametrize("points", [0, 2])
def test_an_empty_graph_and_no_points_are_fine(points):
    graph = Graph(int32(0), int32(), int32(), int32(), int32())
    seeds = Seeds(graph, np.zeros(points + 1, np.int32), int32(), int32(), int32())
    out = np.empty((points, points), np.int32)
    dijkstra_rows(seeds, seeds, 0, points, out, None, Workspace(graph))
    assert (out == INF).all()


def test_read_only_inputs_are_fine(out):
    arrays = [
        {name: array.copy() for name, array in part.items()} for part in (graph_arrays(), seed_arrays())
    ]
    for part in arrays:
        for array in part.values():
            array.flags.writeable = False
    graph = Graph(**arrays[0])
    seeds = Seeds(graph, **arrays[1])
    dijkstra_rows(seeds, seeds, 0, 2, out, None, Workspace(graph))
    assert out.tolist() == [[0, 8000], [100, 0]]


def test_inputs_may_change_or_go_away_afterwards(out):
    arrays, points = graph_arrays(), seed_arrays()
    graph = Graph(**arrays)
    seeds = Seeds(graph, **points)
    for array in (*arrays.values(), *points.values()):
        array[...] = 2**31 - 1
    del arrays, points, array
    gc.collect()
    workspace = Workspace(graph)
    del graph
    gc.collect()
    dijkstra_rows(seeds, seeds, 0, 2, out, None, workspace)
    _, _, arcs, _, _ = dijkstra_path(seeds, 0, seeds, 1, workspace)
    del seeds, workspace
    gc.collect()
    assert out.tolist() == [[0, 8000], [100, 0]]
    assert arcs.tolist() == [0]


def test_a_workspace_serves_one_thread_at_a_time():
    """Two threads hammer one workspace: each call gives the right numbers or is refused."""
    size = 20_000
    nodes = np.arange(size, dtype=np.int32)
    ones = np.ones(size, np.int32)
    ring = Graph(np.arange(size + 1, dtype=np.int32), np.roll(nodes, -1), ones, ones, ones)
    ends = Seeds(ring, int32(0, 1, 2), int32(0, size - 1), int32(0, 0), int32(0, 0))
    workspace = Workspace(ring)

    def hammer(_):
        for _ in range(50):
            out = np.array([[0, size - 1], [1, 0]], np.int32)
            with suppress(RuntimeError):
                dijkstra_rows(ends, ends, 0, 2, out, None, workspace)
            assert out.tolist() == [[0, size - 1], [1, 0]]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hammer, range(2)))
    out = np.empty((2, 2), np.int32)
    dijkstra_rows(ends, ends, 0, 2, out, None, workspace)
    assert out.tolist() == [[0, size - 1], [1, 0]]
