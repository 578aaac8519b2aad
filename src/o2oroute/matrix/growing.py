"""A square matrix that gains and loses points at the cost of their own rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import Labels
from o2oroute.arrays import as_points
from o2oroute.errors import InputError, RoutingError
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.matrix.many_to_many import travel_matrix
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.road.kerb import Approach
from o2oroute.road.network import RoadNetwork

__all__ = ["GrowingMatrix"]

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]

#: By how much the room grows, so that adding point after point copies little.
_GROWTH: Final = 1.25


class GrowingMatrix:
    """Travel times and lengths between points that come and go, as orders do during the day.

    A new point costs one search to all others and one from all others; the cells between the others stay as
    they are. A few kilobytes are kept for each point, its labels; see ``_kernel/labels.pyx``.

    Parameters
    ----------
    network : RoadNetwork
    points : array_like of float, shape (n, 2)
        Longitude and latitude in degrees.
    limit : float
        Farthest distance in metres from a point to a road.
    threads : int
        For the first matrix; 0: one for each processor at hand.
    approach : {"any", "kerb", "kerb_auto"}, or one of them for each point
        From which side of a two-way road points are reached and left; see :meth:`RoadNetwork.snap`.

    Examples
    --------
    >>> growing = GrowingMatrix(network, depot_and_orders)  # doctest: +SKIP
    >>> growing.add([[126.94, 37.56]])  # doctest: +SKIP
    array([61])
    >>> growing.matrix.shape  # doctest: +SKIP
    (62, 62)
    """

    def __init__(
        self,
        network: RoadNetwork,
        points: npt.ArrayLike,
        *,
        limit: float = 1000.0,
        threads: int = 0,
        approach: Approach | Sequence[Approach] = "any",
    ) -> None:
        self.network: Final = network
        self.limit: Final = limit
        metric = metric_of(network)
        self._labels: Final = Labels(metric)
        matrix = travel_matrix(network, points, limit=limit, threads=threads, approach=approach)
        assert matrix.distances is not None  # noqa: S101 - for the type checker: lengths are asked for
        self._points = as_points(points)
        self._durations: Float32 = matrix.durations
        self._distances: Float32 = matrix.distances
        self._make_room(len(self) + 1)  # now, so that the first point to come waits for no copy
        self._append(self._points, approach)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self._points)

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """Longitude and latitude of the points, shape (n, 2)."""
        return self._points

    @property
    def matrix(self) -> TravelMatrix:
        """The matrix of the points as they are now; what is added or dropped later does not change it."""
        n = len(self)
        return TravelMatrix.trusted(
            durations=self._durations[:n, :n], distances=self._distances[:n, :n], points=self._points
        )

    def add(self, points: npt.ArrayLike, *, approach: Approach | Sequence[Approach] = "any") -> Int64:
        """Add points behind the last.

        Parameters
        ----------
        points : array_like of float, shape (k, 2)
        approach : {"any", "kerb", "kerb_auto"}, or one of them for each point

        Returns
        -------
        ndarray of int64, shape (k,)
            Their rows and columns.

        Raises
        ------
        InputError
            If `points` or `approach` is none such. A point off the roads is no error: its cells are ``inf``.
        RoutingError
            If a way is too long for packed labels (2**24 decimetres).
        """
        points = as_points(points)
        n, k = len(self), len(points)
        if k == 0:
            return np.empty(0, np.int64)
        self._make_room(n + k)
        self._append(points, approach)
        if not self._labels.write_lines(n, self._durations, self._distances):
            self._labels.keep(np.arange(n))
            raise RoutingError(
                "a way is longer than 2**24 decimetres or 2**29 milliseconds; "
                "compute the whole matrix instead"
            )
        self._points = np.concatenate((self._points, points))
        return np.arange(n, n + k)

    def drop(self, indices: npt.ArrayLike) -> None:
        """Drop points; those behind them move up.

        Parameters
        ----------
        indices : array_like of int
            Rows of the points to drop.

        Raises
        ------
        InputError
            If an index is out of range.
        """
        gone = np.unique(np.asarray(indices, dtype=np.int64))
        if gone.size and not (gone[0] >= 0 and gone[-1] < len(self)):
            raise InputError(
                f"indices run from {gone[0]} to {gone[-1]}; they must be from 0 to {len(self) - 1}"
            )
        keep = np.setdiff1d(np.arange(len(self)), gone, assume_unique=True)
        # new arrays: matrices handed out before still show the old ones
        self._durations = self._durations[np.ix_(keep, keep)]
        self._distances = self._distances[np.ix_(keep, keep)]
        self._points = self._points[keep]
        self._labels.keep(keep)

    def _append(self, points: npt.NDArray[np.float64], approach: Approach | Sequence[Approach]) -> None:
        snap = self.network.snap(points, limit=self.limit, approach=approach)
        self._labels.append(seeds_of(self._labels.metric.graph, snap))

    def _make_room(self, n: int) -> None:
        if n <= len(self._durations):
            return
        room = int(n * _GROWTH) + 1
        for name in ("_durations", "_distances"):
            grown = np.empty((room, room), np.float32)
            grown[: len(self), : len(self)] = getattr(self, name)[: len(self), : len(self)]
            setattr(self, name, grown)
