"""Where traffic drives on the left.

Along land borders the outlines follow Natural Earth's public domain map at 1:110 million, good to some ten
kilometres; elsewhere they run through the sea. A road tagged ``driving_side`` has the last word.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["drives_left"]

#: Outlines as corners, degrees east and north.
_OUTLINES: Final = {
    "southern and eastern Africa": (
        "11.7,-17.3 12.8,-16.9 13.5,-17.0 14.1,-17.4 18.3,-17.3 19.0,-17.8 21.4,-17.9 23.2,-17.5 21.9,-16.1 "
        "21.9,-12.9 24.0,-12.9 23.9,-10.9 24.3,-11.0 24.3,-11.3 25.4,-11.3 25.8,-11.8 26.6,-11.9 27.2,-11.6 "
        "27.4,-12.1 28.2,-12.3 28.9,-13.2 29.7,-13.3 29.6,-12.2 29.3,-12.4 28.4,-11.8 28.7,-9.6 28.4,-9.2 "
        "28.7,-8.5 30.7,-8.3 29.4,-5.9 29.3,-4.5 29.8,-4.5 30.8,-3.4 30.5,-2.4 30.8,-2.3 30.8,-1.7 30.4,-1.1 "
        "29.8,-1.4 29.6,-1.3 29.9,0.6 30.5,1.6 31.2,2.2 30.8,2.3 30.8,3.5 31.2,3.8 31.9,3.6 33.4,3.8 "
        "35.3,5.5 35.8,5.3 35.8,4.8 36.2,4.4 36.9,4.4 38.1,3.6 39.6,3.4 39.9,3.8 40.8,4.3 41.2,3.9 41.9,3.9 "
        "41.0,2.8 41.0,-0.9 41.6,-1.7 42.5,-3 42.5,-15 36.5,-27 33,-31 26,-36 16,-36 11,-20"
    ),
    "South Asia": (
        "97.1,27.7 97.1,27.1 96.4,27.3 95.1,26.6 95.2,26.0 94.1,23.9 93.3,24.1 93.2,22.3 92.7,22.0 92.7,21.3 "
        "92.3,21.5 92.3,20.5 91,18 92,14.5 92,6 94.2,6 94.2,14 86,4 78,-1.5 71,-1.5 71,14 65,23 61.3,24.8 "
        "61.5,25.1 61.9,26.2 63.3,26.8 63.2,27.2 62.8,27.4 62.7,28.3 61.8,28.7 60.9,29.8 62.5,29.3 65.0,29.5 "
        "66.3,29.9 66.4,30.7 66.9,31.3 67.7,31.3 67.8,31.6 68.9,31.6 69.3,31.9 69.3,32.5 69.7,33.1 70.3,33.4 "
        "69.9,34.0 70.9,34.0 71.2,34.3 71.1,34.7 71.6,35.2 71.3,36.1 71.8,36.5 75.2,37.1 75.9,36.7 76.2,35.9 "
        "77.8,35.5 78.9,34.3 78.8,33.5 79.2,33.0 79.2,32.5 78.5,32.6 78.7,31.5 81.1,30.2 81.5,30.4 82.3,30.1 "
        "83.9,29.3 84.2,28.8 85.8,28.2 88.1,27.9 88.7,28.1 88.8,27.3 90.0,28.3 91.7,27.8 92.5,27.9 94.6,29.3 "
        "95.4,29.0 96.1,29.5 96.6,28.8 96.2,28.4 97.3,28.3 97.4,27.9"
    ),
    "Thailand and Malaysia": (
        "105,5.5 104.8,1.2 102,1 98,4.5 97.2,8 98.1,9.6 98.6,9.9 99.6,11.9 99.2,12.8 99.1,13.8 98.2,15.1 "
        "98.5,15.3 98.9,16.2 97.4,18.4 97.8,18.6 98.3,19.7 99.0,19.8 100.1,20.4 100.5,20.1 100.6,19.5 "
        "101.3,19.5 101.0,18.4 101.1,17.5 102.1,18.1 102.4,17.9 103.0,18.0 103.2,18.3 104.0,18.2 104.7,17.4 "
        "104.8,16.4 105.6,15.6 105.5,14.7 105.2,14.3 104.3,14.4 103.0,14.2 102.3,13.4 102.6,12.2 102.9,11.6 "
        "102,9"
    ),
    "Indonesia, Borneo, New Guinea, Australia": (
        "94.5,6.5 98,4.5 102,1 105,1.2 105,5.5 112,6 116,7.5 118.2,7.3 118.6,5.8 119.8,5.2 121,4.4 126,5.2 "
        "128.5,5.2 129,3 141,1 150,-1 157,-3 163,-8 163,-13 155,-13 156,-25 160,-30 160,-40 150,-48 142,-45 "
        "112,-37 104,-10"
    ),
    "Guyana and Suriname": (
        "-54.5,2.3 -56.0,2.5 -56.0,1.8 -57.3,1.9 -58.5,1.3 -59.0,1.3 -59.6,1.8 -60.0,2.8 -59.5,4.0 -60.1,4.6 "
        "-60.0,5.0 -60.2,5.2 -60.7,5.2 -61.4,6.0 -61.1,6.2 -61.2,6.7 -60.3,7.0 -60.6,7.4 -60.6,7.8 -59.8,8.4 "
        "-59,9 -53.9,6.5 -54.0,5.8 -54.5,4.9 -54.4,4.2 -54.0,3.6 -54.3,2.7"
    ),
    "British Isles": "-11,49.8 -2,49.85 0.3,50.3 1.45,50.98 2.2,51.6 2.2,61.5 -11,61.5",
    "Japan": "129,33.5 129.1,34.9 131,36.5 138,40 140.3,45.8 142.3,45.8 145.3,44.3 146.2,43.3 148,42 144,24 "
    "122.7,23.8 122.7,25.5 128,31",
}

#: West, south, east, north of what lies in the sea or is small.
_BOXES: Final = {
    "Channel Islands": (-2.75, 49.1, -1.98, 49.78),
    "Malta": (14.1, 35.75, 14.62, 36.12),
    "Cyprus": (32.2, 34.5, 34.65, 35.75),
    "Hong Kong": (113.83, 22.15, 114.45, 22.53),
    "Macau": (113.53, 22.1, 113.6, 22.217),
    "New Zealand": (166, -53, 179.5, -34),
    "Chatham": (-177.2, -44.6, -175.8, -43.5),
    "Norfolk": (167.8, -29.2, 168.1, -28.9),
    "Fiji": (176.5, -21, 180, -12),
    "Fiji, east": (-180, -21, -178, -15),
    "Tonga": (-176.5, -22.5, -173.5, -15.4),
    "Samoa": (-172.9, -14.1, -171.35, -13.4),
    "Tuvalu": (176, -11, 180, -5.5),
    "Kiribati": (172.5, -3, 177, 3.6),
    "Kiribati, east": (-161, -12, -150, 5),
    "Nauru": (166.8, -0.7, 167, -0.4),
    "Cook Islands": (-166.2, -22.1, -157, -8.8),
    "Niue": (-170.1, -19.3, -169.7, -18.8),
    "Tokelau": (-172.6, -9.5, -171.1, -8.4),
    "Pitcairn": (-131, -25.2, -124.6, -23.8),
    "Mauritius": (57.2, -20.6, 63.6, -19.6),
    "Seychelles": (46, -10.5, 56.5, -3.5),
    "Falklands": (-61.6, -52.6, -57.5, -50.9),
    "Saint Helena": (-5.9, -16.1, -5.6, -15.8),
    "Bermuda": (-65, 32.2, -64.6, 32.4),
    "Bahamas, north": (-79.4, 23.4, -74, 27.4),
    "Bahamas, south": (-76.2, 21.85, -72.6, 24.5),
    "Great Inagua": (-73.75, 20.85, -72.9, 21.85),
    "Turks and Caicos": (-72.6, 21.1, -71, 22),
    "Cayman Islands": (-81.5, 19.2, -79.7, 19.8),
    "Jamaica": (-78.5, 17.6, -76.1, 18.6),
    "Virgin Islands": (-65.12, 17.6, -64.2, 18.8),
    "Anguilla": (-63.5, 18.14, -62.9, 18.65),
    "Saint Kitts and Nevis": (-62.9, 17.05, -62.5, 17.45),
    "Antigua and Barbuda": (-62, 16.9, -61.6, 17.8),
    "Montserrat": (-62.3, 16.6, -62.1, 16.85),
    "Dominica": (-61.5, 15.17, -61.2, 15.67),
    "Saint Lucia": (-61.1, 13.68, -60.85, 14.13),
    "Saint Vincent, Grenada": (-61.9, 11.9, -61.05, 13.4),
    "Barbados": (-59.7, 13, -59.4, 13.4),
    "Trinidad and Tobago": (-61.93, 10.02, -60.4, 11.4),
}


@cache
def _outlines() -> tuple[npt.NDArray[np.float64], ...]:
    return tuple(
        np.array([corner.split(",") for corner in corners.split()], float) for corners in _OUTLINES.values()
    )


def drives_left(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell where traffic drives on the left.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> drives_left([14.5, 126.98, -0.12], [35.9, 37.57, 51.5]).tolist()  # Valletta, Seoul, London
    [True, False, True]
    """
    lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    left = np.zeros(lon.shape, bool)
    for west, south, east, north in _BOXES.values():
        left |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    for outline in _outlines():
        (west, south), (east, north) = outline.min(axis=0), outline.max(axis=0)
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north) & ~left)
        left[near] = _inside(outline, lon[near], lat[near])
    return left


def _inside(
    outline: npt.NDArray[np.float64], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Count the edges that a ray to the east crosses."""
    inside = np.zeros(lon.shape, bool)
    for (x, y), (next_x, next_y) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y != next_y:
            inside ^= ((y > lat) != (next_y > lat)) & (lon < x + (lat - y) * (next_x - x) / (next_y - y))
    return inside
