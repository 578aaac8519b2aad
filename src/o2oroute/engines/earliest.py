"""Earliest finish: the moment by which all vehicles are back is moved forward as long as that can be done.

All routes must end by a moment, which closes the windows of their ends; what the last of them ends by becomes
the next moment to beat. Steps are halved where one fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from o2oroute._search import ANY_TIME, Improver, Model, Routes
from o2oroute.engines.compiled import last_end, model_arrays, plan_value, worth
from o2oroute.engines.search_run import Run, Task
from o2oroute.model.instance import Instance

__all__ = ["Earlier", "finish_by", "insert_earlier", "search_earlier"]

#: How readily orders open vehicles; see :meth:`~o2oroute._search.Routes.insert_all`.
_DETOURS: Final = (0.0, 0.3, 1.0)
#: Steps of a search for an earlier finish, at the least.
_ATTEMPTS: Final = 20


def finish_by(arrays: dict[str, Any], moment: int) -> dict[str, Any]:
    """Return the arguments of a model whose routes all end by a moment.

    Where nothing says when the day begins, it begins at midnight, as the clock has it.

    Parameters
    ----------
    arrays : dict
        Arguments of a model.
    moment : int
        Tick.
    """
    vehicles, first = len(arrays["profile"]), arrays["window_first"]
    ends = np.arange(len(first) - 1) >= len(first) - 1 - vehicles
    of_node = np.repeat(np.arange(len(first) - 1), np.diff(first))
    opens, closes = arrays["window_open"], arrays["window_close"]
    late = ends[of_node] & (opens > moment)
    late[first[:-1]] = False  # each node keeps a window
    counts = np.diff(first) - np.bincount(of_node[late], minlength=len(first) - 1)
    starts = np.roll(ends, -vehicles) if vehicles else ends
    opens = np.where(starts[of_node] & (opens <= -ANY_TIME) & (closes >= 0), 0, opens)
    in_time = np.where(ends[of_node], np.maximum(np.minimum(closes, moment), opens), closes)
    never_back = opens[first[-1 - vehicles : -1]] > moment
    return {
        **arrays,
        "window_first": np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        "window_open": opens[~late],
        "window_close": in_time[~late],
        "max_stops": np.where(never_back, 0, arrays["max_stops"]),
    }


class Earlier(NamedTuple):
    """The routes whose last one ends earliest, and whether Ctrl-C ended the search for them."""

    routes: Routes
    interrupted: bool


def insert_earlier(instance: Instance, routes: Routes, deadline: float) -> Earlier:
    """Insert all orders anew, so that the last vehicle is back earlier."""
    arrays, most = model_arrays(instance), worth(instance, routes.model)
    rank = (instance.request_prize >= 0).astype(np.int32)

    def attempt(best: Routes, moment: int) -> Routes | None:
        target = plan_value(instance, best).unserved_importance
        for detour in _DETOURS:
            trial = Routes(Model(**finish_by(arrays, moment)))
            trial.insert_all(rank=rank, worth=most, detour=detour, deadline=deadline)
            if plan_value(instance, trial).unserved_importance <= target:
                return trial
        return None

    return _ever_earlier(instance, routes, attempt, lambda: time.monotonic() < deadline)


def search_earlier(instance: Instance, routes: Routes, task: Task, run: Run, share: float) -> Earlier:
    """Search for routes the last of which ends earlier, for a part of a run.

    Their model lets no route end later, if it holds all of them.
    """
    done = 0
    total = None if run.iterations is None else round(share * run.iterations)

    def goes_on() -> bool:
        if total is not None and done >= total:
            return False
        return run.elapsed() < share * run.seconds

    def attempt(best: Routes, moment: int) -> Routes | None:
        nonlocal done
        target = plan_value(instance, best).unserved_importance
        trial = _trimmed(instance, best, Model(**finish_by(task.arrays, moment)))
        improver = Improver(
            trial,
            **task.of_requests,
            neighbours=task.neighbours,
            seed=run.seed,
            settings=dict(task.settings),
        )
        soon = time.monotonic() + share * run.seconds / _ATTEMPTS
        improver.run(
            iterations=None if total is None else max(total // _ATTEMPTS, 1),
            deadline=None if run.deadline is None else min(soon, run.deadline),
            stopped=lambda: improver.best_value[0] <= target,
        )
        done += improver.iterations
        return trial if plan_value(instance, trial).unserved_importance <= target else None

    found = _ever_earlier(instance, routes, attempt, goes_on)
    if found.interrupted:
        return found
    end = last_end(instance, found.routes)
    bounded = _trimmed(instance, found.routes, Model(**finish_by(task.arrays, end)))
    if plan_value(instance, bounded) > plan_value(instance, found.routes):
        return found
    return found._replace(routes=bounded)


def _ever_earlier(
    instance: Instance,
    routes: Routes,
    attempt: Callable[[Routes, int], Routes | None],
    goes_on: Callable[[], bool],
) -> Earlier:
    """Return the routes with the earliest end that attempts to beat others have come to."""
    end = last_end(instance, routes)
    stops, _, duties, _ = routes.totals()
    step = max(int(duties.max(initial=0)) // 2, 1)
    try:
        while stops.any() and step and goes_on():
            trial = attempt(routes, end - step)
            sooner = end if trial is None else last_end(instance, trial)
            if trial is None or sooner >= end:
                step //= 2
            else:
                routes, end = trial, sooner
    except KeyboardInterrupt:
        return Earlier(routes, interrupted=True)
    return Earlier(routes, interrupted=False)


def _trimmed(instance: Instance, routes: Routes, model: Model) -> Routes:
    """Return routes in another model; from those that do not fit, the last requests are taken off."""
    found = Routes(model)
    for vehicle in range(model.vehicles):
        tasks = routes.tasks_of(vehicle).tolist()
        while tasks and not found.assign(vehicle, tasks):
            gone = instance.task_request[tasks[-1]]
            tasks = [task for task in tasks if instance.task_request[task] != gone]
    return found
