"""The smallest change of one field of the order file that would let an order in.

A repair is given only after the clock and the rules of the checker have passed the same trial with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from o2oroute.model.instance import Instance
from o2oroute.model.relation import Relation
from o2oroute.model.structure import json_pointer
from o2oroute.plan.apart import route_apart
from o2oroute.plan.changing import changed_at, path_of
from o2oroute.plan.lifting import lesser_relations, lifted
from o2oroute.plan.plan import Repair
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.trial import Trial, tried
from o2oroute.plan.wording import whole
from o2oroute.units import RATE_DECIMALS, fixed_cost

__all__ = ["dearer_prize", "smallest_repair"]


#: Fields that hold times, which are written in the kind that the file uses.
_TIMES: Final = ("shift", "windows", "release", "departures")


def smallest_repair(
    instance: Instance, trial: Trial, request: int, beside: Mapping[int, Sequence[int]]
) -> Repair | None:
    """Return the smallest change of one field that lets a trial pass, or None if none of those tried does.

    Parameters
    ----------
    instance : Instance
    trial : Trial
        A route with a request put in, which breaks rules.
    request : int
        Position of that request.
    beside : mapping of int to sequence of int
        Visits of other vehicles.

    Returns
    -------
    Repair or None
        The limit that is broken, lifted to what the trial needs; or one of several windows of the request,
        left open until the vehicle gets there; or a relation that asks for less.
    """
    if any(violation.code == "RELATION" for violation in trial.broken):
        return _lesser_relation(instance, trial, request, beside)
    bench = _Bench(instance, trial)
    repairs = list(_longer_windows(bench, request))
    if len(trial.broken) == 1:
        repairs += lifted(bench.instance.problem, bench.trial, trial.broken[0])
    for repair in sorted((repair for repair in repairs if _size(repair) > 0), key=_size):
        again = bench.tried(path_of(repair.pointer), repair.to)
        if again.times.on_time and not again.broken:
            return bench.of_the_whole(repair)
    return None


def _lesser_relation(
    instance: Instance, trial: Trial, request: int, beside: Mapping[int, Sequence[int]]
) -> Repair | None:
    """Return the least change of a relation with which a trial passes that breaks it and nothing else."""
    if len(trial.broken) > 1:
        return None
    routes = {**beside, trial.vehicle: trial.codes}
    broken = next(broken_relations(instance, routes, vehicle=trial.vehicle))
    for repair in lesser_relations(instance.problem, broken.relation, instance.problem.requests[request].id):
        problem = changed_at(instance.problem, path_of(repair.pointer), repair.to)
        # a changed one is not validated yet, or still as in the file
        relations = tuple(Relation(**dict(relation)) for relation in problem.relations)
        problem = problem.changed(relations=relations)
        if not tried(replace(instance, problem=problem), trial.vehicle, trial.codes, beside=beside).broken:
            return repair
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
        self.requests = sorted({int(instance.task_request[c]) for c in trial.codes if c >= 0})
        self.instance, self.codes = route_apart(instance, trial.vehicle, trial.codes)
        self.trial = self.tried([], None)

    def tried(self, path: Sequence[str], value: Any) -> Trial:
        """Time and judge the trial with one value of the problem changed."""
        value = tuple(value) if isinstance(value, list) else value
        problem = changed_at(self.instance.problem, path, value) if path else self.instance.problem
        return tried(replace(self.instance, problem=problem), 0, self.codes)

    def of_the_whole(self, repair: Repair) -> Repair:
        """Return a repair with the pointer that it has in the whole problem."""
        kind, number, *rest = path_of(repair.pointer)
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
        changes: dict[str, Any] = {"pointer": pointer + json_pointer(*rest)}
        if any(name in _TIMES for name in rest):
            as_file = self.instance.problem.time_value
            changes |= {"from_": as_file(int(repair.from_)), "to": as_file(int(repair.to))}  # type: ignore[arg-type]
        return repair.model_copy(update=changes)


def _longer_windows(bench: _Bench, request: int) -> Iterator[Repair]:
    """Yield each of several windows of a request left open until the vehicle can get there."""
    for stop, i in enumerate(bench.trial.codes, start=1):
        if i < 0:
            continue
        task = bench.instance.problem.tasks[i]
        if bench.requests[task.request] != request or len(task.stop.windows) < 2:
            continue
        for k, window in enumerate(task.stop.windows):
            late = bench.tried([*path_of(task.pointer), "windows"], (window,)).times.start[stop]
            if late > window[1]:
                yield Repair(pointer=f"{task.pointer}/windows/{k}/1", from_=window[1], to=late)


def _size(repair: Repair) -> float:
    # a field has one unit; those of one trial are all times, or there is one only
    if isinstance(repair.to, list) and isinstance(repair.from_, list):
        return float(abs(len(repair.to) - len(repair.from_)))
    return float(repair.to) - float(repair.from_)  # type: ignore[arg-type]
