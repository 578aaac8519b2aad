"""What the moment of service costs: soft windows and urgency, task by task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.order import Order
from o2oroute.model.problem import Problem
from o2oroute.model.task import Task
from o2oroute.units import rate_per_minute, rate_per_tick

__all__ = ["SoftTable", "SoftTerm", "soft_table", "soft_terms"]


class SoftTerm(NamedTuple):
    """What each tick costs, in cost units, that service starts before or after a moment."""

    moment: int
    before: int
    after: int

    def cost(self, start: int) -> int:
        """Return the cost of a start of service."""
        return self.before * max(self.moment - start, 0) + self.after * max(start - self.moment, 0)


class SoftTable(NamedTuple):
    """Soft terms of task ``i``: ``first[i]`` up to ``first[i + 1]``; what its moment costs is their sum."""

    #: int32, shape (tasks + 1,).
    first: npt.NDArray[np.int32]
    #: int64, shape (terms,).
    moment: npt.NDArray[np.int64]
    before: npt.NDArray[np.int64]
    after: npt.NDArray[np.int64]


def soft_terms(problem: Problem, task: Task, earliest: int) -> list[SoftTerm]:
    """Return what the moment of one task costs.

    Parameters
    ----------
    problem : Problem
    task : Task
    earliest : int
        From when on urgency counts.
    """
    terms = []
    if task.stop.preferred is not None:
        first, last = task.stop.preferred
        early, late = rate_per_minute(task.stop.per_minute_early), rate_per_minute(task.stop.per_minute_late)
        terms += [SoftTerm(first, early, 0)] * (early > 0) + [SoftTerm(last, 0, late)] * (late > 0)
    request = problem.requests[task.request]
    if request.urgency and (isinstance(request, Order) or task.kind == "delivery"):
        terms.append(SoftTerm(earliest, 0, rate_per_tick(request.urgency)))
    return terms


def soft_table(problem: Problem, tasks: Sequence[Task], earliest: int) -> SoftTable:
    """Return what the moments of all tasks cost."""
    by_task = [soft_terms(problem, task, earliest) for task in tasks]
    flat = np.array([term for terms in by_task for term in terms], np.int64).reshape(-1, 3)
    moment, before, after = (frozen(np.ascontiguousarray(column)) for column in flat.T)
    first = frozen(np.cumsum([0, *map(len, by_task)]).astype(np.int32))
    return SoftTable(first, moment, before, after)
