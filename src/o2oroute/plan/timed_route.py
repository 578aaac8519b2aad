"""A route as it is stated, and what a rule that it breaks is told as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Loads
from o2oroute.model.problem import Problem
from o2oroute.model.shipment import Shipment
from o2oroute.model.task import Task
from o2oroute.model.vehicle import Vehicle
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
    "MAX_DUTY",
    "RELEASE",
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
    tasks : sequence of int
        Positions in ``problem.tasks``.
    arrival, start, departure : sequence of int, length tasks + 2
        Ticks at the start, at each task, and at the end.
    pointer : str
        JSON Pointer to the route in its plan.
    """

    instance: Instance
    vehicle: int
    tasks: Sequence[int]
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
    def visits(self) -> list[Task]:
        """The tasks."""
        return [self.problem.tasks[i] for i in self.tasks]

    @cached_property
    def requests(self) -> list[Order | Shipment]:
        """The orders and shipments that the tasks belong to, each once."""
        return [self.problem.requests[i] for i in dict.fromkeys(visit.request for visit in self.visits)]

    @cached_property
    def on_board(self) -> list[dict[str, int]]:
        """Thousandths of each unit on board on leaving the start and each task."""
        load: dict[str, int] = {}
        for visit in self.visits:
            if isinstance(visit.stop, Order):
                _add(load, visit.stop.delivery, 1)
        loads = [dict(load)]
        for visit in self.visits:
            request = self.problem.requests[visit.request]
            if isinstance(request, Order):
                _add(load, request.delivery, -1)
                _add(load, request.pickup, 1)
            else:
                _add(load, request.load, 1 if visit.kind == "pickup" else -1)
            loads.append(dict(load))
        return loads

    @cached_property
    def hops(self) -> list[tuple[int, int]]:
        """Ticks and length from each stop to the next; an open start or end is no way off."""
        legs = self.instance.vehicle_legs(self.vehicle)
        return list(zip(self._of_hops(legs.durations), self._of_hops(legs.distances), strict=True))

    @cached_property
    def prices(self) -> list[int]:
        """What the vehicle's cost per length counts from each stop to the next."""
        return self._of_hops(self.instance.vehicle_legs(self.vehicle).priced)

    def _of_hops(self, cells: npt.NDArray[np.int32]) -> list[int]:
        points = np.empty(len(self.tasks) + 2, np.int32)
        points[0] = self.instance.start_point[self.vehicle]
        points[1:-1] = self.instance.task_point[list(self.tasks)]
        points[-1] = self.instance.end_point[self.vehicle]
        tails, heads = points[:-1], points[1:]
        nowhere = (tails == NO_POINT) | (heads == NO_POINT)
        found: list[int] = np.where(nowhere, 0, cells[tails, heads]).tolist()
        return found

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
        of_order = stop is not None and 0 < stop <= len(self.tasks)
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
        return "its end" if stop > len(self.tasks) else str(self.visits[stop - 1].id)


def _add(load: dict[str, int], amounts: Loads, times: int) -> None:
    for unit, amount in amounts.items():
        load[unit] = load.get(unit, 0) + times * round(1000 * amount)
