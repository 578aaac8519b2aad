"""What orders and shipments share: what a stop asks for, and who may serve it at what worth."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictInt

from o2oroute.model.part import PLAIN, WHOLE, Duration, Id, Location, Part, Text, Window
from o2oroute.road.kerb import Approach

__all__ = ["Call", "Request", "VehicleChoice"]


class VehicleChoice(BaseModel):
    """Which vehicles may serve a request, and which should.

    Attributes
    ----------
    allowed : tuple of str or int, or None
        Ids of the only vehicles that may serve it; with null all may.
    forbidden : tuple of str or int
        Ids of vehicles that may not.
    preferred : tuple of str or int
        Ids of vehicles that should serve it; any other one costs ``not_preferred_cost`` more.
    not_preferred_cost : float
        Counts only where vehicles are preferred.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    allowed: tuple[Id, ...] | None = None
    forbidden: tuple[Id, ...] = ()
    preferred: tuple[Id, ...] = ()
    not_preferred_cost: Annotated[float, Strict(), Field(ge=0, le=1e7), PLAIN] = 0.0


class Call(Part):
    """What one stop asks for: a place, time at it, and when.

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

    location: Location
    approach: Approach = "any"
    service: Duration = 0
    service_by_type: dict[Text, Duration] = Field(default_factory=dict)
    setup: Duration = 0
    setup_by_type: dict[Text, Duration] = Field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    preferred: Window | None = None
    per_minute_early: Annotated[float, Strict(), Field(ge=0, le=1e5), PLAIN] = 0.0
    per_minute_late: Annotated[float, Strict(), Field(ge=0, le=1e5), PLAIN] = 0.0


class Request(Part):
    """Something to be done as a whole or not at all.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other orders and shipments; ``1`` and ``"1"`` are different ids.
    importance : int
        Weight when not all can be served; at least 1.
    prize : float or None
        With a prize it is optional: leaving it out costs the prize. Without one it is mandatory.
    urgency : float
        What each hour costs that it is served later than the earliest start of any vehicle.
    skills : tuple of str
        What the vehicle must have, all of it.
    vehicles : VehicleChoice
        Who may serve it, and who should.
    kind_of_load : str or None
        Name that ``incompatible_loads`` of the problem refer to.
    """

    id: Id
    importance: Annotated[StrictInt, Field(ge=1, le=10**9), WHOLE] = 1
    prize: Annotated[float, Strict(), Field(ge=0, le=1e9), PLAIN] | None = None
    urgency: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 0.0
    skills: tuple[Text, ...] = ()
    vehicles: VehicleChoice = VehicleChoice()
    kind_of_load: Text | None = None
