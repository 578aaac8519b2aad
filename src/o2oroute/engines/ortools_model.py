"""The routing model of OR-Tools: all rules of an instance, and the search over it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from o2oroute.engines.ortools_base import RoutingBase
from o2oroute.engines.ortools_day import add_day
from o2oroute.engines.ortools_trips import add_kinds, add_loads, add_releases, add_reloads
from o2oroute.engines.routing_arrays import RoutingArrays
from o2oroute.engines.routing_relations import add_relations

__all__ = ["Nodes", "RoutingModel"]

_LOG: Final = logging.getLogger(__name__)

#: Seconds between two sets of routes that a child hands over; reading them out takes a while.
_PAUSE: Final = 0.05

#: Nodes by vehicle of the arrays.
Nodes = Sequence[Sequence[int]]


class RoutingModel(RoutingBase):
    """A routing model with all rules of some arrays."""

    def __init__(self, arrays: RoutingArrays) -> None:
        super().__init__(arrays)
        self._add_costs()
        self._add_time()
        self._add_limits()
        self._add_choices()
        self._add_pairs()
        add_reloads(self)
        add_releases(self)
        add_loads(self)
        add_kinds(self)
        add_day(self)
        add_relations(self.routing, arrays)
        for task, penalty in enumerate(arrays.penalty.tolist()):
            self.routing.AddDisjunction([task], penalty)

    def _add_costs(self) -> None:
        evaluators = self.by_vehicle(self.arrays.leg_cost, self.arrays.cost_class)
        for vehicle, fixed in enumerate(self.arrays.fixed.tolist()):
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[vehicle], vehicle)
            self.routing.SetFixedCostOfVehicle(fixed, vehicle)
        visits = self.arrays.visit_cost
        if visits.any():
            # as matrices: with vectors that differ by vehicle the library finds no routes where starts differ
            matrices = np.zeros((len(visits), *self.arrays.transit.shape[1:]), np.int64)
            matrices[:, : self.tasks] = visits[:, :, None]
            evaluators = self.by_vehicle(matrices, self.arrays.visit_class)
            most = int(visits.max(axis=0).sum())
            self.routing.AddDimensionWithVehicleTransits(evaluators, 0, most, True, "visits")
            self.dimension("visits").SetSpanCostCoefficientForAllVehicles(1)

    def _add_time(self) -> None:
        horizon = int(self.arrays.horizon)
        evaluators = self.by_vehicle(self.arrays.transit, self.arrays.transit_class)
        self.routing.AddDimensionWithVehicleTransits(evaluators, horizon, horizon, False, "time")
        time_dimension = self.dimension("time")
        indices = [
            *range(self.visits),
            *(start for start, _ in self.ends),
            *(end for _, end in self.ends),
        ]
        first = self.arrays.window_first.tolist()
        opening, closing = self.arrays.window_open.tolist(), self.arrays.window_close.tolist()
        for node, index in enumerate(indices):
            moment = time_dimension.CumulVar(index)
            moment.SetRange(opening[first[node]], closing[first[node + 1] - 1])
            for window in range(first[node] + 1, first[node + 1]):
                moment.RemoveInterval(closing[window - 1] + 1, opening[window] - 1)
        for vehicle in range(self.vehicles):
            time_dimension.SetSpanCostCoefficientForVehicle(int(self.arrays.per_tick[vehicle]), vehicle)
            if self.arrays.max_duty[vehicle] >= 0:
                duty = min(int(self.arrays.max_duty[vehicle]), horizon)
                time_dimension.SetSpanUpperBoundForVehicle(duty, vehicle)

    def _add_limits(self) -> None:
        arrays = self.arrays
        if (arrays.max_stops >= 0).any():
            most = np.where(arrays.max_stops < 0, self.tasks, arrays.max_stops)
            self.count(np.ones(self.tasks, np.int64), most.tolist(), "stops")
        for limit, ways, name in (
            (arrays.max_length, arrays.length, "length"),
            (arrays.max_travel, arrays.driving, "driving"),
        ):
            if (limit >= 0).any():
                longest = int(ways.max(initial=0)) * (self.visits + 1)
                most = np.where(limit < 0, longest, limit)
                self.routing.AddDimensionWithVehicleTransitAndCapacity(
                    self.by_vehicle(ways, arrays.profile), 0, most.tolist(), True, name
                )

    def _add_choices(self) -> None:
        for task, allowed in enumerate(self.arrays.allowed[self.arrays.choice]):
            if not allowed.all():
                # what the library has for this is broken in some versions; -1 is for not being served
                self.routing.VehicleVar(task).SetValues([-1, *np.flatnonzero(allowed).tolist()])

    def _add_pairs(self) -> None:
        moments = self.dimension("time")
        for pickup, delivery in self.arrays.pair.tolist():
            self.routing.AddPickupAndDelivery(pickup, delivery)
            self.solver.Add(self.routing.VehicleVar(pickup) == self.routing.VehicleVar(delivery))
            self.solver.Add(moments.CumulVar(pickup) <= moments.CumulVar(delivery))

    def search(
        self,
        routes: Nodes,
        emit: Callable[[Nodes], object],
        *,
        seconds: float,
        iterations: int | None,
        seed: int,
    ) -> dict[str, Any]:
        """Improve routes; see :func:`o2oroute.engines.ortools.search`."""
        parameters = self.cp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = self.enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        parameters.local_search_metaheuristic = self.enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
        if iterations is not None:
            parameters.solution_limit = iterations
        self.routing.CloseModelWithParameters(parameters)
        self.solver.ReSeed(seed)
        loose = bool(self.arrays.drive_vehicle.size or self.arrays.break_vehicle.size)
        pause = _PAUSE if iterations is None else 0.0
        solutions = _Solutions(
            self.routing, self.vehicles, emit, every=loose, pause=pause if loose else _PAUSE
        )
        self.routing.AddAtSolutionCallback(solutions.look)
        first = self.routing.ReadAssignmentFromRoutes([list(route) for route in routes], True)
        if first is None:
            _LOG.warning("OR-Tools does not take the routes it was given, and begins with its own")
            found = self.routing.SolveWithParameters(parameters)
        else:
            found = self.routing.SolveFromAssignmentWithParameters(first, parameters)
        solutions.hand_over()
        return {
            "start_taken": first is not None,
            "solutions": solutions.seen,
            "status": int(self.routing.status()),
            "found": found is not None,
        }


class _Solutions:
    """Looks at each solution while it stands, and hands over those that are better than all before.

    With `every` also others, where there is time: the best ones may be refused for what is modelled loosely.
    """

    def __init__(
        self, routing: Any, vehicles: int, emit: Callable[[Nodes], object], *, every: bool, pause: float
    ) -> None:
        self._routing, self._vehicles, self._emit = routing, vehicles, emit
        self._every, self._pause = every, pause
        self._best: int | None = None
        self._waiting: Nodes | None = None
        self._last = 0.0
        self.seen = 0

    def look(self) -> None:
        self.seen += 1
        cost = self._routing.CostVar().Value()
        is_better = self._best is None or cost < self._best
        if is_better:
            self._best = cost
        if is_better or (self._every and self._waiting is None):
            self._waiting = [self._route(vehicle) for vehicle in range(self._vehicles)]
        if self._waiting is not None and time.monotonic() - self._last >= self._pause:
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
