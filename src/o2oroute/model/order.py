"""Orders: what is to be done, where, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict, StrictInt

from o2oroute.model.part import PLAIN, WHOLE, Duration, Id, Loads, Location, Part, Window

__all__ = ["Order"]


class Order(Part):
    """One delivery or service call.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other orders; ``1`` and ``"1"`` are different ids.
    location : (float, float) or MatrixIndex
        ``[lon, lat]`` in degrees, or ``{"index": i}`` for a row of the matrix.
    delivery : dict of str to float
        Load taken on at the start depot, by unit.
    service : int
        Time at the place, in seconds.
    windows : tuple of (int, int)
        When service may *start*, both ends included; any time if there are none.
    importance : int
        Weight of the order when not all can be served; at least 1.
    prize : float or None
        With a prize the order is optional: leaving it out costs the prize. Without one it is mandatory.

    Examples
    --------
    >>> Order(id="o-1", location=(126.94, 37.56), service=180, windows=[("09:00", "12:00")]).windows
    ((32400, 43200),)
    """

    id: Id
    location: Location
    delivery: Loads = Field(default_factory=dict)
    service: Duration = 0
    windows: tuple[Window, ...] = ()
    importance: Annotated[StrictInt, Field(ge=1, le=1_000_000), WHOLE] = 1
    prize: Annotated[float, Strict(), Field(ge=0, le=1e9), PLAIN] | None = None

    @property
    def task(self) -> str:
        """What a visit does there: ``"delivery"``, or ``"service"`` where nothing is handed over."""
        return "delivery" if self.delivery else "service"
