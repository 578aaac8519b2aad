"""A route as it would be: timed by the clock, judged by the rules of the checker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.rules import broken_rules
from o2oroute.plan.timed_route import TimedRoute, Violation

__all__ = ["Trial", "tried"]


class Trial(NamedTuple):
    """A route as it would be: timed by the clock, judged by the rules."""

    vehicle: int
    tasks: Sequence[int]
    times: RouteTimes
    broken: list[Violation]


def tried(
    instance: Instance,
    vehicle: int,
    tasks: Sequence[int],
    *,
    beside: Mapping[int, Sequence[int]] | None = None,
) -> Trial:
    """Time and judge a route; there must be a way from each stop to the next.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    tasks : sequence of int
    beside : mapping of int to sequence of int, optional
        Tasks that other vehicles visit: with them the route is held to relations, too.
    """
    times = schedule_route(instance, vehicle, tasks)
    stated = TimedRoute(instance, vehicle, tasks, times.arrival, times.start, times.departure)
    broken = broken_rules(stated)
    if beside is not None:
        broken += _relations(stated, beside)
    return Trial(vehicle, tasks, times, broken)


def _relations(route: TimedRoute, beside: Mapping[int, Sequence[int]]) -> Iterator[Violation]:
    routes = {**beside, route.vehicle: route.tasks}
    for broken in broken_relations(route.instance, routes, vehicle=route.vehicle):
        order = route.problem.tasks[broken.task].id
        yield Violation("RELATION", "", str(broken), vehicle=route.owner.id, order=order)
