"""Travel between the points of a problem, in the integers that every floor above shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.units import INF, leg_metres, leg_ticks

__all__ = ["Legs"]


@dataclass(frozen=True, eq=False)
class Legs:
    """Integer travel times and lengths from every point to every point.

    Attributes
    ----------
    durations : ndarray of int32, shape (n, n)
        Ticks; :data:`~o2oroute.units.INF` where there is no way. Read-only.
    distances : ndarray of int32, shape (n, n)
        Metres, or ``1 / per_metre`` metres for academic conventions. Read-only.
    per_metre : int
        Length units in a metre (or in the published unit of an academic instance).
    costs : ndarray of int32, shape (n, n), or None
        What each leg costs, where that is a matter of its own: then a vehicle's cost per length counts these
        instead of lengths. Read-only.
    """

    durations: npt.NDArray[np.int32]
    distances: npt.NDArray[np.int32]
    per_metre: int = 1
    costs: npt.NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        """Check shapes and ranges, and close the arrays for writing."""
        for name in ("durations", "distances", "costs"):
            array = getattr(self, name)
            if array is None and name == "costs":
                continue
            if array.dtype != np.int32 or array.ndim != 2 or array.shape[0] != array.shape[1]:
                raise InputError(
                    f"{name} of legs are {array.dtype} of shape {array.shape}; they must be int32 and square"
                )
            if array.size and (int(array.min()) < 0 or int(array.max()) > INF):
                raise InputError(
                    f"{name} of legs run from {array.min()} to {array.max()}; allowed is 0 to {INF}"
                )
            object.__setattr__(self, name, frozen(np.ascontiguousarray(array)))
            if array.shape != self.durations.shape:
                raise InputError(f"durations have shape {self.durations.shape}, {name} {array.shape}")

    @classmethod
    def from_matrix(
        cls, matrix: TravelMatrix, ticks_per_second: int, *, rows: npt.NDArray[np.int64] | None = None
    ) -> Legs:
        """Round a travel matrix once to ticks and metres.

        Parameters
        ----------
        matrix : TravelMatrix
            Square. Without distances the legs have length zero.
        ticks_per_second : int
        rows : ndarray of int64, optional
            Points to keep, in this order; None: all. A point is at no distance from itself, whatever the
            matrix says.

        Returns
        -------
        Legs
        """
        durations = leg_ticks(_between(matrix.durations, rows), ticks_per_second)
        if matrix.distances is None:
            distances = np.zeros_like(durations)
        else:
            distances = leg_metres(_between(matrix.distances, rows))
        np.fill_diagonal(durations, 0)
        np.fill_diagonal(distances, 0)
        return cls(durations, distances)

    def between(self, rows: npt.NDArray[np.int64]) -> Legs:
        """Return the legs between some of the points, in this order."""
        costs = None if self.costs is None else _between(self.costs, rows)
        return Legs(_between(self.durations, rows), _between(self.distances, rows), self.per_metre, costs)

    def faster(self, factor: float) -> Legs:
        """Return the legs of a vehicle that is so many times as fast; lengths stay.

        Times are rounded half up to ticks.

        Examples
        --------
        >>> import numpy as np
        >>> ways = np.array([[0, 25], [25, 0]], np.int32)
        >>> Legs(ways, ways).faster(2.0).durations.tolist()
        [[0, 13], [13, 0]]
        """
        if factor == 1.0:
            return self
        ticks = np.floor(self.durations / factor + 0.5)
        durations = np.where(self.durations < INF, np.minimum(ticks, INF), INF).astype(np.int32)
        return Legs(durations, self.distances, self.per_metre, self.costs)

    @property
    def priced(self) -> npt.NDArray[np.int32]:
        """What a cost per length counts: the costs of the legs where there are any, else their lengths."""
        return self.distances if self.costs is None else self.costs

    @property
    def size(self) -> int:
        """Number of points."""
        return int(self.durations.shape[0])


def _between(cells: npt.NDArray[Any], rows: npt.NDArray[np.int64] | None) -> npt.NDArray[Any]:
    if rows is None or np.array_equal(rows, np.arange(len(cells))):
        return cells  # large, and often just what is wanted
    return cells[np.ix_(rows, rows)]
