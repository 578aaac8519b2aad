"""Annealing of large problems: in stages of rounds, each over parts of the routes at once, on threads.

Each round divides the routes anew, cuts out each part with its requests as a model of its own, lets the
search improve it at the temperature of the hour, and puts the parts together again. The parts depend on the
problem, the seed and the round alone, and each has its own random numbers: with a number of iterations for an
end, the routes are the same on any number of threads.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._search import Improver, Routes, link_unit
from o2oroute.engines.jobs import await_all, outcomes
from o2oroute.engines.parts import Part, cut, divide, kinds_of, tasks_of
from o2oroute.engines.search_run import Outcome, Run, Task, assign, by_vehicle, reduce_fleet
from o2oroute.engines.stages import Origin, Stage, plan_stages

__all__ = ["improve_in_rounds", "is_worth_dividing"]

Int32 = npt.NDArray[np.int32]

#: Tasks in a part, about.
PART_SIZE: Final = 250
#: Routes that a part has at least: with fewer, there is little to exchange.
PART_ROUTES: Final = 12
#: A whole of fewer tasks is not divided, nor one of fewer than twice a part with fewer routes than that.
LEAST_DIVIDED: Final = 200
LEAST_ROUTES: Final = 16
#: Rounds in a run, where it is long enough for them,
ROUNDS: Final = 40
#: that is, for so many seconds a round, and so many seconds or iterations for each part in it.
ROUND_SECONDS: Final = 0.1
PART_SECONDS: Final = 0.05
ROUND_ITERATIONS: Final = 4_000
#: Routes that a part has at least for a trial with fewer: to save one of a few is too much, and looks cheaper
#: sooner than it is,
TRIAL_ROUTES: Final = 16
#: and what part of the trial empties routes.
EMPTYING: Final = 0.3
#: Empty vehicles of each kind that a part may open.
SPARE: Final = 3


class _Found(NamedTuple):
    """What the search made of a part: routes by vehicle of the whole, the best and the last."""

    part: Part
    best: list[Int32]
    last: list[Int32]
    #: Unserved importance, and cost in the unit of the whole model, of the best.
    value: tuple[int, float]


def is_worth_dividing(tasks: int, routes: int) -> bool:
    """Tell whether parts of a problem are large enough, by its tasks and the routes in use.

    Examples
    --------
    >>> is_worth_dividing(150, 30), is_worth_dividing(300, 10), is_worth_dividing(300, 20)
    (False, False, True)
    """
    return tasks >= 2 * PART_SIZE or (tasks >= LEAST_DIVIDED and routes >= LEAST_ROUTES)


def improve_in_rounds(task: Task, run: Run, outcome: Outcome, *, threads: int) -> None:
    """Anneal the routes in parts; also after Ctrl-C, which comes through, they are the best.

    Where the fewest vehicles are wanted, routes are emptied first, with all others at hand.
    """
    gone = reduce_fleet(task, run, outcome)
    rounds = _Rounds(task, run, outcome, threads, gone)
    try:
        with ThreadPoolExecutor(threads) as pool:
            for stage in rounds.stages:
                rounds.anneal(stage, pool)
    finally:
        rounds.finish()


class _Rounds:
    """The routes between two rounds, as lists by vehicle."""

    def __init__(self, task: Task, run: Run, outcome: Outcome, threads: int, gone: float) -> None:
        self._task, self._run, self._outcome = task, run, outcome
        self._model = outcome.routes.model
        points = task.arrays["node_point"][: self._model.tasks]
        self._places = np.zeros((0, 2)) if task.plane is None else task.plane[np.maximum(points, 0)]
        self._singles = 2 * self._model.requests - self._model.tasks
        self._is_planned = _is_planned(task)
        counts = np.diff(task.first_task, append=self._model.tasks)
        self._request_of = np.repeat(np.arange(counts.size, dtype=np.int32), counts)
        self._planned_tasks = int(counts[self._is_planned].sum())
        self._unit = link_unit(task.neighbours.link_cost)
        self._current = self._best = by_vehicle(outcome.routes)
        self._best_value = _value(task, outcome.routes)
        self._threads = threads
        self._count_parts()
        self.stages = self._stages(gone)
        self._stop = Event()
        self._counting = Lock()
        self._note()

    def _count_parts(self) -> None:
        """Set the number of parts: even, so that two threads have as much to do."""
        routes = sum(tasks.size > 0 for tasks in self._current)
        twos = min(self._planned_tasks / PART_SIZE, routes / PART_ROUTES) / 2
        self._outcome.parts = 2 * max(1, round(twos))
        #: Parts that each thread works on, one after the other.
        self._waves = math.ceil(self._outcome.parts / self._threads)

    def _stages(self, gone: float) -> list[Stage]:
        run, settings = self._run, self._task.settings
        routes = sum(tasks.size > 0 for tasks in self._current)
        if run.iterations is None:
            of_a_part = run.seconds / self._waves
        else:
            of_a_part = run.iterations / self._outcome.parts
        return plan_stages(
            gone,
            settings["hot"],
            settings["cold"],
            of_a_part,
            counts=run.iterations is not None,
            divided=True,
            # where the fewest are wanted, that is done
            may_save=not self._task.arrays["fewest_vehicles"]
            and routes >= TRIAL_ROUTES * self._outcome.parts,
        )

    def anneal(self, stage: Stage, pool: ThreadPoolExecutor) -> None:
        """Do the rounds of a stage, as many as there is time for."""
        if stage.origin is Origin.BEST:
            self._current = list(self._best)
        steps = np.linspace(0, 1, self._rounds(stage) + 1).tolist()
        for now, then in itertools.pairwise(steps):
            if self._run.elapsed() >= self._run.seconds:
                break
            self._work(stage.piece(now, then), pool)

    def _rounds(self, stage: Stage) -> int:
        if stage.tries_fewer:
            return 1
        run, share = self._run, stage.end - stage.begin
        if run.iterations is not None:
            rounds = share * run.iterations / (self._outcome.parts * ROUND_ITERATIONS)
        else:
            rounds = share * run.seconds / max(ROUND_SECONDS, PART_SECONDS * self._waves)
        return min(max(1, round(rounds)), ROUNDS)

    def _work(self, piece: Stage, pool: ThreadPoolExecutor) -> None:
        """Do one round: a piece of a stage."""
        number = self._outcome.rounds
        self._count_parts()
        parts = self._divided(np.random.default_rng((self._run.seed, number)))
        end = self._run.begin + self._run.seconds * piece.end
        jobs = []
        for i, part in enumerate(parts):
            seed = int(np.random.SeedSequence((self._run.seed, number, i)).generate_state(1, np.uint64)[0])
            waves_left = self._waves - i // self._threads
            jobs.append(pool.submit(self._anneal, part, piece, seed, end, waves_left))
        try:
            await_all(jobs, self._stop, lambda: self._run.tell(self._outcome.iterations))
        finally:
            self._join([found for found in outcomes(jobs) if found is not None])
        for job in jobs:
            job.result()  # an error comes through

    def _divided(self, chance: np.random.Generator) -> list[Part]:
        """Return parts of about equal size, each with some of the empty vehicles."""
        used = [vehicle for vehicle, tasks in enumerate(self._current) if tasks.size]
        left = np.flatnonzero(~self._is_served(self._current) & self._is_planned).astype(np.int32)
        places = [self._places[self._current[vehicle]].mean(axis=0) for vehicle in used]
        weights = [self._current[vehicle].size for vehicle in used]
        groups = divide(
            np.concatenate((np.reshape(places, (-1, 2)), self._places[self._task.first_task[left]])),
            np.concatenate((np.array(weights, np.int64), np.ones(left.size, np.int64))),
            self._outcome.parts,
            chance,
        )
        empty = self._empty_by_kind(chance)
        parts = []
        for i, group in enumerate(groups):
            vehicles = [used[thing] for thing in group if thing < len(used)]
            requests = [self._requests_of(self._current[vehicle]) for vehicle in vehicles]
            requests.append(left[group[group >= len(used)] - len(used)])
            for kind in empty:
                vehicles += kind[i :: len(groups)][:SPARE]
            parts.append(Part(np.sort(np.concatenate(requests)), np.array(sorted(vehicles), np.int32)))
        return parts

    def _requests_of(self, tasks: Int32) -> Int32:
        """Return the requests of a route, ascending: of a pair both tasks are there."""
        return np.unique(self._request_of[tasks])

    def _is_served(self, routes: Sequence[Int32]) -> npt.NDArray[np.bool_]:
        """Tell which requests are on some routes."""
        served = np.zeros(self._model.requests, bool)
        served[self._request_of[np.concatenate([np.empty(0, np.int32), *routes])]] = True
        return served

    def _empty_by_kind(self, chance: np.random.Generator) -> list[list[int]]:
        """Return the empty vehicles of each kind, turned by chance."""
        empty = [
            [vehicle for vehicle in kind if not self._current[vehicle].size]
            for kind in kinds_of(self._model.next_alike)
        ]
        found = sorted(kind for kind in empty if kind)
        for kind in found:
            by = int(chance.integers(len(kind)))
            kind[:] = kind[by:] + kind[:by]
        return found

    def _anneal(self, part: Part, piece: Stage, seed: int, end: float, waves_left: int) -> _Found | None:
        """Improve one part in its share of the time until the round ends; runs on a thread.

        Returns None where the time of the run is over: the part stays as it is.
        """
        if self._run.elapsed() >= self._run.seconds:
            return None
        seconds = (end - time.monotonic()) / waves_left
        if not piece.tries_fewer:
            return self._annealed(part, piece, seed, seconds)
        as_it_is = self._annealed(part, piece, seed, seconds / 2, 0.5)
        with_fewer = self._annealed(part, piece, seed ^ 1, seconds / 2, 0.5, fewest_vehicles=True)
        return min(as_it_is, with_fewer, key=lambda found: found.value)

    def _annealed(
        self,
        part: Part,
        piece: Stage,
        seed: int,
        seconds: float,
        share: float = 1.0,
        *,
        fewest_vehicles: bool = False,
    ) -> _Found:
        """Improve one part for a share of the iterations of a round, and perhaps save vehicles before."""
        begin = time.monotonic()
        arrays = {**self._task.arrays, "fewest_vehicles": True} if fewest_vehicles else self._task.arrays
        routes = Routes(cut(arrays, part))
        scale = self._model.cost_unit / routes.model.cost_unit
        tasks = tasks_of(part.requests, self._singles)
        number_of = np.full(self._model.tasks, -1, np.int32)
        number_of[tasks] = np.arange(tasks.size, dtype=np.int32)
        for i, vehicle in enumerate(part.vehicles.tolist()):
            if self._current[vehicle].size:
                routes.assign(i, number_of[self._current[vehicle]])
        of_requests = {
            name: np.ascontiguousarray(values[..., part.requests])
            for name, values in self._task.of_requests.items()
        }
        if scale != 1:  # the whole counts in coarser units
            of_requests["prize"] = np.rint(of_requests["prize"] * scale).astype(np.int64)
        improver = Improver(
            routes,
            **of_requests,
            neighbours=self._task.neighbours.part(tasks),
            seed=seed,
            settings={**self._task.settings, "fleet_share": EMPTYING * fewest_vehicles},
        )
        iterations = self._run.iterations
        if iterations is not None:
            share *= tasks.size / self._planned_tasks
            done, goal = (iterations * moment * share for moment in (piece.begin, piece.end))
            iterations = round(goal) - round(done)
        improver.run(
            iterations=iterations,
            deadline=begin + seconds if self._run.deadline is not None else None,
            temperatures=(piece.hot * self._unit * scale, piece.cold * self._unit * scale),
            stopped=self._stop.is_set,
        )
        with self._counting:
            self._outcome.count(improver)
        vehicles = range(part.vehicles.size)
        importance, cost = improver.best_value
        if fewest_vehicles:
            cost -= int((routes.totals()[0] > 0).sum()) * routes.model.per_vehicle
        return _Found(
            part,
            [tasks[routes.tasks_of(i)] for i in vehicles],
            [tasks[improver.last_tasks_of(i)] for i in vehicles],
            (importance, cost / scale),
        )

    def _join(self, found: Sequence[_Found]) -> None:
        best = list(self._current)
        for piece in found:
            for i, vehicle in enumerate(piece.part.vehicles.tolist()):
                best[vehicle], self._current[vehicle] = piece.best[i], piece.last[i]
        self._outcome.rounds += 1
        assign(self._outcome.routes, best)
        value = _value(self._task, self._outcome.routes)
        if value < self._best_value:
            self._best, self._best_value = best, value
            self._note()

    def finish(self) -> None:
        """Leave the best routes."""
        assign(self._outcome.routes, self._best)

    def _note(self) -> None:
        importance, cost = self._best_value
        left = self._is_planned & ~self._is_served(self._best)
        used = sum(tasks.size > 0 for tasks in self._best)
        self._outcome.trace.append(
            (
                round(self._run.elapsed(), 3),
                self._outcome.iterations,
                importance,
                cost,
                used,
                int(left.sum()),
            )
        )


def _value(task: Task, routes: Routes) -> tuple[int, int]:
    """Return unserved importance and cost, in the unit of the model."""
    left = ~routes.is_served() & _is_planned(task)
    prizes = sum(task.of_requests["prize"][left].tolist())
    return int(task.of_requests["importance"][left].sum()), sum(routes.totals()[1].tolist()) + prizes


def _is_planned(task: Task) -> npt.NDArray[np.bool_]:
    """Tell which requests are not set aside: each of their tasks has a place."""
    tasks = task.arrays["service"].shape[1]
    last_task = np.append(task.first_task[1:], tasks)[: task.first_task.size] - 1
    points = task.arrays["node_point"]
    planned: npt.NDArray[np.bool_] = (points[task.first_task] >= 0) & (points[last_task] >= 0)
    return planned
