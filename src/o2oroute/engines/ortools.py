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
from o2oroute._search import Model, Routes
from o2oroute.engines.child import Child
from o2oroute.engines.compiled import Value, plan_value, write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.routing_arrays import RoutingArrays, routing_arrays
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.road.network import Progress
from o2oroute.units import cost_units

__all__ = ["OrtoolsEngine", "first_routes", "load_ortools", "read_back", "search"]

_LOG: Final = logging.getLogger(__name__)

#: With more orders the model takes minutes to build and gigabytes, and finds next to nothing.
_MOST_ORDERS: Final = 2000
#: Seconds between two sets of routes that a child hands over; reading them out takes a while.
_PAUSE: Final = 0.05
#: Seconds before the deadline at which the parent ends the search, for a last look at orders left out;
_LAST_LOOK: Final = 0.1
#: and those before that at which the child should, so as to say how it went.
_LAST_WORD: Final = 0.1

Orders = Sequence[Sequence[int]]

#: Features (:mod:`~o2oroute.model.features`) that it serves.
_SERVED: Final = frozenset({"speed_factor"})


class OrtoolsEngine:
    """Improves routes made by insertion with OR-Tools' guided local search."""

    name = "ortools"

    def supports(self, problem: Problem) -> list[str]:
        """Return what a problem asks that the engine cannot do."""
        return [name for name in asked(problem) if name not in _SERVED]

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
        first = construct(instance, start=start, deadline=deadline, progress=progress)
        best = _Best(instance, first.routes, first.value, begin)
        statistics = first.statistics()
        if first.finished and not first.interrupted:
            try:
                statistics["ortools"] = _improve(
                    instance, best, deadline=deadline, seed=seed, iterations=iterations, progress=progress
                )
                best.insert_the_rest(deadline)
            except KeyboardInterrupt:
                statistics["interrupted"] = True
        statistics["found_by"] = best.found_by
        statistics["trace"] = best.trace
        return Solution(routes=write_routes(instance, best.routes), engine=self.name, statistics=statistics)


class _Best:
    """The best routes so far, with who found them and when."""

    def __init__(self, instance: Instance, routes: Routes, value: Value, begin: float) -> None:
        self._instance, self._begin = instance, begin
        self.routes, self.value = routes, value
        self.found_by = "insertion"
        self.trace: list[dict[str, float]] = []
        self._note()

    def offer(self, routes: Routes, found_by: str) -> bool:
        """Keep routes if they are better; return whether they are."""
        value = plan_value(self._instance, routes)
        if value >= self.value:
            return False
        self.routes, self.value, self.found_by = routes, value, found_by
        self._note()
        return True

    def insert_the_rest(self, deadline: float) -> None:
        """Try once more to insert what is left out: routes have moved meanwhile."""
        if self.found_by == "insertion" or self.routes.is_served().all():
            return
        solution = Solution(write_routes(self._instance, self.routes))
        self.offer(construct(self._instance, start=solution, deadline=deadline).routes, self.found_by)

    def _note(self) -> None:
        seconds = time.monotonic() - self._begin
        cost = self.value.cost * self.routes.model.cost_unit
        if len(self.trace) > 1 and seconds - self.trace[-2]["seconds"] < 1:
            self.trace.pop()  # about one entry a second tells enough
        self.trace.append(
            {
                "seconds": round(seconds, 3),
                "unserved_importance": self.value.unserved_importance,
                "cost": round(cost / cost_units(self._instance.problem.ticks_per_second), 4),
                "routes": int((self.routes.totals()[0] > 0).sum()),
                "unassigned": int((~self.routes.is_served() & ~self._instance.is_set_aside).sum()),
            }
        )


def _improve(
    instance: Instance,
    best: _Best,
    *,
    deadline: float,
    seed: int,
    iterations: int | None,
    progress: Progress | None,
) -> dict[str, Any]:
    """Let a child search until shortly before the deadline; return figures on that."""
    orders = int((instance.task_point >= 0).sum())
    if orders > _MOST_ORDERS:
        return {"skipped": f"{orders} orders; its model is made for {_MOST_ORDERS} at most"}
    arrays = routing_arrays(instance)
    if not arrays.order.size or not arrays.vehicle.size:
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


def first_routes(routes: Routes, arrays: RoutingArrays) -> Orders:
    """Return routes as the search reads them; all their orders and vehicles take part in it."""
    position = {order: i for i, order in enumerate(arrays.order.tolist())}
    return [[position[i] for i in routes.tasks_of(v).tolist()] for v in arrays.vehicle.tolist()]


def _listen(
    child: Child, best: _Best, arrays: RoutingArrays, *, seconds: float, progress: Progress | None
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
        routes = read_back(best.routes.model, arrays, message["routes"])
        if routes is None:
            figures["refused"] += 1
        elif best.offer(routes, "ortools"):
            figures["better"] += 1
    if time.monotonic() < begin + seconds:
        figures["failed"] = f"the process died: {child.last_words()}"
        _LOG.warning("OR-Tools: %s", figures["failed"])
    return figures


def read_back(model: Model, arrays: RoutingArrays, orders: Orders) -> Routes | None:
    """Return what the search found as routes, or None if one of them breaks a rule."""
    routes = Routes(model)
    for vehicle, route in zip(arrays.vehicle.tolist(), orders, strict=True):
        if not routes.assign(vehicle, arrays.order[route].tolist()):
            return None
    return routes


def search(
    arrays: RoutingArrays,
    routes: Orders,
    emit: Callable[[Orders], object],
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
        Orders, as positions in the arrays, by vehicle.
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
        self._orders, self._vehicles = arrays.order.size, arrays.vehicle.size
        self._manager = self._cp.RoutingIndexManager(
            int(arrays.transit.shape[1]), self._vehicles, arrays.start_node.tolist(), arrays.end_node.tolist()
        )
        # orders are the first nodes, and none of them is a start or an end: so their indices are their nodes
        self._routing = self._cp.RoutingModel(self._manager)
        self._add_costs()
        self._add_time()
        self._add_loads()
        self._add_limits()
        for order, penalty in enumerate(arrays.penalty.tolist()):
            self._routing.AddDisjunction([order], penalty)

    def _by_vehicle(self, matrices: Any, rows: Any) -> list[int]:
        evaluators = [self._routing.RegisterTransitMatrix(matrix.tolist()) for matrix in matrices]
        return [evaluators[row] for row in rows.tolist()]

    def _add_costs(self) -> None:
        evaluators = self._by_vehicle(self._arrays.leg_cost, self._arrays.cost_class)
        for vehicle, fixed in enumerate(self._arrays.fixed.tolist()):
            self._routing.SetArcCostEvaluatorOfVehicle(evaluators[vehicle], vehicle)
            self._routing.SetFixedCostOfVehicle(fixed, vehicle)

    def _add_time(self) -> None:
        horizon = int(self._arrays.horizon)
        evaluators = self._by_vehicle(self._arrays.transit, self._arrays.profile)
        self._routing.AddDimensionWithVehicleTransits(evaluators, horizon, horizon, False, "time")
        time_dimension = self._routing.GetMutableDimension("time")
        indices = [
            *range(self._orders),
            *(self._routing.Start(vehicle) for vehicle in range(self._vehicles)),
            *(self._routing.End(vehicle) for vehicle in range(self._vehicles)),
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

    def _add_loads(self) -> None:
        ends = [0] * (self._arrays.transit.shape[1] - self._orders)
        for unit, (loads, capacity) in enumerate(
            zip(self._arrays.load.T.tolist(), self._arrays.capacity.T.tolist(), strict=True)
        ):
            evaluator = self._routing.RegisterUnaryTransitVector(loads + ends)
            self._routing.AddDimensionWithVehicleCapacity(evaluator, 0, capacity, True, f"load {unit}")

    def _add_limits(self) -> None:
        if (self._arrays.max_stops >= 0).any():
            most = np.where(self._arrays.max_stops < 0, self._orders, self._arrays.max_stops)
            ends = [0] * (self._arrays.transit.shape[1] - self._orders)
            evaluator = self._routing.RegisterUnaryTransitVector([1] * self._orders + ends)
            self._routing.AddDimensionWithVehicleCapacity(evaluator, 0, most.tolist(), True, "stops")
        if (self._arrays.max_length >= 0).any():
            longest = int(self._arrays.length.max(initial=0)) * (self._orders + 1)
            most = np.where(self._arrays.max_length < 0, longest, self._arrays.max_length)
            evaluators = self._by_vehicle(self._arrays.length, self._arrays.profile)
            self._routing.AddDimensionWithVehicleTransitAndCapacity(
                evaluators, 0, most.tolist(), True, "length"
            )

    def search(
        self,
        routes: Orders,
        emit: Callable[[Orders], object],
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
        self._routing.solver().ReSeed(seed)
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

    def __init__(self, routing: Any, vehicles: int, emit: Callable[[Orders], object]) -> None:
        self._routing, self._vehicles, self._emit = routing, vehicles, emit
        self._best: int | None = None
        self._waiting: Orders | None = None
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
