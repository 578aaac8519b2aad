"""Conventions of academic instances: how coordinates become legs, and in which unit a cost is published.

One instance file has several published "best known" costs, because authors round distances differently. A
cost compares only under its own convention, so the reader must be told which one is meant. Each convention is
a few numbers in :data:`CONVENTIONS`; ``docs/reference/academic.md`` explains them for users.

Distances are computed in float64 as ``sqrt(dx * dx + dy * dy)`` and rounded once, at the end. For whole
coordinates that gives the mathematically right integer, because the root of a whole number keeps away from
where rounding changes: with scales of 1 and 10 for distances up to a million, with 1,000 up to 20,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import Finding, InputError
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Objective
from o2oroute.units import INF

__all__ = ["CONVENTIONS", "Convention", "convention_named"]

#: Distances are made in blocks of about this many cells, so that 20,000 points need little beside their legs.
_BLOCK_CELLS: Final = 2**21


@dataclass(frozen=True)
class Convention:
    """How an academic instance is to be understood.

    Attributes
    ----------
    name : str
    ticks : int
        Ticks in one unit of the file's times; travel times are distances rounded to ticks.
    fractions : int
        Length units in one unit of the file's coordinates, at most.
    rounding : {"floor", "nearest", "given"}
        How a distance becomes an integer; ``"given"`` for files that carry their matrix.
    published : int
        Units of the published cost in one unit of the file's coordinates.
    money : Decimal
        What 1 in the file's vehicle costs is worth, in units of the file's coordinates.
    objective : {"cost", "fewest_vehicles"}
    """

    name: str
    ticks: int
    fractions: int
    rounding: Literal["floor", "nearest", "given"]
    published: int = 1
    money: Decimal = Decimal(1)
    objective: Objective = "cost"

    def legs(self, coordinates: npt.ArrayLike) -> Legs:
        """Return the legs between points of the plane.

        Parameters
        ----------
        coordinates : array_like of float, shape (n, 2)

        Returns
        -------
        Legs
            Durations and lengths are one array where both have the same scale.

        Raises
        ------
        InputError
            If a distance does not fit, or the convention is for files with a matrix.
        MemoryError
            If the legs do not fit the memory; the message says how many bytes they take.

        Examples
        --------
        >>> convention_named("dimacs").legs([(0, 0), (1, 1)]).distances.tolist()
        [[0, 14], [14, 0]]
        """
        if self.rounding == "given":
            raise InputError(
                f"convention {self.name!r} is for files that carry their matrix, this one has coordinates; "
                f"allowed are {_choices(self.name)}"
            )
        points = np.ascontiguousarray(coordinates, dtype=np.float64).reshape(-1, 2)
        span = float(np.hypot(*np.ptp(points, axis=0))) if len(points) else 0.0
        if not span * self.ticks < INF - 1:
            raise InputError(
                f"coordinates span {span:g}; convention {self.name!r} carries at most "
                f"{(INF - 2) / self.ticks:g}"
            )
        scale = self._length_scale(span)
        distances = self._rounded_distances(points, scale)
        durations = distances if scale == self.ticks else self._rounded_distances(points, self.ticks)
        return Legs(durations, distances, per_metre=scale)

    def in_ticks(self, value: Decimal) -> int | None:
        """Return a time of the file in ticks, or None where it is no whole number of them."""
        ticks = value * self.ticks
        return int(ticks) if ticks == ticks.to_integral_value() else None

    def per_km(self, unit_cost: Decimal | None = None) -> float:
        """Return the cost per 1,000 units of distance in published units.

        Parameters
        ----------
        unit_cost : Decimal or None
            What the file says that a vehicle's unit of distance costs; None where it says nothing.
        """
        return float(1000 * self.published * (1 if unit_cost is None else unit_cost * self.money))

    def fixed_cost(self, amount: Decimal) -> float:
        """Return a vehicle's fixed cost of the file in published units."""
        return float(amount * self.published * self.money)

    def prize(self, amount: Decimal) -> float:
        """Return a prize of the file in published units."""
        return float(amount * self.published)

    def _length_scale(self, span: float) -> int:
        scale = self.fractions
        while scale > self.ticks and span * scale >= INF - 1:
            scale //= 10
        return scale

    def _rounded_distances(self, points: npt.NDArray[np.float64], scale: int) -> npt.NDArray[np.int32]:
        n = len(points)
        try:
            out = np.empty((n, n), dtype=np.int32)
        except MemoryError:
            raise MemoryError(
                f"legs between {n} points take {4 * n * n:,} bytes, more than the memory has left"
            ) from None
        x, y = np.ascontiguousarray(points.T) if n else (points[:, 0], points[:, 1])
        half = 0.5 if self.rounding == "nearest" else 0.0
        rows = max(1, _BLOCK_CELLS // max(1, n))
        for first in range(0, n, rows):
            block = slice(first, first + rows)
            squares = (x[block, None] - x) ** 2 + (y[block, None] - y) ** 2
            out[block] = np.floor(scale * np.sqrt(squares) + half)
        return frozen(out)


#: Length units of the conventions in double precision: a leg errs by 0.000005 at most, 1,000 legs by 0.005.
_FINE: Final = 100_000

#: All conventions by name.
CONVENTIONS: Final[dict[str, Convention]] = {
    convention.name: convention
    for convention in (
        Convention("dimacs", ticks=10, fractions=10, rounding="floor"),
        Convention("sintef", ticks=1000, fractions=_FINE, rounding="nearest", objective="fewest_vehicles"),
        Convention("euc2d", ticks=1, fractions=1, rounding="nearest"),
        Convention("x10", ticks=10, fractions=10, rounding="floor", published=10),
        Convention("x1000", ticks=1000, fractions=1000, rounding="nearest"),
        Convention("exact", ticks=1000, fractions=_FINE, rounding="nearest", money=Decimal("0.01")),
        Convention("explicit", ticks=1, fractions=1, rounding="given"),
        Convention("minutes", ticks=1, fractions=1, rounding="given", objective="fewest_vehicles"),
    )
}


def convention_named(name: str) -> Convention:
    """Return a convention by its name.

    Raises
    ------
    InputError
        If there is none; the message lists those there are.

    Examples
    --------
    >>> convention_named("dimacs").ticks
    10
    """
    if name not in CONVENTIONS:
        message = f"There is no convention {name!r}."
        raise InputError(findings=[Finding("CONVENTION", "", message, f"Use {_choices()}.", name)])
    return CONVENTIONS[name]


def _choices(without: str = "") -> str:
    return ", ".join(name for name in CONVENTIONS if name != without)
