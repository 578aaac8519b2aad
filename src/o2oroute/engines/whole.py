"""Annealing of a problem that is not divided, in stages; see stages.py."""

from __future__ import annotations

from o2oroute._search import Improver, link_unit
from o2oroute.engines.search_run import Outcome, Run, Task, assign, by_vehicle, reduce_fleet
from o2oroute.engines.stages import Origin, Stage, plan_stages

__all__ = ["improve_whole"]


def improve_whole(task: Task, run: Run, outcome: Outcome) -> None:
    """Anneal all routes as one; also after Ctrl-C, which comes through, they are the best.

    Where the fewest vehicles are wanted, routes are emptied first.
    """
    gone = reduce_fleet(task, run, outcome)
    whole = _Whole(task, run, outcome)
    for stage in plan_stages(
        gone,
        task.settings["hot"],
        task.settings["cold"],
        run.seconds if run.iterations is None else run.iterations,
        counts=run.iterations is not None,
        may_save=False,
    ):
        whole.anneal(stage)


class _Whole:
    """The routes between two stages, as lists by vehicle."""

    def __init__(self, task: Task, run: Run, outcome: Outcome) -> None:
        self._task, self._run, self._outcome = task, run, outcome
        self._unit = link_unit(task.neighbours.link_cost)
        self._settings = {**task.settings, "fleet_share": 0}
        self._first = self._best = by_vehicle(outcome.routes)
        self._value: tuple[int, int] | None = None
        self._stage = 0

    def anneal(self, stage: Stage) -> None:
        """Do a stage; whatever happens, the routes are then the best of all."""
        run, outcome = self._run, self._outcome
        assign(outcome.routes, self._first if stage.origin is Origin.FIRST else self._best)
        improver = Improver(
            outcome.routes,
            **self._task.of_requests,
            neighbours=self._task.neighbours,
            seed=(run.seed + self._stage) % 2**64,
            settings=self._settings,
        )
        self._stage += 1
        iterations, deadline = None, run.deadline
        if run.iterations is not None:
            iterations = round(stage.end * run.iterations) - round(stage.begin * run.iterations)
        elif deadline is not None:
            deadline = run.begin + stage.end * run.seconds
        begin = run.elapsed()
        try:
            improver.run(
                iterations=iterations,
                deadline=deadline,
                progress=lambda done, _: run.tell(outcome.iterations + done),
                temperatures=(stage.hot * self._unit, stage.cold * self._unit),
            )
        finally:
            self._note(improver, begin)
            outcome.count(improver)
            if self._value is None or improver.best_value < self._value:
                self._best, self._value = by_vehicle(outcome.routes), improver.best_value
            assign(outcome.routes, self._best)

    def _note(self, improver: Improver, begin: float) -> None:
        """Add to the trace where it is better than all before."""
        trace = self._outcome.trace
        done = self._outcome.iterations
        for seconds, iterations, importance, cost, used, left in improver.trace:
            if not trace or (importance, cost) < trace[-1][2:4]:
                trace.append((round(begin + seconds, 3), done + iterations, importance, cost, used, left))
