"""The rules of one route, one function each: what a timed route breaks, and by how much.

Nothing here knows how the times came about: they are compared with the problem and its legs as they stand,
with no help from the clock. The checker holds whole plans to these rules, and reasons quote them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Window
from o2oroute.model.problem import Problem
from o2oroute.model.vehicle import Vehicle
from o2oroute.plan.wording import amount_text, moment_text, whole
from o2oroute.units import INF

__all__ = ["RULE_CODES", "TimedRoute", "Violation", "ViolationCode", "broken_rules"]

RuleCode: TypeAlias = Literal[
    "UNREACHABLE",
    "CAPACITY",
    "MAX_STOPS",
    "MAX_DISTANCE",
    "MAX_DUTY",
    "SHIFT",
    "DEPOT_WINDOW",
    "WINDOW",
    "TRAVEL",
    "SERVICE",
    "WAITING",
]
ViolationCode: TypeAlias = (
    RuleCode
    | Literal[
        "DAY",
        "UNKNOWN_VEHICLE",
        "UNKNOWN_ORDER",
        "DUPLICATE_VEHICLE",
        "DUPLICATE_ORDER",
        "MISSING_ORDER",
        "SET_ASIDE",
        "STOPS",
        "PLACE",
        "TASK",
        "TIMES",
        "FIGURE",
    ]
)

#: Rules of a single route, in the order in which they are reported: first what no other time would mend.
RULE_CODES: tuple[RuleCode, ...] = RuleCode.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks.

    Attributes
    ----------
    code : str
        The rule; explained in ``docs/reference/plan.md``.
    pointer : str
        JSON Pointer into the plan.
    message : str
        One sentence for a dispatcher.
    margin : float or None
        By how much the rule is broken.
    unit : str or None
        Unit of the margin: ``s``, ``m``, ``stops``, ``cost`` or the name of a load unit.
    vehicle, order : str, int or None
        Whom it concerns.
    """

    code: ViolationCode
    pointer: str
    message: str
    margin: float | None = None
    unit: str | None = None
    vehicle: Id | None = None
    order: Id | None = None

    def __str__(self) -> str:
        """Return the violation as one line."""
        return f"{self.code} {self.pointer}: {self.message}"


@dataclass(frozen=True)
class TimedRoute:
    """A route as it is stated: who visits what, and when.

    Attributes
    ----------
    instance : Instance
    vehicle : int
        Position in ``problem.vehicles``.
    orders : sequence of int
        Positions in ``problem.orders``.
    arrival, start, departure : sequence of int, length orders + 2
        Ticks at the start, at each order, and at the end.
    pointer : str
        JSON Pointer to the route in its plan.
    """

    instance: Instance
    vehicle: int
    orders: Sequence[int]
    arrival: Sequence[int]
    start: Sequence[int]
    departure: Sequence[int]
    pointer: str = ""

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.instance.problem

    @property
    def owner(self) -> Vehicle:
        """The vehicle."""
        return self.problem.vehicles[self.vehicle]

    @cached_property
    def visits(self) -> list[Order]:
        """The orders."""
        return [self.problem.orders[i] for i in self.orders]

    @cached_property
    def hops(self) -> list[tuple[int, int]]:
        """Ticks and length from each stop to the next; an open start or end is no way off."""
        points = np.empty(len(self.orders) + 2, np.int32)
        points[0] = self.instance.start_point[self.vehicle]
        points[1:-1] = self.instance.order_point[list(self.orders)]
        points[-1] = self.instance.end_point[self.vehicle]
        tails, heads = points[:-1], points[1:]
        nowhere = (tails == NO_POINT) | (heads == NO_POINT)
        legs = self.instance.vehicle_legs(self.vehicle)
        ticks = np.where(nowhere, 0, legs.durations[tails, heads])
        lengths = np.where(nowhere, 0, legs.distances[tails, heads])
        return list(zip(ticks.tolist(), lengths.tolist(), strict=True))

    def seconds(self, ticks: int) -> float:
        """Return a span in seconds."""
        return whole(ticks / self.problem.ticks_per_second)

    def violation(
        self,
        code: RuleCode,
        message: str,
        *,
        margin: float | None = None,
        unit: str | None = None,
        stop: int | None = None,
        field: str = "start_seconds",
    ) -> Violation:
        """Return a violation of this route, or of one of its stops."""
        of_order = stop is not None and 0 < stop <= len(self.orders)
        return Violation(
            code,
            self.pointer if stop is None else f"{self.pointer}/stops/{stop}/{field}",
            f"{self.owner.id} {message}",
            margin,
            unit,
            self.owner.id,
            self.visits[stop - 1].id if of_order and stop is not None else None,
        )

    def name(self, stop: int) -> str:
        """Return what messages call a stop."""
        if stop == 0:
            return "its start"
        return "its end" if stop > len(self.orders) else str(self.visits[stop - 1].id)


def broken_rules(route: TimedRoute) -> list[Violation]:
    """Return every rule that a route breaks, in the order of :data:`RULE_CODES`."""
    return [
        violation
        for rule in (
            _ways_exist,
            _load_fits,
            _few_enough_stops,
            _short_enough,
            _duty_short_enough,
            _within_shift,
            _depots_open,
            _windows_met,
            _travel_takes_its_time,
            _service_takes_its_time,
            _no_service_before_arrival,
        )
        for violation in rule(route)
    ]


def _ways_exist(route: TimedRoute) -> Iterator[Violation]:
    for stop, (ticks, length) in enumerate(route.hops, start=1):
        if ticks >= INF or length >= INF:
            message = f"has no way from {route.name(stop - 1)} to {route.name(stop)}"
            yield route.violation("UNREACHABLE", message, stop=stop, field="arrival_seconds")


def _load_fits(route: TimedRoute) -> Iterator[Violation]:
    for unit, capacity in route.owner.capacity.items():
        loads = [visit.delivery.get(unit, 0) for visit in route.visits]
        load = sum([round(1000 * amount) for amount in loads])
        over = load - round(capacity * 1000)
        if over > 0:
            margin = whole(over / 1000)
            message = (
                f"is overloaded by {amount_text(margin, unit)}: it carries {amount_text(load / 1000, unit)}, "
                f"at most {amount_text(capacity, unit)} fit"
            )
            yield route.violation("CAPACITY", message, margin=margin, unit=unit)


def _few_enough_stops(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_stops
    if limit is not None and len(route.orders) > limit:
        over = len(route.orders) - limit
        message = f"makes {len(route.orders)} stops, {over} more than its {limit}"
        yield route.violation("MAX_STOPS", message, margin=over, unit="stops")


def _short_enough(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_distance
    if limit is None:
        return
    per_metre = route.instance.vehicle_legs(route.vehicle).per_metre
    length = sum(length for _, length in route.hops if length < INF)
    if length > limit * per_metre:
        margin = whole((length - limit * per_metre) / per_metre)
        message = f"drives {amount_text(margin, 'm')} too far; its limit is {amount_text(limit, 'm')}"
        yield route.violation("MAX_DISTANCE", message, margin=margin, unit="m")


def _duty_short_enough(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_duty
    duty = route.start[-1] - route.departure[0]
    if limit is not None and duty > limit:
        margin = route.seconds(duty - limit)
        allowed = amount_text(route.seconds(limit), "s")
        message = f"is on duty {amount_text(margin, 's')} too long; its limit is {allowed}"
        yield route.violation("MAX_DUTY", message, margin=margin, unit="s")


def _within_shift(route: TimedRoute) -> Iterator[Violation]:
    if route.owner.shift is None:
        return
    first, last = route.owner.shift
    begin, end = route.departure[0], route.start[-1]
    if begin < first:
        margin = route.seconds(first - begin)
        opens = moment_text(route.problem, first)
        message = f"would start {amount_text(margin, 's')} before its shift begins at {opens}"
        yield route.violation("SHIFT", message, margin=margin, unit="s", stop=0, field="departure_seconds")
    if end > last:
        margin = route.seconds(end - last)
        closes = moment_text(route.problem, last)
        message = f"would end {amount_text(margin, 's')} after its shift ends at {closes}"
        yield route.violation("SHIFT", message, margin=margin, unit="s", stop=len(route.orders) + 1)


def _depots_open(route: TimedRoute) -> Iterator[Violation]:
    depots = {depot.id: depot for depot in route.problem.depots}
    last_stop = len(route.orders) + 1
    for stop, place, moment, verb in (
        (0, route.owner.start, route.departure[0], "leave"),
        (last_stop, route.owner.end, route.start[-1], "return to"),
    ):
        depot = depots.get(place) if isinstance(place, str | int) else None
        if depot is not None and (miss := _missed(depot.windows, moment)):
            margin = route.seconds(abs(miss))
            side = "too late" if miss > 0 else "too early"
            message = f"would {verb} {depot.id} {amount_text(margin, 's')} {side} for its windows"
            yield route.violation("DEPOT_WINDOW", message, margin=margin, unit="s", stop=stop)


def _windows_met(route: TimedRoute) -> Iterator[Violation]:
    for stop, visit in enumerate(route.visits, start=1):
        if visit.windows and (miss := _missed(visit.windows, route.start[stop])):
            margin = route.seconds(abs(miss))
            side = "too late" if miss > 0 else "too early"
            moment = moment_text(route.problem, route.start[stop])
            message = f"would reach {visit.id} {amount_text(margin, 's')} {side}, at {moment}"
            yield route.violation("WINDOW", message, margin=margin, unit="s", stop=stop)


def _missed(windows: Sequence[Window], moment: int) -> int:
    """Return by how much all windows are missed: 0 if one is met, negative if the nearest is still to come.

    After the last window has closed it counts how long ago; before that how soon the next one opens.
    """
    if not windows:
        return 0
    for first, last in windows:
        if first <= moment <= last:
            return 0
    to_come = [first - moment for first, _ in windows if first > moment]
    return -min(to_come) if to_come else moment - max(last for _, last in windows)


def _travel_takes_its_time(route: TimedRoute) -> Iterator[Violation]:
    for stop, (ticks, _) in enumerate(route.hops, start=1):
        late = route.arrival[stop] - route.departure[stop - 1] - ticks
        if late and ticks < INF:
            margin = route.seconds(abs(late))
            side = "later" if late > 0 else "earlier"
            message = f"reaches {route.name(stop)} {amount_text(margin, 's')} {side} than the way takes"
            yield route.violation(
                "TRAVEL", message, margin=margin, unit="s", stop=stop, field="arrival_seconds"
            )


def _service_takes_its_time(route: TimedRoute) -> Iterator[Violation]:
    for stop, service in enumerate((0, *(visit.service for visit in route.visits), 0)):
        longer = route.departure[stop] - route.start[stop] - service
        if longer:
            margin = route.seconds(abs(longer))
            side = "longer" if longer > 0 else "shorter"
            message = f"stays at {route.name(stop)} {amount_text(margin, 's')} {side} than service takes"
            yield route.violation(
                "SERVICE", message, margin=margin, unit="s", stop=stop, field="departure_seconds"
            )


def _no_service_before_arrival(route: TimedRoute) -> Iterator[Violation]:
    for stop, (arrival, start) in enumerate(zip(route.arrival, route.start, strict=True)):
        if start < arrival:
            margin = route.seconds(arrival - start)
            message = f"serves {route.name(stop)} {amount_text(margin, 's')} before it arrives"
            yield route.violation("WAITING", message, margin=margin, unit="s", stop=stop)
