"""Times of a stated route that break its windows as little as can be, as VROOM's plan mode reports them.

The clock times routes that keep the rules, and drives on without delay where they do not. VROOM's ``-c`` asks
for something else: of all times the ones with the least total of seconds early and late, of these the
shortest route, of these the earliest starts. That is a small mixed-integer program: one binary for each
window, and the rest is differences of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from o2oroute.errors import EngineError

__all__ = ["NO_LIMIT", "StatedStep", "Timing", "least_violating_times"]

#: First and last tick of a step that may be at any time; any sum of times stays well inside.
NO_LIMIT: Final = (-(2**40), 2**40)


@dataclass(frozen=True, slots=True)
class StatedStep:
    """One step of a route; times in ticks.

    Attributes
    ----------
    windows : tuple of (int, int)
        When it should start; any time if there are none.
    action : int
        How long it takes.
    leg : int
        Travel from the step before that is no break; 0 at breaks, which may interrupt a leg anywhere.
    is_break : bool
    bounds : (int, int)
        When it must start, whatever that breaks.
    """

    windows: tuple[tuple[int, int], ...] = ()
    action: int = 0
    leg: int = 0
    is_break: bool = False
    bounds: tuple[int, int] = NO_LIMIT


class Timing(NamedTuple):
    """Arrival and start of each step, in ticks."""

    arrival: list[int]
    start: list[int]


def least_violating_times(steps: Sequence[StatedStep], *, earliest: int = 0) -> Timing | None:
    """Return the times of a route that break its windows least.

    Parameters
    ----------
    steps : sequence of StatedStep
        The start of the route first, its end last.
    earliest : int
        No step starts before.

    Returns
    -------
    Timing or None
        None where the bounds of the steps cannot all be kept.

    Raises
    ------
    EngineError
        If the program is not solved, which should not happen.

    Examples
    --------
    >>> least_violating_times([StatedStep(), StatedStep(windows=((100, 110),), leg=30), StatedStep(leg=30)])
    Timing(arrival=[70, 100, 130], start=[70, 100, 130])
    """
    program = _Program(steps, earliest)
    length = program.length
    first = program.objective(lateness=max(1, sum(step.action + step.leg for step in steps)), span=1)
    found = program.solve(first)
    if found is None:
        return None
    # the sums are whole numbers; pinned, they leave the earliest of the times that reach them
    lateness = round(float(found[length : 2 * length].sum()))
    span = round(float(found[length - 1] - found[0]))
    earliest_times = program.objective(starts=max(1, sum(step.leg for step in steps) * length), travel=1)
    found = program.solve(earliest_times, lateness=lateness, span=span)
    if found is None:
        raise EngineError("the times of a stated route could not be pinned down")
    start = [program.origin + round(float(t)) for t in found[:length]]
    travel = [round(float(d)) for d in found[2 * length : 3 * length]]
    arrival = [start[0]]
    arrival += [start[i - 1] + steps[i - 1].action + travel[i] for i in range(1, length)]
    return Timing(arrival, start)


class _Program:
    """Variables: start, lateness and travel of each step, then a choice for each window."""

    def __init__(self, steps: Sequence[StatedStep], earliest: int) -> None:
        self.length = len(steps)
        self._steps = steps
        times = [time for step in steps for window in step.windows for time in window]
        times += [time for step in steps for time in step.bounds if time not in NO_LIMIT]
        total = sum(step.action + step.leg for step in steps)
        # numbers near zero keep the solver exact
        self.origin = max(earliest, min(times, default=earliest) - total)
        self._latest = max([*times, self.origin]) - self.origin + 2 * total
        self._columns = 3 * self.length + sum(max(1, len(step.windows)) for step in steps)
        self._rows: list[dict[int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._add_order()
        self._add_legs()
        self._add_windows()

    def objective(
        self, *, lateness: int = 0, span: int = 0, starts: int = 0, travel: int = 0
    ) -> np.ndarray[Any, Any]:
        """Return what a solution counts: weights of lateness, of the span, of starts and of late travel."""
        n = self.length
        cost = np.zeros(self._columns)
        cost[n : 2 * n] = lateness
        cost[n - 1] += span
        cost[0] -= span
        cost[1 : n - 1] += starts
        rank = 0
        for i, step in enumerate(self._steps):
            rank = rank + 1 if i and self._steps[i - 1].is_break else 0
            cost[2 * n + i] += travel * rank * bool(step.leg or step.is_break)
        return cost

    def solve(
        self, cost: np.ndarray[Any, Any], *, lateness: int | None = None, span: int | None = None
    ) -> np.ndarray[Any, Any] | None:
        """Return the variables of the best solution, or None if there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        n, rows = self.length, list(self._rows)
        low, high = list(self._low), list(self._high)
        if lateness is not None and span is not None:
            rows += [dict.fromkeys(range(n, 2 * n), 1.0), {n - 1: 1.0, 0: -1.0}]
            low += [lateness, span]
            high += [lateness, span]
        entries = [(i, column, value) for i, row in enumerate(rows) for column, value in row.items()]
        at, columns, values = zip(*entries, strict=True)
        matrix = csr_array((values, (at, columns)), shape=(len(rows), self._columns))
        least, most = self._bounds()
        if (least > most).any():
            return None
        result = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            bounds=Bounds(least, most),
            integrality=np.ones(self._columns, np.int64),
        )
        if result.status == 2:  # infeasible
            return None
        if result.x is None:
            raise EngineError(f"the times of a stated route were not found: {result.message}")
        found: np.ndarray[Any, Any] = np.round(result.x)
        return found

    def _bounds(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        n = self.length
        low, high = np.zeros(self._columns), np.full(self._columns, np.inf)
        high[3 * n :] = 1
        for i, step in enumerate(self._steps):
            low[i] = max(0, step.bounds[0] - self.origin)
            high[i] = min(self._latest, step.bounds[1] - self.origin)
        return low, high

    def _add(self, row: dict[int, float], low: float, high: float) -> None:
        self._rows.append(row)
        self._low.append(low)
        self._high.append(high)

    def _add_order(self) -> None:
        """Hold each step until the one before is done, and the travel between them too."""
        for i in range(1, self.length):
            row = {i: 1.0, i - 1: -1.0, 2 * self.length + i: -1.0}
            self._add(row, self._steps[i - 1].action, np.inf)

    def _add_legs(self) -> None:
        """Let the travel before a step and before the breaks that lead to it make up its leg."""
        parts: list[int] = []
        for i, step in enumerate(self._steps):
            parts.append(2 * self.length + i)
            if not step.is_break:
                self._add(dict.fromkeys(parts, 1.0), step.leg, step.leg)
                parts = []

    def _add_windows(self) -> None:
        n, column = self.length, 3 * self.length
        for i, step in enumerate(self._steps):
            chosen = range(column, column + max(1, len(step.windows)))
            column = chosen.stop
            self._add(dict.fromkeys(chosen, 1.0), 1, 1)
            if not step.windows:
                continue
            opens = {
                k: float(self.origin - first) for k, (first, _) in zip(chosen, step.windows, strict=True)
            }
            closes = {k: float(self.origin - last) for k, (_, last) in zip(chosen, step.windows, strict=True)}
            self._add({i: 1.0, n + i: 1.0} | opens, 0, np.inf)
            self._add({i: 1.0, n + i: -1.0} | closes, -np.inf, 0)
