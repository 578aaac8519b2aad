"""Real extracts: the compiled matrices against scipy's Dijkstra on the same graph, exactly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra

from o2oroute import units
from o2oroute.matrix.paths import PathFinder
from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork

EXTRACTS = ["monaco", "helsinki_center", "liechtenstein", "malta", "milan"]
POINTS = 60
PAIRS = 1000

#: A label of (ms, dm) is ms * 2**24 + dm in float64, exact below 2**53: paths below 2**29 ms and 2**24 dm.
DM = 2.0**24


@cache
def network_of(path: Path) -> RoadNetwork:
    return RoadNetwork.from_osm(path)


@pytest.fixture(scope="module", params=EXTRACTS)
def network(request, shared):
    return network_of(shared / "osm" / f"{request.param}.osm.pbf")


@pytest.fixture(scope="module")
def points(network):
    """Positions within some 100 m of random junctions, and three far from any road."""
    chance = np.random.default_rng(7)
    junction = chance.integers(0, network.junction_lon.size, POINTS)
    near = np.stack((network.junction_lon[junction], network.junction_lat[junction]), 1) / E7
    return np.concatenate([near + chance.normal(0, 0.0005, near.shape), [(0, 0), (np.nan, 1), (1, 95)]])


@pytest.fixture(scope="module")
def raw(network, points):
    return network.matrix(points, raw=True)


def scipy_matrix(network, snap):
    """Return (ms, dm) between snapped points by a search from a node of its own for each source.

    The graph is expanded: arcs from each source to the successors of its seeds, from each seed of a target to
    the target, and between points that are ahead on the same node.
    """
    nodes, count = network.node_ms.size, len(snap)
    point = np.repeat(np.arange(count), np.diff(snap.seed_first))
    offset = snap.seed_ms * DM + snap.seed_dm

    degree = np.diff(network.first_out)
    tail = np.repeat(np.arange(nodes), degree)
    arcs = [(tail, network.head, network.weight_ms * DM + network.node_dm[tail])]
    for seed, node in enumerate(snap.seed_node):
        out = slice(network.first_out[node], network.first_out[node + 1])
        source = np.full(degree[node], nodes + point[seed])
        rest = network.weight_ms[out] * DM + network.node_dm[node] - offset[seed]
        arcs.append((source, network.head[out], rest))
    arcs.append((snap.seed_node, nodes + count + point, offset))
    same = snap.seed_node[:, None] == snap.seed_node
    ahead = (snap.seed_ms[:, None] <= snap.seed_ms) & (snap.seed_dm[:, None] <= snap.seed_dm)
    one, other = np.nonzero(same & ahead)
    arcs.append((nodes + point[one], nodes + count + point[other], offset[other] - offset[one]))

    tails, heads, weights = (np.concatenate([part[i] for part in arcs]) for i in range(3))
    order = np.lexsort((weights, heads, tails))
    tails, heads, weights = tails[order], heads[order], weights[order]
    first = np.r_[True, (np.diff(tails) != 0) | (np.diff(heads) != 0)]  # of parallel arcs the best
    size = nodes + 2 * count
    graph = csr_array((weights[first], (tails[first], heads[first])), shape=(size, size))
    label = scipy_dijkstra(graph, indices=np.arange(nodes, nodes + count))[:, nodes + count :]
    reached = np.isfinite(label)
    label[~reached] = 0
    ms, dm = np.divmod(label, DM)
    assert label.max() < 2.0**53
    assert dm.max() < DM / 2  # so that no length on the way has run over into the time
    return np.where(reached, ms, units.INF), np.where(reached, dm, units.INF)


def test_a_matrix_equals_scipys_exactly(network, points, raw):
    ms, dm = scipy_matrix(network, network.snap(points))
    assert (raw.ms[:POINTS, :POINTS] < units.INF).mean() > 0.4
    assert (raw.ms[POINTS:] == units.INF).all()
    assert np.array_equal(raw.ms, ms)
    assert np.array_equal(raw.dm, dm)


def test_a_subset_and_another_number_of_threads_give_the_same_cells(network, points, raw):
    some = network.matrix(points[10:30], points[::3], raw=True, threads=2)
    assert np.array_equal(some.ms, raw.ms[10:30, ::3])
    assert np.array_equal(some.dm, raw.dm[10:30, ::3])


def test_ways_of_random_pairs_add_up_to_their_cells(network, points, raw):
    """Walked arc by arc in Python, from the arrays of the network and the seeds of the points alone."""
    finder = PathFinder(network, points)
    snap = finder.snap
    chance = np.random.default_rng(8)
    walked = 0
    for source, target in chance.integers(0, len(points), (PAIRS, 2)).tolist():
        way = finder.path(source, target)
        if way is None:
            assert raw.ms[source, target] == units.INF
            continue
        seeds = {}
        for point in (source, target):
            part = slice(snap.seed_first[point], snap.seed_first[point + 1])
            seeds[point] = dict(
                zip(
                    snap.seed_node[part].tolist(),
                    zip(snap.seed_ms[part].tolist(), snap.seed_dm[part].tolist(), strict=True),
                    strict=True,
                )
            )
        tails = np.searchsorted(network.first_out, way.arcs, side="right") - 1
        heads = network.head[way.arcs]
        assert np.array_equal(tails[1:], heads[:-1])
        if way.arcs.size:
            first, last = int(tails[0]), int(heads[-1])
        else:
            # nodes of one segment in several states of access have the same offsets
            on_it = network.segment_of_node == way.segments[0]
            first = last = next(node for node in seeds[source] if node in seeds[target] and on_it[node])
        ms = (
            int(network.weight_ms[way.arcs].sum(dtype=np.int64))
            + seeds[target][last][0]
            - seeds[source][first][0]
        )
        dm = (
            int(network.node_dm[tails].sum(dtype=np.int64)) + seeds[target][last][1] - seeds[source][first][1]
        )
        assert (ms, dm) == (way.ms, way.dm) == (raw.ms[source, target], raw.dm[source, target])
        walked += 1
    assert walked > 0.3 * PAIRS
