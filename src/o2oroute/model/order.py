"""Orders: what is to be done at one place, and when."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from o2oroute.model.part import Loads, Time
from o2oroute.model.request import Call, Request

__all__ = ["Order"]


class Order(Request, Call):
    """One delivery from the depot, pickup for it, or service call; or delivery and pickup together.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other orders and shipments; ``1`` and ``"1"`` are different ids.
    location : (float, float) or MatrixIndex
        ``[lon, lat]`` in degrees, or ``{"index": i}`` for a row of the matrix.
    approach : str
        From which side of a two-way road the vehicle comes: ``"any"``, ``"kerb"`` or ``"kerb_auto"``; see
        :meth:`RoadNetwork.snap`.
    delivery : dict of str to float
        Load taken on at the start depot, by unit.
    pickup : dict of str to float
        Load taken on here and brought to where the route ends, by unit.
    service : int
        Time at the place, in seconds.
    service_by_type : dict of str to int
        Other times at the place for vehicles of some types.
    setup : int
        Seconds before service that are spent once a place: not if the stop before is at the same place.
    setup_by_type : dict of str to int
        Other set-up for vehicles of some types.
    windows : tuple of (int, int)
        When set-up and service may *start*, both ends included; any time if there are none.
    preferred : (int, int) or None
        When set-up and service had better start, both ends included.
    per_minute_early, per_minute_late : float
        What each minute costs that they start before or after that.
    release : int or None
        When the order is ready at the depot: the vehicle leaves it no earlier.
    importance : int
        Weight of the order when not all can be served; at least 1.
    prize : float or None
        With a prize the order is optional: leaving it out costs the prize. Without one it is mandatory.
    urgency : float
        What each hour costs that it is served later than the earliest start of any vehicle.
    skills : tuple of str
        What the vehicle must have, all of it.
    vehicles : VehicleChoice
        Who may serve it, and who should.
    kind_of_load : str or None
        Name that ``incompatible_loads`` of the problem refer to.

    Examples
    --------
    >>> Order(id="o-1", location=(126.94, 37.56), service=180, windows=[("09:00", "12:00")]).windows
    ((32400, 43200),)
    """

    delivery: Loads = Field(default_factory=dict)
    pickup: Loads = Field(default_factory=dict)
    release: Time | None = None

    @property
    def task(self) -> Literal["delivery", "pickup", "service"]:
        """What a visit does there: ``"delivery"``, ``"pickup"``, or ``"service"`` where no load moves.

        A visit that brings something and takes something along is a delivery.
        """
        return "delivery" if self.delivery else "pickup" if self.pickup else "service"
