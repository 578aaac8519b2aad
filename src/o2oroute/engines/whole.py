"""Annealing of a problem that is not divided, in stages; see stages.py.

With a time limit each thread anneals all routes as one, by its own chance, and now and then they all go on
from the best of them: Onbaşoğlu and Özdamar, Parallel simulated annealing algorithms in global optimization,
Journal of Global Optimization 19, 2001, compare such ways. With a number of iterations one thread does all:
the routes then are the same on any number.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute._search import Improver, Routes, link_unit
from o2oroute.engines.jobs import await_all, outcomes
from o2oroute.engines.search_run import Outcome, Run, Task, assign, by_vehicle, reduce_fleet
from o2oroute.engines.stages import Origin, Stage, plan_stages

__all__ = ["improve_whole"]

Int32 = npt.NDArray[np.int32]

#: How often, at most, several threads go on from the best of them in the last stage,
MEETINGS: Final = 10
#: if there are so many seconds between two meetings.
MEETING_SECONDS: Final = 0.1


def improve_whole(task: Task, run: Run, outcome: Outcome, *, threads: int) -> None:
    """Anneal all routes as one; also after Ctrl-C, which comes through, they are the best.

    Where the fewest vehicles are wanted, routes are emptied first.
    """
    gone = reduce_fleet(task, run, outcome)
    whole = _Whole(task, run, outcome, threads if run.iterations is None else 1)
    stages = plan_stages(
        gone,
        task.settings["hot"],
        task.settings["cold"],
        run.seconds if run.iterations is None else run.iterations,
        counts=run.iterations is not None,
        divided=False,
        may_save=False,
    )
    try:
        with ThreadPoolExecutor(whole.lanes) as pool:
            for stage in stages:
                whole.anneal(stage, pool)
    finally:
        whole.finish()


class _Whole:
    """The routes between two meetings, as lists by vehicle."""

    def __init__(self, task: Task, run: Run, outcome: Outcome, lanes: int) -> None:
        self._task, self._run, self._outcome = task, run, outcome
        self.lanes = lanes
        self._unit = link_unit(task.neighbours.link_cost)
        self._settings = {**task.settings, "fleet_share": 0}
        self._first = self._current = self._best = by_vehicle(outcome.routes)
        self._value: tuple[int, int] | None = None
        self._seed = run.seed
        self._stop = Event()

    def anneal(self, stage: Stage, pool: ThreadPoolExecutor) -> None:
        """Do a stage; in the last one the threads meet."""
        self._current = self._first if stage.origin is Origin.FIRST else self._best
        for now, then in itertools.pairwise(np.linspace(0, 1, self._pieces(stage) + 1).tolist()):
            self._work(stage.piece(now, then), pool)

    def _pieces(self, stage: Stage) -> int:
        if self.lanes == 1 or stage.end < 1:
            return 1
        seconds = (stage.end - stage.begin) * self._run.seconds
        return min(max(1, int(seconds / MEETING_SECONDS)), MEETINGS)

    def _work(self, piece: Stage, pool: ThreadPoolExecutor) -> None:
        """Anneal on each thread, and go on from the best; whatever happens, that of all is kept."""
        improvers = [self._improver() for _ in range(self.lanes)]
        begin = self._run.elapsed()
        jobs = [pool.submit(self._run_piece, improver, piece) for improver in improvers]
        try:
            await_all(jobs, self._stop, lambda: self._tell(improvers))
        finally:
            done = outcomes(jobs)
            self._note(done, begin)
            for improver in done:
                self._keep(improver)
        for job in jobs:
            job.result()  # an error comes through
        last = min(improvers, key=_last_value)
        self._current = [last.last_tasks_of(i) for i in range(last.routes.model.vehicles)]

    def _tell(self, improvers: Sequence[Improver]) -> None:
        self._run.tell(self._outcome.iterations + sum(improver.iterations for improver in improvers))

    def _improver(self) -> Improver:
        routes = Routes(self._outcome.routes.model)
        assign(routes, self._current)
        improver = Improver(
            routes,
            **self._task.of_requests,
            neighbours=self._task.neighbours,
            seed=self._seed % 2**64,
            settings=self._settings,
        )
        self._seed += 1
        return improver

    def _run_piece(self, improver: Improver, piece: Stage) -> Improver:
        iterations, deadline = None, self._run.deadline
        if self._run.iterations is not None:
            iterations = round(piece.end * self._run.iterations) - round(piece.begin * self._run.iterations)
        elif deadline is not None:
            deadline = self._run.begin + piece.end * self._run.seconds
        improver.run(
            iterations=iterations,
            deadline=deadline,
            temperatures=(piece.hot * self._unit, piece.cold * self._unit),
            stopped=self._stop.is_set,
        )
        return improver

    def _keep(self, improver: Improver) -> None:
        self._outcome.count(improver)
        if self._value is None or improver.best_value < self._value:
            self._best, self._value = by_vehicle(improver.routes), improver.best_value

    def finish(self) -> None:
        """Leave the best routes."""
        assign(self._outcome.routes, self._best)

    def _note(self, improvers: Sequence[Improver], begin: float) -> None:
        """Add to the trace where one is better than all before."""
        trace, done = self._outcome.trace, self._outcome.iterations
        for seconds, iterations, *value, used, left in sorted(
            row for improver in improvers for row in improver.trace
        ):
            if not trace or tuple(value) < trace[-1][2:4]:
                importance, cost = value
                trace.append((round(begin + seconds, 3), done + iterations, importance, cost, used, left))


def _last_value(improver: Improver) -> tuple[int, int]:
    """Return the value of what an annealing has come to."""
    assert improver.last_value is not None  # noqa: S101 - it has run
    return improver.last_value
