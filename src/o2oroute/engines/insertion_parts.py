"""Insertion of very many requests: first in compact parts, each with some of the vehicles.

The work of insertion grows with the square of what waits, so that ten parts take a tenth of the time. What
finds no place in its part is left for an insertion over all vehicles.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute._search import UNLIMITED, Routes
from o2oroute.engines.compiled import model_arrays
from o2oroute.engines.parts import Part, cut, divide, in_plane, kinds_of, tasks_of
from o2oroute.model.instance import Instance

__all__ = ["insert_in_parts"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: Requests in a part, about.
_PART_SIZE: Final = 1000


def insert_in_parts(
    instance: Instance, routes: Routes, *, rank: Int32, worth: Int64, detour: float, deadline: float | None
) -> None:
    """Insert requests of the lowest rank into empty routes, each request in its part.

    The arguments are those of :meth:`~o2oroute._search.Routes.insert_all`.
    """
    arrays, model = model_arrays(instance), routes.model
    # what may go first in one part must not take a place from what must go first in another
    goes_first = ~instance.is_set_aside & (
        rank == rank[~instance.is_set_aside].min(initial=rank.max(initial=0))
    )
    planned = np.flatnonzero(goes_first).astype(np.int32)
    points = instance.task_point[instance.request_tasks[planned]]
    count = max(1, round(planned.size / _PART_SIZE))
    places = in_plane(instance.vehicle_legs(0).durations)[points]
    groups = divide(places, np.ones(planned.size), count, np.random.default_rng(0))
    # one vehicle of a kind after the other goes to the next part
    by_kind = np.concatenate([np.empty(0, np.int32), *kinds_of(model.next_alike)]).astype(np.int32)
    for number, group in enumerate(groups):
        part = Part(np.sort(planned[group]), np.sort(by_kind[number::count]))
        piece = Routes(cut(arrays, part))
        most = worth[part.requests]
        scaled = np.minimum(most, UNLIMITED // model.cost_unit) * model.cost_unit // piece.model.cost_unit
        piece.insert_all(
            rank=rank[part.requests],
            worth=np.where(most >= UNLIMITED, UNLIMITED, scaled),
            detour=detour,
            deadline=deadline,
        )
        tasks = tasks_of(part.requests, 2 * model.requests - model.tasks)
        for i, vehicle in enumerate(part.vehicles.tolist()):
            routes.assign(vehicle, tasks[piece.tasks_of(i)])
        if deadline is not None and time.monotonic() >= deadline:
            return
