"""What a search of the compiled engine works on, how long, and what came of it; and how it saves vehicles."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from o2oroute._search import Improver, Neighbours, Routes
from o2oroute.road.network import Progress

__all__ = ["Outcome", "Run", "Task", "assign", "by_vehicle", "reduce_fleet"]

Int32 = npt.NDArray[np.int32]
_Row = tuple[float, int, int, int, int, int]


@dataclass(frozen=True)
class Task:
    """What is to be improved.

    Attributes
    ----------
    arrays : dict
        Arguments of the model.
    of_requests : dict
        Arguments of the search with the requests as last axis: importance, prize and ranks.
    neighbours : Neighbours
    plane : ndarray of float64, shape (points, 2), or None
        Places in the plane, by which routes are divided; None if they are not to be.
    settings : mapping
    """

    arrays: dict[str, Any]
    of_requests: dict[str, Any]
    first_task: Int32
    neighbours: Neighbours
    plane: npt.NDArray[np.float64] | None
    settings: Mapping[str, float]


@dataclass(frozen=True)
class Run:
    """How long to go on; see :func:`~o2oroute.engines.search.improve`."""

    seed: int
    iterations: int | None
    deadline: float | None
    progress: Progress | None
    begin: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds from the beginning to the deadline."""
        return math.inf if self.deadline is None else max(self.deadline - self.begin, 1e-9)

    def elapsed(self) -> float:
        """Return the seconds since the beginning."""
        return time.monotonic() - self.begin

    def tell(self, done: int) -> None:
        """Report how much is done: of the iterations, or of the time in milliseconds."""
        if self.progress is None:
            return
        if self.iterations is not None:
            self.progress(done, self.iterations)
        else:
            self.progress(round(1000 * self.elapsed()), round(1000 * self.seconds))


@dataclass
class Outcome:
    """The routes, which are the best at any time, and figures on how they came about."""

    routes: Routes
    interrupted: bool = False
    iterations: int = 0
    accepted: int = 0
    improved: int = 0
    parts: int = 1
    rounds: int = 0
    #: Rows as :attr:`o2oroute._search.Improver.trace`.
    trace: list[_Row] = field(default_factory=list)

    def count(self, improver: Improver) -> None:
        """Add the figures of a search."""
        self.iterations += improver.iterations
        self.accepted += improver.accepted
        self.improved += improver.improved

    def statistics(self, unit: float) -> dict[str, Any]:
        """Return what a plan says about it; costs of the model count `unit` to one of the plan."""
        return {
            "interrupted": self.interrupted,
            "iterations": self.iterations,
            "accepted": self.accepted,
            "improved": self.improved,
            "parts": self.parts,
            "rounds": self.rounds,
            "trace": [
                {
                    "seconds": seconds,
                    "iterations": iterations,
                    "unserved_importance": importance,
                    "cost": round(cost / unit, 4),
                    "routes": used,
                    "unassigned": unassigned,
                }
                for seconds, iterations, importance, cost, used, unassigned in thinned(self.trace)
            ],
        }


def thinned(trace: Sequence[_Row]) -> list[_Row]:
    """Return the first, the last and some of the rows between, each a twentieth later than the one before.

    Examples
    --------
    >>> rows = [(second / 10, 0, 0, -second, 1, 0) for second in range(1000)]
    >>> len(thinned(rows)), thinned(rows)[-1] == rows[-1]
    (91, True)
    """
    kept = list(trace[:1])
    for row in trace[1:-1]:
        if row[0] >= 1.05 * kept[-1][0] + 0.01:
            kept.append(row)
    return kept + list(trace[-1:] if len(trace) > 1 else [])


def by_vehicle(routes: Routes) -> list[Int32]:
    """Return the tasks of all routes; `assign` puts them back."""
    return [routes.tasks_of(vehicle) for vehicle in range(routes.model.vehicles)]


def assign(routes: Routes, tasks: Sequence[Int32]) -> None:
    """Replace all routes."""
    for vehicle in range(routes.model.vehicles):
        routes.assign(vehicle, [])
    for vehicle, of_vehicle in enumerate(tasks):
        if len(of_vehicle):
            routes.assign(vehicle, of_vehicle)


def reduce_fleet(task: Task, run: Run, outcome: Outcome) -> float:
    """Empty one route after the other, where the fewest vehicles are wanted.

    Returns what part of the run that took.
    """
    share = task.settings["fleet_share"] if task.arrays["fewest_vehicles"] else 0.0
    if share == 0:
        return 0.0
    improver = Improver(
        outcome.routes,
        **task.of_requests,
        neighbours=task.neighbours,
        seed=run.seed,
        settings={**task.settings, "fleet_share": 1},
    )
    try:
        improver.run(
            iterations=None if run.iterations is None else round(share * run.iterations),
            deadline=None if run.deadline is None else run.begin + share * run.seconds,
            progress=lambda done, _: run.tell(done),
        )
    finally:
        outcome.count(improver)
        outcome.trace += improver.trace
    return share
