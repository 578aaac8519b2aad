"""What routes are worth, by the clock and the rules of the checker, for engines that only guess it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from o2oroute.engines.compiled import Value
from o2oroute.errors import RoutingError
from o2oroute.model.instance import Instance
from o2oroute.model.part import Id
from o2oroute.model.solution import Visit
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.trial import trial_cost, tried

__all__ = ["Judge", "TaskRoutes", "write_tasks"]

#: Tasks by vehicle, both as positions in the problem.
TaskRoutes = Mapping[int, Sequence[int]]

#: Routes that are remembered; from one set to the next most of them stay.
_REMEMBERED: Final = 20_000


class Judge:
    """Times and judges routes, each one once.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._costs: dict[tuple[int, tuple[int, ...]], int | None] = {}
        aside = instance.is_set_aside
        self._mandatory = instance.request_prize < 0
        self._importance = np.where(aside, 0, instance.request_importance).tolist()
        self._prize = np.where(aside, 0, np.maximum(instance.request_prize, 0)).tolist()

    def cost(self, vehicle: int, tasks: Sequence[int]) -> int | None:
        """Return the cost units of a route, or None if it breaks a rule or there is no way."""
        key = vehicle, tuple(tasks)
        if key not in self._costs:
            if len(self._costs) >= _REMEMBERED:
                self._costs.clear()
            self._costs[key] = self._judged(vehicle, tasks)
        return self._costs[key]

    def value(self, routes: TaskRoutes) -> Value | None:
        """Return what is compared between plans, in cost units, or None if a rule is broken."""
        costs = [self.cost(vehicle, tasks) for vehicle, tasks in routes.items() if tasks]
        served = {int(self._instance.task_request[task]) for tasks in routes.values() for task in tasks}
        left = [i for i in range(len(self._instance.problem.requests)) if i not in served]
        if any(cost is None for cost in costs) or next(broken_relations(self._instance, routes), None):
            return None
        fewest = self._instance.problem.objective == "fewest_vehicles"
        return Value(
            unserved_importance=sum(self._importance[i] for i in left if self._mandatory[i]),
            vehicles=len(costs) if fewest else 0,
            cost=sum(cost for cost in costs if cost is not None) + sum(self._prize[i] for i in left),
        )

    def unassigned(self, routes: TaskRoutes) -> int:
        """Return how many requests that are not set aside no route serves."""
        served = {int(self._instance.task_request[task]) for tasks in routes.values() for task in tasks}
        return int((~self._instance.is_set_aside).sum()) - len(served)

    def _judged(self, vehicle: int, tasks: Sequence[int]) -> int | None:
        try:
            trial = tried(self._instance, vehicle, tasks)
        except RoutingError:
            return None
        if trial.broken or not trial.times.on_time:
            return None
        return trial_cost(self._instance, trial)


def write_tasks(instance: Instance, routes: TaskRoutes) -> dict[Id, tuple[Visit, ...]]:
    """Return routes as a solution holds them; vehicles without tasks are left out."""
    problem = instance.problem
    return {
        problem.vehicles[vehicle].id: tuple(
            Visit(problem.tasks[task].id, problem.tasks[task].kind) for task in tasks
        )
        for vehicle, tasks in sorted(routes.items())
        if tasks
    }
