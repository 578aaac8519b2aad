"""The default engine: the compiled search, and OR-Tools for what that does not serve or may have missed.

The search finds the routes. On small problems OR-Tools' guided local search, which moves differently, then
gets them for the last part of the time, in its own model of the same problem; whichever plan is better by
exact cost is returned, and the statistics say whose it is. Where the search lacks a rule that a problem asks
for, OR-Tools has all the time.
"""

from __future__ import annotations

import time
from typing import Final

from o2oroute.engines.ortools import OrtoolsEngine
from o2oroute.engines.search import SearchEngine
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.road.network import Progress

__all__ = ["CombinedEngine"]

#: OR-Tools polishes plans of so many orders at most,
_MOST_POLISHED: Final = 100
#: for this part of the time,
_POLISHING: Final = 0.1
#: if that is so many seconds at least: its process alone takes one to start.
_LEAST_SECONDS: Final = 2.0


class CombinedEngine:
    """Searches with compiled code, and lets OR-Tools polish small plans."""

    name = "combined"

    def __init__(self) -> None:
        self._search, self._ortools = SearchEngine(), OrtoolsEngine()

    def supports(self, problem: Problem) -> list[str]:
        """Return what neither the search nor OR-Tools can do."""
        lacks = self._search.supports(problem)
        return [rule for rule in self._ortools.supports(problem) if rule in lacks] if lacks else []

    def solve(
        self,
        instance: Instance,
        *,
        deadline: float,
        seed: int = 1,
        threads: int = 1,
        iterations: int | None = None,
        start: Solution | None = None,
        progress: Progress | None = None,
    ) -> Solution:
        """Return the best routes found; see :class:`~o2oroute.engines.engine.Engine`.

        A step is one ruin and recreate, or for OR-Tools a solution that it accepts. With a number of steps
        OR-Tools does not polish: what it finds in a given time is not the same every time.
        """
        engine = self._ortools if self._search.supports(instance.problem) else self._search
        polishing = 0.0
        if engine is self._search and not self._ortools.supports(instance.problem):
            polishing = self._seconds_to_polish(instance, deadline, iterations)
        found = engine.solve(
            instance,
            deadline=deadline - polishing,
            seed=seed,
            threads=threads,
            iterations=iterations,
            start=start,
            progress=progress,
        )
        statistics = {"found_by": engine.name, **found.statistics}
        if polishing and not statistics["interrupted"]:
            polished = self._ortools.solve(
                instance, deadline=deadline, seed=seed, start=found, progress=progress
            )
            statistics["ortools"] = polished.statistics.get("ortools")
            statistics["interrupted"] = polished.statistics["interrupted"]
            if polished.statistics["found_by"] == self._ortools.name:
                found = polished
                statistics["found_by"] = self._ortools.name
        return Solution(routes=found.routes, engine=self.name, statistics=statistics)

    def _seconds_to_polish(self, instance: Instance, deadline: float, iterations: int | None) -> float:
        seconds = _POLISHING * (deadline - time.monotonic())
        orders = int((instance.task_point >= 0).sum())
        if iterations is not None or orders > _MOST_POLISHED or seconds < _LEAST_SECONDS:
            return 0.0
        return seconds
