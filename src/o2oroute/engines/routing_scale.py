"""How costs are scaled for a general routing solver, small enough for exact sums of doubles.

A general solver adds up one number. Here that is the cost, with a penalty for each order left out that is
dearer than any plan (mandatory orders, by importance) or as dear as the prize (optional ones). If fewest
vehicles or the earliest finish are wanted, a vehicle, or a tick until the last route is over, is dearer than
all routes together.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.engines.routing_day import MomentCosts
from o2oroute.model.instance import Instance, Rates

__all__ = ["Scale", "scale_of"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: Solvers work with doubles here and there; integers below this one are exact in them.
_LARGEST_SUM: Final = 2**53
#: Costs are rounded no more coarsely than to this part of a tick of duty or of a usual leg.
_FINEST_PART: Final = 64


class Scale(NamedTuple):
    """What the solver counts in."""

    #: Cost units in one unit of the solver.
    cost_unit: int
    #: Solver units of a vehicle in use, besides its costs, of each tick until all is over, and of one
    #: importance that is not served.
    per_vehicle: int
    per_tick_of_end: int
    per_importance: int


def scale_of(
    instance: Instance,
    request: npt.NDArray[np.intp],
    vehicle: Int32,
    rates: Rates,
    driving: Int64,
    length: Int64,
    horizon: int,
    moments: MomentCosts,
    *,
    reloads: int,
) -> Scale:
    """Choose the coarseness of costs, so that the penalties above them still leave sums exact."""
    prizes = instance.request_prize[request].clip(min=0).tolist()
    mandatory = instance.request_prize[request] < 0
    importance = int(instance.request_importance[request][mandatory].sum())
    extra = [cost for row in instance.choice_cost[:, vehicle].tolist() for cost in row if cost > 0]
    fewest = instance.problem.objective == "fewest_vehicles"
    vehicles, tasks = int(vehicle.size), 2 * int(request.size)
    duty = np.minimum(instance.max_duty[vehicle], horizon).tolist()
    ticks = [rate * most for rate, most in zip(rates.per_tick.tolist(), duty, strict=True)]
    ways = [
        int(rate.max(initial=0)) * (tasks + reloads + vehicles) * int(legs.max(initial=0))
        for rate, legs in ((rates.per_length, length), (rates.per_travel_tick, driving))
    ]
    stays = int((instance.task_service + instance.task_setup).max(initial=0)) * tasks
    ways.append(int(rates.per_service_tick.max(initial=0)) * stays)
    visits = tasks * (int(rates.per_stop.max(initial=0)) + max(extra, default=0))
    dearest = sum(rates.fixed.tolist()) + sum(ticks) + sum(ways) + visits + sum(prizes)
    dearest += moments.most(horizon)

    def sums(cost_unit: int) -> tuple[int, int, int, int]:
        cost = dearest // cost_unit + 2 * tasks + vehicles
        per_vehicle = cost + 1 if fewest else 0
        per_tick_of_end = cost + 1 if instance.problem.objective == "earliest_finish" else 0
        cost += per_vehicle * vehicles + per_tick_of_end * horizon
        return cost, per_vehicle, per_tick_of_end, cost + 1

    each = (rate for column in rates for rate in set(column.tolist()))
    exact = math.gcd(*prizes, *extra, *moments.rates(), *each) or 1
    leg = int(np.median(length[length > 0])) if (length > 0).any() else 0
    steps = [
        *moments.rates(),
        *rates.per_tick[rates.per_tick > 0].tolist(),
        *rates.per_travel_tick[rates.per_travel_tick > 0].tolist(),
        *rates.per_service_tick[rates.per_service_tick > 0].tolist(),
        *(rates.per_length[rates.per_length > 0] * leg).tolist(),
    ]
    coarsest = max(exact, min((step for step in steps if step), default=0) // _FINEST_PART)
    cost_unit = exact
    while True:
        cost, per_vehicle, per_tick_of_end, per_importance = sums(cost_unit)
        if cost + per_importance * importance < _LARGEST_SUM:
            return Scale(cost_unit, per_vehicle, per_tick_of_end, per_importance)
        if cost_unit >= coarsest:
            break
        cost_unit = min(2 * cost_unit, coarsest)
    # importance comes as far above the cost as there is room; plans are compared exactly afterwards
    per_importance = max((_LARGEST_SUM - cost) // max(importance, 1), 1)
    return Scale(cost_unit, per_vehicle, per_tick_of_end, per_importance)
