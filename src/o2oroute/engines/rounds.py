"""Annealing of large problems: in rounds, each over parts of the routes at once, on threads.

Each round divides the routes anew, cuts out each part with its orders as a model of its own, lets the search
improve it at the temperature of the hour, and puts the parts together again. The parts depend on the problem,
the seed and the round alone, and each has its own random numbers: with a number of iterations for an end, the
routes are the same on any number of threads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._search import Improver, Neighbours, Routes, link_unit
from o2oroute.engines.parts import Part, cut, divide
from o2oroute.road.network import Progress

__all__ = ["Outcome", "Run", "Task", "assign", "improve_in_rounds", "improve_whole"]

Int32 = npt.NDArray[np.int32]
_Row = tuple[float, int, int, int, int, int]

#: Orders in a part, about; a whole of fewer than twice as many is not divided.
PART_SIZE: Final = 250
#: Routes that a part has at least: with fewer, there is little to exchange.
PART_ROUTES: Final = 8
#: Rounds in a run, where it is long enough for them,
ROUNDS: Final = 40
#: and the seconds and iterations that a round should take, or each part in it.
ROUND_SECONDS: Final = 0.1
ROUND_ITERATIONS: Final = 4_000
#: Empty vehicles of each kind that a part may open.
SPARE: Final = 3
#: Seconds between two looks for Ctrl-C and at the clock while threads work.
_LOOK: Final = 0.05


@dataclass(frozen=True)
class Task:
    """What is to be improved.

    Attributes
    ----------
    arrays : dict
        Arguments of the model.
    of_orders : dict
        Arguments of the search with the orders as last axis: importance, prize and ranks.
    neighbours : Neighbours
    plane : ndarray of float64, shape (points, 2), or None
        Places in the plane, by which routes are divided; None if they are not to be.
    settings : mapping
    """

    arrays: dict[str, Any]
    of_orders: dict[str, Any]
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


def improve_whole(task: Task, run: Run, outcome: Outcome) -> None:
    """Anneal all routes as one."""
    improver = Improver(
        outcome.routes,
        **task.of_orders,
        neighbours=task.neighbours,
        seed=run.seed,
        settings=dict(task.settings),
    )
    try:
        improver.run(iterations=run.iterations, deadline=run.deadline, progress=run.progress)
    finally:
        outcome.count(improver)
        outcome.trace += improver.trace


class _Found(NamedTuple):
    """What the search made of a part: routes by vehicle of the whole, the best and the last."""

    part: Part
    best: list[Int32]
    last: list[Int32]
    best_value: tuple[int, int]
    last_value: tuple[int, int]
    improver: Improver


def improve_in_rounds(task: Task, run: Run, outcome: Outcome, *, threads: int) -> None:
    """Anneal the routes in parts; also after Ctrl-C, which comes through, they are the best."""
    rounds = _Rounds(task, run, outcome)
    try:
        with ThreadPoolExecutor(threads) as pool:
            for number in range(rounds.count):
                rounds.work(number, pool, threads)
                if run.elapsed() >= run.seconds:
                    break
    finally:
        rounds.finish()


class _Rounds:
    """The routes between two rounds, as lists by vehicle."""

    def __init__(self, task: Task, run: Run, outcome: Outcome) -> None:
        self._task, self._run, self._outcome = task, run, outcome
        self._model = outcome.routes.model
        points = task.arrays["node_point"][: self._model.tasks]
        self._planned = np.flatnonzero(points >= 0).astype(np.int32)
        self._places = np.zeros((0, 2)) if task.plane is None else task.plane[np.maximum(points, 0)]
        unit = link_unit(task.neighbours.link_cost)
        self._hot, self._cold = (task.settings[name] * unit for name in ("hot", "cold"))
        self._current = [outcome.routes.tasks_of(vehicle) for vehicle in range(self._model.vehicles)]
        self._best, self._best_value = list(self._current), _value(task, outcome.routes)
        outcome.parts = self._parts()
        self.count = self._rounds()
        self._stop = Event()
        self._told = 0.0
        self._note()

    def _parts(self) -> int:
        """Return the number of parts: even, so that two threads have as much to do."""
        routes = sum(orders.size > 0 for orders in self._current)
        pairs = min(self._planned.size / PART_SIZE, routes / PART_ROUTES) / 2
        return 2 * max(1, round(pairs))

    def _rounds(self) -> int:
        run = self._run
        if run.iterations is not None:
            return min(max(1, run.iterations // (self._outcome.parts * ROUND_ITERATIONS)), ROUNDS)
        return min(max(1, round(run.seconds / ROUND_SECONDS)), ROUNDS)

    def work(self, number: int, pool: ThreadPoolExecutor, threads: int) -> None:
        """Do one round."""
        chance = np.random.default_rng((self._run.seed, number))
        parts = self._divided(chance)
        waves = math.ceil(len(parts) / threads)
        end = self._run.begin + self._run.seconds * (number + 1) / self.count
        slice_seconds = (end - time.monotonic()) / waves
        jobs = []
        for i, part in enumerate(parts):
            seed = int(np.random.SeedSequence((self._run.seed, number, i)).generate_state(1, np.uint64)[0])
            jobs.append(pool.submit(self._anneal, part, number, seed, slice_seconds))
        self._wait(jobs)
        self._join([job.result() for job in jobs])

    def _wait(self, jobs: Sequence[Future[_Found]]) -> None:
        left: Any = jobs
        try:
            while left:
                _, left = wait(left, timeout=_LOOK)
                self._tell()
        except BaseException:
            self._stop.set()
            wait(jobs)
            self._join([job.result() for job in jobs if job.exception() is None])
            raise

    def _tell(self) -> None:
        run, elapsed = self._run, self._run.elapsed()
        if run.progress is None or elapsed - self._told < 0.2:
            return
        self._told = elapsed
        if run.iterations is not None:
            run.progress(self._outcome.iterations, run.iterations)
        else:
            run.progress(round(1000 * elapsed), round(1000 * run.seconds))

    def _divided(self, chance: np.random.Generator) -> list[Part]:
        """Return parts of about equal size, each with some of the empty vehicles."""
        used = [vehicle for vehicle, orders in enumerate(self._current) if orders.size]
        served = np.zeros(self._model.tasks, bool)
        for vehicle in used:
            served[self._current[vehicle]] = True
        left = self._planned[~served[self._planned]]
        places = [self._places[self._current[vehicle]].mean(axis=0) for vehicle in used]
        weights = [self._current[vehicle].size for vehicle in used]
        groups = divide(
            np.concatenate((np.reshape(places, (-1, 2)), self._places[left])),
            np.concatenate((np.array(weights, np.int64), np.ones(left.size, np.int64))),
            self._outcome.parts,
            chance,
        )
        empty = self._empty_by_kind(chance)
        parts = []
        for i, group in enumerate(groups):
            vehicles = [used[thing] for thing in group if thing < len(used)]
            orders = [self._current[vehicle] for vehicle in vehicles]
            orders.append(left[group[group >= len(used)] - len(used)])
            for kind in empty:
                vehicles += kind[i :: len(groups)][:SPARE]
            parts.append(Part(np.sort(np.concatenate(orders)), np.array(sorted(vehicles), np.int32)))
        return parts

    def _empty_by_kind(self, chance: np.random.Generator) -> list[list[int]]:
        kinds: dict[int, list[int]] = {}
        kind_of = np.arange(self._model.vehicles)
        for vehicle, following in enumerate(self._model.next_alike.tolist()):
            if not self._current[vehicle].size:
                kinds.setdefault(int(kind_of[vehicle]), []).append(vehicle)
            if following >= 0:
                kind_of[following] = kind_of[vehicle]
        found = list(kinds.values())
        for kind in found:
            by = int(chance.integers(len(kind)))
            kind[:] = kind[by:] + kind[:by]
        return found

    def _anneal(self, part: Part, number: int, seed: int, seconds: float) -> _Found:
        """Improve one part; runs on a thread."""
        begin = time.monotonic()
        routes = Routes(cut(self._task.arrays, part))
        number_of = np.full(self._model.tasks, -1, np.int32)
        number_of[part.orders] = np.arange(part.orders.size, dtype=np.int32)
        for i, vehicle in enumerate(part.vehicles.tolist()):
            if self._current[vehicle].size:
                routes.assign(i, number_of[self._current[vehicle]])
        of_orders = self._task.of_orders.items()
        improver = Improver(
            routes,
            **{name: np.ascontiguousarray(values[..., part.orders]) for name, values in of_orders},
            neighbours=self._task.neighbours.part(part.orders),
            seed=seed,
            settings={**self._task.settings, "fleet_share": 0},
        )
        scale = self._model.cost_unit / routes.model.cost_unit
        now, then = number / self.count, (number + 1) / self.count
        iterations = self._run.iterations
        if iterations is not None:
            share = part.orders.size / self._planned.size
            iterations = round(iterations * then * share) - round(iterations * now * share)
        improver.run(
            iterations=iterations,
            deadline=begin + seconds if self._run.deadline is not None else None,
            temperatures=(self._temperature(now) * scale, self._temperature(then) * scale),
            stopped=self._stop.is_set,
        )
        vehicles = range(part.vehicles.size)
        return _Found(
            part,
            [part.orders[routes.tasks_of(i)] for i in vehicles],
            [part.orders[improver.last_tasks_of(i)] for i in vehicles],
            improver.best_value,
            improver.last_value or improver.best_value,
            improver,
        )

    def _temperature(self, done: float) -> float:
        return float(self._hot * (self._cold / self._hot) ** done)

    def _join(self, found: Sequence[_Found]) -> None:
        best = list(self._current)
        for piece in found:
            self._outcome.count(piece.improver)
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
        served = sum(orders.size for orders in self._best)
        used = sum(orders.size > 0 for orders in self._best)
        self._outcome.trace.append(
            (
                round(self._run.elapsed(), 3),
                self._outcome.iterations,
                importance,
                cost,
                used,
                self._planned.size - served,
            )
        )


def _value(task: Task, routes: Routes) -> tuple[int, int]:
    """Return unserved importance and cost, in the unit of the model."""
    left = ~routes.is_served() & (task.arrays["node_point"][: routes.model.tasks] >= 0)
    prizes = sum(task.of_orders["prize"][left].tolist())
    return int(task.of_orders["importance"][left].sum()), sum(routes.totals()[1].tolist()) + prizes


def assign(routes: Routes, orders: Sequence[Int32]) -> None:
    """Replace all routes."""
    for vehicle in range(routes.model.vehicles):
        routes.assign(vehicle, [])
    for vehicle, of_vehicle in enumerate(orders):
        if len(of_vehicle):
            routes.assign(vehicle, of_vehicle)
