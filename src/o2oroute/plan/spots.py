"""Where on a route a request that is left out comes closest to being served.

What :mod:`~o2oroute.plan.insertion` sees of all places at once is exact for plain orders. Elsewhere it is a
first look: the places that look best are then tried with the clock and the rules of the checker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.model.features import asked
from o2oroute.model.instance import NO_POINT, UNLIMITED, Instance
from o2oroute.plan.costs import route_costs
from o2oroute.plan.insertion import Places, best_places, lateness
from o2oroute.plan.rules import RULE_CODES
from o2oroute.plan.trial import Trial, tried
from o2oroute.units import INF

__all__ = ["Screen", "Spot", "look_is_exact", "screen", "spot"]

Int64 = npt.NDArray[np.int64]

#: Features for which the first look is exact.
_SEEN: Final = frozenset(
    {
        "pickups",
        "max_on_board",
        "incompatible_loads",
        "service_by_type",
        "skills",
        "allowed or forbidden vehicles",
        "preferred vehicles",
        "speed_factor",
        "max_travel",
        "per_travel_hour",
        "per_service_hour",
        "per_stop",
    }
)


class Spot(NamedTuple):
    """A place on a route."""

    #: Before which stop of the route, counted from 0; -1 if there is no way to any place and on.
    position: int
    #: Before which stop of the route without it a shipment is delivered; None for orders.
    delivery_position: int | None
    #: Whether the route keeps all rules with the request there.
    feasible: bool
    #: Cost units that the request adds there, if it is feasible.
    extra_cost: int

    def route(self, route: Sequence[int], tasks: Sequence[int]) -> list[int]:
        """Return the route with the tasks of the request there."""
        if self.delivery_position is None:
            return [*route[: self.position], *tasks, *route[self.position :]]
        before, between = route[: self.position], route[self.position : self.delivery_position]
        return [*before, tasks[0], *between, tasks[1], *route[self.delivery_position :]]


class Screen(NamedTuple):
    """The first look at one vehicle, for many requests at once."""

    #: What was seen of orders, and of pickups and deliveries on their own.
    first: Places
    second: Places
    #: How far each request is from fitting, for comparing vehicles; shape (requests,).
    excess: Int64


def look_is_exact(instance: Instance) -> bool:
    """Tell whether the first look sees all that a problem asks."""
    return all(name in _SEEN for name in asked(instance.problem))


def screen(instance: Instance, vehicle: int, route: Sequence[int], requests: Sequence[int]) -> Screen:
    """Look at the places of many requests on one route, without the clock."""
    tasks = [instance.tasks_of(request) for request in requests]
    first = best_places(instance, vehicle, route, [t[0] for t in tasks])
    if all(len(t) == 1 for t in tasks):
        return Screen(first, first, first.excess)
    second = best_places(instance, vehicle, route, [t[-1] for t in tasks])
    return Screen(first, second, np.maximum(first.excess, second.excess))


def spot(
    instance: Instance,
    vehicle: int,
    route: Sequence[int],
    request: int,
    *,
    trials: int,
    beside: Mapping[int, Sequence[int]],
) -> Spot:
    """Find the place of one request by trying those that look best.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    route : sequence of int
        Tasks.
    request : int
        Not on the route, and not set aside.
    trials : int
        Most places to try, at least 1.
    beside : mapping of int to sequence of int
        Tasks that other vehicles visit.

    Returns
    -------
    Spot
        Of the places tried: the cheapest that keeps all rules; or the one that breaks the fewest, and these
        by as little as possible.
    """
    tasks = instance.tasks_of(request)
    best: tuple[tuple[float, ...], Spot] | None = None
    for position, second in _likely(instance, vehicle, route, tasks)[:trials]:
        place = Spot(position, second, feasible=False, extra_cost=0)
        trial = tried(instance, vehicle, place.route(route, tasks), beside=beside)
        if trial.broken:
            key = (1.0, *_badness(trial))
        else:
            before = _cost(instance, tried(instance, vehicle, route)) if route else 0
            extra = _cost(instance, trial) - before
            place = place._replace(feasible=True, extra_cost=extra)
            key = (0.0, float(extra), 0.0, 0.0)
        if best is None or key < best[0]:
            best = key, place
    return best[1] if best else Spot(-1, None, feasible=False, extra_cost=0)


def _badness(trial: Trial) -> tuple[float, float, float]:
    codes = {violation.code for violation in trial.broken}
    margins = sum(v.margin or 0.0 for v in trial.broken if v.unit == "s")
    # what no other place would mend is told first
    first = min(RULE_CODES.index(v.code) for v in trial.broken if v.code in RULE_CODES)
    return float(len(codes)), margins, float(first)


def _cost(instance: Instance, trial: Trial) -> int:
    return sum(route_costs(instance, trial.vehicle, trial.tasks, trial.times).values())


def _likely(
    instance: Instance, vehicle: int, route: Sequence[int], tasks: range
) -> list[tuple[int, int | None]]:
    """Return the places that have a way there and on: the most timely first, then by the ticks they add."""
    late = [lateness(instance, vehicle, route, task) for task in tasks]
    there = [int(instance.task_point[task]) for task in tasks]
    tails = np.array([instance.start_point[vehicle], *instance.task_point[list(route)]])
    heads = np.array([*tails[1:], instance.end_point[vehicle]])
    ticks = instance.vehicle_legs(vehicle).durations
    detour = [_ways(ticks, tails, point) + _ways(ticks.T, heads, point) for point in there]
    if len(tasks) == 1:
        order = np.lexsort((detour[0] - _ways(ticks, tails, heads), late[0]))
        return [(p, None) for p in order.tolist() if late[0][p] < UNLIMITED]
    replaced = _ways(ticks, tails, heads)
    longer = (detour[0] - replaced)[:, None] + (detour[1] - replaced)[None, :]
    adjacent = _ways(ticks, tails, there[0]) + ticks[there[0], there[1]] + _ways(ticks.T, heads, there[1])
    np.fill_diagonal(longer, adjacent - replaced)
    later = np.maximum(late[0][:, None], late[1][None, :])
    # next to each other, one way of each is not driven; what that does to the times is left to the trial
    np.fill_diagonal(later, np.where(adjacent >= INF, UNLIMITED, np.minimum(late[0], late[1])))
    pickup, delivery = np.triu_indices(len(tails))
    order = np.lexsort((longer[pickup, delivery], later[pickup, delivery]))
    return [
        (int(pickup[k]), int(delivery[k]))
        for k in order.tolist()
        if later[pickup[k], delivery[k]] < UNLIMITED
    ]


def _ways(ticks: npt.NDArray[np.int32], tails: Int64, heads: Int64 | int) -> Int64:
    """Return the ways between points; no place is no way off."""
    cells = ticks[tails, heads].astype(np.int64)
    ways: Int64 = np.where((tails == NO_POINT) | (np.asarray(heads) == NO_POINT), 0, cells)
    return ways
