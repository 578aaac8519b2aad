"""Hold the matrices of real extracts to plain Dijkstra, cell by cell.

    python benchmarks/exactness.py EXTRACT.osm.pbf [...]

For each extract: a square matrix of random points at each size, every cell of some random rows against the
reference; the same cells again from rectangles that are swept the other way round, without lengths, with
several numbers of threads, as float32, from the labels of points that come later, under random speeds and
under random turn bans; and some ways, walked arc by arc. Ends with an error at the first cell that differs.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from o2oroute._core import (
    ROOMS,
    Graph,
    Hierarchy,
    Labels,
    LaneMemory,
    ManyLanes,
    Metric,
    PathMemory,
    Seeds,
    Selection,
    Sweep,
    hierarchy_path,
    lane_rows,
)
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.matrix.many_to_many import many_to_many
from o2oroute.matrix.reference import reference_matrix
from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork
from o2oroute.road.snap import Snap
from o2oroute.units import INF


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare matrices of extracts with plain Dijkstra, exactly.")
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 2000, 5000])
    parser.add_argument("--rows", type=int, default=20, help="random rows that are held to the reference")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for extract in options.extracts:
        check_extract(extract, options.sizes, options.rows, options.seed)


def check_extract(extract: Path, sizes: list[int], rows: int, seed: int) -> None:
    start = time.perf_counter()
    network = RoadNetwork.from_osm(extract)
    chance = np.random.default_rng(seed)
    metric = metric_of(network)
    cells = 0
    for size in sizes:
        snap = network.snap(random_points(network, size, chance))
        chosen = chance.choice(size, min(rows, size), replace=False)
        cells += check_square(metric, snap, chosen, as_built=True)
    snap = network.snap(random_points(network, sizes[0], chance))
    for other in (with_random_speeds(network, chance), with_random_bans(network, chance)):
        cells += check_square(other, snap, np.arange(min(rows, len(snap))), as_built=False)
    ways = check_ways(network, snap, chance)
    print(
        f"{extract.name}: {network.node_ms.size} nodes, {cells} cells and {ways} ways equal, "
        f"{time.perf_counter() - start:.0f} s",
        flush=True,
    )


def random_points(network: RoadNetwork, count: int, chance: np.random.Generator) -> np.ndarray:
    junction = chance.integers(0, network.junction_lon.size, count)
    near = np.stack((network.junction_lon[junction], network.junction_lat[junction]), axis=1) / E7
    return near + chance.normal(0.0, 0.00045, near.shape)


def seeds_at(graph: Graph, snap: Snap, chosen: np.ndarray | None = None) -> Seeds:
    """Return seeds of all or some points; offsets are cut to segments that have become shorter."""
    part = np.arange(len(snap)) if chosen is None else chosen
    count = np.diff(snap.seed_first)[part]
    seed = np.concatenate([np.arange(snap.seed_first[i], snap.seed_first[i + 1]) for i in part])
    node = snap.seed_node[seed]
    first = np.concatenate(([0], np.cumsum(count))).astype(np.int32)
    ms = np.minimum(snap.seed_ms[seed], graph.node_ms[node])
    return Seeds(graph, first, node, ms, np.minimum(snap.seed_dm[seed], graph.node_dm[node]))


def check_square(metric: Metric, snap: Snap, chosen: np.ndarray, *, as_built: bool) -> int:
    """Compare some rows with the reference, and all other ways to get the same cells with those."""
    points, some = seeds_at(metric.graph, snap), seeds_at(metric.graph, snap, chosen)
    expected = reference_matrix(some, points)
    square = many_to_many(metric, points, points, threads=1)
    same(square.ms[chosen], expected.ms)
    same(square.dm[chosen], expected.dm)
    for threads in (2, 5):
        again = many_to_many(metric, points, points, threads=threads)
        same(again.ms, square.ms)
        same(again.dm, square.dm)
    same(many_to_many(metric, points, points, distances=False).ms, square.ms)
    column = many_to_many(metric, points, some)
    same(column.ms, square.ms[:, chosen])
    same(column.dm, square.dm[:, chosen])
    for backwards in (False, True):
        for room in ROOMS:
            for lengths in (False, True):
                exact = check_lanes(
                    metric, some, points, expected, backwards=backwards, room=room, lengths=lengths
                )
                assert exact or not as_built
    exact = check_labels(metric, points, some, square, chosen)
    assert exact or not as_built
    return expected.ms.size


def check_labels(metric, points, some, square, chosen) -> bool:
    """Let the chosen points come once more, after all points."""
    n, k = points.points, some.points
    labels = Labels(metric)
    labels.append(points)
    labels.append(some)
    cells = np.empty((2, n + k, n + k), np.float32)
    if not labels.write_lines(n, *cells):
        return False
    for found, integers, per_unit in ((cells[0], square.ms, 1000.0), (cells[1], square.dm, 10.0)):
        same(found[n:, :n], as_floats(integers[chosen], per_unit))
        same(found[:n, n:], as_floats(integers[:, chosen], per_unit))
    return True


def check_lanes(metric, some, points, expected, *, backwards, room, lengths) -> bool:
    lanes, swept = (points, some) if backwards else (some, points)
    sweep = Sweep(metric, Selection(metric.hierarchy, swept, departing=backwards), lengths=lengths)
    many = ManyLanes(sweep, lanes, room=room)
    for kind in (np.int32, np.float32):
        ms = np.empty(many.shape, kind)
        dm = np.empty(many.shape, kind) if lengths else None
        if not lane_rows(many, 0, many.groups, ms, dm, LaneMemory(many.sweep.metric.hierarchy)):
            return False  # some way is too long for packed labels, which many_to_many sees and mends
        for cells, integers, per_unit in ((ms, expected.ms, 1000.0), (dm, expected.dm, 10.0)):
            if cells is not None and kind == np.int32:
                same(cells, integers)
            elif cells is not None:
                same(cells, as_floats(integers, per_unit))
    return True


def as_floats(integers: np.ndarray, per_unit: float) -> np.ndarray:
    return np.where(integers < INF, integers / per_unit, np.inf).astype(np.float32)


def with_random_speeds(network: RoadNetwork, chance: np.random.Generator) -> Metric:
    """Return the metric where each segment takes half to four times as long, updated from the one before."""
    before = metric_of(network)
    factor = 0.5 * 8.0 ** chance.random(network.node_ms.size)
    node_ms = np.ceil(network.node_ms * factor).astype(np.int32)
    tail = np.repeat(np.arange(node_ms.size), np.diff(network.first_out))
    weight_ms = network.weight_ms + (node_ms - network.node_ms)[tail]
    graph = Graph(network.first_out, network.head, weight_ms, node_ms, network.node_dm)
    return Metric(before.hierarchy, graph, before)


def with_random_bans(network: RoadNetwork, chance: np.random.Generator) -> Metric:
    """Return the metric of the network without a tenth of its turns, in the network's own order."""
    tail = np.repeat(np.arange(network.node_ms.size), np.diff(network.first_out))
    keep = chance.random(tail.size) < 0.9
    first = np.searchsorted(tail[keep], np.arange(network.node_ms.size + 1)).astype(np.int32)
    graph = Graph(first, network.head[keep], network.weight_ms[keep], network.node_ms, network.node_dm)
    return Metric(Hierarchy(graph, network.rank))


def check_ways(network: RoadNetwork, snap: Snap, chance: np.random.Generator, *, count: int = 500) -> int:
    """Walk the ways between random pairs, and return how many there are."""
    metric = metric_of(network)
    points = seeds_of(metric.graph, snap)
    cells = many_to_many(metric, points, points)
    memory = PathMemory(metric)
    walked = 0
    for source, target in chance.integers(0, len(snap), (count, 2)).tolist():
        way = hierarchy_path(points, source, points, target, memory)
        cell = int(cells.ms[source, target]), int(cells.dm[source, target])
        if way is None:
            assert cell == (INF, INF)
            continue
        ms, dm, arcs, here, there = way
        tail = np.searchsorted(network.first_out, arcs, side="right") - 1
        nodes = np.append(tail[:1] if arcs.size else snap.seed_node[[here]], network.head[arcs])
        assert nodes[0] == snap.seed_node[here]
        assert nodes[-1] == snap.seed_node[there]
        assert np.array_equal(nodes[:-1], tail)
        walked_ms = network.weight_ms[arcs].sum() + snap.seed_ms[there] - snap.seed_ms[here]
        walked_dm = network.node_dm[tail].sum() + snap.seed_dm[there] - snap.seed_dm[here]
        assert (walked_ms, walked_dm) == (ms, dm) == cell
        walked += 1
    return walked


def same(found: np.ndarray, expected: np.ndarray) -> None:
    if not np.array_equal(found, expected):
        where = np.argwhere(found != expected)
        place = tuple(where[0])
        raise SystemExit(f"{len(where)} cells differ; at {place}: {found[place]}, not {expected[place]}")


if __name__ == "__main__":
    main()
