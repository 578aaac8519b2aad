"""A route as it would be: timed by the clock, judged by the rules of the checker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.rules import broken_rules
from o2oroute.plan.timed_route import TimedRoute, Violation

__all__ = ["Trial", "tried"]


class Trial(NamedTuple):
    """A route as it would be: timed by the clock, judged by the rules."""

    vehicle: int
    tasks: Sequence[int]
    times: RouteTimes
    broken: list[Violation]


def tried(instance: Instance, vehicle: int, tasks: Sequence[int]) -> Trial:
    """Time and judge a route; there must be a way from each stop to the next."""
    times = schedule_route(instance, vehicle, tasks)
    stated = TimedRoute(instance, vehicle, tasks, times.arrival, times.start, times.departure)
    return Trial(vehicle, tasks, times, broken_rules(stated))
