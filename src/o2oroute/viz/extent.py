"""What part of the earth a plan covers, and whole numbers for places in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from o2oroute.plan.plan import Plan, Position
from o2oroute.road.geometry import metres_per_degree
from o2oroute.viz.polyline import E6

__all__ = ["Extent", "on_earth", "plan_extent"]

Int64 = npt.NDArray[np.int64]

_MERCATOR_LIMIT = 85.0
#: Orders that nobody serves widen the picture at most to so many times the size of the rest.
_WIDEST = 3.0


def on_earth(position: Position | None) -> bool:
    """Return whether a position is there and can be drawn on a web map.

    Examples
    --------
    >>> on_earth((126.95, 37.55)), on_earth((37.55, 126.95)), on_earth(None)
    (True, False, False)
    """
    return position is not None and abs(position[0]) <= 180.0 and abs(position[1]) <= _MERCATOR_LIMIT


@dataclass(frozen=True, slots=True)
class Extent:
    """A box of the earth in degrees.

    Attributes
    ----------
    west, south, east, north : float
    """

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def over(cls, positions: Iterable[Position]) -> Extent | None:
        """Return the box about positions, or None if there are none."""
        array = np.array(list(positions), dtype=np.float64)
        if not array.size:
            return None
        low, high = array.min(axis=0), array.max(axis=0)
        return cls(float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    @property
    def origin(self) -> tuple[int, int]:
        """The middle, in millionths of a degree."""
        return round((self.west + self.east) / 2 * E6), round((self.south + self.north) / 2 * E6)

    def wider(self, share: float, metres: float) -> Extent:
        """Return the box with a margin: a share of its size, but at least so many metres."""
        per_lon, per_lat = (float(value) for value in metres_per_degree((self.south + self.north) / 2))
        across = max((self.east - self.west) * share, metres / per_lon)
        up = max((self.north - self.south) * share, metres / per_lat)
        return Extent(self.west - across, self.south - up, self.east + across, self.north + up)

    def filled_up(self, widest: float, tallest: float) -> Extent:
        """Return the box grown to one so many times as wide as tall, and so many times as tall as wide."""
        per_lon, per_lat = (float(value) for value in metres_per_degree((self.south + self.north) / 2))
        across, up = (self.east - self.west) * per_lon, (self.north - self.south) * per_lat
        more_across, more_up = max(0.0, widest * up - across) / 2, max(0.0, tallest * across - up) / 2
        return Extent(
            self.west - more_across / per_lon,
            self.south - more_up / per_lat,
            self.east + more_across / per_lon,
            self.north + more_up / per_lat,
        )

    def holds(self, position: Position) -> bool:
        """Return whether a position is inside or on the edge."""
        return self.west <= position[0] <= self.east and self.south <= position[1] <= self.north

    def relative(self, degrees: npt.ArrayLike) -> Int64:
        """Return positions in millionths of a degree from the origin, shape as given (..., 2)."""
        result: Int64 = np.rint(np.asarray(degrees, dtype=np.float64) * E6).astype(np.int64) - self.origin
        return result

    def box(self) -> list[int]:
        """Return west, south, east, north in millionths of a degree from the origin."""
        corners: list[Any] = (
            self.relative([[self.west, self.south], [self.east, self.north]]).ravel().tolist()
        )
        return corners


def plan_extent(plan: Plan) -> Extent | None:
    """Return the box that shows a plan, or None if it has no place on the earth.

    Routes and their stops are always inside. Unassigned orders are only if they are not far off: an order in
    the wrong country (lon and lat swapped, say) must not shrink the city to a dot.
    """
    routed = [
        position
        for route in plan.routes
        for position in (*(stop.location for stop in route.stops), *(route.geometry or ()))
        if position is not None and on_earth(position)
    ]
    others = [
        order.location for order in plan.unassigned if order.location is not None and on_earth(order.location)
    ]
    core = Extent.over(routed)
    if core is None:
        return Extent.over(others)
    near = core.wider((_WIDEST - 1.0) / 2.0, metres=2000.0)
    return Extent.over([*routed, *(position for position in others if near.holds(position))])
