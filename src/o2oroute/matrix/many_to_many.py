"""Exact many-to-many times and lengths: blocks of rows over a pool of threads."""

from __future__ import annotations

import logging
import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import INF, Graph, Seeds, Workspace, dijkstra_rows
from o2oroute.arrays import as_points
from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import RawMatrix, TravelMatrix
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.snap import Snap

__all__ = ["estimate_bytes", "graph_of", "many_to_many", "raw_matrix", "seeds_of", "travel_matrix"]

Int32 = npt.NDArray[np.int32]

_LOG: Final = logging.getLogger(__name__)

_MS_PER_SECOND: Final = 1000.0
_DM_PER_METRE: Final = 10.0

#: Nodes that a thread settles at most (in whole rows) before it looks for Ctrl-C: about a fifth of a second.
_BLOCK_NODES: Final = 2_000_000
#: Rows of a block at most, so that progress moves and all threads end together.
_BLOCK_ROWS: Final = 64
#: Seconds after which the waiting thread looks for Ctrl-C.
_LOOK: Final = 0.1


def estimate_bytes(n: int, m: int, *, distances: bool = True) -> int:
    """Return the bytes that a matrix from `n` points to `m` points takes; computing it takes little more.

    Examples
    --------
    >>> estimate_bytes(10_000, 10_000)
    800000000
    """
    return n * m * (8 if distances else 4)


def graph_of(network: RoadNetwork) -> Graph:
    """Return the routing graph of a network in the layout of the compiled code."""
    return Graph(network.first_out, network.head, network.weight_ms, network.node_ms, network.node_dm)


def seeds_of(graph: Graph, snap: Snap) -> Seeds:
    """Return snapped points as sources or targets on a graph."""
    return Seeds(graph, snap.seed_first, snap.seed_node, snap.seed_ms, snap.seed_dm)


def travel_matrix(
    network: RoadNetwork,
    points: npt.ArrayLike,
    targets: npt.ArrayLike | None = None,
    *,
    distances: bool = True,
    threads: int = 0,
    limit: float = 1000.0,
    progress: Progress | None = None,
) -> TravelMatrix:
    """Compute the travel matrix of a network; see :meth:`RoadNetwork.matrix`."""
    snap, target_snap = _snapped(network, points, targets, limit=limit)
    graph = graph_of(network)
    sources = seeds_of(graph, snap)
    ms, dm = _rows(
        sources,
        sources if targets is None else seeds_of(graph, target_snap),
        distances=distances,
        threads=threads,
        progress=progress,
        in_units=True,
    )
    return TravelMatrix(
        durations=ms.view(np.float32),
        distances=None if dm is None else dm.view(np.float32),
        points=as_points(points),
        targets=None if targets is None else as_points(targets),
        snap_distance=snap.distance,
        target_snap_distance=None if targets is None else target_snap.distance,
    )


def raw_matrix(
    network: RoadNetwork,
    points: npt.ArrayLike,
    targets: npt.ArrayLike | None = None,
    *,
    distances: bool = True,
    threads: int = 0,
    limit: float = 1000.0,
    progress: Progress | None = None,
) -> RawMatrix:
    """Compute the integers behind the travel matrix; see :meth:`RoadNetwork.matrix`."""
    snap, target_snap = _snapped(network, points, targets, limit=limit)
    graph = graph_of(network)
    sources = seeds_of(graph, snap)
    return many_to_many(
        sources,
        sources if targets is None else seeds_of(graph, target_snap),
        distances=distances,
        threads=threads,
        progress=progress,
    )


def many_to_many(
    sources: Seeds,
    targets: Seeds,
    *,
    distances: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> RawMatrix:
    """Compute exact times, and lengths, from all sources to all targets of one graph.

    A plain one-to-many Dijkstra search for each source: the reference for every faster kernel.

    Parameters
    ----------
    sources, targets : Seeds
        Of one :class:`~o2oroute._core.Graph`.
    distances : bool
        Return the lengths too; the times are the same either way.
    threads : int
        0: one for each processor at hand. The result is the same for any number.
    progress : callable, optional
        Called in this thread as ``progress(done, total)`` with numbers of rows.

    Returns
    -------
    RawMatrix
        Read-only int32 arrays of shape ``(sources, targets)``.

    Raises
    ------
    InputError
        If `threads` is negative.
    RoutingError
        If a way is too long for int32 milliseconds or decimetres.
    MemoryError
        If the matrix does not fit; the message says how many bytes it takes.

    Examples
    --------
    Two one-way streets of 5 s and 50 m that follow one another in a ring; a point at the start of each:

    >>> import numpy as np
    >>> from o2oroute._core import Graph, Seeds
    >>> int32 = lambda *values: np.array(values, dtype=np.int32)
    >>> ring = Graph(int32(0, 1, 2), int32(1, 0), int32(5000, 5000), int32(5000, 5000), int32(500, 500))
    >>> points = Seeds(ring, int32(0, 1, 2), int32(0, 1), int32(0, 0), int32(0, 0))
    >>> many_to_many(points, points).ms.tolist()
    [[0, 5000], [5000, 0]]
    """
    ms, dm = _rows(sources, targets, distances=distances, threads=threads, progress=progress, in_units=False)
    for array in (ms, dm):
        if array is not None:
            array.flags.writeable = False
    return RawMatrix(ms, dm)


def _snapped(
    network: RoadNetwork, points: npt.ArrayLike, targets: npt.ArrayLike | None, *, limit: float
) -> tuple[Snap, Snap]:
    snap = network.snap(points, limit=limit)
    return snap, snap if targets is None else network.snap(targets, limit=limit)


def _rows(
    sources: Seeds,
    targets: Seeds,
    *,
    distances: bool,
    threads: int,
    progress: Progress | None,
    in_units: bool,
) -> tuple[Int32, Int32 | None]:
    """Fill the matrix by blocks; `in_units` turns each block in place into float32 seconds and metres."""
    n, m = sources.points, targets.points
    step = max(1, min(_BLOCK_ROWS, _BLOCK_NODES // max(1, sources.graph.nodes)))
    blocks = [(row, min(row + step, n)) for row in range(0, n, step)]
    threads = min(_thread_count(threads), max(1, len(blocks)))
    size = estimate_bytes(n, m, distances=distances)
    _LOG.info("matrix of %d x %d: %.1f MB, %d threads", n, m, size / 1e6, threads)
    try:
        ms = np.empty((n, m), np.int32)
        dm = np.empty((n, m), np.int32) if distances else None
    except MemoryError:
        raise MemoryError(
            f"a matrix of {n} x {m} takes {size / 1e9:.1f} GB, which is not free here; "
            "ask for fewer points at a time, or for distances=False"
        ) from None

    free: SimpleQueue[Workspace] = SimpleQueue()
    for _ in range(threads):
        free.put(Workspace(sources.graph))

    def compute(row_from: int, row_to: int) -> int:
        block_ms = ms[row_from:row_to]
        block_dm = None if dm is None else dm[row_from:row_to]
        workspace = free.get()
        try:
            dijkstra_rows(sources, targets, row_from, row_to, block_ms, block_dm, workspace)
        finally:
            free.put(workspace)
        if in_units:
            _to_units(block_ms, _MS_PER_SECOND)
            if block_dm is not None:
                _to_units(block_dm, _DM_PER_METRE)
        return row_to - row_from

    pool = ThreadPoolExecutor(threads, thread_name_prefix="o2oroute-matrix")
    try:
        pending = {pool.submit(compute, *block) for block in blocks}
        done_rows = 0
        while pending:
            # a wait without end could not be left by Ctrl-C on every platform
            done, pending = wait(pending, timeout=_LOOK, return_when=FIRST_COMPLETED)
            done_rows += sum(future.result() for future in done)
            if done and progress is not None:
                progress(done_rows, n)
    finally:
        # after an error or Ctrl-C only the blocks that already run are finished
        pool.shutdown(cancel_futures=True)
    return ms, dm


def _to_units(block: Int32, per_unit: float) -> None:
    # the cell of the contract is float32(integer / per_unit), divided in double precision
    values: npt.NDArray[Any] = block / per_unit
    values[block == INF] = np.inf
    block.view(np.float32)[...] = values


def _thread_count(threads: int) -> int:
    if threads < 0:
        raise InputError(f"threads is {threads}; it must be 0 (all processors) or more")
    if threads:
        return threads
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
