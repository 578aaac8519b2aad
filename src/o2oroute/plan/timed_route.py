"""A route as it is stated, and what a rule that it breaks is told as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from o2oroute.model.duty import Break, DrivingBreak
from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Loads
from o2oroute.model.problem import Problem
from o2oroute.model.shipment import Shipment
from o2oroute.model.task import Task
from o2oroute.model.vehicle import Depot, Vehicle
from o2oroute.plan.wording import whole

__all__ = ["RULE_CODES", "RuleCode", "TimedRoute", "Violation", "ViolationCode"]

RuleCode: TypeAlias = Literal[
    "PAIR",
    "SKILLS",
    "VEHICLE_CHOICE",
    "RELATION",
    "UNREACHABLE",
    "INCOMPATIBLE_LOADS",
    "CAPACITY",
    "MAX_ON_BOARD",
    "MAX_STOPS",
    "MAX_DISTANCE",
    "MAX_TRAVEL",
    "MAX_TRIPS",
    "RELOAD_DEPOT",
    "MAX_DUTY",
    "BREAK",
    "BREAK_LOAD",
    "DRIVING_TIME",
    "RIDE_TIME",
    "RELEASE",
    "SHIFT",
    "DEPOT_WINDOW",
    "WAVE",
    "BREAK_WINDOW",
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

#: Rules of single routes and relations between them, in the order in which they are reported: first what no
#: other time would mend.
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

    @property
    def stop(self) -> int:
        """The number of the stop that it points to; -1 where it points to none."""
        names = self.pointer.split("/")
        return int(names[names.index("stops") + 1]) if "stops" in names[:-1] else -1

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
    codes : sequence of int
        Visits: positions in ``problem.tasks``, and below 0 breaks and reloads.
    arrival, start, departure : sequence of int, length codes + 2
        Ticks at the start, at each visit, and at the end.
    pointer : str
        JSON Pointer to the route in its plan.
    """

    instance: Instance
    vehicle: int
    codes: Sequence[int]
    arrival: Sequence[int]
    start: Sequence[int]
    departure: Sequence[int]
    pointer: str = ""

    @cached_property
    def problem(self) -> Problem:
        """The problem."""
        return self.instance.problem

    @cached_property
    def owner(self) -> Vehicle:
        """The vehicle."""
        return self.problem.vehicles[self.vehicle]

    @cached_property
    def tasks(self) -> list[int]:
        """The visits that are tasks, as positions in ``problem.tasks``."""
        return [code for code in self.codes if code >= 0]

    @cached_property
    def visits(self) -> list[Task]:
        """The tasks."""
        return [self.problem.tasks[i] for i in self.tasks]

    @cached_property
    def at_stops(self) -> list[tuple[int, Task]]:
        """The tasks, each with the number of its stop; the start is number 0."""
        return [(stop, self.problem.tasks[c]) for stop, c in enumerate(self.codes, start=1) if c >= 0]

    @cached_property
    def _no_tasks(self) -> list[tuple[int, int]]:
        """The visits that are no tasks, each with the number of its stop."""
        return [(stop, code) for stop, code in enumerate(self.codes, start=1) if code < 0]

    @cached_property
    def pauses(self) -> dict[int, Break | DrivingBreak]:
        """The breaks by the number of their stop."""
        found = ((stop, self.instance.break_of(code)) for stop, code in self._no_tasks)
        return {stop: self.instance.breaks.parts[pause] for stop, pause in found if pause is not None}

    @cached_property
    def reloads(self) -> dict[int, Depot]:
        """The depots of reloads by the number of their stop."""
        found = ((stop, self.instance.reload_of(code)) for stop, code in self._no_tasks)
        return {stop: self.problem.depots[depot] for stop, depot in found if depot is not None}

    @cached_property
    def trips(self) -> list[tuple[int, list[Task]]]:
        """The tasks of each trip, with the number of the stop where it is loaded."""
        begins = [0, *self.reloads]
        return [
            (begin, [task for stop, task in self.at_stops if begin < stop < end])
            for begin, end in zip(begins, [*begins[1:], len(self.codes) + 1], strict=True)
        ]

    @cached_property
    def requests(self) -> list[Order | Shipment]:
        """The orders and shipments that the tasks belong to, each once."""
        return self.requests_of(self.visits)

    def requests_of(self, visits: Sequence[Task]) -> list[Order | Shipment]:
        """Return the orders and shipments that some tasks belong to, each once."""
        return [self.problem.requests[i] for i in dict.fromkeys(visit.request for visit in visits)]

    @cached_property
    def on_board(self) -> dict[str, list[int]]:
        """Thousandths of each unit on board on leaving the start and each visit."""
        units = dict.fromkeys(unit for request in self.requests for unit in _units_of(request))
        return {unit: [*accumulate(self._changes(unit))] for unit in units}

    def _changes(self, unit: str) -> list[int]:
        """Return by how many thousandths of a unit the load changes at the start and at each visit."""
        tasks, requests = self.problem.tasks, self.problem.requests
        changes = [0] * (len(self.codes) + 1)
        begin = fetched = 0  # where the trip was loaded, and what goes to its end
        for stop, code in enumerate(self.codes, start=1):
            if code >= 0:
                request = requests[tasks[code].request]
                if isinstance(request, Order):
                    delivery = _thousandths(request.delivery, unit)
                    pickup = _thousandths(request.pickup, unit)
                    changes[begin] += delivery
                    changes[stop] += pickup - delivery
                    fetched += pickup
                else:
                    load = _thousandths(request.load, unit)
                    changes[stop] += load if tasks[code].kind == "pickup" else -load
            elif stop in self.reloads:
                changes[stop] -= fetched
                begin, fetched = stop, 0
        return changes

    @cached_property
    def hops(self) -> list[tuple[int, int]]:
        """Ticks and length from each stop to the next; an open start or end is no way off.

        The way over breaks counts to the stop behind them, and none to the breaks.
        """
        legs = self.instance.vehicle_legs(self.vehicle)
        return list(zip(self._of_hops(legs.durations), self._of_hops(legs.distances), strict=True))

    @cached_property
    def prices(self) -> list[int]:
        """What the vehicle's cost per length counts from each stop to the next."""
        legs = self.instance.vehicle_legs(self.vehicle)
        return [length for _, length in self.hops] if legs.costs is None else self._of_hops(legs.costs)

    @cached_property
    def points(self) -> list[int | None]:
        """The point of each stop; None at breaks, :data:`NO_POINT` for an open start or end."""
        instance = self.instance
        of_tasks = iter(instance.task_point[self.tasks].tolist())
        found: list[int | None] = [int(instance.start_point[self.vehicle])]
        for stop, code in enumerate(self.codes, start=1):
            if code >= 0:
                found.append(next(of_tasks))
            elif stop in self.reloads:
                found.append(int(instance.depot_point[instance.depot_index[self.reloads[stop].id]]))
            else:
                found.append(None)
        return [*found, int(instance.end_point[self.vehicle])]

    def _of_hops(self, cells: npt.NDArray[np.int32]) -> list[int]:
        points = np.array([point for point in self.points if point is not None])
        tails, heads = points[:-1], points[1:]
        ways = cells[tails, heads]
        ways[(tails == NO_POINT) | (heads == NO_POINT)] = 0
        found: list[int] = ways.tolist()
        if len(found) == len(self.codes) + 1:
            return found
        of_stops = iter(found)
        return [0 if point is None else next(of_stops) for point in self.points[1:]]

    @cached_property
    def driving(self) -> list[int]:
        """Stated ticks of driving to each stop from the one before, breaks included; 0 at the start."""
        return [0, *(head - tail for tail, head in zip(self.departure, self.arrival[1:], strict=False))]

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
        visit = self.codes[stop - 1] if stop is not None and 0 < stop <= len(self.codes) else -1
        return Violation(
            code,
            self.pointer if stop is None else f"{self.pointer}/stops/{stop}/{field}",
            f"{self.owner.id} {message}",
            margin,
            unit,
            self.owner.id,
            self.problem.tasks[visit].id if visit >= 0 else None,
        )

    def name(self, stop: int) -> str:
        """Return what messages call a stop."""
        if stop == 0:
            return "its start"
        if stop > len(self.codes):
            return "its end"
        if stop in self.pauses:
            return f"its break {self.pauses[stop].id}"
        if stop in self.reloads:
            return str(self.reloads[stop].id)
        return str(self.problem.tasks[self.codes[stop - 1]].id)


def _units_of(request: Order | Shipment) -> tuple[str, ...]:
    if isinstance(request, Order):
        return (*request.delivery, *request.pickup)
    return tuple(request.load)


def _thousandths(loads: Loads, unit: str) -> int:
    return round(1000 * loads[unit]) if unit in loads else 0
