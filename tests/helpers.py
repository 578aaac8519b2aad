"""Tiny problems, and solving that always checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from o2oroute.engines.engine import solve
from o2oroute.model.instance import NO_POINT, Instance, build_instance
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.model.solution import AnyVisit, BreakVisit, ReloadVisit, Solution, Visit
from o2oroute.model.task import TaskKind
from o2oroute.plan.check import check_plan
from o2oroute.plan.plan import Plan, Repair
from o2oroute.plan.schedule import make_plan

FREE = {"fixed": 0, "per_hour": 0, "per_km": 0}


def line(*positions: int) -> npt.NDArray[np.int64]:
    """Return the travel between places on a line, as a square matrix."""
    places = np.array(positions, np.int64)
    return np.abs(places[:, None] - places)


def tiny(
    durations: npt.ArrayLike,
    *,
    vehicles: Sequence[Mapping[str, Any]] = ({},),
    orders: Sequence[Mapping[str, Any]] = (),
    shipments: Sequence[Mapping[str, Any]] = (),
    depots: Sequence[Mapping[str, Any]] = ({},),
    distances: npt.ArrayLike | None = None,
    per_metre: int = 1,
    **fields: Any,
) -> Problem:
    """Return a problem whose places are rows of a matrix, with as little said as possible.

    Depots take the first rows and are called ``"d0"``, ``"d1"``..., orders the next and are called
    ``"a"``, ``"b"``..., then pickup and delivery of each shipment, called ``"A"``, ``"B"``... Vehicles
    are called ``"v0"``, ``"v1"``..., start and end at ``"d0"``, and cost 1 a kilometre if not said
    otherwise; distances in metres are the durations in seconds if not given.
    """
    times = np.asarray(durations, np.int32)
    lengths = times if distances is None else np.asarray(distances, np.int32)
    names = [chr(ord("a") + i) if len(orders) <= 26 else f"o{i}" for i in range(len(orders))]
    rows = len(depots) + len(orders)
    pairs = [
        {
            "id": chr(ord("A") + k),
            "pickup": {"location": {"index": rows + 2 * k}} | dict(s.get("pickup", {})),
            "delivery": {"location": {"index": rows + 2 * k + 1}} | dict(s.get("delivery", {})),
        }
        | {name: value for name, value in s.items() if name not in ("pickup", "delivery")}
        for k, s in enumerate(shipments)
    ]
    problem = Problem(
        depots=[{"id": f"d{i}", "location": {"index": i}} | dict(d) for i, d in enumerate(depots)],
        vehicles=[
            {"id": f"v{i}", "start": "d0", "end": "d0", "costs": FREE | {"per_km": 1}} | dict(v)
            for i, v in enumerate(vehicles)
        ],
        orders=[
            {"id": names[i], "location": {"index": len(depots) + i}} | dict(o) for i, o in enumerate(orders)
        ],
        shipments=pairs,
        **fields,
    )
    profiles = {vehicle.profile for vehicle in problem.vehicles}
    return problem.with_legs({profile: Legs(times, lengths, per_metre) for profile in profiles})


def bare_instance(problem: Problem) -> Instance:
    """Return a tiny problem with its travel, each row a point and no order set aside, whatever is wrong."""

    def point(place: Any) -> int:
        depots = {depot.id: depot.location.index for depot in problem.depots}
        if place is None:
            return NO_POINT
        return depots[place] if isinstance(place, str) else place.index

    size = next(iter(problem.legs.values())).size
    return Instance(
        problem=problem,
        legs=problem.legs,
        task_point=np.array([point(task.stop.location) for task in problem.tasks], np.int32),
        start_point=np.array([point(vehicle.start) for vehicle in problem.vehicles], np.int32),
        end_point=np.array([point(vehicle.end) for vehicle in problem.vehicles], np.int32),
        depot_point=np.array([point(depot.id) for depot in problem.depots], np.int32),
        point_location=np.full((size, 2), np.nan),
    )


def solution(routes: Mapping[str, Iterable[str | AnyVisit]]) -> Solution:
    """Return a solution from visits by vehicle id.

    ``{"v0": "ab"}`` visits a, then b; ``{"v0": ["A+", "a", "A-"]}`` picks A up, visits a, and delivers A;
    breaks and reloads stand there as they are.
    """
    tasks: Mapping[str, TaskKind] = {"+": "pickup", "-": "delivery"}

    def visit(name: Any) -> AnyVisit:
        if isinstance(name, Visit | BreakVisit | ReloadVisit):
            return name
        mark = name[-1] if isinstance(name, str) and name[-1] in tasks else None
        return Visit(name[:-1], tasks[mark]) if mark else Visit(name)

    return Solution({vehicle: tuple(map(visit, names)) for vehicle, names in routes.items()})


def planned(
    problem: Problem, routes: Mapping[str, Iterable[str | AnyVisit]], **settings: Any
) -> tuple[Instance, Plan]:
    """Return the instance of a problem and the plan with these visits."""
    instance = build_instance(problem)
    return instance, make_plan(instance, solution(routes), **settings)


def repaired(problem: Problem, repair: Repair, value: Any = None) -> Instance:
    """Return a problem with the field of a repair changed to its value or another, read again as a whole."""
    *_, stated = _at(problem, repair.pointer)
    assert stated == repair.from_
    return with_field(problem, repair.pointer, repair.to if value is None else value)


def with_field(problem: Problem, pointer: str, value: Any) -> Instance:
    """Return a problem with one field changed, read again as a whole."""
    data, part, last, _ = _at(problem, pointer)
    part[last] = value
    return build_instance(Problem.from_dict(data).with_legs(problem.legs))


def _at(problem: Problem, pointer: str) -> tuple[Any, Any, str | int, Any]:
    """Return a problem as a file, the part that a pointer leads into, its last step, and what is there."""
    data = problem.model_dump(mode="json", exclude_defaults=True)
    *path, last = [
        int(step) if step.isdigit() else step.replace("~1", "/").replace("~0", "~")
        for step in pointer.split("/")[1:]
    ]
    part = data
    for step in path:
        part = part[step] if isinstance(step, int) else part.setdefault(step, {})
    # a vehicle without skills
    return data, part, last, part[last] if isinstance(last, int) or last in part else []


def solve_and_check(problem: Problem, *, engine: str, **settings: Any) -> Plan:
    """Solve a problem that brings its travel along, and hold the plan to the checker."""
    plan = solve(problem, engine=engine, **({"time_limit": 5.0, "iterations": 60} | settings))
    assert check_plan(build_instance(problem), plan) == []
    return plan


def visits(plan: Plan) -> dict[Any, list[Any]]:
    """Return order ids by vehicle id; of shipments, which are in capitals, ``"A+"`` and ``"A-"``."""
    marks = {"pickup": "+", "delivery": "-"}
    return {
        route.vehicle: [
            f"{stop.id}{marks[stop.task]}" if str(stop.id).isupper() else stop.id
            for stop in route.stops
            if stop.kind == "order"
        ]
        for route in plan.routes
    }


def groups(plan: Plan) -> list[list[Any]]:
    """Return the orders that ride together, whoever drives them and in whatever order."""
    return sorted(sorted(orders) for orders in visits(plan).values())


def starts(plan: Plan, vehicle: Any = "v0") -> list[Any]:
    """Return when service starts at each stop of a route, its start and end included."""
    (route,) = [route for route in plan.routes if route.vehicle == vehicle]
    return [stop.start_seconds for stop in route.stops]


def why(plan: Plan) -> dict[Any, tuple[Any, ...]]:
    """Return code, kind, margin and unit of the most hopeful reason of each unassigned order."""
    first = {order.id: order.reasons[0] for order in plan.unassigned}
    return {order: (r.code, r.kind, r.margin, r.unit) for order, r in first.items()}
