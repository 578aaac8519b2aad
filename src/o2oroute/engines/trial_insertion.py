"""Insertion by trial: for rules that the compiled insertion does not know.

Each request in turn is put where clock and checker say that the plan is best with it. That is slow beside
compiled code, and enough for routes to begin with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Final

from o2oroute.engines.judge import Judge, Judged, VisitRoutes
from o2oroute.model.instance import Instance
from o2oroute.plan.spots import spot

__all__ = ["insert_by_trial"]

#: Most places tried for a request on one vehicle.
_TRIALS: Final = 30


def insert_by_trial(
    instance: Instance, judge: Judge, routes: Mapping[int, Judged], deadline: float
) -> Iterator[VisitRoutes]:
    """Yield routes with one request more that they do not serve, as long as the plan gets better.

    Parameters
    ----------
    instance : Instance
    judge : Judge
    routes : mapping of int to Judged
        By vehicle.
    deadline : float
        Moment of ``time.monotonic`` at which to stop with what there is.
    """
    served = {
        int(instance.task_request[code]) for route in routes.values() for code in route.codes if code >= 0
    }
    best, value = routes, judge.value(routes)
    for request in _in_turn(instance, served):
        for vehicle in _vehicles(instance, best):
            if time.monotonic() >= deadline:
                break
            judged = _inserted(instance, judge, routes, vehicle, request)
            if judged is not None and judge.value(judged) < value:
                best, value = judged, judge.value(judged)
        if best is not routes:
            routes = best
            yield {vehicle: route.codes for vehicle, route in best.items()}


def _inserted(
    instance: Instance, judge: Judge, routes: Mapping[int, Judged], vehicle: int, request: int
) -> dict[int, Judged] | None:
    """Return the routes with a request on a vehicle, or None if it does not fit there."""
    codes = {other: route.codes for other, route in routes.items()}
    rest = codes.pop(vehicle, ())
    place = spot(instance, vehicle, rest, request, trials=_TRIALS, beside=codes)
    if not place.feasible:
        return None
    return judge.routes({**codes, vehicle: place.route(rest, instance.tasks_of(request))})


def _in_turn(instance: Instance, served: set[int]) -> list[int]:
    """Return the requests that are left, those that count most first, and of these the first to be late."""
    windows = instance.window_first[instance.request_tasks + 1] - 1
    late = [instance.window_close[last] for last in windows.tolist()]
    left = [i for i in range(len(late)) if i not in served and not instance.is_set_aside[i]]
    importance = instance.request_importance
    return sorted(left, key=lambda i: (bool(instance.request_prize[i] >= 0), -int(importance[i]), late[i], i))


def _vehicles(instance: Instance, routes: Mapping[int, Judged]) -> Iterator[int]:
    """Yield vehicles in use, and of unused ones that differ by nothing but their ids the first."""
    unused = set()
    for vehicle, owner in enumerate(instance.problem.vehicles):
        if vehicle in routes:
            yield vehicle
            continue
        kind = owner.model_copy(update={"id": 0, "properties": {}}).model_dump_json()
        cost = tuple(instance.choice_cost[:, vehicle].tolist())
        if (kind, cost) not in unused:
            unused.add((kind, cost))
            yield vehicle
