"""The plan: routes with times, loads and costs, and what is left out with its reasons.

All parts are immutable and hold plain values only, so that a plan written is a plan that reads back equal.
Their JSON Schema is published as ``docs/reference/plan.schema.json``.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from o2oroute.model.part import Id
from o2oroute.model.solution import AnyVisit, BreakVisit, ReloadVisit, Solution, Visit

__all__ = [
    "SCHEMA_VERSION",
    "Amount",
    "Plan",
    "Position",
    "Reason",
    "ReasonKind",
    "Repair",
    "Route",
    "RouteCosts",
    "Run",
    "Stop",
    "StopKind",
    "Summary",
    "Task",
    "Unassigned",
]

SCHEMA_VERSION: Final = 1

# far beyond any plan, and near enough for sums of them to be safe
_LARGEST: Final = 2**53

#: Whole numbers stay whole: seconds, metres and loads of order files are written without a decimal point.
Amount: TypeAlias = (
    Annotated[StrictInt, Field(ge=-_LARGEST, le=_LARGEST), Tag("whole")]
    | Annotated[float, Strict(), Field(ge=-_LARGEST, le=_LARGEST), Tag("number")]
)
Number: TypeAlias = Annotated[float, Strict(), Field(ge=-_LARGEST, le=_LARGEST)]
Count: TypeAlias = Annotated[StrictInt, Field(ge=0, le=_LARGEST)]
#: Longitude and latitude in degrees.
Position: TypeAlias = tuple[Number, Number]


def _iso(value: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PydanticCustomError("WRONG_TIME", "it must be a time in ISO 8601 with an offset")
    return value


#: A moment in ISO 8601 with the offset in force.
IsoTime: TypeAlias = Annotated[
    StrictStr, AfterValidator(_iso), WithJsonSchema({"type": "string", "format": "date-time"})
]
StopKind: TypeAlias = Literal["start", "order", "break", "reload", "end"]
Task: TypeAlias = Literal["delivery", "pickup", "service"]
ReasonKind: TypeAlias = Literal["INPUT", "IMPOSSIBLE", "CONFLICT", "TIME_LIMIT", "CHOICE"]


_set: Final = object.__setattr__  # parts are frozen


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True, use_attribute_docstrings=True
    )


class Stop(_Part):
    """One stop of a route: its start, an order, a break, a depot where it loads again, or its end.

    Times come twice: as ISO 8601 in the problem's time zone (null where the problem has no date), and as
    seconds since the problem's midnight.
    """

    kind: StopKind
    """What the vehicle does here."""
    task: Task | None = None
    """What is done for an order or shipment; null at other stops."""
    id: Id | None = None
    """Id of the order, shipment, break or depot; null at a start or end that is no depot."""
    location: Position | None = None
    """
    Longitude and latitude as given; null where the problem knows places by matrix index only, and at a break
    on the way between two stops.
    """
    snapped: Position | None = None
    """Longitude and latitude of the place on the road; null without roads."""
    snap_distance: Amount | None = None
    """Metres from the location to the road."""
    arrival: IsoTime | None = None
    arrival_seconds: Amount
    """When the vehicle arrives."""
    start: IsoTime | None = None
    start_seconds: Amount
    """When service starts; windows bound this moment."""
    departure: IsoTime | None = None
    departure_seconds: Amount
    """When the vehicle leaves."""
    waiting: Amount = 0
    """Seconds from arrival to start."""
    service: Amount = 0
    """Seconds from start to departure."""
    windows_seconds: tuple[tuple[Amount, Amount], ...] = ()
    """First and last moments at which service may start, both included; none means at any time."""
    leg_distance: Amount = 0
    """Metres from the stop before; those over breaks count at the stop behind them."""
    load: dict[str, Amount] = {}
    """What is on board on leaving, by unit."""
    properties: dict[str, JsonValue] = {}
    """The properties of the order, shipment, break or depot."""

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Stop:
        """Return a stop of values that are known to be right, all of them given.

        As ``model_construct`` does, in a sixth of the time: this is called for each stop of a day.
        """
        stop = cls.__new__(cls)
        _set(stop, "__dict__", fields)
        _set(stop, "__pydantic_fields_set__", set(fields))
        _set(stop, "__pydantic_extra__", None)
        _set(stop, "__pydantic_private__", None)
        return stop

    def visit(self) -> AnyVisit | None:
        """Return what a solution holds of it; None for the start and the end."""
        if self.id is None or self.kind in {"start", "end"}:
            return None
        if self.kind == "break":
            return BreakVisit(self.id)
        return ReloadVisit(self.id) if self.kind == "reload" else Visit(self.id, self.task or "delivery")


class RouteCosts(_Part):
    """What the cost of a route is made of."""

    fixed: Number
    """For using the vehicle."""
    duty: Number
    """For its hours from start to end, without breaks that are not paid."""
    distance: Number
    """For its kilometres, or what a matrix of costs says of its legs."""
    travel: Number = 0.0
    """For its hours of driving, besides those of duty."""
    service: Number = 0.0
    """For its hours of set-up and service, besides those of duty."""
    stops: Number = 0.0
    """For its stops."""
    overtime: Number = 0.0
    """For long duty, besides."""
    moments: Number = 0.0
    """For service before or after the preferred times, and for urgency."""
    preference: Number = 0.0
    """For orders and shipments that should ride with other vehicles."""


class Route(_Part):
    """What one vehicle does, from its start to its end."""

    vehicle: Id
    """Vehicle id."""
    profile: StrictStr
    """Road profile or matrix that the vehicle drives by."""
    stops: Annotated[tuple[Stop, ...], Field(min_length=2)]
    """The start, the visits in their order, the end."""
    geometry: tuple[Position, ...] | None = None
    """The way on the roads, longitude and latitude; null without roads."""
    distance: Amount
    """Metres driven."""
    duration: Amount
    """Seconds of duty, from start to end: driving, service and waiting."""
    driving: Amount
    """Seconds on the road."""
    service: Amount
    """Seconds of service."""
    waiting: Amount
    """Seconds of waiting."""
    cost: Number
    """The sum of ``costs``."""
    costs: RouteCosts
    properties: dict[str, JsonValue] = {}
    """The properties of the vehicle."""


class Repair(_Part):
    """One change of one field of the order file that would let an order in."""

    pointer: StrictStr
    """JSON Pointer to the field."""
    from_: Annotated[JsonValue, Field(alias="from")]
    """Its value now; times as the order file writes them."""
    to: JsonValue
    """The value with which the order can be inserted."""


class Reason(_Part):
    """What stops one vehicle from serving an order, or all of them."""

    code: StrictStr
    """The rule, as the checker names it; explained in ``docs/reference/plan.md``."""
    kind: ReasonKind
    """
    ``INPUT``: the order is set aside by a finding. ``IMPOSSIBLE``: the vehicle cannot serve it even with
    nothing else to do. ``CONFLICT``: alone it could, with the rest of its route it cannot. ``TIME_LIMIT``: an
    insertion is feasible now. ``CHOICE``: an insertion is feasible, but the plan is better without.
    """
    vehicle: Id | None = None
    """The vehicle; null if the reason holds for all of them."""
    margin: Amount | None = None
    """By how much the rule is broken; null where there is no amount."""
    unit: StrictStr | None = None
    """
    Unit of the margin: ``s``, ``m``, ``stops``, ``shipments``, ``cost``, ``vehicles``, or the name of a load
    unit.
    """
    position: Count | None = None
    """Where it was tried: before this stop of the route, counted from 0 behind the start."""
    delivery_position: Count | None = None
    """Where the delivery of a shipment was tried: before this stop of the route without it."""
    message: StrictStr
    """One sentence for a dispatcher."""
    repair: Repair | None = None
    """The change that would let the order in, if a single one does."""


class Unassigned(_Part):
    """An order or shipment that no route serves."""

    id: Id
    """Id of the order or shipment."""
    kind: ReasonKind | None = None
    """The most hopeful kind among the reasons; null where there are none."""
    reasons: tuple[Reason, ...] = ()
    location: Position | None = None
    """Longitude and latitude as given; of a shipment, those of its pickup."""
    importance: Count = 1
    prize: Number | None = None
    """What leaving it out costs, if it is optional."""
    properties: dict[str, JsonValue] = {}
    """The properties of the order or shipment."""


class Summary(_Part):
    """The figures of the whole plan."""

    cost: Number
    """Cost of all routes, and the prizes of optional orders that are not served."""
    routes_cost: Number
    prizes: Number
    """Prizes of optional orders that are not served."""
    distance: Amount
    """Metres."""
    duration: Amount
    """Seconds of duty."""
    driving: Amount
    service: Amount
    waiting: Amount
    served: Count
    """Orders and shipments served."""
    unassigned: Count
    """Orders and shipments not served."""
    out_of_time: Count | None = None
    """Of these: left out only because the search ended; null where not all of them have reasons."""
    unserved_importance: Count
    """Sum over mandatory orders that are not served; what counts first."""
    vehicles: Count
    """Vehicles used."""


class Run(_Part):
    """How the plan came about."""

    engine: StrictStr = ""
    """Who found the order of visits."""
    seed: StrictInt | None = None
    time_limit: Number | None = None
    """Seconds that the engine was given."""
    iterations: Count | None = None
    """Iterations that the engine was given."""
    interrupted: StrictBool = False
    """Whether the search was stopped by hand; the plan is the best so far."""
    seconds: dict[str, Number] = {}
    """Time spent by step."""
    notes: tuple[StrictStr, ...] = ()
    """What was not there any more, or did not hold, of a plan that the search began with."""
    statistics: dict[str, JsonValue] = {}
    """What the engine tells."""


class Plan(_Part):
    """Routes with times, loads and costs, and the orders that are left out.

    Examples
    --------
    >>> plan = o2oroute.solve(problem, matrix=matrix)  # doctest: +SKIP
    >>> plan.summary.served, [stop.id for stop in plan.routes[0].stops]  # doctest: +SKIP
    (2, ['hub', 'o-1', 'o-2', 'hub'])
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    date: dt.date | None = None
    """Day whose midnight is time zero."""
    time_zone: StrictStr = "UTC"
    summary: Summary
    routes: tuple[Route, ...]
    """One for each vehicle that is used, in the order of the problem."""
    unassigned: tuple[Unassigned, ...]
    """In the order of the problem."""
    run: Run = Run()
    attribution: StrictStr | None = None
    """Whose map data the plan is made from."""

    def solution(self) -> Solution:
        """Return the order of the visits without their times: to time again, or to continue from.

        Returns
        -------
        Solution
        """
        routes = {
            route.vehicle: tuple(visit for stop in route.stops if (visit := stop.visit()) is not None)
            for route in self.routes
        }
        return Solution(routes=routes, engine=self.run.engine, statistics=dict(self.run.statistics))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as the plain values of its JSON file."""
        return self.model_dump(mode="json", by_alias=True)
