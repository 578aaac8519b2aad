"""Keeping the best routes, whoever offers them, as clock and checker judge them."""

from __future__ import annotations

import time
from collections.abc import Mapping

from o2oroute.engines import compiled
from o2oroute.engines.compiled import write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.judge import Judge, Judged, VisitRoutes
from o2oroute.engines.trial_insertion import insert_by_trial
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.solution import Solution
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.schedule import code_visits, solution_codes
from o2oroute.units import cost_units

__all__ = ["BestRoutes"]


class BestRoutes:
    """The best routes so far, with who found them and when.

    Parameters
    ----------
    instance : Instance
    start : Solution
        Routes of it that break a rule, or a relation with others, are left empty.
    found_by : str
        Who made the start.
    begin : float
        Moment of ``time.monotonic`` from which the trace counts.

    Attributes
    ----------
    routes : mapping of int to Judged
        By vehicle.
    value : Value
    found_by : str
    trace : list of dict
        Seconds, unserved importance, cost, routes and unassigned requests, as the best changed.
    """

    def __init__(self, instance: Instance, start: Solution, found_by: str, begin: float) -> None:
        self._instance, self._begin, self.judge = instance, begin, Judge(instance)
        self.routes: Mapping[int, Judged] = self._usable(start)
        self.value = self.judge.value(self.routes)
        self.found_by = found_by
        self.trace: list[dict[str, float]] = []
        self._note()

    @property
    def codes(self) -> VisitRoutes:
        """The visits of the best routes."""
        return {vehicle: route.codes for vehicle, route in self.routes.items()}

    def solution(self) -> Solution:
        """Return the best routes as a solution."""
        owners = self._instance.problem.vehicles
        return Solution({owners[v].id: code_visits(self._instance, c) for v, c in sorted(self.codes.items())})

    def offer(self, routes: VisitRoutes, found_by: str) -> bool | None:
        """Keep routes if they are better; return whether they are, or None if they break a rule."""
        judged = self.judge.routes(routes)
        if judged is None:
            return None
        value = self.judge.value(judged)
        if value >= self.value:
            return False
        self.routes, self.value, self.found_by = judged, value, found_by
        self._note()
        return True

    def insert_the_rest(self, deadline: float) -> None:
        """Try once more to insert what is left out: routes have moved meanwhile."""
        if not self.judge.unassigned(self.routes):
            return
        found_by = "insertion" if self.found_by == "start" else self.found_by
        if not set(asked(self._instance.problem)) <= compiled.SERVED:
            for routes in insert_by_trial(self._instance, self.judge, self.routes, deadline):
                self.offer(routes, found_by)
        elif self.found_by != "insertion":
            found = construct(self._instance, start=self.solution(), deadline=deadline).routes
            solution = Solution(write_routes(self._instance, found))
            self.offer(solution_codes(self._instance, solution), found_by)

    def _usable(self, start: Solution) -> dict[int, Judged]:
        """Return the routes of a solution but those that break a rule."""
        routes = solution_codes(self._instance, start)
        judged = {vehicle: self.judge.route(vehicle, codes) for vehicle, codes in routes.items()}
        kept = {vehicle: route for vehicle, route in judged.items() if route is not None}
        while broken := next(broken_relations(self._instance, {v: r.codes for v, r in kept.items()}), None):
            kept = {vehicle: route for vehicle, route in kept.items() if broken.task not in route.codes}
        return kept

    def _note(self) -> None:
        seconds = time.monotonic() - self._begin
        if len(self.trace) > 1 and seconds - self.trace[-2]["seconds"] < 1:
            self.trace.pop()  # about one entry a second tells enough
        units = cost_units(self._instance.problem.ticks_per_second)
        self.trace.append(
            {
                "seconds": round(seconds, 3),
                "unserved_importance": self.value.unserved_importance,
                "cost": round(self.value.cost / units, 4),
                "routes": len(self.routes),
                "unassigned": self.judge.unassigned(self.routes),
            }
        )
