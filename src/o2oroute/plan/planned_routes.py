"""The routes of a plan in the numbers of an instance: what is still there of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from o2oroute.errors import Finding
from o2oroute.model.instance import Instance
from o2oroute.model.part import Id
from o2oroute.model.structure import json_pointer
from o2oroute.plan.plan import Plan, Stop
from o2oroute.plan.route_check import task_of_stop

__all__ = ["PlannedBreak", "PlannedRoute", "PlannedStop", "planned_routes"]


class PlannedStop(NamedTuple):
    """One stop of a plan at a task, in ticks."""

    task: int
    start: int
    departure: int
    #: When the vehicle left the start, or where it loaded again, before it.
    loaded: int
    #: Whether there is a break or a reload between it and the task before.
    interrupted: bool


class PlannedBreak(NamedTuple):
    """One break of a plan, in ticks."""

    id: Id
    start: int


class PlannedRoute(NamedTuple):
    """What a plan has for one vehicle."""

    vehicle: int
    #: Ticks at which it leaves its start.
    departure: int
    stops: tuple[PlannedStop, ...]
    breaks: tuple[PlannedBreak, ...]
    #: All visits, as routes hold them.
    codes: tuple[int, ...]

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
        known: list[tuple[int, Stop]] = []
        for s, stop in enumerate(route.stops):
            code = _code_of(instance, vehicle, stop)
            if code is not None and (code < 0 or code not in taken):
                taken.add(code)
                known.append((code, stop))
            elif stop.kind not in {"start", "end"}:
                again = code is not None
                message = (
                    f"{route.vehicle} visits {stop.id} once more."
                    if again
                    else f"{route.vehicle} has {stop.id} on its route, which the problem does not have."
                )
                pointer = json_pointer("routes", r, "stops", s, "id")
                findings.append(_gone(pointer, message, "It is passed over."))
        whole = [(code, stop) for code, stop in known if _is_whole(instance, code, taken)]
        if any(code >= 0 for code, _ in whole):
            routes.append(_timed(instance, vehicle, route.stops[0], whole))
    return routes, findings


def _gone(pointer: str, message: str, action: str) -> Finding:
    return Finding("START_GONE", pointer, message, action, level="note")


def _code_of(instance: Instance, vehicle: int, stop: Stop) -> int | None:
    """Return what stands in routes for a stop, or None if the problem does not have it."""
    if stop.id is None:
        return None
    if stop.kind == "break":
        return instance.break_code(vehicle, stop.id)
    if stop.kind == "reload":
        depot = instance.depot_index.get(stop.id)
        return None if depot not in instance.reload_depots(vehicle) else instance.reload_code(depot)
    task = task_of_stop(instance, stop)
    return None if task is None or instance.is_set_aside[instance.task_request[task]] else task


def _is_whole(instance: Instance, code: int, taken: set[int]) -> bool:
    """Tell whether an order or shipment has all its stops on routes; breaks and reloads have no more."""
    return code < 0 or taken.issuperset(instance.tasks_of(int(instance.task_request[code])))


def _timed(instance: Instance, vehicle: int, start: Stop, visits: Sequence[tuple[int, Stop]]) -> PlannedRoute:
    def ticks(seconds: float) -> int:
        return round(seconds * instance.problem.ticks_per_second)

    loaded = ticks(start.departure_seconds)
    stops, breaks, interrupted = [], [], False
    for code, stop in visits:
        begins, leaves = ticks(stop.start_seconds), ticks(stop.departure_seconds)
        if code >= 0:
            stops.append(PlannedStop(code, begins, leaves, loaded, interrupted))
        elif stop.kind == "reload":
            loaded = leaves
        elif stop.id is not None:
            breaks.append(PlannedBreak(stop.id, begins))
        interrupted = code < 0
    codes = tuple(code for code, _ in visits)
    return PlannedRoute(vehicle, ticks(start.departure_seconds), tuple(stops), tuple(breaks), codes)
