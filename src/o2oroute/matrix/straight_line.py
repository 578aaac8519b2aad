"""Travel as the crow flies: for tests, first sketches, and places without a map; only if asked for."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import as_points
from o2oroute.errors import InputError
from o2oroute.matrix.travel_matrix import TravelMatrix

__all__ = ["straight_line_matrix"]

#: Mean radius of the earth in metres (IUGG R1).
_EARTH: Final = 6_371_008.8
#: Cells computed at a time, so that the float64 in between stays small.
_BLOCK_CELLS: Final = 4_000_000


def straight_line_matrix(
    points: npt.ArrayLike, targets: npt.ArrayLike | None = None, *, speed: float, detour: float = 1.0
) -> TravelMatrix:
    """Return times and lengths along great circles, at one speed.

    Parameters
    ----------
    points : array_like of float, shape (n, 2)
        Longitude and latitude in degrees. A position that is none (NaN, out of range) is ``inf`` away from
        all others.
    targets : array_like of float, shape (m, 2), optional
        None: the points.
    speed : float
        Kilometres per hour.
    detour : float
        Length on roads as a multiple of the straight line, at least 1; cities lie around 1.3.

    Returns
    -------
    TravelMatrix
        Shape ``(n, m)``.

    Raises
    ------
    InputError
        If `speed` is not above zero, or `detour` below 1, or either is not finite.

    Examples
    --------
    >>> matrix = straight_line_matrix([(126.95, 37.55), (126.95, 37.56)], speed=36)
    >>> float(round(matrix.distances[0, 1])), float(round(matrix.durations[0, 1]))
    (1112.0, 111.0)
    """
    if not 0 < speed < math.inf:
        raise InputError(f"speed is {speed} km/h; it must be a number above 0")
    if not 1 <= detour < math.inf:
        raise InputError(f"detour is {detour}; it must be a number of at least 1")
    start = as_points(points)
    end = start if targets is None else as_points(targets, name="targets")
    distances = np.empty((len(start), len(end)), np.float32)
    durations = np.empty_like(distances)
    rows = max(1, _BLOCK_CELLS // max(1, len(end)))
    for row in range(0, len(start), rows):
        metres = _haversine(start[row : row + rows], end) * detour
        distances[row : row + rows] = metres
        durations[row : row + rows] = metres / (speed / 3.6)
    return TravelMatrix(durations, distances, points=start, targets=None if targets is None else end)


def _haversine(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the metres from each start to each end."""
    lon0, lat0 = np.radians(_judged(start)).T[:, :, None]
    lon1, lat1 = np.radians(_judged(end)).T[:, None, :]
    half = np.sin((lat1 - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat1) * np.sin((lon1 - lon0) / 2) ** 2
    metres: npt.NDArray[np.float64] = 2 * _EARTH * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    metres[np.isnan(metres)] = np.inf
    return metres


def _judged(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the points with NaN for each position that is none."""
    fits = (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    return np.where(fits[:, None], points, np.nan)
