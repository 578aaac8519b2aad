"""What a plan began with and the compiled routes cannot hold: kept by clock and checker.

The model of the compiled routes refuses some routes that keep all rules, see ``docs/concepts/search.md``.
What an engine lost of a given plan in this way is put back: a vehicle under way does its next stop next.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from o2oroute.engines.best_routes import BestRoutes
from o2oroute.engines.trial_insertion import insert_by_trial
from o2oroute.model.instance import Instance
from o2oroute.model.solution import Solution
from o2oroute.plan.kept_routes import with_requests
from o2oroute.plan.schedule import solution_codes

__all__ = ["keep_beginning"]

#: Seconds that may be spent on what has to give way, at least.
_LEAST_TIME: Final = 0.5


def keep_beginning(instance: Instance, found: Solution, start: Solution, deadline: float) -> Solution:
    """Put routes that a plan began with in place of others, where these lack some of their requests.

    Parameters
    ----------
    instance : Instance
    found : Solution
        What an engine made of the start.
    start : Solution
    deadline : float
        Moment of ``time.monotonic`` until which what gives way is inserted again; half a second is spent in
        any case.

    Returns
    -------
    Solution
        What was found, unless it is better with such a route.
    """
    begin = time.monotonic()
    before, now = solution_codes(instance, start), solution_codes(instance, found)
    mandatory = set((instance.request_prize < 0).nonzero()[0].tolist())
    lost = (_requests(instance, before.values()) - _requests(instance, now.values())) & mandatory
    if not lost:
        return found
    best = BestRoutes(instance, found, found.engine, begin)
    for vehicle, codes in before.items():
        own = _requests(instance, [codes])
        if own & lost:
            others = {
                other: with_requests(instance, route, _requests(instance, [route]) - own)
                for other, route in best.codes.items()
            }
            best.offer({**others, vehicle: codes}, "start")
    if best.found_by != "start":
        return found
    statistics = {**found.statistics, "found_by": "start"}
    try:
        for routes in insert_by_trial(instance, best.judge, best.routes, max(deadline, begin + _LEAST_TIME)):
            best.offer(routes, "start")
    except KeyboardInterrupt:
        statistics["interrupted"] = True
    return replace(best.solution(), engine=found.engine, statistics=statistics)


def _requests(instance: Instance, routes: Collection[Sequence[int]]) -> set[int]:
    return {int(instance.task_request[code]) for codes in routes for code in codes if code >= 0}
