"""Shipments: what one vehicle picks up at one place and takes to another."""

from __future__ import annotations

from pydantic import Field

from o2oroute.model.part import Duration, Loads
from o2oroute.model.request import Call, Request

__all__ = ["Shipment", "ShipmentStop"]


class ShipmentStop(Call):
    """One of the two stops of a shipment.

    Attributes
    ----------
    location : (float, float) or MatrixIndex
        ``[lon, lat]`` in degrees, or ``{"index": i}`` for a row of the matrix.
    approach : str
        From which side of a two-way road the vehicle comes: ``"any"``, ``"kerb"`` or ``"kerb_auto"``; see
        :meth:`RoadNetwork.snap`.
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
    """


class Shipment(Request):
    """A load, or a passenger, that one vehicle takes from one place to another.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other orders and shipments; ``1`` and ``"1"`` are different ids.
    pickup, delivery : ShipmentStop
        Where it is taken on, and, later on the same route, set down.
    load : dict of str to float
        What is on board in between, by unit.
    max_ride : int or None
        Most seconds from leaving the pickup to the start of service at the delivery.
    importance : int
        Weight of the shipment when not all can be served; at least 1.
    prize : float or None
        With a prize the shipment is optional: leaving it out costs the prize. Without one it is mandatory.
    urgency : float
        What each hour costs that its delivery starts later than the earliest start of any vehicle.
    skills : tuple of str
        What the vehicle must have, all of it.
    vehicles : VehicleChoice
        Who may serve it, and who should.
    kind_of_load : str or None
        Name that ``incompatible_loads`` of the problem refer to.

    Examples
    --------
    >>> ride = Shipment(id=7, pickup={"location": (24.94, 60.17)}, delivery={"location": (24.96, 60.16)})
    >>> ride.delivery.location
    (24.96, 60.16)
    """

    pickup: ShipmentStop
    delivery: ShipmentStop
    load: Loads = Field(default_factory=dict)
    max_ride: Duration | None = None
