"""The compiled route search: ruin and recreate under simulated annealing, from the routes of insertion.

How it works, and where it comes from, is told in ``docs/concepts/search.md``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._search import SETTINGS, Model, Neighbours, Routes
from o2oroute.engines import rounds
from o2oroute.engines.compiled import SERVED, model_arrays, plan_value, worth, write_routes
from o2oroute.engines.earliest import search_earlier
from o2oroute.engines.insertion import construct
from o2oroute.engines.parts import in_plane, is_divisible
from o2oroute.engines.rounds import improve_in_rounds
from o2oroute.engines.search_run import Outcome, Run, Task, assign, by_vehicle
from o2oroute.engines.whole import improve_whole
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.plan.reasons import seconds_to_explain
from o2oroute.road.network import Progress
from o2oroute.units import INF, cost_units

__all__ = ["SearchEngine", "improve", "search_task"]

Int32 = npt.NDArray[np.int32]

#: What a tick of waiting between two orders counts in the lists of neighbours, against one of travel.
_WAITING: Final = 0.2
#: Rows of the legs, about, that are enough to tell how much of their cost is time.
_ROWS: Final = 1000


#: Most of the time that is kept back for reasons why requests are left out, as a part of it.
_REASONS: Final = 0.25
#: Part of a run that moves the finish forward, where that is the objective.
_EARLIER: Final = 0.6


class SearchEngine:
    """Improves the routes of the construction until the time is up."""

    name = "search"

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
        """Return routes; see :class:`~o2oroute.engines.engine.Engine`. A step is one ruin and recreate."""
        found = construct(instance, start=start, deadline=deadline, progress=progress)
        routes, statistics = found.routes, found.statistics()
        deadline -= _seconds_for_reasons(instance, routes, deadline)
        if instance.problem.objective == "earliest_finish" and not found.interrupted:
            task = search_task(instance, routes, {}, deadline)
            run = Run(seed, iterations, deadline, progress)
            routes, statistics["interrupted"] = search_earlier(instance, routes, task, run, _EARLIER)
            if iterations is not None:
                iterations -= round(_EARLIER * iterations)
        if not statistics["interrupted"]:
            statistics |= improve(
                instance,
                routes,
                deadline=deadline,
                iterations=iterations,
                seed=seed,
                threads=threads,
                progress=progress,
            )
        return Solution(routes=write_routes(instance, routes), engine=self.name, statistics=statistics)


def _seconds_for_reasons(instance: Instance, routes: Routes, deadline: float) -> float:
    """Return how long before the deadline to stop, for each request left out to be given a reason."""
    left = int((~routes.is_served() & ~instance.is_set_aside).sum())
    return min(seconds_to_explain(instance, left), _REASONS * max(deadline - time.monotonic(), 0.0))


def improve(
    instance: Instance,
    routes: Routes,
    *,
    deadline: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    threads: int = 1,
    progress: Progress | None = None,
    settings: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Improve routes in place: they never get worse, and after Ctrl-C they are the best so far.

    Parameters
    ----------
    instance : Instance
    routes : Routes
        Of the instance's model.
    deadline : float, optional
        Moment of ``time.monotonic`` at which to stop.
    iterations : int, optional
        Stop after so many. Unless the deadline comes first, the routes then depend on nothing but the seed.
    seed : int
        From 0 to 2**64 - 1.
    threads : int
        On which parts of many orders are improved at the same time. With an end by iterations they change
        nothing but the time it takes.
    progress : callable, optional
        Called as ``progress(done, total)``.
    settings : mapping of str to float, optional
        Parameters to change, of :data:`o2oroute._search.SETTINGS`.

    Returns
    -------
    dict
        ``interrupted``, ``iterations``, ``accepted``, ``improved``, ``parts``, ``rounds``, and ``trace``:
        seconds, iterations, unserved importance, cost, vehicles in use and orders left out, as the best
        changed.

    Raises
    ------
    InputError
        If there is neither a deadline nor a number of iterations, the seed is out of range, or there is no
        such parameter.

    Examples
    --------
    >>> found = construct(instance)  # doctest: +SKIP
    >>> improve(instance, found.routes, iterations=1000)["iterations"]  # doctest: +SKIP
    1000
    """
    if deadline is not None and time.monotonic() >= deadline:
        return _statistics(instance, Outcome(routes))
    before = plan_value(instance, routes)
    start = by_vehicle(routes)
    outcome = Outcome(routes)
    try:
        task = search_task(instance, routes, settings or {}, deadline)
        run = Run(seed, iterations, deadline, progress)
        if task.plane is None:
            improve_whole(task, run, outcome, threads=threads)
        else:
            improve_in_rounds(task, run, outcome, threads=threads)
    except KeyboardInterrupt:
        outcome.interrupted = True
    if plan_value(instance, routes) > before:
        # with fewest vehicles as the objective, a prize may have been worth a vehicle to the search
        assign(routes, start)
    return _statistics(instance, outcome)


def _statistics(instance: Instance, outcome: Outcome) -> dict[str, Any]:
    unit = cost_units(instance.problem.ticks_per_second) / outcome.routes.model.cost_unit
    return outcome.statistics(unit)


def search_task(
    instance: Instance, routes: Routes, settings: Mapping[str, float], deadline: float | None
) -> Task:
    """Prepare what the search needs besides the routes; at the deadline, lists of neighbours are cut off."""
    model = routes.model
    optional = instance.request_prize >= 0
    per_tick, per_length, waiting = _travel_rates(instance, model)
    settings = {**SETTINGS, **settings}
    used = int((routes.totals()[0] > 0).sum())
    divided = rounds.is_worth_dividing(model.tasks, used) and is_divisible(instance)
    plane = in_plane(instance.vehicle_legs(0).durations) if divided else None
    neighbours = Neighbours(
        model,
        per_tick=per_tick,
        per_length=per_length,
        waiting=waiting,
        near=int(settings["near"]),
        wide=int(settings["wide"]),
        plane=plane,
        deadline=deadline,
    )
    of_requests = {
        "importance": np.where(optional, 0, instance.request_importance),
        "prize": np.where(optional, worth(instance, model), 0),
        "ranks": _recreate_ranks(instance),
    }
    return Task(model_arrays(instance), of_requests, instance.request_tasks, neighbours, plane, settings)


def _travel_rates(instance: Instance, model: Model) -> tuple[float, float, float]:
    """Return what a tick of travel, a unit of length and a tick of waiting count for being neighbours."""
    rates = instance.rates
    per_tick = float(rates.per_tick.mean() + rates.per_travel_tick.mean()) / model.cost_unit
    per_length = float(rates.per_length.mean()) / model.cost_unit
    legs = instance.vehicle_legs(0)
    rows = slice(None, None, max(1, len(legs.durations) // _ROWS))
    there = legs.durations[rows] < INF
    ticks = float(legs.durations[rows].sum(where=there, dtype=np.int64))
    length = float(legs.priced[rows].sum(where=there, dtype=np.int64))
    if per_tick == 0.0 and per_length * length == 0.0:
        per_tick = 1.0  # where travel costs nothing, what is near is still worth a look first
    of_travel = per_tick + (per_length * length / ticks if ticks else 0.0)
    return per_tick, per_length, _WAITING * of_travel


def _recreate_ranks(instance: Instance) -> Int32:
    """Return the orders in which removed requests may be put back, as ranks.

    Largest load, farthest, closest, shortest windows, earliest windows, latest windows first.
    """
    requests = len(instance.problem.requests)
    first_task = instance.request_tasks
    last_task = np.append(first_task[1:], len(instance.task_point))[:requests] - 1
    load = instance.task_delivery + np.maximum(instance.task_change, 0)
    load = (load / np.maximum(load.max(axis=0, initial=0), 1)).sum(axis=1)[first_task]
    starts = np.unique(instance.start_point[instance.start_point >= 0])
    points = np.maximum(instance.task_point, 0)
    far: npt.NDArray[Any] = np.zeros(requests)
    if starts.size and requests:
        far = instance.vehicle_legs(0).durations[np.ix_(starts, points)].min(axis=0)
        far = np.maximum(far[first_task], far[last_task])
    opening = instance.window_open[instance.window_first[:-1]]
    closing = instance.window_close[instance.window_first[1:] - 1]
    length = np.minimum((closing - opening)[first_task], (closing - opening)[last_task])
    keys = (-load, -far, far, length, opening[first_task], -closing[last_task])
    ranks = np.empty((len(keys), requests), np.int32)
    for row, key in zip(ranks, keys, strict=True):
        row[np.argsort(key, kind="stable")] = np.arange(requests, dtype=np.int32)
    return ranks
