"""VROOM's output: routes with their steps, what they break, and what is left out.

One judge for both of VROOM's modes: times come from a plan or from routes that the input states; loads, sums,
costs and violations are worked out here from the input alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from o2oroute.formats.polyline import encode_polyline
from o2oroute.formats.vroom_input import VroomTask
from o2oroute.formats.vroom_problem import VroomCase
from o2oroute.formats.vroom_steps import Site, TimedStep, VroomPlaces
from o2oroute.model.instance import Instance

__all__ = ["error_json", "solution_json"]

#: Figures of routes that add up over all of them.
_SUMS: Final = ("setup", "service", "duration", "waiting_time", "priority")


def error_json(code: int, message: str) -> dict[str, Any]:
    """Return what VROOM writes when it cannot do its work.

    Examples
    --------
    >>> error_json(2, "There is no vehicle.")
    {'code': 2, 'error': 'There is no vehicle.'}
    """
    return {"code": code, "error": message}


def solution_json(
    case: VroomCase,
    instance: Instance,
    routes: Mapping[int, Sequence[TimedStep]],
    *,
    setup_at_start: bool = False,
    distances: bool = False,
    geometry: Mapping[int, Sequence[tuple[float, float]]] | None = None,
    milliseconds: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return VROOM's output for timed routes.

    Parameters
    ----------
    case : VroomCase
    instance : Instance
        Of the case's problem.
    routes : mapping of int to sequence of TimedStep
        Steps by number of the vehicle.
    setup_at_start : bool
        Whether a first task at the vehicle's own start pays its set-up: as the clock has it, not VROOM.
    distances : bool
        Whether to tell lengths, as VROOM does with ``-g``.
    geometry : mapping of int to sequence of (lon, lat), optional
        The ways of vehicles on the roads.
    milliseconds : mapping of str to int, optional
        Computing times: ``loading``, ``solving``, ``routing``.

    Returns
    -------
    dict
        ``code``, ``summary``, ``unassigned`` and ``routes`` as VROOM documents them.
    """
    written = []
    for vehicle, steps in routes.items():
        writer = _RouteWriter(case, instance, vehicle, distances=distances, setup_at_start=setup_at_start)
        route = writer.write(steps)
        if geometry and vehicle in geometry:
            route["geometry"] = encode_polyline(geometry[vehicle])
        written.append(route)
    done = {step.number for steps in routes.values() for step in steps if step.is_task}
    unassigned = [_unassigned(task) for i, task in enumerate(case.tasks) if i not in done]
    summary = _summary(case, written, len(unassigned), distances=distances)
    summary["computing_times"] = {"loading": 0, "solving": 0, "routing": 0, **(milliseconds or {})}
    return {"code": 0, "summary": summary, "unassigned": unassigned, "routes": written}


def _summary(
    case: VroomCase, routes: Sequence[Mapping[str, Any]], unassigned: int, *, distances: bool
) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "cost": sum(route["cost"] for route in routes),
        "routes": len(routes),
        "unassigned": unassigned,
    }
    if case.source.amounts:
        for key in ("delivery", "amount", "pickup"):
            summary[key] = [sum(route[key][k] for route in routes) for k in range(case.source.amounts)]
    for key in (*_SUMS, *(["distance"] if distances else [])):
        summary[key] = sum(route[key] for route in routes)
    summary["violations"] = _violations(_total(route["violations"] for route in routes))
    return summary


def _violations(broken: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return violations as VROOM lists them: seconds with those of time only."""
    return [
        {"cause": cause, "duration": seconds} if cause in ("delay", "lead_time") else {"cause": cause}
        for cause, seconds in broken.items()
    ]


def _unassigned(task: VroomTask) -> dict[str, Any]:
    return {"id": task.stop.id, **_place(task.stop.location, task.stop.location_index), "type": task.kind} | (
        {"description": task.stop.description} if task.stop.description else {}
    )


def _place(location: tuple[float, float] | None, index: int | None) -> dict[str, Any]:
    return ({} if location is None else {"location": list(location)}) | (
        {} if index is None else {"location_index": index}
    )


class _RouteWriter:
    """Walks along one route and adds up what VROOM tells of it."""

    def __init__(
        self, case: VroomCase, instance: Instance, vehicle: int, *, distances: bool, setup_at_start: bool
    ) -> None:
        self._case, self._distances, self._setup_at_start = case, distances, setup_at_start
        self._places = VroomPlaces(case, instance, vehicle)
        self._owner = self._places.owner
        self._capacity = self._owner.capacity or (0,) * case.source.amounts
        self._sums = dict.fromkeys((*_SUMS, "distance"), 0)
        self._costs = 0
        self._tasks = 0

    def write(self, steps: Sequence[TimedStep]) -> dict[str, Any]:
        """Return the route."""
        units = range(self._case.source.amounts)
        tasks = [self._case.tasks[step.number] for step in steps if step.is_task]
        load = [sum(task.delivery[k] for task in tasks) for k in units]
        sites = self._sites(steps)
        written: list[dict[str, Any]] = []
        at: Site | None = None
        free = self._case.moment(steps[0].arrival)
        for step, site in zip(steps, sites, strict=True):
            self._travel(at, site)
            setup, service = self._stay(step, None if self._setup_at_start and not self._tasks else at)
            if step.is_task:
                task = self._case.tasks[step.number]
                load = [load[k] + task.change[k] for k in units]
                self._sums["priority"] += task.priority
            start = self._case.moment(step.start)
            arrival = start if step.type in ("start", "end") else self._case.moment(step.arrival)
            self._sums["duration"] += max(0, arrival - free)
            for name, seconds in (("setup", setup), ("service", service), ("waiting_time", start - arrival)):
                self._sums[name] += seconds
            entry = self._entry(step, site) | {
                "setup": setup,
                "service": service,
                "waiting_time": start - arrival,
                **({"job": self._case.tasks[step.number].stop.id} if step.is_task else {}),
                **({"load": list(load)} if units else {}),
                "arrival": arrival,
                "duration": self._sums["duration"],
            }
            if self._distances:
                entry["distance"] = self._sums["distance"]
            written.append(entry | {"violations": _violations(self._broken(step, start, load))})
            free = start + setup + service
            at = self._places.site(step.type, step.number) or at
        self._mark_lonely_pickups(steps, written)
        return self._whole(steps, tasks, written)

    def _whole(
        self, steps: Sequence[TimedStep], tasks: Sequence[VroomTask], written: list[dict[str, Any]]
    ) -> dict[str, Any]:
        units = range(self._case.source.amounts)
        route: dict[str, Any] = {"vehicle": self._owner.id, "cost": self._cost()}
        if self._owner.description:
            route["description"] = self._owner.description
        if units:
            route["delivery"] = [sum(task.brought[k] for task in tasks) for k in units]
            route["amount"] = list(route["delivery"])
            route["pickup"] = [sum(task.fetched[k] for task in tasks) for k in units]
        route |= {name: self._sums[name] for name in _SUMS}
        if self._distances:
            route["distance"] = self._sums["distance"]
        broken = _total(entry["violations"] for entry in written)
        taken = {step.number for step in steps if step.type == "break"}
        if len(taken) < len(self._owner.breaks):
            broken["missing_break"] = 0
        return route | {"steps": written, "violations": _violations(broken)}

    def _sites(self, steps: Sequence[TimedStep]) -> list[Site | None]:
        """Return where the steps are; an open start or end is at the task next to it, a break nowhere."""
        sites = [self._places.site(step.type, step.number) for step in steps]
        known = [site for site in sites if site is not None]
        return [sites[0] or known[0], *sites[1:-1], sites[-1] or known[-1]]

    def _travel(self, tail: Site | None, head: Site | None) -> None:
        if tail is None or head is None:
            return
        metres, cost = self._places.length_and_cost(tail, head)
        self._sums["distance"] += metres
        self._costs += cost

    def _stay(self, step: TimedStep, at: Site | None) -> tuple[int, int]:
        if step.type == "break":
            return 0, self._owner.breaks[step.number].service
        return self._places.stay(step.number, at) if step.is_task else (0, 0)

    def _entry(self, step: TimedStep, site: Site | None) -> dict[str, Any]:
        """Return what the input says about a step."""
        entry: dict[str, Any] = {"type": step.type}
        if step.type == "break":
            rest = self._owner.breaks[step.number]
            return entry | ({"description": rest.description} if rest.description else {}) | {"id": rest.id}
        if step.is_task and (description := self._case.tasks[step.number].stop.description):
            entry["description"] = description
        if site is not None:
            entry |= _place(site.location, site.row)
        return entry | ({"id": self._case.tasks[step.number].stop.id} if step.is_task else {})

    def _broken(self, step: TimedStep, start: int, load: Sequence[int]) -> dict[str, int]:
        """Return what a step breaks, with seconds where it is a time."""
        owner, broken = self._owner, self._missed(step, start)
        if any(carried > most for carried, most in zip(load, self._capacity, strict=True)):
            broken["load"] = 0
        if step.is_task:
            self._tasks += 1
            task = self._case.tasks[step.number]
            if not task.skills <= set(owner.skills):
                broken["skills"] = 0
            if owner.max_tasks is not None and self._tasks > owner.max_tasks:
                broken["max_tasks"] = 0
        for name, limit, figure in (
            ("max_travel_time", owner.max_travel_time, self._sums["duration"]),
            ("max_distance", owner.max_distance, self._sums["distance"]),
        ):
            if limit is not None and figure > limit:
                broken[name] = 0
        if step.type == "break":
            most_load = owner.breaks[step.number].max_load
            if most_load is not None and any(
                carried > most for carried, most in zip(load, most_load, strict=True)
            ):
                broken["max_load"] = 0
        return broken

    def _missed(self, step: TimedStep, start: int) -> dict[str, int]:
        """Return how early or late a step is for the nearest of its windows."""
        windows = self._places.windows(step.type, step.number)
        if not windows or any(first <= start <= last for first, last in windows):
            return {}
        misses = [
            ("lead_time", first - start) if start < first else ("delay", math.ceil(start - last))
            for first, last in windows
        ]
        cause, seconds = min(misses, key=lambda miss: miss[1])
        return {cause: seconds}

    def _mark_lonely_pickups(self, steps: Sequence[TimedStep], written: list[dict[str, Any]]) -> None:
        """Mark pickups without a delivery behind them, and deliveries without a pickup before them."""
        place = {step.number: i for i, step in enumerate(steps) if step.is_task}
        for i, step in enumerate(steps):
            partner = {"pickup": step.number + 1, "delivery": step.number - 1}.get(step.type)
            if partner is None:
                continue
            other = place.get(partner)
            if other is None or (other < i) != (step.type == "delivery"):
                written[i]["violations"].append({"cause": "precedence"})

    def _cost(self) -> int:
        """Return the cost in VROOM's whole units: the nearest; with a matrix of costs, cut off."""
        rates, sums = self._owner.costs, self._sums
        # in 1/18,000: what hours and kilometres are both whole in
        cost = 5 * rates.per_task_hour * (sums["setup"] + sums["service"])
        if self._places.has_costs:
            return rates.fixed + self._costs + cost // 18_000
        cost += 5 * rates.per_hour * sums["duration"] + 18 * rates.per_km * sums["distance"]
        return rates.fixed + (cost + 9_000) // 18_000


def _total(violations: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for violation in chain.from_iterable(violations):
        total[violation["cause"]] = total.get(violation["cause"], 0) + violation.get("duration", 0)
    return total
