"""The compiled one-to-many search against plain searches on random graphs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra

from o2oroute import units
from o2oroute._core import INF, Workspace, dijkstra_path, dijkstra_rows
from o2oroute.errors import RoutingError
from routing_cases import Case, cases, compiled, plain_row


def rows_of(graph, seeds, *, distances=True):
    ms = np.empty((seeds.points, seeds.points), np.int32)
    dm = np.empty_like(ms) if distances else None
    dijkstra_rows(seeds, seeds, 0, seeds.points, ms, dm, Workspace(graph))
    return ms, dm


@settings(max_examples=400, deadline=None)
@given(cases())
def test_rows_are_those_of_a_plain_search(case):
    graph, seeds = compiled(case)
    ms, dm = rows_of(graph, seeds)
    for source in range(len(case.points)):
        assert list(zip(ms[source].tolist(), dm[source].tolist(), strict=True)) == plain_row(case, source)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_times_are_the_same_without_lengths(case):
    graph, seeds = compiled(case)
    with_lengths, _ = rows_of(graph, seeds)
    alone, _ = rows_of(graph, seeds, distances=False)
    assert np.array_equal(with_lengths, alone)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_labels_are_those_of_scipy(case):
    """Points at the start of each node: the times between nodes, by a search that others wrote."""
    nodes = len(case.node_ms)
    starts = case._replace(points=[[(node, 0, 0)] for node in range(nodes)])
    ms, _ = rows_of(*compiled(starts))
    cheapest = np.full((nodes, nodes), np.inf)
    for tail, head, turn in case.turns:
        cheapest[tail, head] = min(cheapest[tail, head], case.node_ms[tail] + turn)
    tails, heads = np.nonzero(np.isfinite(cheapest))
    expected = scipy_dijkstra(csr_array((cheapest[tails, heads], (tails, heads)), shape=(nodes, nodes)))
    assert np.array_equal(ms, np.where(np.isfinite(expected), expected, INF))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_the_arcs_of_a_way_add_up_to_its_cell(case):
    graph, seeds = compiled(case)
    ms, dm = rows_of(graph, seeds)
    flat = [seed for point in case.points for seed in point]
    owner = [i for i, point in enumerate(case.points) for _ in point]
    workspace = Workspace(graph)
    for source in range(seeds.points):
        for target in range(seeds.points):
            way = dijkstra_path(seeds, source, seeds, target, workspace)
            note(f"{source} -> {target}: {way}")
            if way is None:
                assert ms[source, target] == INF
                continue
            way_ms, way_dm, arcs, source_seed, target_seed = way
            assert (way_ms, way_dm) == (ms[source, target], dm[source, target])
            assert (owner[source_seed], owner[target_seed]) == (source, target)
            at, o_ms, o_dm = flat[source_seed]
            end, p_ms, p_dm = flat[target_seed]
            walked_ms, walked_dm = p_ms - o_ms, p_dm - o_dm
            for arc in arcs.tolist():
                tail, head, turn = case.turns[arc]
                assert tail == at
                walked_ms += case.node_ms[tail] + turn
                walked_dm += case.node_dm[tail]
                at = head
            assert at == end
            assert (walked_ms, walked_dm) == (way_ms, way_dm)


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_a_workspace_that_was_used_before_gives_the_same(case, data):
    graph, seeds = compiled(case)
    workspace = Workspace(graph)
    expected, _ = rows_of(graph, seeds)
    for row in data.draw(st.permutations(range(seeds.points))):
        dijkstra_path(seeds, row, seeds, 0, workspace)
        ms = np.empty((1, seeds.points), np.int32)
        dijkstra_rows(seeds, seeds, row, row + 1, ms, None, workspace)
        assert np.array_equal(ms[0], expected[row])


RING = Case([1000, 2000], [100, 200], [(0, 1, 0), (1, 0, 5)], [[(0, 400, 40)], [(0, 700, 70)], []])


def test_ahead_on_the_same_segment_is_straight_on_and_behind_is_round_the_loop():
    ms, dm = rows_of(*compiled(RING))
    assert ms[:2, :2].tolist() == [[0, 300], [300 + 2005 + 400, 0]]
    assert dm[:2, :2].tolist() == [[0, 30], [30 + 200 + 40, 0]]


def test_a_point_without_seeds_is_unreachable_even_from_itself():
    ms, _ = rows_of(*compiled(RING))
    assert ms[2].tolist() == [INF, INF, INF]
    assert ms[:, 2].tolist() == [INF, INF, INF]


def test_within_one_millisecond_the_length_decides_what_is_ahead():
    case = Case([1], [50], [], [[(0, 0, 10)], [(0, 0, 20)]])
    _, dm = rows_of(*compiled(case))
    assert dm.tolist() == [[0, 10], [INF, 0]]


def test_turning_round_at_a_stop_is_free_where_both_directions_are_seeds():
    """Nodes 0 and 1 are twins; there is no arc at all."""
    there_and_back = [[(0, 300, 30), (1, 700, 70)], [(0, 600, 60), (1, 400, 40)]]
    ms, _ = rows_of(*compiled(Case([1000, 1000], [100, 100], [], there_and_back)))
    assert ms.tolist() == [[0, 300], [300, 0]]


def test_of_equally_fast_ways_the_shortest_counts():
    case = Case(
        [10, 5, 5, 0], [1, 9, 2, 0], [(0, 1, 0), (0, 2, 0), (1, 3, 0), (2, 3, 0)], [[(0, 0, 0)], [(3, 0, 0)]]
    )
    ms, dm = rows_of(*compiled(case))
    assert (ms[0, 1], dm[0, 1]) == (15, 3)


def test_sentinel_is_the_one_of_the_units():
    assert units.INF == INF


@pytest.mark.parametrize("half", ["ms", "dm"])
def test_a_way_that_does_not_fit_is_an_error_and_no_number(half):
    long, short = [INF // 2 + 1] * 3, [1] * 3
    node_ms, node_dm = (long, short) if half == "ms" else (short, long)
    case = Case(node_ms, node_dm, [(0, 1, 0), (1, 2, 0)], [[(0, 0, 0)], [(2, 0, 0)]])
    graph, seeds = compiled(case)
    with pytest.raises(RoutingError, match="source 0 takes 1073741823"):
        rows_of(graph, seeds)
    with pytest.raises(RoutingError, match="source 0"):
        dijkstra_path(seeds, 0, seeds, 1, Workspace(graph))


def test_the_longest_way_that_fits_is_found():
    case = Case([INF - 1, 0], [INF - 1, 0], [(0, 1, 0)], [[(0, 0, 0)], [(1, 0, 0)]])
    ms, dm = rows_of(*compiled(case))
    assert (ms[0, 1], dm[0, 1]) == (INF - 1, INF - 1)
