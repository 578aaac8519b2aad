"""Guided local search by OR-Tools: the only module that touches it.

Its routing library ends the process on some wrong input, cannot be interrupted while it searches, and looks
at the clock seldom. So it gets validated arrays only, and runs in a child process (``_worker.py``) that
writes every better set of routes to its parent, who keeps the deadline.

Voudouris, Tsang: Guided local search and its application to the traveling salesman problem, European Journal
of Operational Research 113, 1999.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from o2oroute import optional
from o2oroute.engines import compiled
from o2oroute.engines.best_routes import BestRoutes
from o2oroute.engines.child import Child
from o2oroute.engines.compiled import write_routes
from o2oroute.engines.insertion import Construction, construct
from o2oroute.engines.judge import TaskRoutes, write_tasks
from o2oroute.engines.routing_arrays import RoutingArrays, routing_arrays
from o2oroute.engines.routing_relations import add_relations
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.road.network import Progress

__all__ = ["OrtoolsEngine", "first_routes", "load_ortools", "read_back", "search"]

_LOG: Final = logging.getLogger(__name__)

#: With more stops the model takes minutes to build and gigabytes, and finds next to nothing.
_MOST_TASKS: Final = 2000
#: Seconds between two sets of routes that a child hands over; reading them out takes a while.
_PAUSE: Final = 0.05
#: Seconds before the deadline at which the parent ends the search, for a last look at orders left out;
_LAST_LOOK: Final = 0.1
#: and those before that at which the child should, so as to say how it went.
_LAST_WORD: Final = 0.1

#: Features (:mod:`~o2oroute.model.features`) that the engine serves.
SERVED: Final = compiled.SERVED_OF_REQUESTS | {"max_distance beside a matrix of costs"}

#: Nodes by vehicle of the arrays.
Nodes = Sequence[Sequence[int]]


class OrtoolsEngine:
    """Improves routes with OR-Tools' guided local search, beginning with those of insertion.

    Where insertion does not serve all that a problem asks, it begins with what is given, or with none.
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
                statistics["ortools"] = _improve(
                    instance, best, deadline=deadline, seed=seed, iterations=iterations, progress=progress
                )
                if first is not None:
                    best.insert_the_rest(deadline)
            except KeyboardInterrupt:
                statistics["interrupted"] = True
        statistics["found_by"] = best.found_by
        statistics["trace"] = best.trace
        return Solution(routes=write_tasks(instance, best.routes), engine=self.name, statistics=statistics)


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
        "routes": first_routes(best.routes, arrays),
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


def first_routes(routes: TaskRoutes, arrays: RoutingArrays) -> Nodes:
    """Return routes as the search reads them; all their tasks and vehicles take part in it."""
    node = {task: i for i, task in enumerate(arrays.task.tolist())}
    return [[node[task] for task in routes.get(v, ())] for v in arrays.vehicle.tolist()]


def read_back(arrays: RoutingArrays, nodes: Nodes) -> TaskRoutes:
    """Return what the search found as tasks by vehicle."""
    return {
        vehicle: arrays.task[route].tolist()
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
    model = _Model(arrays)
    figures: dict[str, Any] = {"model_seconds": round(time.monotonic() - begin, 3)}
    return figures | model.search(routes, emit, seconds=until - time.time(), iterations=iterations, seed=seed)


def load_ortools() -> tuple[Any, Any]:
    """Return the modules of OR-Tools for routing, and for names of its strategies.

    In some versions the first warns while it loads; where warnings are errors, that ends the process.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            optional.load("ortools.constraint_solver.pywrapcp"),
            optional.load("ortools.constraint_solver.routing_enums_pb2"),
        )


class _Model:
    """The routing model of OR-Tools. It keeps all it is made of alive: solutions point into it."""

    def __init__(self, arrays: RoutingArrays) -> None:
        self._cp, self._enums = load_ortools()
        self._arrays = arrays
        self._tasks, self._vehicles = arrays.task.size, arrays.vehicle.size
        self._manager = self._cp.RoutingIndexManager(
            int(arrays.transit.shape[1]), self._vehicles, arrays.start_node.tolist(), arrays.end_node.tolist()
        )
        # tasks are the first nodes, and none of them is a start or an end: so their indices are their nodes
        self._routing = self._cp.RoutingModel(self._manager)
        self._solver = self._routing.solver()
        self._add_costs()
        self._add_time()
        self._add_loads()
        self._add_limits()
        self._add_choices()
        self._add_kinds()
        self._add_pairs()
        add_relations(self._routing, arrays)
        for task, penalty in enumerate(arrays.penalty.tolist()):
            self._routing.AddDisjunction([task], penalty)

    def _by_vehicle(self, matrices: Any, rows: Any) -> list[int]:
        evaluators = [self._routing.RegisterTransitMatrix(matrix.tolist()) for matrix in matrices]
        return [evaluators[row] for row in rows.tolist()]

    def _of_tasks(self, values: Any) -> int:
        """Register what is counted at tasks, and not at starts and ends."""
        ends = [0] * (self._arrays.transit.shape[1] - self._tasks)
        return int(self._routing.RegisterUnaryTransitVector([*values.tolist(), *ends]))

    def _starts_and_ends(self) -> list[tuple[int, int]]:
        return [(self._routing.Start(v), self._routing.End(v)) for v in range(self._vehicles)]

    def _add_costs(self) -> None:
        evaluators = self._by_vehicle(self._arrays.leg_cost, self._arrays.cost_class)
        for vehicle, fixed in enumerate(self._arrays.fixed.tolist()):
            self._routing.SetArcCostEvaluatorOfVehicle(evaluators[vehicle], vehicle)
            self._routing.SetFixedCostOfVehicle(fixed, vehicle)
        visits = self._arrays.visit_cost
        if visits.any():
            each = [self._of_tasks(row) for row in visits]
            by_vehicle = [each[row] for row in self._arrays.visit_class.tolist()]
            most = int(visits.max(axis=0).sum())
            self._routing.AddDimensionWithVehicleTransits(by_vehicle, 0, most, True, "visits")
            self._routing.GetMutableDimension("visits").SetSpanCostCoefficientForAllVehicles(1)

    def _add_time(self) -> None:
        horizon = int(self._arrays.horizon)
        evaluators = self._by_vehicle(self._arrays.transit, self._arrays.transit_class)
        self._routing.AddDimensionWithVehicleTransits(evaluators, horizon, horizon, False, "time")
        time_dimension = self._routing.GetMutableDimension("time")
        indices = [
            *range(self._tasks),
            *(start for start, _ in self._starts_and_ends()),
            *(end for _, end in self._starts_and_ends()),
        ]
        first = self._arrays.window_first.tolist()
        opening, closing = self._arrays.window_open.tolist(), self._arrays.window_close.tolist()
        for node, index in enumerate(indices):
            moment = time_dimension.CumulVar(index)
            moment.SetRange(opening[first[node]], closing[first[node + 1] - 1])
            for window in range(first[node] + 1, first[node + 1]):
                moment.RemoveInterval(closing[window - 1] + 1, opening[window] - 1)
        for vehicle in range(self._vehicles):
            time_dimension.SetSpanCostCoefficientForVehicle(int(self._arrays.per_tick[vehicle]), vehicle)
            if self._arrays.max_duty[vehicle] >= 0:
                duty = min(int(self._arrays.max_duty[vehicle]), horizon)
                time_dimension.SetSpanUpperBoundForVehicle(duty, vehicle)
        self._add_releases(time_dimension)

    def _add_releases(self, time_dimension: Any) -> None:
        for vehicle, (start, _) in enumerate(self._starts_and_ends()):
            leaves = time_dimension.CumulVar(start)
            for task, release in enumerate(self._arrays.release.tolist()):
                if release > leaves.Min():
                    rides = self._routing.VehicleVar(task) == vehicle
                    self._solver.Add(leaves >= release * rides)

    def _add_loads(self) -> None:
        columns = zip(
            self._arrays.delivery.T, self._arrays.change.T, self._arrays.capacity.T.tolist(), strict=True
        )
        for unit, (delivery, change, capacity) in enumerate(columns):
            if (delivery == -change).all():  # counted the other way round, it begins with nothing
                self._add_count(delivery, capacity, f"load {unit}")
                continue
            name, fixed = f"load {unit}", not delivery.any()
            self._routing.AddDimensionWithVehicleCapacity(self._of_tasks(change), 0, capacity, fixed, name)
            if fixed:
                continue
            # what is on board at the start is what is delivered, and nothing else
            self._routing.AddDimensionWithVehicleCapacity(
                self._of_tasks(-delivery), 0, capacity, False, f"delivery {unit}"
            )
            load = self._routing.GetMutableDimension(name)
            delivered = self._routing.GetMutableDimension(f"delivery {unit}")
            for start, end in self._starts_and_ends():
                delivered.CumulVar(end).SetValue(0)
                self._solver.Add(load.CumulVar(start) == delivered.CumulVar(start))

    def _add_count(self, counts: Any, most: list[int], name: str) -> None:
        self._routing.AddDimensionWithVehicleCapacity(self._of_tasks(counts), 0, most, True, name)

    def _add_limits(self) -> None:
        arrays = self._arrays
        if (arrays.max_stops >= 0).any():
            most = np.where(arrays.max_stops < 0, self._tasks, arrays.max_stops)
            self._add_count(np.ones(self._tasks, np.int64), most.tolist(), "stops")
        for limit, ways, name in (
            (arrays.max_length, arrays.length, "length"),
            (arrays.max_travel, arrays.driving, "driving"),
        ):
            if (limit >= 0).any():
                longest = int(ways.max(initial=0)) * (self._tasks + 1)
                most = np.where(limit < 0, longest, limit)
                self._routing.AddDimensionWithVehicleTransitAndCapacity(
                    self._by_vehicle(ways, arrays.profile), 0, most.tolist(), True, name
                )

    def _add_choices(self) -> None:
        for task, allowed in enumerate(self._arrays.allowed[self._arrays.choice]):
            if not allowed.all():
                # what the library has for this is broken in some versions; -1 is for not being served
                self._routing.VehicleVar(task).SetValues([-1, *np.flatnonzero(allowed).tolist()])

    def _add_kinds(self) -> None:
        excludes, kind = self._arrays.excludes, self._arrays.kind
        if not excludes.any():
            return
        for number in range(len(excludes)):
            self._add_count(
                (kind == number).astype(np.int64), [self._tasks] * self._vehicles, f"kind {number}"
            )
        counts = [self._routing.GetMutableDimension(f"kind {number}") for number in range(len(excludes))]
        for one, other in zip(*np.nonzero(np.triu(excludes)), strict=True):
            for _, end in self._starts_and_ends():
                first, second = counts[one].CumulVar(end), counts[other].CumulVar(end)
                if one == other:
                    first.SetMax(1)
                else:
                    self._solver.Add((first > 0) + (second > 0) <= 1)

    def _add_pairs(self) -> None:
        moments = self._routing.GetMutableDimension("time")
        for pickup, delivery in self._arrays.pair.tolist():
            self._routing.AddPickupAndDelivery(pickup, delivery)
            self._solver.Add(self._routing.VehicleVar(pickup) == self._routing.VehicleVar(delivery))
            self._solver.Add(moments.CumulVar(pickup) <= moments.CumulVar(delivery))

    def search(
        self,
        routes: Nodes,
        emit: Callable[[Nodes], object],
        *,
        seconds: float,
        iterations: int | None,
        seed: int,
    ) -> dict[str, Any]:
        parameters = self._cp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = self._enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.local_search_metaheuristic = self._enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
        if iterations is not None:
            parameters.solution_limit = iterations
        self._routing.CloseModelWithParameters(parameters)
        self._solver.ReSeed(seed)
        solutions = _Solutions(self._routing, self._vehicles, emit)
        self._routing.AddAtSolutionCallback(solutions.look)
        first = self._routing.ReadAssignmentFromRoutes([list(route) for route in routes], True)
        if first is None:
            _LOG.warning("OR-Tools does not take the routes it was given, and begins with its own")
            found = self._routing.SolveWithParameters(parameters)
        else:
            found = self._routing.SolveFromAssignmentWithParameters(first, parameters)
        solutions.hand_over()
        return {
            "start_taken": first is not None,
            "solutions": solutions.seen,
            "status": int(self._routing.status()),
            "found": found is not None,
        }


class _Solutions:
    """Looks at each solution while it stands, and hands over those that are better than all before."""

    def __init__(self, routing: Any, vehicles: int, emit: Callable[[Nodes], object]) -> None:
        self._routing, self._vehicles, self._emit = routing, vehicles, emit
        self._best: int | None = None
        self._waiting: Nodes | None = None
        self._last = 0.0
        self.seen = 0

    def look(self) -> None:
        self.seen += 1
        cost = self._routing.CostVar().Value()
        if self._best is None or cost < self._best:
            self._best = cost
            self._waiting = [self._route(vehicle) for vehicle in range(self._vehicles)]
        if self._waiting is not None and time.monotonic() - self._last >= _PAUSE:
            self.hand_over()

    def _route(self, vehicle: int) -> list[int]:
        route = []
        index = self._routing.NextVar(self._routing.Start(vehicle)).Value()
        while not self._routing.IsEnd(index):
            route.append(index)
            index = self._routing.NextVar(index).Value()
        return route

    def hand_over(self) -> None:
        if self._waiting is not None:
            self._emit(self._waiting)
            self._waiting = None
            self._last = time.monotonic()
