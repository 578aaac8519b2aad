"""Ticks, sentinels and the integer cost unit: the numbers that every floor shares.

A :class:`~o2oroute.model.problem.Problem` counts time in integer *ticks*. ``ticks_per_second`` is 1 for order
files and 10 or 1,000 for academic conventions. Lengths in legs are integer metres. Costs are counted in
integer *cost units* of ``1 / cost_units(ticks_per_second)``: with rates of at most four decimals, hours and
kilometres then add up without rounding, so that engine and checker agree exactly.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "INF",
    "RATE_DECIMALS",
    "cost_units",
    "fixed_cost",
    "leg_metres",
    "leg_ticks",
    "rate_per_metre",
    "rate_per_minute",
    "rate_per_tick",
    "thousandths",
]

#: Unreachable, in every integer array of times or lengths; two of them still fit an int32.
INF: Final = 2**30 - 1

#: Decimals of a cost rate that count; the rest is rounded away when the file is read.
RATE_DECIMALS: Final = 4

_RATE: Final = 10**RATE_DECIMALS
# per_hour / (3600 s) and per_km / (1000 m) share this denominator per unit of the rate's last decimal
_HOURS_AND_KILOMETRES: Final = 18_000
# cells rounded at a time
_BLOCK: Final = 1 << 16


def cost_units(ticks_per_second: int) -> int:
    """Return how many integer cost units make a cost of 1.

    Examples
    --------
    >>> cost_units(1)
    180000000
    """
    return _RATE * _HOURS_AND_KILOMETRES * ticks_per_second


def fixed_cost(cost: float, ticks_per_second: int) -> int:
    """Return a cost in integer cost units."""
    return round(cost * _RATE) * _HOURS_AND_KILOMETRES * ticks_per_second


def rate_per_tick(per_hour: float) -> int:
    """Return the integer cost units that one tick costs at a rate per hour.

    Examples
    --------
    >>> 3600 * rate_per_tick(20.0) == 20 * cost_units(1)
    True
    """
    return round(per_hour * _RATE) * (_HOURS_AND_KILOMETRES // 3600)


def rate_per_minute(per_minute: float) -> int:
    """Return the integer cost units that one tick costs at a rate per minute.

    Examples
    --------
    >>> 60 * rate_per_minute(0.5) == fixed_cost(0.5, 1)
    True
    """
    return round(per_minute * _RATE) * (_HOURS_AND_KILOMETRES // 60)


def rate_per_metre(per_km: float, ticks_per_second: int) -> int:
    """Return the integer cost units that one metre costs at a rate per kilometre.

    Examples
    --------
    >>> 1000 * rate_per_metre(0.3, 10) == fixed_cost(0.3, 10)
    True
    """
    return round(per_km * _RATE) * (_HOURS_AND_KILOMETRES // 1000) * ticks_per_second


def thousandths(amount: float) -> int:
    """Return a load in the integer thousandths that loads are added up in.

    Examples
    --------
    >>> thousandths(2.5)
    2500
    """
    return round(amount * 1000)


def leg_ticks(seconds: npt.ArrayLike, ticks_per_second: int) -> npt.NDArray[np.int32]:
    """Round travel times to integer ticks: ``floor(seconds * ticks_per_second + 0.5)``.

    Parameters
    ----------
    seconds : array_like of float
        Travel times in seconds; ``inf`` where there is no way.
    ticks_per_second : int

    Returns
    -------
    ndarray of int32
        Ticks of the same shape; :data:`INF` where the time is infinite or does not fit.

    Raises
    ------
    ValueError
        If a time is negative or not a number.

    Examples
    --------
    >>> leg_ticks([[0.0, 1.25], [float("inf"), 2.0]], 10).tolist()
    [[0, 13], [1073741823, 20]]
    """
    return _rounded(seconds, float(ticks_per_second), "travel time")


def leg_metres(metres: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Round lengths to integer metres as :func:`leg_ticks` rounds times.

    Examples
    --------
    >>> leg_metres([0.4, 0.5, 12.0]).tolist()
    [0, 1, 12]
    """
    return _rounded(metres, 1.0, "length")


def _rounded(values: npt.ArrayLike, factor: float, what: str) -> npt.NDArray[np.int32]:
    given = np.asarray(values)
    cells = given.reshape(-1)
    rounded = np.empty(cells.size, np.int32)
    # a matrix of thousands of points would not fit the cache, nor its float64 copies the memory
    for first in range(0, cells.size, _BLOCK):
        block = np.multiply(cells[first : first + _BLOCK], factor, dtype=np.float64)
        # one comparison is false for negative numbers and for NaN
        if not bool(np.all(block >= 0)):
            bad = first + int(np.argmin(block >= 0))
            place = tuple(int(i) for i in np.unravel_index(bad, given.shape))
            raise ValueError(f"{what} at {place} is {cells[bad]}; it must be zero or more")
        block += 0.5
        np.floor(block, out=block)
        rounded[first : first + _BLOCK] = np.minimum(block, INF, out=block)
    return rounded.reshape(given.shape)
