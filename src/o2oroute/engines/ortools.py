"""Guided local search by OR-Tools: only this engine touches it.

Its routing library ends the process on some wrong input, cannot be interrupted while it searches, and looks
at the clock seldom. So it gets validated arrays only, and runs in a child process (``_worker.py``) that
writes every better set of routes to its parent, who keeps the deadline.

Voudouris, Tsang: Guided local search and its application to the traveling salesman problem, European Journal
of Operational Research 113, 1999.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from o2oroute.engines import compiled
from o2oroute.engines.best_routes import BestRoutes
from o2oroute.engines.child import Child
from o2oroute.engines.compiled import write_routes
from o2oroute.engines.insertion import Construction, construct
from o2oroute.engines.judge import VisitRoutes
from o2oroute.engines.ortools_model import Nodes, RoutingModel
from o2oroute.engines.routing_arrays import RoutingArrays, routing_arrays
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.road.network import Progress

__all__ = ["OrtoolsEngine", "first_routes", "read_back", "search"]

_LOG: Final = logging.getLogger(__name__)

#: With more stops the model takes minutes to build and gigabytes, and finds next to nothing.
_MOST_TASKS: Final = 2000
#: Seconds before the deadline at which the parent ends the search, for a last look at orders left out;
_LAST_LOOK: Final = 0.1
#: and those before that at which the child should, so as to say how it went.
_LAST_WORD: Final = 0.1

#: Features (:mod:`~o2oroute.model.features`) that the engine serves.
SERVED: Final = compiled.SERVED | {
    "max_distance beside a matrix of costs",
    "relations",
    "breaks",
    "driving_breaks",
    "trips",
    "preferred times",
    "urgency",
    "overtime",
    "max_ride",
    "max_ride beside breaks or trips",
    "earliest_finish",
}

#: Where the compiled insertion lacks a rule, the part of the time that insertion by trial may take.
_TRYING: Final = 0.5


class OrtoolsEngine:
    """Improves routes with OR-Tools' guided local search, beginning with those of insertion.

    Where insertion does not serve all that a problem asks, requests are inserted by trial.
    """

    name = "ortools"

    def supports(self, problem: Problem) -> list[str]:
        """Return what a problem asks that the engine cannot do."""
        return [name for name in asked(problem) if name not in SERVED]

    def solve(
        self,
        instance: Instance,
        *,
        deadline: float,
        seed: int = 1,
        threads: int = 1,
        iterations: int | None = None,
        start: Solution | None = None,
        progress: Progress | None = None,
    ) -> Solution:
        """Return the best routes found; see :class:`~o2oroute.engines.engine.Engine`.

        Never worse than insertion alone: if the child cannot start, dies or finds nothing better, the
        statistics say so.
        """
        del threads  # its search has one
        begin = time.monotonic()
        first: Construction | None = None
        if set(asked(instance.problem)) <= compiled.SERVED:
            first = construct(instance, start=start, deadline=deadline, progress=progress)
            start = Solution(write_routes(instance, first.routes))
        best = BestRoutes(instance, start or Solution({}), "insertion" if first else "start", begin)
        statistics: dict[str, Any] = first.statistics() if first else {"interrupted": False}
        if first is None or (first.finished and not first.interrupted):
            try:
                if first is None:
                    best.insert_the_rest(begin + _TRYING * (deadline - begin))
                statistics["ortools"] = _improve(
                    instance, best, deadline=deadline, seed=seed, iterations=iterations, progress=progress
                )
                best.insert_the_rest(deadline)
            except KeyboardInterrupt:
                statistics["interrupted"] = True
        statistics["found_by"] = best.found_by
        statistics["trace"] = best.trace
        return replace(best.solution(), engine=self.name, statistics=statistics)


def _improve(
    instance: Instance,
    best: BestRoutes,
    *,
    deadline: float,
    seed: int,
    iterations: int | None,
    progress: Progress | None,
) -> dict[str, Any]:
    """Let a child search until shortly before the deadline; return figures on that."""
    tasks = int((instance.task_point >= 0).sum())
    if tasks > _MOST_TASKS:
        return {"skipped": f"{tasks} stops; its model is made for {_MOST_TASKS} at most"}
    arrays = routing_arrays(instance)
    if not arrays.task.size or not arrays.vehicle.size:
        return {"skipped": "there is nothing to search: no order can be served by any vehicle"}
    seconds = deadline - _LAST_LOOK - time.monotonic()
    if seconds <= 0:
        return {"skipped": "there was no time left"}
    settings = {
        "routes": first_routes(best.codes, arrays),
        "until": time.time() + seconds - _LAST_WORD,
        "iterations": iterations,
        "seed": seed,
    }
    try:
        child = Child("o2oroute.engines._worker", settings, arrays.to_bytes())
    except OSError as error:
        return {"failed": f"the process could not be started: {error}"}
    with child:
        return _listen(child, best, arrays, seconds=seconds, progress=progress)


def first_routes(routes: VisitRoutes, arrays: RoutingArrays) -> Nodes:
    """Return routes as the search reads them, without breaks; all tasks and vehicles of theirs take part."""
    node = {task: i for i, task in enumerate(arrays.task.tolist())}
    reloads = list(zip(arrays.reload_vehicle.tolist(), arrays.reload_code.tolist(), strict=True))
    found = []
    for row, vehicle in enumerate(arrays.vehicle.tolist()):
        free = [(code, i) for i, (owner, code) in enumerate(reloads, start=len(node)) if owner == row]
        nodes = []
        for code in routes.get(vehicle, ()):
            of_code = [place for place in free if place[0] == code][:1]
            nodes += [node[code]] if code >= 0 else [i for _, i in of_code]
            free = [place for place in free if place not in of_code]
        found.append(nodes)
    return found


def read_back(arrays: RoutingArrays, nodes: Nodes) -> VisitRoutes:
    """Return what the search found as visits by vehicle."""
    codes = np.concatenate((arrays.task, arrays.reload_code))
    return {
        vehicle: codes[route].tolist()
        for vehicle, route in zip(arrays.vehicle.tolist(), nodes, strict=True)
        if route
    }


def _listen(
    child: Child, best: BestRoutes, arrays: RoutingArrays, *, seconds: float, progress: Progress | None
) -> dict[str, Any]:
    """Take over every better set of routes until the child is done, dies, or the time is up."""
    begin = time.monotonic()
    figures: dict[str, Any] = {"better": 0, "refused": 0}
    for message in child.messages(begin + seconds):
        if progress is not None:
            progress(round(1000 * (time.monotonic() - begin)), round(1000 * seconds))
        if message is None:
            continue
        if "done" in message:
            figures.update(message["done"])
            return figures
        is_better = best.offer(read_back(arrays, message["routes"]), "ortools")
        figures["refused"] += is_better is None
        figures["better"] += bool(is_better)
    if time.monotonic() < begin + seconds:
        figures["failed"] = f"the process died: {child.last_words()}"
        _LOG.warning("OR-Tools: %s", figures["failed"])
    return figures


def search(
    arrays: RoutingArrays,
    routes: Nodes,
    emit: Callable[[Nodes], object],
    *,
    until: float,
    iterations: int | None,
    seed: int,
) -> dict[str, Any]:
    """Improve routes until the time is up.

    Parameters
    ----------
    arrays : RoutingArrays
    routes : sequence of sequence of int
        Nodes by vehicle of the arrays.
    emit : callable
        Gets every better set of routes.
    until : float
        Moment of ``time.time`` at which to end: the clock that parent and child share.
    iterations : int, optional
        Solutions to accept at most; the result is then the same every time, if the time suffices for them.
    seed : int

    Returns
    -------
    dict
        Figures on the search.
    """
    begin = time.monotonic()
    model = RoutingModel(arrays)
    figures: dict[str, Any] = {"model_seconds": round(time.monotonic() - begin, 3)}
    return figures | model.search(routes, emit, seconds=until - time.time(), iterations=iterations, seed=seed)
