"""Routes by compiled insertion in a few variants, of which the best is kept: an engine, and others' start."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute._search import UNLIMITED, Model, Routes
from o2oroute.engines.compiled import (
    SERVED,
    Value,
    compiled_model,
    plan_value,
    read_routes,
    worth,
    write_routes,
)
from o2oroute.engines.earliest import insert_earlier
from o2oroute.engines.insertion_parts import insert_in_parts
from o2oroute.engines.parts import is_divisible
from o2oroute.model.features import asked
from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution
from o2oroute.road.network import Progress

__all__ = ["Construction", "InsertionEngine", "construct"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: How readily orders open vehicles, see :meth:`~o2oroute._search.Routes.insert_all`. On academic instances of
#: 200 and 600 orders 0.2 and 0.3 gave the shortest routes; 1.0 uses the fewest vehicles, for small fleets.
_DETOURS: Final = (0.3, 0.2, 0.5, 1.0)
#: With more orders than this one variant must do, made in parts first, and the most sparing one if that
#: leaves orders out.
_MANY_ORDERS: Final = 2000

#: Seconds that the first variant is given, however soon the deadline: enough for all but large problems.
_LEAST_TIME: Final = 0.5


class InsertionEngine:
    """Inserts all orders that fit, and leaves it at that."""

    name = "insertion"

    def supports(self, problem: Problem) -> list[str]:
        """Return what a problem asks that the engine cannot do."""
        return [name for name in asked(problem) if name not in SERVED]

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
        """Return routes; see :class:`~o2oroute.engines.engine.Engine`. There is no chance in it."""
        del seed, threads, iterations
        found = construct(instance, start=start, deadline=deadline, progress=progress)
        if instance.problem.objective == "earliest_finish" and start is None and found.finished:
            routes, interrupted = insert_earlier(instance, found.routes, deadline)
            found = replace(found, routes=routes, value=plan_value(instance, routes), interrupted=interrupted)
        return Solution(
            routes=write_routes(instance, found.routes), engine=self.name, statistics=found.statistics()
        )


@dataclass(frozen=True)
class Construction:
    """Routes that keep all rules, found by insertion.

    Attributes
    ----------
    routes : Routes
    value : Value
    finished : bool
        Whether there was time to try every order; if so, no order that is left out fits anywhere.
    interrupted : bool
        Whether Ctrl-C ended it.
    variants : int
        How many ways of inserting were tried.
    seconds : float
        What they took together.
    """

    routes: Routes
    value: Value
    finished: bool = False
    interrupted: bool = False
    variants: int = 0
    seconds: float = 0.0

    def statistics(self) -> dict[str, Any]:
        """Return what a plan says about it."""
        return {
            "interrupted": self.interrupted,
            "out_of_time": not self.finished and not self.interrupted,
            "insertion": {"variants": self.variants, "seconds": round(self.seconds, 3)},
        }


def construct(
    instance: Instance,
    *,
    start: Solution | None = None,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> Construction:
    """Insert all orders that fit.

    Parameters
    ----------
    instance : Instance
    start : Solution, optional
        Routes to begin with; they keep their orders.
    deadline : float, optional
        Moment of ``time.monotonic`` at which to stop with what there is.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of orders.

    Returns
    -------
    Construction
        Also after Ctrl-C, which it notes.

    Examples
    --------
    >>> construct(instance).value.unserved_importance  # doctest: +SKIP
    0
    """
    model = compiled_model(instance)
    optional = instance.request_prize >= 0
    mandatory_first = optional.astype(np.int32)
    builder = _Builder(instance, model, start, deadline, progress)
    try:
        for detour in _DETOURS:
            found = builder.best
            if (
                found is None
                or model.requests <= _MANY_ORDERS
                or (detour >= 1 and found.value.unserved_importance)
            ) and builder.has_time():
                builder.build(mandatory_first, detour)
        if builder.best is not None and builder.best.value.unserved_importance and builder.has_time():
            builder.build(_by_importance(instance), detour=1.0)
        if optional.any() and builder.has_time():
            builder.build(mandatory_first, detour=_DETOURS[0], prizes_later=True)
    except KeyboardInterrupt:
        return builder.result(interrupted=True)
    return builder.result(interrupted=False)


class _Builder:
    """Builds routes in one way after the other and keeps the best."""

    def __init__(
        self,
        instance: Instance,
        model: Model,
        start: Solution | None,
        deadline: float | None,
        progress: Progress | None,
    ) -> None:
        self._instance, self._start, self._deadline = instance, start, deadline
        self._model, self._progress = model, progress
        self._worth = worth(instance, model)
        self._in_parts = start is None and model.requests > _MANY_ORDERS and is_divisible(instance)
        self.best: Construction | None = None
        self._variants = 0
        self._begin = time.monotonic()

    def has_time(self) -> bool:
        """Tell whether there is time for a variant more; the first one has some in any case."""
        return self._deadline is None or self._variants == 0 or time.monotonic() < self._deadline

    def build(self, rank: Int32, detour: float, *, prizes_later: bool = False) -> None:
        """Insert all orders; with `prizes_later` take off again what does not pay only when all are on."""
        routes = Routes(self._model)
        finished = False
        deadline = self._deadline
        if deadline is not None and self._variants == 0:  # the others take no longer than the first
            deadline = max(deadline, self._begin + _LEAST_TIME)
        try:
            if self._start is not None:
                read_routes(self._instance, routes, self._start)
            if self._in_parts:
                insert_in_parts(
                    self._instance,
                    routes,
                    rank=rank,
                    worth=self._worth,
                    detour=detour,
                    deadline=deadline,
                )
            if prizes_later:
                self._insert(routes, rank, np.full_like(self._worth, UNLIMITED), detour, deadline)
                routes.drop_unworthy(worth=self._worth)
            finished = self._insert(routes, rank, self._worth, detour, deadline)
        finally:  # an interrupt leaves routes that keep all rules, as far as they have come
            self._variants += 1
            value = plan_value(self._instance, routes)
            if self.best is None or value < self.best.value:
                self.best = Construction(routes, value, finished=finished)

    def _insert(
        self, routes: Routes, rank: Int32, most: Int64, detour: float, deadline: float | None
    ) -> bool:
        progress = self._progress if self._variants == 0 else None
        return routes.insert_all(rank=rank, worth=most, detour=detour, deadline=deadline, progress=progress)

    def result(self, *, interrupted: bool) -> Construction:
        """Return the best routes."""
        best = self.best
        if best is None:  # interrupted before anything began
            routes = Routes(self._model)
            best = Construction(routes, plan_value(self._instance, routes))
        seconds = time.monotonic() - self._begin
        return replace(best, interrupted=interrupted, variants=self._variants, seconds=seconds)


def _by_importance(instance: Instance) -> Int32:
    """Return ranks that let the more important orders go first, and optional ones last."""
    _, rank = np.unique(
        np.where(instance.request_prize < 0, -instance.request_importance, 1), return_inverse=True
    )
    return rank.astype(np.int32)
