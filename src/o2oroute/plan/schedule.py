"""From a solution to a plan: times by the clock, loads, costs, ways on the roads, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from o2oroute.errors import InputError
from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id
from o2oroute.model.solution import AnyVisit, BreakVisit, ReloadVisit, Solution, Visit
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.collecting import no_collection
from o2oroute.plan.plan import Plan, Reason, Route, Run, Summary, Unassigned
from o2oroute.plan.planned_route import location, planned_route
from o2oroute.plan.reasons import explain, most_hopeful
from o2oroute.plan.wording import whole
from o2oroute.units import cost_units

if TYPE_CHECKING:
    from o2oroute.matrix.paths import PathFinder
    from o2oroute.road.network import RoadNetwork

__all__ = ["RouteTimes", "code_visits", "make_plan", "schedule_route", "solution_codes"]

Progress = Callable[[int, int], object]


def make_plan(
    instance: Instance,
    solution: Solution,
    *,
    networks: Mapping[str, RoadNetwork] | None = None,
    limit: float = 1000.0,
    reasons: bool = True,
    until: float = math.inf,
    hurry: bool = False,
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
    until : float
        Moment of ``time.monotonic`` at which to stop looking for reasons, when each order has one.
    hurry : bool
        Whether to stop then even if some have none.
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
    routes = solution_codes(instance, solution)
    served = {int(instance.task_request[c]) for codes in routes.values() for c in codes if c >= 0}
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
    with no_collection():
        for vehicle, codes in routes.items():
            finder = finders.get(problem.vehicles[vehicle].profile)
            route, units = planned_route(instance, vehicle, codes, finder)
            planned.append(route)
            cost += units
            if networks is not None:
                steps.done()
    found: Mapping[int, Sequence[Reason]] = {}
    if reasons:
        found = explain(instance, routes, left, until=until, hurry=hurry, progress=steps.done)
    unassigned = _unassigned(instance, left, found)
    attribution = _attribution((networks or {}).values())
    return Plan(
        date=problem.date,
        time_zone=problem.time_zone,
        summary=_summary(instance, planned, unassigned, cost),
        routes=tuple(planned),
        unassigned=tuple(unassigned),
        run=run or Run(engine=solution.engine, statistics=dict(solution.statistics)),
        attribution=attribution,
    )


def solution_codes(instance: Instance, solution: Solution) -> dict[int, list[int]]:
    """Return a solution in numbers: visits by vehicle, in the order of the problem's vehicles.

    Tasks are their positions, breaks and reloads numbers below 0. Vehicles without tasks are left out.

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
        codes = [_code_of(instance, vehicle_id, visit) for visit in visits]
        for code in codes:
            if code in seen and code >= 0:
                order = instance.problem.tasks[code].id
                raise InputError(f"order {order!r} is visited twice; each order has one visit")
            seen.add(code)
        if any(code >= 0 for code in codes):
            routes[instance.vehicle_index[vehicle_id]] = codes
    return dict(sorted(routes.items()))


def code_visits(instance: Instance, codes: Iterable[int]) -> tuple[AnyVisit, ...]:
    """Return the visits that numbers stand for; the reverse of :func:`solution_codes`."""
    return tuple(_visit_of(instance, code) for code in codes)


def _visit_of(instance: Instance, code: int) -> AnyVisit:
    pause, depot = instance.break_of(code), instance.reload_of(code)
    if pause is not None:
        return BreakVisit(instance.breaks.parts[pause].id)
    if depot is not None:
        return ReloadVisit(instance.problem.depots[depot].id)
    task = instance.problem.tasks[code]
    return Visit(task.id, task.kind)


def _code_of(instance: Instance, vehicle_id: Id, visit: AnyVisit) -> int:
    """Return the number that stands in routes for a visit."""
    if isinstance(visit, Visit):
        return _task_of(instance, vehicle_id, visit)
    if isinstance(visit, BreakVisit):
        code = instance.break_code(instance.vehicle_index[vehicle_id], visit.id)
        if code is None:
            raise InputError(f"{vehicle_id!r} takes break {visit.id!r}, which it does not have")
        return code
    depot = instance.depot_index.get(visit.depot)
    if depot is None or instance.depot_point[depot] == NO_POINT:
        raise InputError(f"{vehicle_id!r} loads again at {visit.depot!r}; no vehicle may do so there")
    return instance.reload_code(depot)


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


def _unassigned(
    instance: Instance, left: Sequence[int], reasons: Mapping[int, Sequence[Reason]]
) -> list[Unassigned]:
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
                location=given if point == NO_POINT else location(instance, point),
                importance=request.importance,
                prize=request.prize,
                properties=request.properties,
            )
        )
    return found


def _summary(instance: Instance, routes: Sequence[Route], left: Sequence[Unassigned], cost: int) -> Summary:
    units = cost_units(instance.problem.ticks_per_second)
    kinds = [order.kind for order in left]
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
        out_of_time=None if None in kinds else kinds.count("TIME_LIMIT"),
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
