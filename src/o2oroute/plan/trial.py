"""A route tried: timed by the clock, judged by the rules, with the breaks that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from o2oroute.model.duty import DrivingBreak
from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.costs import route_costs
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.rests import with_rests
from o2oroute.plan.rules import broken_rules
from o2oroute.plan.timed_route import RULE_CODES, TimedRoute, Violation

__all__ = ["Trial", "badness", "trial_cost", "tried"]

#: More driving breaks than this in one route are not tried.
_MOST_BREAKS: Final = 20
#: Seconds of delay that are as bad as a broken relation, which has no margin of its own.
_RELATION: Final = 3600.0


class Trial(NamedTuple):
    """A route as it would be: timed by the clock, judged by the rules."""

    vehicle: int
    #: Visits: tasks, and below 0 breaks and reloads.
    codes: Sequence[int]
    times: RouteTimes
    broken: list[Violation]

    @property
    def tasks(self) -> list[int]:
        """The tasks among the visits."""
        return [code for code in self.codes if code >= 0]


def tried(
    instance: Instance,
    vehicle: int,
    codes: Sequence[int],
    *,
    beside: Mapping[int, Sequence[int]] | None = None,
) -> Trial:
    """Time and judge a route; there must be a way from each stop to the next.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    codes : sequence of int
        Visits. Where a rule asks for breaks that are not among them, they are put where they
        break least, and of such places where they cost least.
    beside : mapping of int to sequence of int, optional
        Visits of other vehicles: with them the route is held to relations, too.

    Returns
    -------
    Trial
    """
    trial = _judged(instance, vehicle, codes)
    rank = partial(_rank, instance)
    for _ in range(_MOST_BREAKS):
        better = min(_with_one_more_break(instance, trial), key=rank, default=None)
        if better is None or rank(better) >= rank(trial):
            break
        trial = better
    if beside is not None:
        trial.broken.extend(_relations(instance, trial, beside))
    return trial


def trial_cost(instance: Instance, trial: Trial) -> int:
    """Return what a tried route costs, in integer cost units."""
    return sum(route_costs(instance, trial.vehicle, trial.codes, trial.times).values())


def badness(trial: Trial) -> tuple[float, ...]:
    """Return how far a route is from keeping all rules: by rules, by time, and by what is told first."""
    # what a break stands against tells more than that there is none
    missing = sum(v.code == "BREAK" and v.margin is None for v in trial.broken)
    codes = {violation.code for violation in trial.broken}
    margins = sum(v.margin or 0.0 for v in trial.broken if v.unit == "s")
    margins += _RELATION * sum(v.code == "RELATION" for v in trial.broken)
    # what no other place would mend is told first
    first = min((RULE_CODES.index(v.code) for v in trial.broken if v.code in RULE_CODES), default=0)
    return float(missing), float(len(codes)), margins, float(first)


def _relations(instance: Instance, trial: Trial, beside: Mapping[int, Sequence[int]]) -> Iterator[Violation]:
    routes = {**beside, trial.vehicle: trial.codes}
    for broken in broken_relations(instance, routes, vehicle=trial.vehicle):
        order = instance.problem.tasks[broken.task].id
        owner = instance.problem.vehicles[trial.vehicle].id
        yield Violation("RELATION", "", str(broken), vehicle=owner, order=order)


def _judged(instance: Instance, vehicle: int, codes: Sequence[int]) -> Trial:
    times = schedule_route(instance, vehicle, codes)
    stated = TimedRoute(instance, vehicle, codes, times.arrival, times.start, times.departure)
    return Trial(vehicle, codes, times, broken_rules(stated))


def _rank(instance: Instance, trial: Trial) -> tuple[float, ...]:
    return *badness(trial), trial_cost(instance, trial), trial.times.duty


def _with_one_more_break(instance: Instance, trial: Trial) -> Iterator[Trial]:
    """Yield the route with a break more that a rule asks for, at each place where it may help."""
    broken = {violation.code for violation in trial.broken}
    codes, vehicle = list(trial.codes), trial.vehicle
    table = instance.breaks
    for pause in range(table.first[vehicle], table.first[vehicle + 1]):
        if isinstance(table.parts[pause], DrivingBreak):
            if "DRIVING_TIME" in broken:
                yield _judged(instance, vehicle, with_rests(instance, vehicle, codes, pause))
            # where the rest of the day is in the way, one after the other: in the leg that becomes too long
            places = [v.stop - 1 for v in trial.broken if v.code == "DRIVING_TIME"]
        elif "BREAK" in broken and -1 - pause not in codes:
            places = list(range(len(codes) + 1))
        else:
            continue
        for place in places:
            yield _judged(instance, vehicle, [*codes[:place], -1 - pause, *codes[place:]])
