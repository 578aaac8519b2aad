"""From a solution to a plan: times by the clock, loads, costs, ways on the roads, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from pydantic import JsonValue

from o2oroute.errors import InputError
from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id
from o2oroute.model.solution import Solution, Visit
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.costs import route_costs
from o2oroute.plan.plan import Plan, Position, Route, RouteCosts, Run, Stop, Summary, Unassigned
from o2oroute.plan.reasons import explain, most_hopeful
from o2oroute.plan.route_track import route_length
from o2oroute.plan.wording import whole
from o2oroute.units import cost_units

if TYPE_CHECKING:
    from o2oroute.matrix.paths import PathFinder
    from o2oroute.road.network import RoadNetwork

__all__ = ["RouteTimes", "make_plan", "schedule_route", "solution_tasks"]

#: Decimals of a degree that are kept in plans: 11 cm.
_DECIMALS: Final = 6

Progress = Callable[[int, int], object]


def make_plan(
    instance: Instance,
    solution: Solution,
    *,
    networks: Mapping[str, RoadNetwork] | None = None,
    limit: float = 1000.0,
    reasons: bool = True,
    run: Run | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Turn the order of the visits into a plan.

    Parameters
    ----------
    instance : Instance
    solution : Solution
    networks : mapping of profile to RoadNetwork, optional
        Gives each route its way on the roads; without them there is none.
    limit : float
        Farthest distance in metres from a place to a road, as the instance was built with.
    reasons : bool
        Whether to say for each unassigned order what stops each vehicle.
    run : Run, optional
        How the solution came about; by default its engine and statistics.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    Plan
        Rules that the solution breaks are not hidden: the times are those of driving on without delay, and
        :func:`~o2oroute.plan.check.check_plan` names them.

    Raises
    ------
    InputError
        If the solution names what the problem does not have, an order that is set aside, or an order twice.
    RoutingError
        If a route has no way from a stop to the next.

    Examples
    --------
    >>> make_plan(instance, solution).summary.cost  # doctest: +SKIP
    34.5
    """
    problem = instance.problem
    routes = solution_tasks(instance, solution)
    served = {int(instance.task_request[task]) for tasks in routes.values() for task in tasks}
    left = [i for i in range(len(problem.requests)) if i not in served]
    steps = _Steps(progress, len(routes) * (networks is not None) + len(left) * reasons)
    finders: dict[str, PathFinder] = {}
    if networks is not None:
        from o2oroute.matrix.paths import PathFinder

        used = {problem.vehicles[vehicle].profile for vehicle in routes}
        finders = {
            profile: PathFinder(
                networks[profile],
                instance.point_location,
                limit=limit,
                approach=instance.point_approach or "any",
            )
            for profile in used & networks.keys()
        }
    planned, cost = [], 0
    for vehicle, tasks in routes.items():
        finder = finders.get(problem.vehicles[vehicle].profile)
        route, units = _route(instance, vehicle, tasks, finder)
        planned.append(route)
        cost += units
        if networks is not None:
            steps.done()
    unassigned = _unassigned(instance, routes, left, steps.done if reasons else None)
    attribution = _attribution((networks or {}).values())
    return Plan(
        date=problem.date,
        time_zone=problem.time_zone,
        summary=_summary(instance, planned, unassigned, cost, explained=reasons),
        routes=tuple(planned),
        unassigned=tuple(unassigned),
        run=run or Run(engine=solution.engine, statistics=dict(solution.statistics)),
        attribution=attribution,
    )


def solution_tasks(instance: Instance, solution: Solution) -> dict[int, list[int]]:
    """Return a solution in positions: tasks by vehicle, in the order of the problem's vehicles.

    Vehicles without tasks are left out.

    Raises
    ------
    InputError
        If it names what the problem does not have, an order that is set aside, or a task twice.
    """
    routes: dict[int, list[int]] = {}
    seen: set[int] = set()
    for vehicle_id, visits in solution.routes.items():
        if vehicle_id not in instance.vehicle_index:
            raise InputError(
                f"the solution has a route for {vehicle_id!r}, which is no vehicle of the problem"
            )
        tasks = [_task_of(instance, vehicle_id, visit) for visit in visits]
        for task, visit in zip(tasks, visits, strict=True):
            if task in seen:
                raise InputError(f"order {visit.order!r} is visited twice; each order has one visit")
            seen.add(task)
        if tasks:
            routes[instance.vehicle_index[vehicle_id]] = tasks
    return dict(sorted(routes.items()))


def _task_of(instance: Instance, vehicle_id: Id, visit: Visit) -> int:
    request = instance.request_index.get(visit.order)
    if request is None:
        raise InputError(f"{vehicle_id!r} visits {visit.order!r}, which is no order of the problem")
    if instance.is_set_aside[request]:
        raise InputError(f"{vehicle_id!r} visits {visit.order!r}, which is set aside by a finding")
    if request < len(instance.problem.orders):
        return request
    task = instance.task_index.get((visit.order, visit.task))
    if task is None:
        raise InputError(
            f"{vehicle_id!r} visits {visit.order!r} for a {visit.task!r}; "
            "a shipment has 'pickup' and 'delivery'"
        )
    return task


class _Steps:
    """Counts finished steps for a progress callback."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


class _Place(NamedTuple):
    """Where a stop is, and what the problem says about it."""

    point: int
    id: Id | None
    windows: Sequence[tuple[int, int]]
    properties: dict[str, JsonValue]


def _route(
    instance: Instance, vehicle: int, tasks: list[int], finder: PathFinder | None
) -> tuple[Route, int]:
    """Return a route and its cost in integer cost units."""
    problem = instance.problem
    owner = problem.vehicles[vehicle]
    per_second = problem.ticks_per_second
    per_metre = instance.vehicle_legs(vehicle).per_metre
    times = schedule_route(instance, vehicle, tasks)
    places = _places(instance, vehicle, tasks)
    lengths = _lengths(instance, vehicle, [place.point for place in places])
    loads = _loads(instance, tasks)
    stops = []
    for i, place in enumerate(places):
        is_task = 0 < i <= len(tasks)
        stops.append(
            Stop(
                kind="order" if is_task else "start" if i == 0 else "end",
                task=problem.tasks[tasks[i - 1]].kind if is_task else None,
                id=place.id,
                location=_location(instance, place.point),
                snapped=_snapped(finder, place.point),
                snap_distance=_snap_distance(finder, place.point),
                arrival=problem.reader.iso(times.arrival[i]),
                arrival_seconds=whole(times.arrival[i] / per_second),
                start=problem.reader.iso(times.start[i]),
                start_seconds=whole(times.start[i] / per_second),
                departure=problem.reader.iso(times.departure[i]),
                departure_seconds=whole(times.departure[i] / per_second),
                waiting=whole((times.start[i] - times.arrival[i]) / per_second),
                service=whole((times.departure[i] - times.start[i]) / per_second),
                windows_seconds=tuple(
                    (whole(first / per_second), whole(last / per_second)) for first, last in place.windows
                ),
                leg_distance=whole(lengths[i] / per_metre),
                load=loads[i],
                properties=place.properties,
            )
        )
    units = cost_units(per_second)
    costs = route_costs(instance, vehicle, tasks, times)
    route = Route(
        vehicle=owner.id,
        profile=owner.profile,
        stops=tuple(stops),
        geometry=_geometry(finder, [place.point for place in places]),
        distance=whole(route_length(instance, vehicle, tasks) / per_metre),
        duration=whole(times.duty / per_second),
        driving=whole(times.driving / per_second),
        service=whole(times.service / per_second),
        waiting=whole(times.waiting / per_second),
        cost=sum(costs.values()) / units,
        costs=RouteCosts(**{name: amount / units for name, amount in costs.items()}),
        properties=owner.properties,
    )
    return route, sum(costs.values())


def _places(instance: Instance, vehicle: int, tasks: list[int]) -> list[_Place]:
    """Return the places of a route; one with an open end begins or ends at its first or last task."""
    problem = instance.problem
    owner = problem.vehicles[vehicle]
    depots = {depot.id: depot for depot in problem.depots}
    visits = []
    for i in tasks:
        task = problem.tasks[i]
        visits.append(_Place(int(instance.task_point[i]), task.id, task.stop.windows, dict(task.properties)))
    ends = []
    for place, point, neighbour in (
        (owner.start, instance.start_point[vehicle], visits[0]),
        (owner.end, instance.end_point[vehicle], visits[-1]),
    ):
        depot = depots.get(place) if isinstance(place, str | int) else None
        where = neighbour.point if point == NO_POINT else int(point)
        windows, properties = (depot.windows, depot.properties) if depot else ((), {})
        ends.append(_Place(where, depot.id if depot else None, windows, properties))
    return [ends[0], *visits, ends[1]]


def _lengths(instance: Instance, vehicle: int, points: list[int]) -> list[int]:
    """Return the length of the leg that leads to each stop."""
    # the leg at an open end leads from a point to itself, and may still not be zero in a given matrix
    legs = instance.vehicle_legs(vehicle).distances[points[:-1], points[1:]].tolist()
    if instance.start_point[vehicle] == NO_POINT:
        legs[0] = 0
    if instance.end_point[vehicle] == NO_POINT:
        legs[-1] = 0
    return [0, *legs]


def _loads(instance: Instance, tasks: list[int]) -> list[dict[str, int | float]]:
    """Return what is on board on leaving each stop, in units that the route carries at all."""
    units = len(instance.units)
    first = instance.task_delivery[tasks, :units].sum(axis=0)
    left = np.vstack((first, first + instance.task_change[tasks, :units].cumsum(axis=0)))
    carried = [(column, unit) for column, unit in enumerate(instance.units) if left[:, column].any()]
    left = np.vstack((left, left[-1:]))
    return [{unit: whole(int(row[column]) / 1000) for column, unit in carried} for row in left]


def _location(instance: Instance, point: int) -> Position | None:
    lon, lat = (float(x) for x in instance.point_location[point])
    return None if np.isnan(lon) or np.isnan(lat) else (lon, lat)


def _snapped(finder: PathFinder | None, point: int) -> Position | None:
    if finder is None or finder.snap.segment[point] < 0:
        return None
    return round(float(finder.snap.lon[point]), _DECIMALS), round(float(finder.snap.lat[point]), _DECIMALS)


def _snap_distance(finder: PathFinder | None, point: int) -> float | None:
    if finder is None or finder.snap.segment[point] < 0:
        return None
    return round(float(finder.snap.distance[point]), 1)


def _geometry(finder: PathFinder | None, points: list[int]) -> tuple[Position, ...] | None:
    """Return the way through some points, or None where roads do not give one."""
    if finder is None:
        return None
    line: list[Position] = []
    for tail, head in pairwise(points):
        if tail == head:
            continue
        path = finder.path(tail, head)
        if path is None:
            return None
        for lon, lat in path.geometry.round(_DECIMALS).tolist():
            if not line or line[-1] != (lon, lat):
                line.append((lon, lat))
    return tuple(line)


def _unassigned(
    instance: Instance,
    routes: Mapping[int, list[int]],
    left: Sequence[int],
    progress: Callable[[], None] | None,
) -> list[Unassigned]:
    reasons = {} if progress is None else explain(instance, routes, left, progress=progress)
    found = []
    for i in left:
        request, task = instance.problem.requests[i], int(instance.request_tasks[i])
        place, point = instance.problem.tasks[task].stop.location, int(instance.task_point[task])
        given = place if isinstance(place, tuple) else None
        found.append(
            Unassigned(
                id=request.id,
                kind=most_hopeful(reasons.get(i, ())),
                reasons=tuple(reasons.get(i, ())),
                location=given if point == NO_POINT else _location(instance, point),
                importance=request.importance,
                prize=request.prize,
                properties=request.properties,
            )
        )
    return found


def _summary(
    instance: Instance, routes: Sequence[Route], left: Sequence[Unassigned], cost: int, *, explained: bool
) -> Summary:
    units = cost_units(instance.problem.ticks_per_second)
    # an optional order has a prize; -1 stands for none
    prizes = sum(max(0, int(instance.request_prize[instance.request_index[order.id]])) for order in left)
    return Summary(
        cost=(cost + prizes) / units,
        routes_cost=cost / units,
        prizes=prizes / units,
        distance=_total(route.distance for route in routes),
        duration=_total(route.duration for route in routes),
        driving=_total(route.driving for route in routes),
        service=_total(route.service for route in routes),
        waiting=_total(route.waiting for route in routes),
        served=len(instance.problem.requests) - len(left),
        unassigned=len(left),
        out_of_time=sum(order.kind == "TIME_LIMIT" for order in left) if explained else None,
        unserved_importance=sum(order.importance for order in left if order.prize is None),
        vehicles=len(routes),
    )


def _total(amounts: Iterable[float]) -> int | float:
    """Return the sum of seconds or metres, which come in hundred-thousandths at the finest."""
    return whole(round(math.fsum(amounts), 5))


def _attribution(networks: Iterable[RoadNetwork]) -> str | None:
    """Return whose map data the roads are, each named once."""
    named = [str(network.meta["attribution"]) for network in networks if "attribution" in network.meta]
    return "; ".join(dict.fromkeys(named)) or None
