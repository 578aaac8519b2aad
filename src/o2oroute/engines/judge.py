"""What routes are worth, by the clock and the rules of the checker, for engines that only guess it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from o2oroute.engines.compiled import Value
from o2oroute.errors import RoutingError
from o2oroute.model.instance import Instance
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.trial import trial_cost, tried

__all__ = ["Judge", "Judged", "VisitRoutes"]

#: Visits by vehicle: positions in the problem's tasks, and below 0 breaks and reloads.
VisitRoutes = Mapping[int, Sequence[int]]

#: Routes that are remembered; from one set to the next most of them stay.
_REMEMBERED: Final = 20_000


class Judged(NamedTuple):
    """A route that keeps all rules."""

    #: Visits, with the breaks that were missing.
    codes: Sequence[int]
    #: Cost units.
    cost: int
    #: Tick at which it is over.
    end: int


class Judge:
    """Times and judges routes, each one once.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._judged: dict[tuple[int, tuple[int, ...]], Judged | None] = {}
        aside = instance.is_set_aside
        self._mandatory = instance.request_prize < 0
        self._importance = np.where(aside, 0, instance.request_importance).tolist()
        self._prize = np.where(aside, 0, np.maximum(instance.request_prize, 0)).tolist()

    def route(self, vehicle: int, codes: Sequence[int]) -> Judged | None:
        """Return a route with its cost, or None if it breaks a rule or there is no way."""
        key = vehicle, tuple(codes)
        if key not in self._judged:
            if len(self._judged) >= _REMEMBERED:
                self._judged.clear()
            self._judged[key] = self._tried(vehicle, codes)
        return self._judged[key]

    def routes(self, routes: VisitRoutes) -> dict[int, Judged] | None:
        """Return the routes that have visits, judged; or None if they break a rule."""
        judged = {vehicle: self.route(vehicle, codes) for vehicle, codes in routes.items() if codes}
        kept = {vehicle: route for vehicle, route in judged.items() if route is not None}
        if len(kept) < len(judged) or next(broken_relations(self._instance, routes), None):
            return None
        return kept

    def value(self, routes: Mapping[int, Judged]) -> Value:
        """Return what is compared between plans, in cost units."""
        left = sorted(set(range(len(self._instance.problem.requests))) - self._served(routes))
        objective = self._instance.problem.objective
        return Value(
            unserved_importance=sum(self._importance[i] for i in left if self._mandatory[i]),
            vehicles=len(routes) if objective == "fewest_vehicles" else 0,
            end=max((r.end for r in routes.values()), default=0) if objective == "earliest_finish" else 0,
            cost=sum(route.cost for route in routes.values()) + sum(self._prize[i] for i in left),
        )

    def unassigned(self, routes: Mapping[int, Judged]) -> int:
        """Return how many requests that are not set aside no route serves."""
        return int((~self._instance.is_set_aside).sum()) - len(self._served(routes))

    def _served(self, routes: Mapping[int, Judged]) -> set[int]:
        of_task = self._instance.task_request
        return {int(of_task[code]) for route in routes.values() for code in route.codes if code >= 0}

    def _tried(self, vehicle: int, codes: Sequence[int]) -> Judged | None:
        try:
            trial = tried(self._instance, vehicle, codes)
        except RoutingError:
            return None
        if trial.broken or not trial.times.on_time:
            return None
        return Judged(trial.codes, trial_cost(self._instance, trial), trial.times.start[-1])
