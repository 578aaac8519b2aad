"""Which vehicles may serve which requests, and at what extra cost."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.problem import Problem
from o2oroute.model.request import Request
from o2oroute.units import fixed_cost

__all__ = ["NOT_ALLOWED", "vehicle_choices"]

#: Stands for "may not serve it" among extra costs.
NOT_ALLOWED: Final = -1


def vehicle_choices(problem: Problem) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return the row of each request, and by row what each vehicle costs more.

    Requests that ask for the same share a row: there are usually few.

    Returns
    -------
    request_choice : ndarray of int32, shape (requests,)
    choice_cost : ndarray of int64, shape (choices, vehicles)
        Cost units; :data:`NOT_ALLOWED` where the vehicle lacks a skill, or is not allowed or forbidden.
    """
    rows: dict[object, int] = {}
    costs: list[list[int]] = []
    choice = []
    for request in problem.requests:
        asked = frozenset(request.skills), request.vehicles
        if asked not in rows:
            rows[asked] = len(rows)
            costs.append(_costs(problem, request))
        choice.append(rows[asked])
    table = np.array(costs, np.int64).reshape(len(costs), len(problem.vehicles))
    return frozen(np.array(choice, np.int32)), frozen(table)


def _costs(problem: Problem, request: Request) -> list[int]:
    choice, skills = request.vehicles, set(request.skills)
    extra = fixed_cost(choice.not_preferred_cost, problem.ticks_per_second) if choice.preferred else 0
    return [
        NOT_ALLOWED
        if (choice.allowed is not None and vehicle.id not in choice.allowed)
        or vehicle.id in choice.forbidden
        or not skills <= set(vehicle.skills)
        else 0
        if vehicle.id in choice.preferred
        else extra
        for vehicle in problem.vehicles
    ]
