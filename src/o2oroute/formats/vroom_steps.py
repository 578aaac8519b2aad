"""The steps of routes as VROOM knows them: of a plan, of the input (``-c``), or of VROOM's own output."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

from o2oroute.errors import Finding, InputError
from o2oroute.formats.vroom_input import VroomBreak, VroomStop, VroomVehicle, VroomVehicleStep
from o2oroute.formats.vroom_problem import VroomCase
from o2oroute.formats.vroom_times import NO_LIMIT, StatedStep, least_violating_times
from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id
from o2oroute.model.solution import AnyVisit, BreakVisit, Solution, Visit
from o2oroute.model.structure import json_pointer
from o2oroute.plan.plan import Plan, Route
from o2oroute.units import INF

__all__ = ["Site", "StepType", "TimedStep", "VroomPlaces", "plan_steps", "stated_solution", "stated_steps"]

StepType = Literal["start", "job", "pickup", "delivery", "break", "end"]


class TimedStep(NamedTuple):
    """A step of a route with its times in ticks of the problem."""

    type: StepType
    #: Number of the task, or of the break of its vehicle; -1 at both ends.
    number: int
    arrival: int
    start: int

    @property
    def is_task(self) -> bool:
        """Whether something is done for a job or shipment."""
        return self.type in ("job", "pickup", "delivery")


class Site(NamedTuple):
    """Where a step is."""

    #: Point of the legs.
    point: int
    #: Place as the input gives it.
    location: tuple[float, float] | None
    row: int | None


class VroomPlaces:
    """Where the steps of a vehicle are, when they may be, how far apart, and how long they take."""

    def __init__(self, case: VroomCase, instance: Instance, vehicle: int) -> None:
        self.owner: VroomVehicle = case.source.vehicles[vehicle]
        self._case, self._instance, self._vehicle = case, instance, vehicle
        self._tables = case.source.matrices.get(self.owner.profile)
        self._legs = instance.vehicle_legs(vehicle)

    def site(self, kind: StepType, number: int) -> Site | None:
        """Return where a step is; None at an open end and at breaks."""
        owner, instance = self.owner, self._instance
        if kind == "break":
            return None
        if kind == "start":
            point = int(instance.start_point[self._vehicle])
            return None if point == NO_POINT else Site(point, owner.start, owner.start_index)
        if kind == "end":
            point = int(instance.end_point[self._vehicle])
            return None if point == NO_POINT else Site(point, owner.end, owner.end_index)
        stop = self._case.tasks[number].stop
        return Site(int(instance.task_point[number]), stop.location, stop.location_index)

    def windows(self, kind: StepType, number: int) -> list[tuple[int, float]]:
        """Return when a step should start, in seconds of the input; at any time if there are none."""
        if kind in ("start", "end"):
            if self.owner.time_window is None:
                return []
            first, last = self.owner.time_window
            return [(first, math.inf)] if kind == "start" else [(0, last)]
        stop: VroomBreak | VroomStop
        stop = self.owner.breaks[number] if kind == "break" else self._case.tasks[number].stop
        return sorted(stop.time_windows or ())

    def ticks(self, tail: Site | None, head: Site | None) -> int:
        """Return the travel time between two places; none at open ends."""
        if tail is None or head is None:
            return 0
        return int(self._legs.durations[tail.point, head.point])

    def stay(self, number: int, before: Site | None) -> tuple[int, int]:
        """Return setup and service of a task in seconds, when the vehicle was at the place `before`."""
        stop, kind = self._case.tasks[number].stop, self.owner.type or ""
        site = self.site(self._case.tasks[number].kind, number)
        # who is there already pays no setup again
        moves = before is None or site is None or before.point != site.point
        setup = stop.setup_per_type.get(kind, stop.setup) if moves else 0
        return setup, stop.service_per_type.get(kind, stop.service)

    @property
    def has_costs(self) -> bool:
        """Whether a matrix of costs takes the place of all costs of travel."""
        return self._tables is not None and self._tables.costs is not None

    def length_and_cost(self, tail: Site, head: Site) -> tuple[int, int]:
        """Return the metres between two places, and what a matrix of costs says that the way costs."""
        if self._tables is None:
            return int(self._legs.distances[tail.point, head.point]), 0
        of_distances, of_costs = (
            0 if table is None else int(table[tail.row, head.row])
            for table in (self._tables.distances, self._tables.costs)
        )
        return of_distances, of_costs


def plan_steps(case: VroomCase, plan: Plan) -> dict[int, list[TimedStep]]:
    """Return the steps of a plan by number of the vehicle."""
    vehicles = {vehicle.id: i for i, vehicle in enumerate(case.source.vehicles)}
    routes = {}
    for route in plan.routes:
        vehicle = vehicles[int(route.vehicle)]
        routes[vehicle] = _route_steps(case, vehicle, route)
    return dict(sorted(routes.items()))


def _route_steps(case: VroomCase, vehicle: int, route: Route) -> list[TimedStep]:
    breaks = {rest.id: k for k, rest in enumerate(case.source.vehicles[vehicle].breaks)}
    shipments = {shipment.id: i for i, shipment in enumerate(case.problem.shipments)}
    steps = []
    for stop in route.stops:
        arrival, start = (round(float(t) * case.ticks) for t in (stop.arrival_seconds, stop.start_seconds))
        kind: StepType = "start" if stop.kind == "start" else "end"
        number = -1
        if stop.kind == "order" and stop.id in shipments:
            kind = "pickup" if stop.task == "pickup" else "delivery"
            number = len(case.source.jobs) + 2 * shipments[stop.id] + (kind == "delivery")
        elif stop.kind == "order" and stop.id is not None:
            kind, number = "job", case.task_rank["job", int(stop.id)]
        elif stop.kind == "break" and stop.id is not None:
            kind, number = "break", breaks[int(stop.id)]
        steps.append(TimedStep(kind, number, arrival, start))
    return steps


def stated_solution(case: VroomCase) -> Solution:
    """Return the routes that the steps of the input's vehicles state, without times."""
    routes: dict[Id, tuple[AnyVisit, ...]] = {}
    for owner in case.source.vehicles:
        if owner.steps:
            named = [(kind, number) for kind, number, _ in _named_steps(case, owner) if number >= 0]
            routes[owner.id] = tuple(_visit(case, owner, kind, number) for kind, number in named)
    return Solution(routes=routes, engine="vroom")


def _visit(case: VroomCase, owner: VroomVehicle, kind: StepType, number: int) -> AnyVisit:
    if kind == "break":
        return BreakVisit(owner.breaks[number].id)
    task = case.problem.tasks[number]
    return Visit(task.id, task.kind)


def stated_steps(case: VroomCase, instance: Instance) -> dict[int, list[TimedStep]]:
    """Return the routes that the input states, timed so that they break as little as can be.

    Parameters
    ----------
    case : VroomCase
    instance : Instance
        Of the case's problem.

    Raises
    ------
    InputError
        If there is no such route, or one cannot keep the times that its steps force or has no way.
    """
    routes = {}
    for vehicle, owner in enumerate(case.source.vehicles):
        if any(step.type not in ("start", "end") for step in owner.steps):
            routes[vehicle] = _stated_route(case, instance, vehicle)
    if not routes:
        message = "No vehicle has steps, so there is no route to time."
        raise InputError(findings=[Finding("NO_STEPS", "/vehicles", message, "Give the steps of a vehicle.")])
    return routes


def _stated_route(case: VroomCase, instance: Instance, vehicle: int) -> list[TimedStep]:
    places = VroomPlaces(case, instance, vehicle)
    owner = places.owner
    named = list(_named_steps(case, owner))
    at: Site | None = None
    steps = []
    for kind, number, given in named:
        site = places.site(kind, number)
        leg = places.ticks(at, site)
        if leg >= INF or (site is not None and site.point == NO_POINT):
            message = f"Vehicle {owner.id} has no way to {_name(kind, given)}."
            pointer = json_pointer("vehicles", vehicle, "steps")
            action = "Correct the route or the places."
            raise InputError(findings=[Finding("UNREACHABLE", pointer, message, action)])
        stay = 0
        if kind == "break":
            stay = owner.breaks[number].service
        elif kind not in ("start", "end"):
            stay = sum(places.stay(number, at))
        windows = tuple(_in_ticks(case, window) for window in places.windows(kind, number))
        steps.append(StatedStep(windows, stay * case.ticks, leg, kind == "break", _bounds(case, given)))
        at = site or at
    times = least_violating_times(steps, earliest=case.in_ticks(0))
    if times is None:
        message = f"Vehicle {owner.id} cannot keep the times that its steps force."
        pointer = json_pointer("vehicles", vehicle, "steps")
        action = "Loosen service_at, service_after or service_before."
        raise InputError(findings=[Finding("STEPS_INFEASIBLE", pointer, message, action)])
    return [
        TimedStep(kind, number, arrival, start)
        for (kind, number, _), arrival, start in zip(named, times.arrival, times.start, strict=True)
    ]


def _name(kind: StepType, step: VroomVehicleStep | None) -> str:
    return f"its {kind}" if step is None or step.id is None else f"{kind} {step.id}"


def _in_ticks(case: VroomCase, window: tuple[int, float]) -> tuple[int, int]:
    first, last = window
    return case.in_ticks(first), NO_LIMIT[1] if last == math.inf else case.in_ticks(int(last))


def _named_steps(
    case: VroomCase, owner: VroomVehicle
) -> Iterator[tuple[StepType, int, VroomVehicleStep | None]]:
    """Yield type, number and input of each step; start and end may be left out."""
    breaks = {rest.id: k for k, rest in enumerate(owner.breaks)}
    if owner.steps[0].type != "start":
        yield "start", -1, None
    for step in owner.steps:
        if step.type == "break":
            yield step.type, breaks[step.id or 0], step
        elif step.type == "start" or step.type == "end":  # noqa: PLR1714 - so that types are narrowed
            yield step.type, -1, step
        else:
            yield step.type, case.task_rank[step.type, step.id or 0], step
    if owner.steps[-1].type != "end":
        yield "end", -1, None


def _bounds(case: VroomCase, step: VroomVehicleStep | None) -> tuple[int, int]:
    """Return when a step must start, in ticks."""
    first, last = NO_LIMIT
    if step is None:
        return first, last
    if step.service_at is not None:
        return case.in_ticks(step.service_at), case.in_ticks(step.service_at)
    if step.service_after is not None:
        first = case.in_ticks(step.service_after)
    if step.service_before is not None:
        last = case.in_ticks(step.service_before)
    return first, last
