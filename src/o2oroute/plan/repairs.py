"""The smallest change of one field of the order file that would let an order in.

A repair is given only after the clock and the rules of the checker have passed the same trial with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from o2oroute.model.instance import Instance
from o2oroute.model.part import Window
from o2oroute.model.problem import Problem
from o2oroute.model.structure import json_pointer
from o2oroute.model.vehicle import Vehicle
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.plan import Repair
from o2oroute.plan.rules import TimedRoute, Violation, broken_rules
from o2oroute.plan.wording import whole
from o2oroute.units import RATE_DECIMALS, fixed_cost

__all__ = ["Trial", "dearer_prize", "smallest_repair", "tried"]


class Trial(NamedTuple):
    """A route as it would be: timed by the clock, judged by the rules."""

    vehicle: int
    orders: Sequence[int]
    times: RouteTimes
    broken: list[Violation]


def tried(instance: Instance, vehicle: int, orders: Sequence[int]) -> Trial:
    """Time and judge a route; there must be a way from each stop to the next."""
    times = schedule_route(instance, vehicle, orders)
    stated = TimedRoute(instance, vehicle, orders, times.arrival, times.start, times.departure)
    return Trial(vehicle, orders, times, broken_rules(stated))


def smallest_repair(instance: Instance, trial: Trial, order: int) -> Repair | None:
    """Return the smallest change of one field that lets a trial pass, or None if none of those tried does.

    Parameters
    ----------
    instance : Instance
    trial : Trial
        A route with an order put in, which breaks rules.
    order : int
        Position of that order.

    Returns
    -------
    Repair or None
        The limit that is broken, lifted to what the trial needs; or one of several windows of the order,
        left open until the vehicle gets there.
    """
    repairs = list(_longer_windows(instance, trial, order))
    if len(trial.broken) == 1:
        repairs += _lifted(instance, trial, trial.broken[0])
    for repair in sorted((repair for repair in repairs if _size(repair) > 0), key=_size):
        problem = _changed(instance.problem, _path(repair.pointer), repair.to)
        again = tried(replace(instance, problem=problem), trial.vehicle, trial.orders)
        if again.times.on_time and not again.broken:
            return repair
    return None


def dearer_prize(instance: Instance, order: int, cost: int) -> Repair:
    """Return the least prize above a cost in integer cost units: with it the order is worth serving."""
    decimals = 10**RATE_DECIMALS
    step = fixed_cost(1 / decimals, instance.problem.ticks_per_second)
    prize = instance.problem.orders[order].prize
    return Repair(pointer=f"/orders/{order}/prize", from_=prize, to=whole((cost // step + 1) / decimals))


def _lifted(instance: Instance, trial: Trial, violation: Violation) -> Iterator[Repair]:
    """Yield the broken limit lifted to what the trial needs."""
    problem = instance.problem
    match violation.code:
        case "CAPACITY":
            yield _more_capacity(problem, trial, violation.unit or "")
        case "SHIFT" | "MAX_STOPS" | "MAX_DISTANCE" | "MAX_DUTY":
            yield from _wider_limit(problem.vehicles[trial.vehicle], trial, violation)
        case "DEPOT_WINDOW":
            owner, times = problem.vehicles[trial.vehicle], trial.times
            for i, depot in enumerate(problem.depots):
                for place, moment in ((owner.start, times.departure[0]), (owner.end, times.start[-1])):
                    if depot.id == place and depot.windows:
                        yield _closed_later(f"/depots/{i}", depot.windows, moment)
        case "WINDOW":
            for stop, i in enumerate(trial.orders, start=1):
                order = problem.orders[i]
                if order.id == violation.order:
                    yield _closed_later(f"/orders/{i}", order.windows, trial.times.start[stop])


def _more_capacity(problem: Problem, trial: Trial, unit: str) -> Repair:
    carried = sum(round(problem.orders[i].delivery.get(unit, 0) * 1000) for i in trial.orders)
    return Repair(
        pointer=json_pointer("vehicles", trial.vehicle, "capacity", unit),
        from_=whole(problem.vehicles[trial.vehicle].capacity[unit]),
        to=whole(carried / 1000),
    )


def _wider_limit(owner: Vehicle, trial: Trial, violation: Violation) -> Iterator[Repair]:
    pointer = f"/vehicles/{trial.vehicle}"
    if violation.code == "SHIFT" and owner.shift is not None:
        yield Repair(pointer=f"{pointer}/shift/1", from_=owner.shift[1], to=trial.times.start[-1])
    if violation.code == "MAX_STOPS":
        yield Repair(pointer=f"{pointer}/max_stops", from_=owner.max_stops, to=len(trial.orders))
    if violation.code == "MAX_DUTY":
        yield Repair(pointer=f"{pointer}/max_duty", from_=owner.max_duty, to=trial.times.duty)
    if violation.code == "MAX_DISTANCE" and owner.max_distance is not None:
        to = owner.max_distance + math.ceil(violation.margin or 0)
        yield Repair(pointer=f"{pointer}/max_distance", from_=owner.max_distance, to=to)


def _closed_later(pointer: str, windows: Sequence[Window], moment: int) -> Repair:
    """Return the last window left open until a moment."""
    last = max(range(len(windows)), key=lambda k: windows[k][1])
    return Repair(pointer=f"{pointer}/windows/{last}/1", from_=windows[last][1], to=moment)


def _longer_windows(instance: Instance, trial: Trial, order: int) -> Iterator[Repair]:
    """Yield each of several windows left open until the vehicle can get there."""
    windows = instance.problem.orders[order].windows
    if len(windows) < 2:
        return
    stop = list(trial.orders).index(order) + 1
    for k, window in enumerate(windows):
        path = ["orders", str(order), "windows"]
        only = replace(instance, problem=_changed(instance.problem, path, (window,)))
        late = tried(only, trial.vehicle, trial.orders).times.start[stop]
        if late > window[1]:
            yield Repair(pointer=f"/orders/{order}/windows/{k}/1", from_=window[1], to=late)


def _size(repair: Repair) -> float:
    # a field has one unit; those of one trial are all times, or there is one only
    return float(repair.to) - float(repair.from_)  # type: ignore[arg-type]


def _path(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _changed(part: Any, path: Sequence[str], value: Any) -> Any:
    """Return a part of the problem with one value in it changed; it is not validated again."""
    if not path:
        return value
    name, *rest = path
    if isinstance(part, BaseModel):
        return part.model_copy(update={name: _changed(getattr(part, name), rest, value)})
    if isinstance(part, tuple):
        i = int(name)
        return (*part[:i], _changed(part[i], rest, value), *part[i + 1 :])
    return {**part, name: _changed(part[name], rest, value)}
