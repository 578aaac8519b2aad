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
    tasks: Sequence[int]
    times: RouteTimes
    broken: list[Violation]


def tried(instance: Instance, vehicle: int, tasks: Sequence[int]) -> Trial:
    """Time and judge a route; there must be a way from each stop to the next."""
    times = schedule_route(instance, vehicle, tasks)
    stated = TimedRoute(instance, vehicle, tasks, times.arrival, times.start, times.departure)
    return Trial(vehicle, tasks, times, broken_rules(stated))


def smallest_repair(instance: Instance, trial: Trial, request: int) -> Repair | None:
    """Return the smallest change of one field that lets a trial pass, or None if none of those tried does.

    Parameters
    ----------
    instance : Instance
    trial : Trial
        A route with a request put in, which breaks rules.
    request : int
        Position of that request.

    Returns
    -------
    Repair or None
        The limit that is broken, lifted to what the trial needs; or one of several windows of the request,
        left open until the vehicle gets there.
    """
    bench = _Bench(instance, trial)
    repairs = list(_longer_windows(bench, request))
    if len(trial.broken) == 1:
        repairs += _lifted(bench, trial.broken[0])
    for repair in sorted((repair for repair in repairs if _size(repair) > 0), key=_size):
        again = bench.tried(_path(repair.pointer), repair.to)
        if again.times.on_time and not again.broken:
            return bench.of_the_whole(repair)
    return None


def dearer_prize(instance: Instance, request: int, cost: int) -> Repair:
    """Return the least prize above a cost in integer cost units: with it the request is worth serving."""
    decimals = 10**RATE_DECIMALS
    step = fixed_cost(1 / decimals, instance.problem.ticks_per_second)
    prize = instance.problem.requests[request].prize
    to = whole((cost // step + 1) / decimals)
    return Repair(pointer=f"{_pointer(instance, request)}/prize", from_=prize, to=to)


def _pointer(instance: Instance, request: int) -> str:
    """Return the JSON Pointer to a request in the order file."""
    orders = len(instance.problem.orders)
    return f"/orders/{request}" if request < orders else f"/shipments/{request - orders}"


class _Bench:
    """A trial on an instance of its own, with nothing but its vehicle and requests: quick to change."""

    def __init__(self, instance: Instance, trial: Trial) -> None:
        self._whole, self._vehicle = instance, trial.vehicle
        self.requests = sorted({int(instance.task_request[task]) for task in trial.tasks})
        self.instance = instance.part([trial.vehicle], self.requests)
        number = {task.id: i for i, task in enumerate(self.instance.problem.requests)}
        self.tasks = [
            int(self.instance.request_tasks[number[task.id]])
            + (i - int(instance.request_tasks[task.request]))
            for i, task in ((i, instance.problem.tasks[i]) for i in trial.tasks)
        ]
        self.trial = self.tried([], None)

    def tried(self, path: Sequence[str], value: Any) -> Trial:
        """Time and judge the trial with one value of the problem changed."""
        problem = self.instance.problem.changed(**_changed_fields(self.instance.problem, path, value))
        return tried(replace(self.instance, problem=problem), 0, self.tasks)

    def of_the_whole(self, repair: Repair) -> Repair:
        """Return a repair with the pointer that it has in the whole problem."""
        kind, number, *rest = _path(repair.pointer)
        part = int(number)
        orders = len(self.instance.problem.orders)
        if kind == "vehicles":
            pointer = f"/vehicles/{self._vehicle}"
        elif kind == "orders":
            pointer = _pointer(self._whole, self.requests[part])
        elif kind == "shipments":
            pointer = _pointer(self._whole, self.requests[orders + part])
        else:
            pointer = f"/{kind}/{number}"
        return repair.model_copy(update={"pointer": pointer + json_pointer(*rest)})


def _lifted(bench: _Bench, violation: Violation) -> Iterator[Repair]:
    """Yield the broken limit lifted to what the trial needs."""
    problem, trial = bench.instance.problem, bench.trial
    (owner,) = problem.vehicles
    match violation.code:
        case "CAPACITY":
            unit, over = violation.unit or "", violation.margin or 0.0
            capacity = owner.capacity[unit]
            yield Repair(
                pointer=json_pointer("vehicles", 0, "capacity", unit),
                from_=whole(capacity),
                to=whole(round(capacity + over, 3)),
            )
        case "SHIFT" | "MAX_STOPS" | "MAX_DISTANCE" | "MAX_DUTY" | "MAX_TRAVEL" | "MAX_ON_BOARD":
            yield from _wider_limit(owner, trial, violation)
        case "DEPOT_WINDOW":
            for i, depot in enumerate(problem.depots):
                for place, moment in (
                    (owner.start, trial.times.departure[0]),
                    (owner.end, trial.times.start[-1]),
                ):
                    if depot.id == place and depot.windows:
                        yield _closed_later(f"/depots/{i}", depot.windows, moment)
        case "WINDOW":
            for stop, i in enumerate(trial.tasks, start=1):
                task = problem.tasks[i]
                if task.id == violation.order and violation.pointer.endswith(f"/stops/{stop}/start_seconds"):
                    yield _closed_later(task.pointer, task.stop.windows, trial.times.start[stop])


def _wider_limit(owner: Vehicle, trial: Trial, violation: Violation) -> Iterator[Repair]:
    margin = violation.margin or 0
    if violation.code == "SHIFT" and owner.shift is not None:
        yield Repair(pointer="/vehicles/0/shift/1", from_=owner.shift[1], to=trial.times.start[-1])
    if violation.code == "MAX_STOPS":
        yield Repair(pointer="/vehicles/0/max_stops", from_=owner.max_stops, to=len(trial.tasks))
    if violation.code == "MAX_ON_BOARD" and owner.max_on_board is not None:
        to = owner.max_on_board + int(margin)
        yield Repair(pointer="/vehicles/0/max_on_board", from_=owner.max_on_board, to=to)
    if violation.code == "MAX_DUTY":
        yield Repair(pointer="/vehicles/0/max_duty", from_=owner.max_duty, to=trial.times.duty)
    if violation.code == "MAX_TRAVEL":
        times = trial.times
        driving = times.duty - times.waiting - (sum(times.departure) - sum(times.start))
        yield Repair(pointer="/vehicles/0/max_travel", from_=owner.max_travel, to=driving)
    if violation.code == "MAX_DISTANCE" and owner.max_distance is not None:
        to = owner.max_distance + math.ceil(margin)
        yield Repair(pointer="/vehicles/0/max_distance", from_=owner.max_distance, to=to)


def _closed_later(pointer: str, windows: Sequence[Window], moment: int) -> Repair:
    """Return the last window left open until a moment."""
    last = max(range(len(windows)), key=lambda k: windows[k][1])
    return Repair(pointer=f"{pointer}/windows/{last}/1", from_=windows[last][1], to=moment)


def _longer_windows(bench: _Bench, request: int) -> Iterator[Repair]:
    """Yield each of several windows of a request left open until the vehicle can get there."""
    for stop, i in enumerate(bench.tasks, start=1):
        task = bench.instance.problem.tasks[i]
        if bench.requests[task.request] != request or len(task.stop.windows) < 2:
            continue
        for k, window in enumerate(task.stop.windows):
            late = bench.tried([*_path(task.pointer), "windows"], (window,)).times.start[stop]
            if late > window[1]:
                yield Repair(pointer=f"{task.pointer}/windows/{k}/1", from_=window[1], to=late)


def _size(repair: Repair) -> float:
    # a field has one unit; those of one trial are all times, or there is one only
    return float(repair.to) - float(repair.from_)  # type: ignore[arg-type]


def _path(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _changed_fields(problem: Problem, path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return the field of the problem that a path leads into, with the value changed; nothing for no path."""
    if not path:
        return {}
    name, *rest = path
    return {name: _changed(getattr(problem, name), rest, value)}


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
