"""Coordinates with lon and lat exchanged, recognised without roads."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["on_earth", "swapped_points"]

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_KM_PER_DEGREE: Final = 111.2
#: A place this far from home (or none on earth), which would be this near with lon and lat exchanged, has
#: them exchanged.
_FAR_KM: Final = 300.0
_NEAR_KM: Final = 100.0
#: With fewer orders than this, the depot is believed, whatever most of them say.
_FEW_ORDERS: Final = 3


def on_earth(points: Points) -> Mask:
    """Tell for each ``lon, lat`` whether it is a position."""
    fits: Mask = (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    return fits


def swapped_points(points: Points, of_order: Mask) -> Mask:
    """Tell which places have lon and lat exchanged: away from home as they are, and near it once exchanged.

    Home is in the middle of depots and vehicles, or in that of the orders if more places are around it.
    Where no place is a position, each that becomes one is taken for exchanged.

    Parameters
    ----------
    points : ndarray of float64, shape (n, 2)
        As they stand in the file.
    of_order : ndarray of bool, shape (n,)
        False for depots and for places of vehicles.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> milan = np.array([[9.19, 45.46], [9.2, 45.5], [45.48, 9.21]])
    >>> swapped_points(milan, np.array([False, True, True])).tolist()
    [False, False, True]
    """
    exchanged = points[:, ::-1]
    inside = on_earth(points)
    swapped: Mask = ~inside & on_earth(exchanged)
    if not inside.any():
        return swapped
    home = _home(points, inside & ~of_order, inside & of_order)
    away = ~inside | (_km(points, home) > _FAR_KM)
    return away & on_earth(exchanged) & (_km(exchanged, home) < _NEAR_KM)


def _home(points: Points, fixed: Mask, orders: Mask) -> Points:
    """Return the middle of the depots and vehicles, or of the orders if more places are around that."""
    middles = [np.median(points[fixed], axis=0)] if fixed.any() else []
    if not middles or orders.sum() >= _FEW_ORDERS:
        middles.append(np.median(points[orders], axis=0))
    around = [np.count_nonzero(_km(points[fixed | orders], middle) <= _FAR_KM) for middle in middles]
    return middles[int(np.argmax(around))]


def _km(points: Points, middle: Points) -> Points:
    per_lon = _KM_PER_DEGREE * np.cos(np.radians(middle[1]))
    lon = (points[:, 0] - middle[0] + 180) % 360 - 180
    distance: Points = np.hypot(lon * per_lon, (points[:, 1] - middle[1]) * _KM_PER_DEGREE)
    return distance
