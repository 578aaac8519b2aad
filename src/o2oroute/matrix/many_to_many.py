"""Travel matrices of a network: many lanes at once over a customized contraction hierarchy."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import LaneMemory, ManyLanes, Metric, Seeds, Selection, Sweep, lane_rows
from o2oroute.arrays import as_points
from o2oroute.errors import InputError
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.matrix.pool import run_blocks, thread_count
from o2oroute.matrix.reference import reference_matrix
from o2oroute.matrix.travel_matrix import RawMatrix, TravelMatrix
from o2oroute.road.kerb import Approach
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.snap import Snap
from o2oroute.units import INF

__all__ = ["estimate_bytes", "many_to_many", "raw_matrix", "travel_matrix"]

Cells = npt.NDArray[Any]

_LOG: Final = logging.getLogger(__name__)

_MS_PER_SECOND: Final = 1000.0
_DM_PER_METRE: Final = 10.0

#: Cells that a thread computes at most (in whole groups) before it looks for Ctrl-C: a tenth of a second.
_BLOCK_CELLS: Final = 10_000_000
#: Blocks for each thread at least, so that progress moves and all threads end together.
_BLOCKS_A_THREAD: Final = 8


def estimate_bytes(n: int, m: int, *, distances: bool = True) -> int:
    """Return the bytes that a matrix from `n` points to `m` points takes; computing it takes little more.

    Examples
    --------
    >>> estimate_bytes(10_000, 10_000)
    800000000
    """
    return n * m * (8 if distances else 4)


def travel_matrix(
    network: RoadNetwork,
    points: npt.ArrayLike,
    targets: npt.ArrayLike | None = None,
    *,
    distances: bool = True,
    threads: int = 0,
    limit: float = 1000.0,
    approach: Approach | Sequence[Approach] = "any",
    target_approach: Approach | Sequence[Approach] = "any",
    folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> TravelMatrix:
    """Compute the travel matrix of a network; see :meth:`RoadNetwork.matrix`."""
    metric = metric_of(network)
    snap = network.snap(points, limit=limit, approach=approach)
    target_snap = _target_snap(network, targets, limit=limit, approach=target_approach)
    sources = seeds_of(metric.graph, snap)
    durations, lengths = _cells(
        metric,
        sources,
        sources if target_snap is None else seeds_of(metric.graph, target_snap),
        np.float32,
        distances=distances,
        threads=threads,
        folder=None if folder is None else Path(folder),
        progress=progress,
    )
    return TravelMatrix.trusted(
        durations=durations,
        distances=lengths,
        points=as_points(points),
        targets=None if targets is None else as_points(targets),
        snap_distance=snap.distance,
        target_snap_distance=None if target_snap is None else target_snap.distance,
    )


def raw_matrix(
    network: RoadNetwork,
    points: npt.ArrayLike,
    targets: npt.ArrayLike | None = None,
    *,
    distances: bool = True,
    threads: int = 0,
    limit: float = 1000.0,
    approach: Approach | Sequence[Approach] = "any",
    target_approach: Approach | Sequence[Approach] = "any",
    progress: Progress | None = None,
) -> RawMatrix:
    """Compute the integers behind the travel matrix; see :meth:`RoadNetwork.matrix`."""
    metric = metric_of(network)
    sources = seeds_of(metric.graph, network.snap(points, limit=limit, approach=approach))
    target_snap = _target_snap(network, targets, limit=limit, approach=target_approach)
    return many_to_many(
        metric,
        sources,
        sources if target_snap is None else seeds_of(metric.graph, target_snap),
        distances=distances,
        threads=threads,
        progress=progress,
    )


def many_to_many(
    metric: Metric,
    sources: Seeds,
    targets: Seeds,
    *,
    distances: bool = True,
    threads: int = 0,
    progress: Progress | None = None,
) -> RawMatrix:
    """Compute exact times, and lengths, from all sources to all targets of a metric.

    Parameters
    ----------
    metric : Metric
    sources, targets : Seeds
        Of the metric's graph.
    distances : bool
        Return the lengths too; the times are the same either way.
    threads : int
        0: one for each processor at hand. The result is the same for any number.
    progress : callable, optional
        Called in this thread as ``progress(done, total)`` with numbers of points.

    Returns
    -------
    RawMatrix
        Read-only int32 arrays of shape ``(sources, targets)``, bit for bit those of
        :func:`~o2oroute.matrix.reference.reference_matrix`.

    Raises
    ------
    InputError
        If `threads` is negative, or the points belong to another graph.
    RoutingError
        If a way is too long for int32 milliseconds or decimetres.
    MemoryError
        If the matrix does not fit; the message says how many bytes it takes.

    Notes
    -----
    Lanes are laid over the smaller side, and the sweep ends at the larger; see ``_kernel/lanes.pxi``.
    """
    ms, dm = _cells(
        metric,
        sources,
        targets,
        np.int32,
        distances=distances,
        threads=threads,
        folder=None,
        progress=progress,
    )
    for array in (ms, dm):
        if array is not None:
            array.flags.writeable = False
    return RawMatrix(ms, dm)


def _target_snap(
    network: RoadNetwork,
    targets: npt.ArrayLike | None,
    *,
    limit: float,
    approach: Approach | Sequence[Approach],
) -> Snap | None:
    if targets is not None:
        return network.snap(targets, limit=limit, approach=approach)
    if approach != "any":
        raise InputError("target_approach is given without targets; the points' own approach counts there")
    return None


def _cells(
    metric: Metric,
    sources: Seeds,
    targets: Seeds,
    kind: type[np.float32 | np.int32],
    *,
    distances: bool,
    threads: int,
    folder: Path | None,
    progress: Progress | None,
) -> tuple[Cells, Cells | None]:
    """Return times and lengths as float32 seconds and metres, or as int32 milliseconds and decimetres."""
    threads = thread_count(threads)
    n, m = sources.points, targets.points
    size = estimate_bytes(n, m, distances=distances)
    _LOG.info("matrix of %d x %d: %.1f MB, %d threads", n, m, size / 1e6, threads)
    try:
        ms = _empty((n, m), kind, folder, "durations")
        dm = _empty((n, m), kind, folder, "distances") if distances else None
    except MemoryError:
        raise MemoryError(
            f"a matrix of {n} x {m} takes {size / 1e9:.1f} GB, which is not free here; "
            "ask for fewer points at a time, for distances=False, or for a folder to write it to"
        ) from None
    backwards = m < n
    swept, lane_points = (sources, targets) if backwards else (targets, sources)
    sweep = Sweep(metric, Selection(metric.hierarchy, swept, departing=backwards), lengths=distances)
    lanes = ManyLanes(sweep, lane_points)
    too_long: list[int] = []

    def compute(begin: int, end: int, memory: LaneMemory) -> None:
        if not lane_rows(lanes, begin, end, ms, dm, memory):
            too_long.append(begin)

    run_blocks(
        compute,
        _blocks(lanes, swept.points, threads),
        make_memory=lambda: LaneMemory(metric.hierarchy),
        threads=threads,
        progress=progress,
        scale=lanes.width,
        total=lane_points.points,
    )
    if too_long:
        # packed labels end at 2**29 ms or 2**24 dm, and cannot tell free ways from long ones
        _fill(
            ms,
            dm,
            reference_matrix(sources, targets, distances=distances, threads=threads, progress=progress),
        )
    return ms, dm


def _blocks(lanes: ManyLanes, swept: int, threads: int) -> list[tuple[int, int]]:
    """Cut the groups into blocks that keep all threads busy to the end."""
    groups, cells = lanes.groups, lanes.width * swept
    step = _BLOCK_CELLS // max(1, cells)
    if threads > 1 and groups * cells >= _BLOCK_CELLS // 100:  # worth the start of a thread
        step = min(step, groups // (threads * _BLOCKS_A_THREAD))
    step = max(1, step)
    return [(group, min(group + step, groups)) for group in range(0, groups, step)]


def _empty(
    shape: tuple[int, int], kind: type[np.float32 | np.int32], folder: Path | None, name: str
) -> Cells:
    if folder is None or 0 in shape:
        return np.empty(shape, kind)
    folder.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=shape)


def _fill(ms: Cells, dm: Cells | None, raw: RawMatrix) -> None:
    for cells, integers, per_unit in ((ms, raw.ms, _MS_PER_SECOND), (dm, raw.dm, _DM_PER_METRE)):
        if cells is None or integers is None:
            continue
        cells[...] = integers if cells.dtype == np.int32 else integers / per_unit
        if cells.dtype != np.int32:
            cells[integers == INF] = np.inf
