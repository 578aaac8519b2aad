"""Where on a route a request that is left out comes closest to being served.

What :mod:`~o2oroute.plan.insertion` sees of all places at once is exact for plain orders. Elsewhere it is a
first look: the places that look best are then tried with the clock and the rules of the checker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.errors import RoutingError
from o2oroute.model.features import asked
from o2oroute.model.instance import NO_POINT, UNLIMITED, Instance
from o2oroute.plan.insertion import Places, best_places, lateness
from o2oroute.plan.trial import badness, trial_cost, tried
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
    #: Number of a reload that comes before it, if any.
    reload: int | None = None

    def route(self, route: Sequence[int], tasks: Sequence[int]) -> list[int]:
        """Return the route with the tasks of the request there."""
        if self.reload is not None:
            return [*route[: self.position], self.reload, *tasks, *route[self.position :]]
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
        Visits.
    request : int
        Not on the route, and not set aside.
    trials : int
        Most places to try, at least 1.
    beside : mapping of int to sequence of int
        Visits of other vehicles.

    Returns
    -------
    Spot
        Of the places tried: the cheapest that keeps all rules; or the one that breaks the fewest, and these
        by as little as possible.
    """
    tasks = instance.tasks_of(request)
    best: tuple[tuple[float, ...], Spot] | None = None
    likely = _among_breaks(route, _likely_without_breaks(instance, vehicle, route, tasks))
    places = [Spot(*at, feasible=False, extra_cost=0) for at in likely[:trials]]
    if route:
        end = Spot(len(route), None, feasible=False, extra_cost=0)
        places += [
            end._replace(reload=instance.reload_code(depot)) for depot in instance.reload_depots(vehicle)
        ]
    for place in places:
        try:
            trial = tried(instance, vehicle, place.route(route, tasks), beside=beside)
        except RoutingError:  # no way over the depot
            continue
        if trial.broken:
            found, key = place, (1.0, *badness(trial))
        else:
            before = trial_cost(instance, tried(instance, vehicle, route)) if route else 0
            extra = trial_cost(instance, trial) - before
            found = place._replace(feasible=True, extra_cost=extra)
            key = (0.0, float(extra), 0.0, 0.0)
        if best is None or key < best[0]:
            best = key, found
    return best[1] if best else Spot(-1, None, feasible=False, extra_cost=0)


def _likely_without_breaks(
    instance: Instance, vehicle: int, route: Sequence[int], tasks: range
) -> list[tuple[int, int | None]]:
    """Return places among the tasks of a route; in no order if it reloads: no look goes beyond a trip."""
    of_tasks = [code for code in route if code >= 0]
    if all(instance.reload_of(code) is None for code in route):
        return _likely(instance, vehicle, of_tasks, tasks)
    gaps = range(len(of_tasks) + 1)
    if len(tasks) == 1:
        return [(p, None) for p in gaps]
    return [(p, q) for p in gaps for q in gaps if p <= q]


def _among_breaks(
    route: Sequence[int], places: Sequence[tuple[int, int | None]]
) -> list[tuple[int, int | None]]:
    """Return places among tasks as places among all visits: before or after each break in between."""
    at = [position for position, code in enumerate(route) if code >= 0]
    if len(at) == len(route):
        return list(places)
    begin, end = [0, *(position + 1 for position in at)], [*at, len(route)]
    found: list[tuple[int, int | None]] = []
    for first, second in places:
        firsts = range(begin[first], end[first] + 1)
        if second is None:
            found += [(p, None) for p in firsts]
        else:
            seconds = range(begin[second], end[second] + 1)
            found += [(p, q) for p in firsts for q in seconds if p <= q]
    return found


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
