"""Keeping the best routes, whoever offers them, as clock and checker judge them."""

from __future__ import annotations

import time

from o2oroute.engines.compiled import Value, write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.judge import Judge, TaskRoutes, write_tasks
from o2oroute.model.instance import Instance
from o2oroute.model.solution import Solution
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.schedule import solution_codes
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
    routes : mapping of int to sequence of int
    value : Value
    found_by : str
    trace : list of dict
        Seconds, unserved importance, cost, routes and unassigned requests, as the best changed.
    """

    def __init__(self, instance: Instance, start: Solution, found_by: str, begin: float) -> None:
        self._instance, self._begin, self.judge = instance, begin, Judge(instance)
        self.routes, self.value = self._usable(start)
        self.found_by = found_by
        self.trace: list[dict[str, float]] = []
        self._note()

    def offer(self, routes: TaskRoutes, found_by: str) -> bool | None:
        """Keep routes if they are better; return whether they are, or None if they break a rule."""
        value = self.judge.value(routes)
        if value is None:
            return None
        if value >= self.value:
            return False
        self.routes, self.value, self.found_by = routes, value, found_by
        self._note()
        return True

    def insert_the_rest(self, deadline: float) -> None:
        """Try once more to insert what is left out: routes have moved meanwhile."""
        served = sum(map(len, self.routes.values()))
        if self.found_by == "insertion" or served == len(self._instance.problem.tasks):
            return
        solution = Solution(write_tasks(self._instance, self.routes))
        found = construct(self._instance, start=solution, deadline=deadline).routes
        self.offer(self._usable(Solution(write_routes(self._instance, found)))[0], self.found_by)

    def _usable(self, start: Solution) -> tuple[TaskRoutes, Value]:
        """Return the routes of a solution and their value; routes that break a rule are left empty."""
        routes = solution_codes(self._instance, start)
        kept = {v: tasks for v, tasks in routes.items() if self.judge.cost(v, tasks) is not None}
        while broken := next(broken_relations(self._instance, kept), None):
            kept = {v: tasks for v, tasks in kept.items() if broken.task not in tasks}
        value = self.judge.value(kept)
        assert value is not None  # noqa: S101 - each route keeps the rules
        return kept, value

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
                "routes": sum(map(bool, self.routes.values())),
                "unassigned": self.judge.unassigned(self.routes),
            }
        )
