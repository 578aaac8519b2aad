"""Many-to-many by one plain search a source: the reference that the fast kernel is held to."""

from __future__ import annotations

from typing import Final

import numpy as np

from o2oroute._core import Seeds, Workspace, dijkstra_rows
from o2oroute.matrix.pool import run_blocks, thread_count
from o2oroute.matrix.travel_matrix import RawMatrix
from o2oroute.road.network import Progress

__all__ = ["reference_matrix"]

#: Nodes that a thread settles at most (in whole rows) before it looks for Ctrl-C: about a fifth of a second.
_BLOCK_NODES: Final = 2_000_000
#: Rows of a block at most, so that progress moves and all threads end together.
_BLOCK_ROWS: Final = 64


def reference_matrix(
    sources: Seeds,
    targets: Seeds,
    *,
    distances: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> RawMatrix:
    """Compute exact times, and lengths, from all sources to all targets of one graph by Dijkstra's algorithm.

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

    Examples
    --------
    Two one-way streets of 5 s and 50 m that follow one another in a ring; a point at the start of each:

    >>> import numpy as np
    >>> from o2oroute._core import Graph, Seeds
    >>> int32 = lambda *values: np.array(values, dtype=np.int32)
    >>> ring = Graph(int32(0, 1, 2), int32(1, 0), int32(5000, 5000), int32(5000, 5000), int32(500, 500))
    >>> points = Seeds(ring, int32(0, 1, 2), int32(0, 1), int32(0, 0), int32(0, 0))
    >>> reference_matrix(points, points).ms.tolist()
    [[0, 5000], [5000, 0]]
    """
    threads = thread_count(threads)
    n, m = sources.points, targets.points
    step = max(1, min(_BLOCK_ROWS, _BLOCK_NODES // max(1, sources.graph.nodes)))
    ms = np.empty((n, m), np.int32)
    dm = np.empty((n, m), np.int32) if distances else None

    def compute(begin: int, end: int, workspace: Workspace) -> None:
        block_dm = None if dm is None else dm[begin:end]
        dijkstra_rows(sources, targets, begin, end, ms[begin:end], block_dm, workspace)

    run_blocks(
        compute,
        [(row, min(row + step, n)) for row in range(0, n, step)],
        make_memory=lambda: Workspace(sources.graph),
        threads=threads,
        progress=progress,
        total=n,
    )
    for array in (ms, dm):
        if array is not None:
            array.flags.writeable = False
    return RawMatrix(ms, dm)
