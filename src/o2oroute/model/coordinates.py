"""Coordinates with lon and lat exchanged, recognised without roads."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["on_earth", "swapped_points"]

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_KM_PER_DEGREE: Final = 111.2
#: A place this far from the others, which would be this near with lon and lat exchanged, has them exchanged.
_FAR_KM: Final = 300.0
_NEAR_KM: Final = 100.0
#: With fewer orders than this, the depot is believed, whatever most of them say.
_FEW_ORDERS: Final = 3


def on_earth(points: Points) -> Mask:
    """Tell for each ``lon, lat`` whether it is a position."""
    fits: Mask = (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    return fits


def swapped_points(points: Points, of_order: Mask) -> Mask:
    """Tell which places have lon and lat exchanged.

    A place has if only the exchanged pair is a position, or if it lies far from home and the exchanged pair
    near. Home is where depots and vehicles are, unless most orders would then be wrong.

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
    inside, exchanged_inside = on_earth(points), on_earth(exchanged)
    swapped = ~inside & exchanged_inside
    fixed, orders = inside & ~of_order, inside & of_order
    if fixed.any():
        far = _far_from(points, fixed) & exchanged_inside
        if np.count_nonzero(far & orders) * 2 <= np.count_nonzero(orders) or orders.sum() < _FEW_ORDERS:
            return swapped | (far & inside)
    if orders.any():
        swapped |= _far_from(points, orders) & inside & exchanged_inside
    return swapped


def _far_from(points: Points, home: Mask) -> Mask:
    """Tell which places are far from the middle of some of them, and near it once exchanged."""
    middle = np.median(points[home], axis=0)
    far: Mask = (_km(points, middle) > _FAR_KM) & (_km(points[:, ::-1], middle) < _NEAR_KM)
    return far


def _km(points: Points, middle: Points) -> Points:
    per_lon = _KM_PER_DEGREE * np.cos(np.radians(middle[1]))
    lon = (points[:, 0] - middle[0] + 180) % 360 - 180
    distance: Points = np.hypot(lon * per_lon, (points[:, 1] - middle[1]) * _KM_PER_DEGREE)
    return distance
