"""Lines as short text: the "Encoded Polyline Algorithm Format" of Google Maps, as OSRM and VROOM write it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final

__all__ = ["encode_polyline"]

#: Five decimals of a degree are kept: a metre.
_SCALE: Final = 100_000
_FIRST_CHARACTER: Final = 63


def encode_polyline(line: Sequence[tuple[float, float]]) -> str:
    """Return a line as text.

    Parameters
    ----------
    line : sequence of (lon, lat)
        In degrees. The format writes the latitude first.

    Examples
    --------
    >>> encode_polyline([(-120.2, 38.5), (-120.95, 40.7), (-126.453, 43.252)])
    '_p~iF~ps|U_ulLnnqC_mqNvxq`@'
    """
    points = [(0, 0), *((round(lat * _SCALE), round(lon * _SCALE)) for lon, lat in line)]
    steps = ((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))
    return "".join(map(_characters, chain.from_iterable(steps)))


def _characters(value: int) -> str:
    # the sign goes to the lowest bit; groups of five bits, lowest first, a sixth says whether more follow
    rest = value * 2 if value >= 0 else -value * 2 - 1
    text = ""
    while rest >= 32:
        text += chr((rest & 31 | 32) + _FIRST_CHARACTER)
        rest >>= 5
    return text + chr(rest + _FIRST_CHARACTER)
