"""Short text for long rows of integers, as the encoded polylines of web maps have it.

Positions are whole millionths of a degree, written as differences to the point before. The scripts of the
page (``assets/data.js``) read it back.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["E6", "encode_integers", "encode_lines"]

#: Positions are drawn to this fraction of a degree (about 11 cm).
E6: Final = 1_000_000

_BITS: Final = 5
_MORE: Final = 1 << _BITS
#: First of the 64 characters in use, ``?`` to ``~``.
_FIRST_CHARACTER: Final = 63


def encode_integers(values: npt.ArrayLike) -> str:
    """Write integers as text of printable ASCII, small ones in one character.

    Parameters
    ----------
    values : array_like of int, shape (n,)
        Between -2**40 and 2**40.

    Returns
    -------
    str
        Groups of five bits, lowest first, of the zigzag value (sign in the lowest bit).

    Notes
    -----
    The character code of the "Encoded Polyline Algorithm Format" of Google Maps, for one row of numbers.

    Examples
    --------
    >>> encode_integers([0, -1, 1, 16])
    '?@A_@'
    """
    signed = np.asarray(values, dtype=np.int64)
    if not signed.size:
        return ""
    zigzag = (signed << 1) ^ (signed >> 63)
    groups = max(1, -(-int(zigzag.max()).bit_length() // _BITS))
    shifted = zigzag[:, None] >> (_BITS * np.arange(groups + 1))
    more = shifted[:, 1:] > 0
    characters = (shifted[:, :-1] & (_MORE - 1)) + _MORE * more + _FIRST_CHARACTER
    used = shifted[:, :-1] > 0
    used[:, 0] = True
    return characters[used].astype(np.uint8).tobytes().decode("ascii")


def encode_lines(
    first: npt.NDArray[np.integer], lon: npt.NDArray[np.integer], lat: npt.NDArray[np.integer]
) -> dict[str, str]:
    """Write lines as text.

    Parameters
    ----------
    first : ndarray of int, shape (lines + 1,)
        Points of line ``i`` are ``first[i]`` up to ``first[i + 1]``.
    lon, lat : ndarray of int, shape (points,)
        Millionths of a degree, relative to the origin of the page.

    Returns
    -------
    dict
        ``sizes``: points in each line; ``points``: lon and lat in turn, each as the difference to the point
        before, also from one line to the next.
    """
    steps = np.empty(2 * len(lon), dtype=np.int64)
    steps[0::2] = np.diff(lon, prepend=0)
    steps[1::2] = np.diff(lat, prepend=0)
    return {"sizes": encode_integers(np.diff(first)), "points": encode_integers(steps)}
