"""The checker: what a plan breaks of its problem's rules, and where it says what is not so.

It knows the problem and its legs and nothing of clock or engines: whoever made the plan, its times, loads,
costs and sums are worked out again from the order of the visits as the plan states it. What cannot be checked
this way is left alone: geometry, snapped places, properties, reasons, and how the plan came about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from o2oroute.model.instance import Instance, build_instance
from o2oroute.model.part import Id
from o2oroute.model.problem import Problem
from o2oroute.model.structure import json_pointer
from o2oroute.plan.collecting import no_collection
from o2oroute.plan.plan import Plan
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.route_check import RouteFigures, check_route, differs, task_of_stop
from o2oroute.plan.rules import Violation
from o2oroute.units import cost_units, fixed_cost

if TYPE_CHECKING:
    from o2oroute.matrix.travel_matrix import TravelMatrix
    from o2oroute.road.network import RoadNetwork

__all__ = ["check", "check_plan"]

_Path: TypeAlias = tuple[str | int, ...]


def check(
    problem: Problem,
    plan: Plan,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    matrix: TravelMatrix | Mapping[str, TravelMatrix] | None = None,
    straight_line: float | None = None,
) -> list[Violation]:
    """Check a plan against its problem.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    roads, matrix, straight_line
        Travel, as for :func:`o2oroute.solve`.

    Returns
    -------
    list of Violation
        Everything that is broken or not so; empty if the plan is right.

    Raises
    ------
    InputError
        If no travel is given, or problem and travel do not fit together.

    Examples
    --------
    >>> o2oroute.check(problem, plan, roads=network)  # doctest: +SKIP
    []
    """
    return check_plan(build_instance(problem, roads=roads, matrix=matrix, straight_line=straight_line), plan)


def check_plan(instance: Instance, plan: Plan) -> list[Violation]:
    """Check a plan against an instance; see :func:`check`."""
    found = [*_day(instance, plan), *_each_task_once(instance, plan), *_one_route_each(instance, plan)]
    figures: list[RouteFigures | None] = []
    with no_collection():
        for r, route in enumerate(plan.routes):
            if route.vehicle in instance.vehicle_index:
                broken, of_route = check_route(instance, route, f"/routes/{r}")
                found += broken
                figures.append(of_route)
    found += _relations(instance, plan)
    found += _unassigned(instance, plan)
    readable = [of_route for of_route in figures if of_route is not None]
    if len(readable) == len(plan.routes):  # else there is nothing to compare the sums with
        found += _summary(instance, plan, readable)
    return found


def _day(instance: Instance, plan: Plan) -> Iterator[Violation]:
    problem = instance.problem
    if plan.date != problem.date:
        yield Violation("DAY", "/date", f"the plan is for {plan.date}, the problem for {problem.date}")
    if plan.time_zone != problem.time_zone:
        message = f"the plan's time zone is {plan.time_zone}, the problem's {problem.time_zone}"
        yield Violation("DAY", "/time_zone", message)


def _each_task_once(instance: Instance, plan: Plan) -> Iterator[Violation]:
    """Find each order, and both stops of each shipment, on one route, once, or among the unassigned."""
    orders = len(instance.problem.orders)
    seen: dict[object, _Path] = {}
    for path, id_, task, vehicle in _mentions(plan):
        request = None if id_ is None else instance.request_index.get(id_)
        if request is None or id_ is None:
            message = f"{id_!r} is no order of the problem"
            yield Violation("UNKNOWN_ORDER", json_pointer(*path), message, vehicle=vehicle, order=id_)
            continue
        # at an order something else than asked may be done, which is found elsewhere
        places: tuple[object, ...] = (id_,)
        if request >= orders:
            places = ((id_, task),) if vehicle is not None else ((id_, "pickup"), (id_, "delivery"))
        for place in places:
            if place in seen:
                message = (
                    f"order {id_!r} is here and at {json_pointer(*seen[place])}; it belongs in one place"
                )
                yield Violation("DUPLICATE_ORDER", json_pointer(*path), message, vehicle=vehicle, order=id_)
                break
            seen[place] = path
    named = {place[0] if isinstance(place, tuple) else place for place in seen}
    for id_ in instance.request_index:
        if id_ not in named:
            message = f"order {id_!r} is neither on a route nor unassigned"
            yield Violation("MISSING_ORDER", "/unassigned", message, order=id_)


def _mentions(plan: Plan) -> Iterator[tuple[_Path, Id | None, str | None, Id | None]]:
    """Yield path, id, task and vehicle wherever an order or shipment is named."""
    for r, route in enumerate(plan.routes):
        for s, stop in enumerate(route.stops):
            if stop.kind == "order":
                yield ("routes", r, "stops", s, "id"), stop.id, stop.task, route.vehicle
    for i, left in enumerate(plan.unassigned):
        yield ("unassigned", i, "id"), left.id, None, None


def _one_route_each(instance: Instance, plan: Plan) -> Iterator[Violation]:
    seen: set[Id] = set()
    for r, route in enumerate(plan.routes):
        pointer, vehicle = f"/routes/{r}/vehicle", route.vehicle
        if vehicle not in instance.vehicle_index:
            message = f"{vehicle!r} is no vehicle of the problem"
            yield Violation("UNKNOWN_VEHICLE", pointer, message, vehicle=vehicle)
        elif vehicle in seen:
            message = f"vehicle {vehicle!r} has more than one route"
            yield Violation("DUPLICATE_VEHICLE", pointer, message, vehicle=vehicle)
        seen.add(vehicle)


def _relations(instance: Instance, plan: Plan) -> Iterator[Violation]:
    """Hold who serves what in which order to the relations; what cannot be read is found elsewhere."""
    if not instance.problem.relations:
        return
    routes: dict[int, list[int]] = {}
    pointers: dict[int, tuple[str, Id]] = {}
    for r, route in enumerate(plan.routes):
        vehicle = instance.vehicle_index.get(route.vehicle)
        for s, stop in enumerate(route.stops):
            task = task_of_stop(instance, stop)
            if vehicle is not None and task is not None:
                routes.setdefault(vehicle, []).append(task)
                pointers[task] = f"/routes/{r}/stops/{s}/id", route.vehicle
    for broken in broken_relations(instance, routes):
        pointer, owner = pointers[broken.task]
        message = str(broken)
        order = instance.problem.tasks[broken.task].id
        yield Violation("RELATION", pointer, message, vehicle=owner, order=order)


def _unassigned(instance: Instance, plan: Plan) -> Iterator[Violation]:
    """Hold what unassigned orders count for against the problem."""
    for i, stated in enumerate(plan.unassigned):
        if stated.id in instance.request_index:
            order = instance.problem.requests[instance.request_index[stated.id]]
            for name in ("importance", "prize"):
                if getattr(stated, name) != getattr(order, name):
                    message = f"{name} of {order.id} is {getattr(order, name)}, not {getattr(stated, name)}"
                    yield Violation("FIGURE", f"/unassigned/{i}/{name}", message, order=order.id)


def _summary(instance: Instance, plan: Plan, routes: Sequence[RouteFigures]) -> Iterator[Violation]:
    problem = instance.problem
    per_second = problem.ticks_per_second
    index = instance.request_index
    left = [problem.requests[index[order.id]] for order in plan.unassigned if order.id in index]
    prizes = sum(fixed_cost(order.prize, per_second) for order in left if order.prize is not None)
    cost = sum(route.cost for route in routes)
    true = {
        "cost": (cost + prizes) / cost_units(per_second),
        "routes_cost": cost / cost_units(per_second),
        "prizes": prizes / cost_units(per_second),
        "distance": math.fsum(route.metres for route in routes),
        "duration": sum(route.duty for route in routes) / per_second,
        "driving": sum(route.driving for route in routes) / per_second,
        "service": sum(route.service for route in routes) / per_second,
        "waiting": sum(route.waiting for route in routes) / per_second,
        "served": len({id_ for route in routes for id_ in route.served}),
        "unassigned": len(plan.unassigned),
        "unserved_importance": sum(order.importance for order in left if order.prize is None),
        "vehicles": len(routes),
    }
    for name, figure in true.items():
        stated = getattr(plan.summary, name)
        if differs(stated, figure):
            yield Violation("FIGURE", f"/summary/{name}", f"{name} is stated as {stated}, but it is {figure}")
