"""The routes of a plan in the numbers of an instance: what is still there of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from o2oroute.errors import Finding
from o2oroute.model.instance import Instance
from o2oroute.model.structure import json_pointer
from o2oroute.plan.plan import Plan, Route
from o2oroute.plan.route_check import task_of_stop

__all__ = ["PlannedRoute", "PlannedStop", "planned_routes"]


class PlannedStop(NamedTuple):
    """One stop of a plan, in ticks."""

    task: int
    start: int
    departure: int


class PlannedRoute(NamedTuple):
    """What a plan has for one vehicle."""

    vehicle: int
    #: Ticks at which it leaves its start.
    departure: int
    stops: tuple[PlannedStop, ...]

    @property
    def tasks(self) -> list[int]:
        """The tasks of the stops."""
        return [stop.task for stop in self.stops]


def planned_routes(instance: Instance, plan: Plan) -> tuple[list[PlannedRoute], list[Finding]]:
    """Read the routes of a plan.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        Of this problem or another one; its pointers are those of the findings.

    Returns
    -------
    routes : list of PlannedRoute
        In the order of the plan, each vehicle and each task once; shipments are there as a whole or not at
        all.
    findings : list of Finding
        For everything that is not there any more.
    """
    routes, findings = [], []
    vehicles: set[int] = set()
    taken: set[int] = set()
    for r, route in enumerate(plan.routes):
        vehicle = instance.vehicle_index.get(route.vehicle)
        if vehicle is None or vehicle in vehicles:
            message = f"{route.vehicle} is no vehicle of the problem, or has a route already."
            action = "Its orders are planned anew."
            findings.append(_gone(json_pointer("routes", r, "vehicle"), message, action))
            continue
        vehicles.add(vehicle)
        stops = []
        for s, stop in _known_stops(instance, route):
            pointer = json_pointer("routes", r, "stops", s, "id")
            if stop is None:
                message = f"{route.vehicle} visits {route.stops[s].id}, which the problem does not have."
                findings.append(_gone(pointer, message, "It is passed over."))
            elif stop.task in taken:
                message = f"{route.vehicle} visits {route.stops[s].id} once more."
                findings.append(_gone(pointer, message, "It is passed over."))
            else:
                taken.add(stop.task)
                stops.append(stop)
        whole = _whole(instance, stops)
        departure = round(route.stops[0].departure_seconds * instance.problem.ticks_per_second)
        if whole:
            routes.append(PlannedRoute(vehicle, departure, tuple(whole)))
    return routes, findings


def _gone(pointer: str, message: str, action: str) -> Finding:
    return Finding("START_GONE", pointer, message, action, level="note")


def _known_stops(instance: Instance, route: Route) -> Iterator[tuple[int, PlannedStop | None]]:
    """Yield position and stop of the orders on a route; None for those that the problem does not have."""
    per_second = instance.problem.ticks_per_second
    for s, stop in enumerate(route.stops):
        if stop.kind != "order":
            continue
        task = task_of_stop(instance, stop)
        if task is None or instance.is_set_aside[instance.task_request[task]]:
            yield s, None
        else:
            start, departure = (round(x * per_second) for x in (stop.start_seconds, stop.departure_seconds))
            yield s, PlannedStop(task, start, departure)


def _whole(instance: Instance, stops: list[PlannedStop]) -> list[PlannedStop]:
    """Return the stops without those of shipments that are not there with both of their stops."""
    tasks = {stop.task for stop in stops}
    return [
        stop for stop in stops if tasks.issuperset(instance.tasks_of(int(instance.task_request[stop.task])))
    ]
