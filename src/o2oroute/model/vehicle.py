"""Depots and vehicles: who drives, from where, when, and at what cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictInt

from o2oroute.model.duty import Break, DrivingBreak, Overtime, Trips
from o2oroute.model.part import PLAIN, WHOLE, Duration, Id, Loads, Location, Part, Place, Text, Time, Window
from o2oroute.road.kerb import Approach

__all__ = ["Costs", "Depot", "Vehicle", "reload_depots"]


class Depot(Part):
    """A place where vehicles load, start and end.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other depots; ``1`` and ``"1"`` are different ids.
    location : (float, float) or MatrixIndex
        ``[lon, lat]`` in degrees, or ``{"index": i}`` for a row of the matrix.
    approach : str
        From which side of a two-way road vehicles come and go: ``"any"``, ``"kerb"`` or ``"kerb_auto"``; see
        :meth:`RoadNetwork.snap`.
    windows : tuple of (int, int)
        When vehicles may leave and return, both ends included; any time if there are none.
    departures : tuple of int
        Planned departure waves: the only moments at which a trip may leave, if there are any.
    loading : int
        Seconds before a vehicle that comes back to load leaves again.
    """

    id: Id
    location: Location
    approach: Approach = "any"
    windows: tuple[Window, ...] = ()
    departures: tuple[Time, ...] = ()
    loading: Duration = 0


class Costs(BaseModel):
    """What a vehicle costs; four decimals count.

    Attributes
    ----------
    fixed : float
        For being used at all.
    per_hour : float
        For each hour of duty from start to end, waiting included.
    per_travel_hour : float
        For each hour of driving, besides ``per_hour``.
    per_service_hour : float
        For each hour of set-up and service, besides ``per_hour``.
    per_km : float
        For each kilometre driven.
    per_stop : float
        For each stop at an order, or at the pickup or delivery of a shipment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    fixed: Annotated[float, Strict(), Field(ge=0, le=1e7), PLAIN] = 0.0
    per_hour: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 20.0
    per_travel_hour: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 0.0
    per_service_hour: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 0.0
    per_km: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 0.3
    per_stop: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN] = 0.0


class Vehicle(Part):
    """One vehicle with its driver.

    Attributes
    ----------
    id : str or int
        Differs from the ids of other vehicles; ``1`` and ``"1"`` are different ids.
    type : str or None
        Name that orders may give service times for.
    skills : tuple of str
        What it can do, or has on board, that orders may ask for.
    profile : str
        Which road profile it drives by, or which matrix.
    speed_factor : float
        How fast it is compared with its profile: travel times are divided by it.
    start, end : str, int, (float, float), MatrixIndex or None
        Id of a depot, or a place as ``[lon, lat]`` or ``{"index": i}``; with null the route starts at its
        first order, or ends at its last.
    capacity : dict of str to float
        Largest load by unit; a unit that is not named is not limited.
    shift : (int, int) or None
        Earliest start and latest end; any time if null.
    breaks : tuple of Break
        Breaks of the driver, each taken once if the vehicle is used.
    driving_breaks : tuple of DrivingBreak
        Breaks that are due after so much driving.
    trips : Trips or None
        Where and how often it may load again; never if null.
    overtime : Overtime or None
        What long duty costs more.
    costs : Costs
        What it costs to use the vehicle.
    max_distance : int or None
        Metres in a route.
    max_duty : int or None
        Seconds from start to end, waiting and service included.
    max_travel : int or None
        Seconds of driving in a route.
    max_stops : int or None
        Stops in a route at orders, and at pickups and deliveries of shipments.
    max_on_board : int or None
        Shipments on board at once.

    Examples
    --------
    >>> Vehicle(id="van-1", start="hub", end="hub", shift=("08:00", "17:00")).shift
    (28800, 61200)
    """

    id: Id
    type: Text | None = None
    skills: tuple[Text, ...] = ()
    profile: Annotated[str, Strict(), Field(min_length=1)] = "car"
    speed_factor: Annotated[float, Strict(), Field(ge=0.1, le=10), PLAIN] = 1.0
    start: Place | None = None
    end: Place | None = None
    capacity: Loads = Field(default_factory=dict)
    shift: Window | None = None
    breaks: tuple[Break, ...] = ()
    driving_breaks: tuple[DrivingBreak, ...] = ()
    trips: Trips | None = None
    overtime: Overtime | None = None
    costs: Costs = Costs()
    max_distance: Annotated[StrictInt, Field(ge=0, le=2**30), WHOLE] | None = None
    max_duty: Duration | None = None
    max_travel: Duration | None = None
    max_stops: Annotated[StrictInt, Field(ge=0, le=2**20), WHOLE] | None = None
    max_on_board: Annotated[StrictInt, Field(ge=0, le=2**20), WHOLE] | None = None


def reload_depots(vehicle: Vehicle) -> tuple[Id, ...]:
    """Return the ids of the depots where a vehicle may load again.

    Examples
    --------
    >>> reload_depots(Vehicle(id="van-1", start="hub", trips={}))
    ('hub',)
    """
    if vehicle.trips is None or vehicle.trips.max == 1:
        return ()
    if vehicle.trips.depots is not None:
        return vehicle.trips.depots
    return (vehicle.start,) if isinstance(vehicle.start, str | int) else ()
