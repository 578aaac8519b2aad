"""The compiled door of the hierarchy: what goes in wrong is a clear error, what goes in right is owned."""

from __future__ import annotations

import gc
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from o2oroute._core import (
    INF,
    ROOMS,
    Graph,
    Hierarchy,
    LaneMemory,
    ManyLanes,
    Metric,
    PathMemory,
    Seeds,
    Selection,
    Steps,
    Sweep,
    hierarchy_nodes,
    hierarchy_path,
    lane_rows,
    nested_dissection,
)
from o2oroute.errors import InputError
from o2oroute.matrix.reference import reference_matrix
from routing_cases import int32
from spoilt_arrays import SPOILT


def graph_arrays(**changes):
    """Three nodes in a ring, and one more arc."""
    arrays = {
        "first_out": int32([0, 2, 3, 4]),
        "head": int32([1, 2, 2, 0]),
        "weight_ms": int32([5000, 5500, 3100, 2000]),
        "node_ms": int32([5000, 3000, 2000]),
        "node_dm": int32([500, 300, 200]),
    }
    return arrays | changes


@pytest.fixture
def graph():
    return Graph(**graph_arrays())


@pytest.fixture
def metric(graph):
    return Metric(Hierarchy(graph, int32([1, 0, 2])))


def points_on(graph):
    return Seeds(graph, int32([0, 1, 2]), int32([0, 1]), int32([0, 3000]), int32([0, 300]))


@pytest.fixture
def points(graph):
    return points_on(graph)


def lanes_of(metric, points, room="base"):
    sweep = Sweep(metric, Selection(metric.hierarchy, points), lengths=True)
    return ManyLanes(sweep, points, room=room)


def memory_of(lanes):
    return LaneMemory(lanes.sweep.metric.hierarchy)


@pytest.fixture
def lanes(metric, points):
    return lanes_of(metric, points)


def outputs(kind=np.float32):
    return np.empty((2, 2), kind), np.empty((2, 2), kind)


EXPECTED = [[0, 8000], [2100, 0]]


def test_what_is_right_is_computed(lanes, metric, points):
    ms, dm = outputs(np.int32)
    assert lane_rows(lanes, 0, 1, ms, dm, memory_of(lanes))
    assert ms.tolist() == EXPECTED
    assert dm.tolist() == [[0, 800], [200, 0]]
    assert hierarchy_path(points, 1, points, 0, PathMemory(metric))[:2] == (2100, 200)


def test_the_nodes_of_ways_are_those_of_their_arcs(metric, points):
    memory = PathMemory(metric)
    first, nodes = hierarchy_nodes(points, int32([1, 0, 0, 1]), memory)
    for leg, (tail, head) in enumerate([(1, 0), (0, 0), (0, 1)]):
        _, _, arcs, seed, _ = hierarchy_path(points, tail, points, head, memory)
        expected = [seed, *graph_arrays()["head"][arcs].tolist()]  # seed i lies on node i
        assert nodes[first[leg] : first[leg + 1]].tolist() == expected


@pytest.mark.parametrize("wrong", [[0, 2], [-1], []])
def test_ways_through_points_out_of_range_or_none_are_refused(metric, points, wrong):
    with pytest.raises(InputError, match="points"):
        hierarchy_nodes(points, int32(wrong), PathMemory(metric))


# --- nested dissection ---


def dissection_arrays():
    return {"tail": int32([0, 1]), "head": int32([1, 2]), "lon": int32([0, 5, 9]), "lat": int32([0, 0, 0])}


@pytest.mark.parametrize("how", sorted(set(SPOILT) - {"too short", "too long", "empty"}))
@pytest.mark.parametrize("name", dissection_arrays())
def test_a_junction_array_of_the_wrong_kind_is_refused(name, how):
    arrays = dissection_arrays()
    with pytest.raises(InputError, match=name):
        nested_dissection(**(arrays | {name: SPOILT[how](arrays[name])}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tail": int32([0, 3])}, r"tail\[1\] is 3; allowed is from 0 to 2"),
        ({"head": int32([0, -1])}, r"head\[1\] is -1; allowed is from 0 to 2"),
        ({"head": int32([0])}, "head has 1 values; it must have 2"),
        ({"lat": int32([0, 0])}, "lat has 2 values; it must have 3"),
        ({"directions": 0}, "directions is 0; it must be from 1 to 8"),
        ({"directions": 9}, "directions is 9"),
        ({"share": 0.0}, r"share is 0\.0; it must be above 0 and below 0\.5"),
        ({"share": 0.5}, r"share is 0\.5"),
        ({"share": float("nan")}, "share is nan"),
        ({"lon": int32([]), "lat": int32([])}, r"tail\[0\] is 0; allowed is nothing"),
    ],
)
def test_junctions_out_of_range_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        nested_dissection(**(dissection_arrays() | changes))


def test_nothing_to_dissect_is_fine():
    none = int32([])
    assert nested_dissection(none, none, none, none).size == 0
    assert nested_dissection(none, none, int32([3]), int32([4])).size == 0
    assert nested_dissection(int32([0]), int32([0]), int32([3]), int32([4])).tolist() == [0]


# --- order and weights ---


@pytest.mark.parametrize("how", SPOILT)
def test_a_rank_of_the_wrong_kind_is_refused(graph, how):
    with pytest.raises(InputError, match="rank"):
        Hierarchy(graph, SPOILT[how](int32([1, 0, 2])))


@pytest.mark.parametrize(
    ("rank", "message"),
    [
        ([0, 0, 1], "rank is no permutation"),
        ([0, 1, 3], r"rank\[2\] is 3; allowed is from 0 to 2"),
        ([0, 1, -1], r"rank\[2\] is -1"),
    ],
)
def test_a_rank_that_is_no_permutation_is_refused(graph, rank, message):
    with pytest.raises(InputError, match=message):
        Hierarchy(graph, int32(rank))


@pytest.mark.parametrize(
    "changes",
    [
        {"head": int32([1, 2, 0, 0])},
        {"first_out": int32([0, 1, 3, 4]), "weight_ms": int32([5000] * 4)},
        {name: int32([*array, 0]) for name, array in graph_arrays().items() if name.startswith("node")}
        | {"first_out": int32([0, 2, 3, 4, 4])},
    ],
)
def test_a_graph_of_other_arcs_is_refused(metric, changes):
    other = Graph(**graph_arrays(**changes))
    with pytest.raises(InputError, match="other arcs than the hierarchy"):
        Metric(metric.hierarchy, other)
    with pytest.raises(InputError, match="other arcs than the hierarchy"):
        Selection(metric.hierarchy, points_on(other))


def test_weights_to_begin_with_of_another_hierarchy_are_refused(graph, metric):
    other = Metric(Hierarchy(graph, int32([0, 1, 2])))
    with pytest.raises(InputError, match="belong to another hierarchy"):
        Metric(metric.hierarchy, graph, other)


def test_the_rank_in_use_cannot_be_written(metric):
    with pytest.raises(ValueError, match="read-only"):
        metric.hierarchy.rank[0] = 7


# --- lanes ---


def test_parts_of_different_graphs_are_refused(metric, points):
    same_arcs = Graph(**graph_arrays())
    metric_of_another = Metric(Hierarchy(same_arcs, int32([0, 1, 2])))
    selection = Selection(metric.hierarchy, points_on(same_arcs))  # of the same arcs, with weights to come
    with pytest.raises(InputError, match="points of its graph"):
        Sweep(metric, selection, lengths=True)
    with pytest.raises(InputError, match="points of its graph"):
        Sweep(metric_of_another, Selection(metric.hierarchy, points), lengths=True)
    sweep = Sweep(metric, Selection(metric.hierarchy, points), lengths=True)
    with pytest.raises(InputError, match="own Graph object"):
        ManyLanes(sweep, points_on(same_arcs))
    for pair in ((points, points_on(same_arcs)), (points_on(same_arcs), points)):
        with pytest.raises(InputError, match="own Graph object"):
            hierarchy_path(pair[0], 0, pair[1], 0, PathMemory(metric))
    with pytest.raises(InputError, match="own Graph object"):
        hierarchy_nodes(points_on(same_arcs), int32([0, 1]), PathMemory(metric))


@pytest.mark.parametrize("room", ["avx1024", "", 3])
def test_a_room_that_the_processor_cannot_run_is_refused(metric, points, room):
    with pytest.raises(InputError, match=rf"room is {room!r}; this processor can run single, base"):
        lanes_of(metric, points, room=room)


def test_few_points_get_narrow_lanes(metric, points):
    assert lanes_of(metric, points, None).room == ROOMS[0] == "single"
    many = Seeds(metric.graph, int32([0] * 4), *int32([[]] * 3))
    assert lanes_of(metric, many, None).room == ROOMS[-1] != "single"


@pytest.mark.parametrize(("begin", "end"), [(-1, 1), (0, 2), (1, 0), (2, 2), (0, 2**40)])
def test_groups_out_of_range_are_refused(lanes, begin, end):
    with pytest.raises(InputError, match=f"groups {begin} to {end} are not within 0 to 1"):
        lane_rows(lanes, begin, end, *outputs(), memory_of(lanes))


@pytest.mark.parametrize("name", ["out_ms", "out_dm"])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.empty((2, 3), np.float32), r"has shape \(2, 3\); it must be \(2, 2\)"),
        (np.empty(4, np.float32), r"has shape \(4,\)"),
        (np.empty((2, 2)), "is float64; it must be float32"),
        (np.empty((2, 2), ">f4"), "is >f4; it must be float32"),
        (np.empty((2, 4), np.float32)[:, ::2], "is strided"),
        (np.empty((2, 2), np.float32).T, "is strided"),
        (np.broadcast_to(np.float32(0), (2, 2)), "is strided, unaligned or read-only"),
        (np.frombuffer(bytes(16), np.float32).reshape(2, 2), "is strided, unaligned or read-only"),
        (np.frombuffer(bytearray(17), np.float32, offset=1).reshape(2, 2), "is strided, unaligned"),
        ([[0, 0], [0, 0]], "is list; it must be float32"),
    ],
)
def test_an_output_that_does_not_fit_is_refused(lanes, name, wrong, message):
    ms, dm = outputs()
    given = {"out_ms": ms, "out_dm": dm} | {name: wrong}
    with pytest.raises(InputError, match=f"{name} {message}"):
        lane_rows(lanes, 0, 1, given["out_ms"], given["out_dm"], memory_of(lanes))


def test_outputs_of_two_kinds_are_refused(lanes):
    with pytest.raises(InputError, match="out_dm is float32; it must be int32"):
        lane_rows(lanes, 0, 1, np.empty((2, 2), np.int32), np.empty((2, 2), np.float32), memory_of(lanes))


def test_lengths_are_written_exactly_if_they_are_computed(metric, points, lanes):
    with pytest.raises(InputError, match="out_dm must be an array if lengths are computed"):
        lane_rows(lanes, 0, 1, outputs()[0], None, memory_of(lanes))
    alone = ManyLanes(Sweep(metric, Selection(metric.hierarchy, points), lengths=False), points)
    with pytest.raises(InputError, match="out_dm must be an array if lengths are computed"):
        lane_rows(alone, 0, 1, *outputs(), memory_of(alone))


def test_the_memory_of_another_hierarchy_is_refused(graph, lanes):
    other = Hierarchy(graph, int32([0, 1, 2]))
    with pytest.raises(InputError, match="made for another hierarchy"):
        lane_rows(lanes, 0, 1, *outputs(), LaneMemory(other))


def test_one_memory_serves_lanes_of_any_kind(metric, points):
    """Rows of other widths, more points and fewer, one after the other in the same bytes."""
    nodes = int32([0, 1, 2] * 40)
    zero = np.zeros_like(nodes)
    many = Seeds(metric.graph, int32(range(nodes.size + 1)), nodes, zero, zero)
    memory = LaneMemory(metric.hierarchy)
    for ends, lengths, room in product((points, many, points), (True, False), ROOMS):
        selection = Selection(metric.hierarchy, ends)
        lanes = ManyLanes(Sweep(metric, selection, lengths=lengths), points, room=room)
        ms = np.empty(lanes.shape, np.int32)
        dm = np.empty(lanes.shape, np.int32) if lengths else None
        assert lane_rows(lanes, 0, lanes.groups, ms, dm, memory)
        expected = reference_matrix(points, ends)
        assert np.array_equal(ms, expected.ms)
        assert dm is None or np.array_equal(dm, expected.dm)


@pytest.mark.parametrize(("source", "target"), [(-1, 0), (2, 0), (0, -1), (0, 2)])
def test_a_way_between_points_out_of_range_is_refused(metric, points, source, target):
    with pytest.raises(InputError, match=r"(source|target) is (-1|2); it must be from 0 to 1"):
        hierarchy_path(points, source, points, target, PathMemory(metric))


@pytest.mark.parametrize("wrong", [None, 3, "graph"])
def test_parts_of_another_type_are_refused(graph, metric, points, lanes, wrong):
    for call in (
        lambda: Hierarchy(wrong, int32([0, 1, 2])),
        lambda: Metric(wrong),
        lambda: Selection(wrong, points),
        lambda: Selection(metric.hierarchy, wrong),
        lambda: Sweep(wrong, Selection(metric.hierarchy, points), lengths=True),
        lambda: Sweep(metric, wrong, lengths=True),
        lambda: ManyLanes(wrong, points),
        lambda: ManyLanes(lanes.sweep, wrong),
        lambda: LaneMemory(wrong),
        lambda: PathMemory(wrong),
        lambda: lane_rows(wrong, 0, 1, *outputs(), memory_of(lanes)),
        lambda: lane_rows(lanes, 0, 1, *outputs(), wrong),
        lambda: hierarchy_path(wrong, 0, points, 0, PathMemory(metric)),
        lambda: hierarchy_path(points, 0, points, 0, wrong),
        lambda: hierarchy_nodes(wrong, int32([0]), PathMemory(metric)),
        lambda: hierarchy_nodes(points, int32([0]), wrong),
    ):
        with pytest.raises(TypeError):
            call()


@pytest.mark.parametrize(
    "kind", [Hierarchy, Metric, Selection, Sweep, ManyLanes, LaneMemory, PathMemory, Steps]
)
def test_no_object_exists_half_made(kind):
    with pytest.raises(TypeError):
        kind.__new__(kind)
    with pytest.raises(TypeError):
        type("Sub", (kind,), {})


def test_compiled_objects_are_not_pickled(metric, lanes):
    for thing in (metric.hierarchy, metric, lanes.sweep, lanes, memory_of(lanes), PathMemory(metric)):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


@pytest.mark.parametrize("points", [0, 2])
def test_an_empty_graph_and_no_points_are_fine(points):
    none = int32([])
    graph = Graph(int32([0]), none, none, none, none)
    metric = Metric(Hierarchy(graph, none))
    seeds = Seeds(graph, np.zeros(points + 1, np.int32), none, none, none)
    for departing in (False, True):
        sweep = Sweep(metric, Selection(metric.hierarchy, seeds, departing), lengths=True)
        lanes = ManyLanes(sweep, seeds)
        ms, dm = np.empty((2, points, points), np.int32)
        assert lane_rows(lanes, 0, lanes.groups, ms, dm, memory_of(lanes))
        assert (ms == INF).all()
        assert (dm == INF).all()
    if points:
        assert hierarchy_path(seeds, 0, seeds, 1, PathMemory(metric)) is None
        first, nodes = hierarchy_nodes(seeds, int32([0, 1]), PathMemory(metric))
        assert (first.tolist(), nodes.tolist()) == ([0, 0], [])


def test_inputs_may_change_or_go_away_afterwards():
    arrays, rank = graph_arrays(), int32([1, 0, 2])
    graph = Graph(**arrays)
    metric = Metric(Hierarchy(graph, rank))
    points = points_on(graph)
    lanes = lanes_of(metric, points)
    for array in (*arrays.values(), rank):
        array[...] = 2**31 - 1
    del arrays, rank, array, graph, metric, points
    gc.collect()
    memory, paths = memory_of(lanes), PathMemory(lanes.sweep.metric)
    points = lanes.points
    metric = lanes.sweep.metric
    gc.collect()
    ms, dm = outputs(np.int32)
    lane_rows(lanes, 0, 1, ms, dm, memory)
    del lanes
    del memory, metric
    gc.collect()
    assert ms.tolist() == EXPECTED
    assert hierarchy_path(points, 0, points, 1, paths)[2].tolist() == [0]


def test_a_memory_serves_one_thread_at_a_time():
    """Two threads hammer one memory: each call gives the right numbers or is refused."""
    size = 4000
    node, ones = int32(range(size)), np.ones(size, np.int32)
    ring = Graph(int32(range(size + 1)), np.roll(node, -1), ones, ones, ones)
    chance = np.random.default_rng(2)
    metric = Metric(Hierarchy(ring, int32(np.argsort(np.argsort(chance.random(size))))))
    place = int32(np.sort(chance.choice(size, 300, replace=False)))
    zero = np.zeros(300, np.int32)
    points = Seeds(ring, int32(range(301)), place, zero, zero)
    lanes, paths = lanes_of(metric, points), PathMemory(metric)
    memory = memory_of(lanes)
    expected = (place - place[:, None]) % size

    def hammer(_):
        for turn in range(30):
            ms, dm = expected.astype(np.int32), expected.astype(np.int32)
            with suppress(RuntimeError):
                lane_rows(lanes, 0, lanes.groups, ms, dm, memory)
            assert np.array_equal(ms, expected)
            with suppress(RuntimeError):
                assert hierarchy_path(points, turn, points, 9, paths)[0] == expected[turn, 9]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hammer, range(2)))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_array_of_numbers_gets_through_to_a_crash(data):
    """Whatever is accepted is also computed: an error, or cells within range."""
    small = st.one_of(st.integers(0, 4), st.sampled_from([-1, INF - 1, INF, 2**31 - 1]))

    def array(size):
        return data.draw(hnp.arrays(np.int32, size, elements=small))

    nodes, arcs, count = (data.draw(st.integers(0, 4)) for _ in range(3))
    try:
        graph = Graph(np.sort(array(nodes + 1)), array(arcs), array(arcs), array(nodes), array(nodes))
        seeds = Seeds(graph, np.sort(array(count + 1)), array(count), array(count), array(count))
        metric = Metric(Hierarchy(graph, array(nodes)))
    except InputError:
        return
    lanes = lanes_of(metric, seeds)
    ms, dm = np.empty((2, count, count), np.int32)
    lane_rows(lanes, 0, lanes.groups, ms, dm, memory_of(lanes))
    for cells in (ms, dm):
        assert (cells >= 0).all()
        assert (cells <= INF).all()
