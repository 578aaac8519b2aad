"""Lengths and small plane maps on the WGS 84 ellipsoid."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["E7", "inside_outline", "metres_per_degree", "step_metres"]

#: Positions are stored in whole units of 1e-7 degrees, as OpenStreetMap does; this many make a degree.
E7: Final = 10_000_000

_EQUATOR: Final = 6_378_137.0
_ECCENTRICITY_2: Final = 0.00669437999014

Float64 = npt.NDArray[np.float64]


def metres_per_degree(lat: npt.ArrayLike) -> tuple[Float64, Float64]:
    """Return how many metres one degree of longitude and one of latitude are at a latitude.

    The radii of curvature of the ellipsoid along the parallel and the meridian, as in the "cheap ruler"
    maps; over a few kilometres the plane that they span is right to about one part in ten thousand.

    Parameters
    ----------
    lat : array_like of float
        Degrees.

    Returns
    -------
    tuple of ndarray
        Metres per degree of longitude and of latitude.

    Examples
    --------
    >>> [round(float(metres)) for metres in metres_per_degree(0.0)]
    [111319, 110574]
    """
    angle = np.radians(lat)
    w2 = 1.0 / (1.0 - _ECCENTRICITY_2 * np.sin(angle) ** 2)
    across = np.radians(_EQUATOR) * np.sqrt(w2)
    return across * np.cos(angle), across * w2 * (1.0 - _ECCENTRICITY_2)


def step_metres(lon: npt.NDArray[np.int32], lat: npt.NDArray[np.int32]) -> Float64:
    """Return the lengths of the steps of a polyline.

    Parameters
    ----------
    lon, lat : ndarray of int32, shape (n,)
        Points in units of 1e-7 degrees.

    Returns
    -------
    ndarray of float64, shape (n - 1,)
        Metres from each point to the next.
    """
    across = lon[1:].astype(np.int64) - lon[:-1]
    # the short way round at the antimeridian
    across = (across + 180 * E7) % (360 * E7) - 180 * E7
    up = lat[1:].astype(np.int64) - lat[:-1]
    middle = (lat[:-1].astype(np.int64) + lat[1:]) / (2.0 * E7)
    per_lon, per_lat = metres_per_degree(middle)
    metres: Float64 = np.hypot(across * per_lon / E7, up * per_lat / E7)
    return metres


def inside_outline(outline: Float64, lon: Float64, lat: Float64) -> npt.NDArray[np.bool_]:
    """Tell which points an outline holds: a ray to the east crosses its edges an odd number of times.

    Parameters
    ----------
    outline : ndarray of float64, shape (corners, 2)
        Degrees east and north, not across the antimeridian.
    lon, lat : ndarray of float64, shape (n,)
        Degrees.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    inside = np.zeros(lon.shape, bool)
    for (x, y), (next_x, next_y) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y != next_y:
            inside ^= ((y > lat) != (next_y > lat)) & (lon < x + (lat - y) * (next_x - x) / (next_y - y))
    return inside
