"""First routes: compiled insertion in a few variants, of which the best is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute._search import UNLIMITED, Model, Routes
from o2oroute.engines.compiled import Value, compiled_model, plan_value, read_routes, worth
from o2oroute.model.instance import Instance
from o2oroute.model.solution import Solution

__all__ = ["Construction", "construct"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Progress = Callable[[int, int], object]

#: How readily orders open vehicles, see :meth:`~o2oroute._search.Routes.insert_all`. On academic instances of
#: 200 and 600 orders 0.2 and 0.3 gave the shortest routes; 1.0 uses the fewest vehicles, for small fleets.
_DETOURS: Final = (0.3, 0.2, 0.5, 1.0)
#: With more orders than this one variant must do, and the most sparing one if that leaves orders out.
_MANY_ORDERS: Final = 2000


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
    """

    routes: Routes
    value: Value
    finished: bool = False
    interrupted: bool = False
    variants: int = 0


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
    optional = instance.prize >= 0
    mandatory_first = optional.astype(np.int32)
    builder = _Builder(instance, model, start, deadline, progress)
    try:
        for detour in _DETOURS:
            found = builder.best
            if (
                found is None
                or model.orders <= _MANY_ORDERS
                or (detour >= 1 and found.value.unserved_importance)
            ):
                builder.build(mandatory_first, detour)
        if builder.best is not None and builder.best.value.unserved_importance:
            builder.build(_by_importance(instance), detour=1.0)
        if optional.any():
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
        self.best: Construction | None = None
        self._variants = 0

    def build(self, rank: Int32, detour: float, *, prizes_later: bool = False) -> None:
        """Insert all orders; with `prizes_later` take off again what does not pay only when all are on."""
        routes = Routes(self._model)
        finished = False
        try:
            if self._start is not None:
                read_routes(self._instance, routes, self._start)
            if prizes_later:
                self._insert(routes, rank, np.full_like(self._worth, UNLIMITED), detour)
                routes.drop_unworthy(worth=self._worth)
            finished = self._insert(routes, rank, self._worth, detour)
        finally:  # an interrupt leaves routes that keep all rules, as far as they have come
            self._variants += 1
            value = plan_value(self._instance, routes)
            if self.best is None or value < self.best.value:
                self.best = Construction(routes, value, finished=finished)

    def _insert(self, routes: Routes, rank: Int32, most: Int64, detour: float) -> bool:
        progress = self._progress if self._variants == 0 else None  # the others take no longer than the first
        return routes.insert_all(
            rank=rank, worth=most, detour=detour, deadline=self._deadline, progress=progress
        )

    def result(self, *, interrupted: bool) -> Construction:
        """Return the best routes."""
        best = self.best
        if best is None:  # interrupted before anything began
            routes = Routes(self._model)
            best = Construction(routes, plan_value(self._instance, routes))
        return replace(best, interrupted=interrupted, variants=self._variants)


def _by_importance(instance: Instance) -> Int32:
    """Return ranks that let the more important orders go first, and optional ones last."""
    _, rank = np.unique(np.where(instance.prize < 0, -instance.importance, 1), return_inverse=True)
    return rank.astype(np.int32)
