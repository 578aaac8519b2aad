"""Places where profiles say something of their own, known by position."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.road.geometry import inside_outline

__all__ = ["REGIONS", "region_of"]

#: Outlines as corners, degrees east and north; the most particular place first. Borders on land are good to a
#: kilometre or two (Seoul) or ten (the country); elsewhere they run through the sea.
_OUTLINES: Final = {
    "KR-11": (  # Seoul
        "126.764,37.555 126.80,37.605 126.865,37.585 126.90,37.60 126.905,37.655 126.985,37.66 127.01,37.705 "
        "127.10,37.695 127.12,37.62 127.105,37.565 127.165,37.585 127.185,37.55 127.15,37.50 127.145,37.47 "
        "127.09,37.445 127.03,37.425 126.98,37.45 126.90,37.43 126.88,37.475 126.82,37.47 126.82,37.535"
    ),
    "KR": (
        "124.4,33.0 126.0,32.9 127.3,33.0 128.5,34.3 129.0,34.85 129.9,35.5 131.0,37.0 132.1,37.0 132.1,37.8 "
        "128.5,38.8 128.36,38.61 127.2,38.32 126.9,38.13 126.68,37.97 126.6,37.78 126.1,37.72 125.4,37.7 "
        "124.5,38.05"
    ),
}

#: ISO 3166 codes of the places that are known: a country, or a part of one (``KR-11`` is Seoul).
REGIONS: Final = tuple(_OUTLINES)


def region_of(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Return in which of :data:`REGIONS` positions lie, the most particular one; -1 for none of them.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees.

    Examples
    --------
    >>> [REGIONS[place] for place in region_of([126.98, 129.05], [37.57, 35.15])]  # Seoul, Busan
    ['KR-11', 'KR']
    """
    lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    region = np.full(lon.shape, -1, np.int8)
    for number, corners in enumerate(_OUTLINES.values()):
        outline = np.array([corner.split(",") for corner in corners.split()], float)
        (west, south), (east, north) = outline.min(axis=0), outline.max(axis=0)
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north) & (region < 0))
        region[near[inside_outline(outline, lon[near], lat[near])]] = number
    return region
