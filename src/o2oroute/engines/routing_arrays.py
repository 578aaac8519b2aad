"""An instance in the integers of a general routing solver, small enough for exact sums of doubles.

A general solver adds up one number. Here that is the cost, with a penalty for each order left out that is
dearer than any plan (mandatory orders, by importance) or as dear as the prize (optional ones), and, if fewest
vehicles are wanted, with a cost for each vehicle that is dearer than all routes together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.engines.compiled import all_windows
from o2oroute.model.instance import ANY_TIME, UNLIMITED, Instance, Rates, Windows
from o2oroute.units import INF

__all__ = ["RoutingArrays", "routing_arrays"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: Solvers work with doubles here and there; integers below this one are exact in them.
_LARGEST_SUM: Final = 2**53
#: Costs are rounded no more coarsely than to this part of a tick of duty or of a usual leg.
_FINEST_PART: Final = 64


@dataclass(frozen=True, eq=False)
class RoutingArrays:
    """What a routing solver is told. Nodes are the orders, then the places where routes start and end.

    Attributes
    ----------
    order, vehicle : ndarray of int32
        Positions in the problem of those that take part.
    start_node, end_node : ndarray of int32, shape (vehicles,)
    horizon : ndarray of int64, shape ()
        Times run from 0 to this one.
    profile : ndarray of int32, shape (vehicles,)
        Row of `transit` and `length`.
    transit : ndarray of int64, shape (profiles, nodes, nodes)
        Service at the first node and the leg to the second; more than the horizon where there is no way.
    length : ndarray of int64, shape (profiles, nodes, nodes)
    cost_class : ndarray of int32, shape (vehicles,)
        Row of `leg_cost`.
    leg_cost : ndarray of int64, shape (classes, nodes, nodes)
    fixed, per_tick : ndarray of int64, shape (vehicles,)
    window_first : ndarray of int32, shape (orders + 2 * vehicles + 1,)
        Windows of the orders, the starts and the ends, in CSR layout.
    window_open, window_close : ndarray of int64
    load : ndarray of int64, shape (orders, units)
    capacity : ndarray of int64, shape (vehicles, units)
    max_duty, max_length, max_stops : ndarray of int64, shape (vehicles,)
        -1 where there is no limit.
    penalty : ndarray of int64, shape (orders,)
        Cost of leaving an order out.
    """

    order: Int32
    vehicle: Int32
    start_node: Int32
    end_node: Int32
    horizon: Int64
    profile: Int32
    transit: Int64
    length: Int64
    cost_class: Int32
    leg_cost: Int64
    fixed: Int64
    per_tick: Int64
    window_first: Int32
    window_open: Int64
    window_close: Int64
    load: Int64
    capacity: Int64
    max_duty: Int64
    max_length: Int64
    max_stops: Int64
    penalty: Int64

    def to_bytes(self) -> bytes:
        """Return the arrays as one npz file."""
        file = BytesIO()
        np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what :meth:`to_bytes` gave."""
        with np.load(BytesIO(data), allow_pickle=False) as file:
            return cls(**{field.name: file[field.name] for field in fields(cls)})


def routing_arrays(instance: Instance) -> RoutingArrays:
    """Translate an instance.

    Orders that are set aside or can never be served in time take no part, nor do vehicles that have no moment
    to start or to end.

    Examples
    --------
    >>> routing_arrays(instance).transit.shape  # doctest: +SKIP
    (1, 151, 151)
    """
    windows, idle = all_windows(instance)
    orders, vehicles = len(instance.problem.orders), len(instance.problem.vehicles)
    idle |= np.array([_never_ends(instance, windows, v) for v in range(vehicles)], bool)
    vehicle = np.flatnonzero(~idle & (instance.max_stops > 0)).astype(np.int32)
    first_tick, last_tick = _day(instance, windows, vehicle)
    order = np.flatnonzero(instance.task_point >= 0).astype(np.int32)
    within = _clipped(windows, order, first_tick, last_tick)
    order = order[np.diff(within.first) > 0]
    nodes = np.concatenate((order, orders + vehicle, orders + vehicles + vehicle))
    within = _clipped(windows, nodes, first_tick, last_tick)
    horizon = last_tick - first_tick

    # an open start or end is a node too: one that is no way off from anywhere
    place, end = np.unique(
        np.concatenate((instance.start_point[vehicle], instance.end_point[vehicle])), return_inverse=True
    )
    end_node = (order.size + end).astype(np.int32)
    point = np.concatenate((instance.task_point[order], place))
    length = np.array([_between(point, legs.priced) for legs in instance.profile_legs])
    transit = np.array([_between(point, legs.durations) for legs in instance.profile_legs])
    no_way = transit >= INF
    length[no_way] = 0
    transit[no_way] = horizon + 1
    transit[:, : order.size] += instance.task_service[0][order][:, None]
    # only unused vehicles go straight from start to end, and they need not be able to
    for legs in (transit, length):
        legs[:, order.size :, order.size :] = 0

    rates = Rates(*(column[vehicle] for column in instance.rates))
    scale = _scale(
        instance, order, rates, duty=np.minimum(instance.max_duty[vehicle], horizon), length=length
    )
    profile = instance.vehicle_profile[vehicle]
    kinds, cost_class = np.unique(np.stack((profile, rates.per_length)), axis=1, return_inverse=True)
    leg_cost = [
        np.rint(length[p] * (rate / scale.cost_unit)).astype(np.int64) for p, rate in kinds.T.tolist()
    ]
    return RoutingArrays(
        order=order,
        vehicle=vehicle,
        start_node=end_node[: vehicle.size],
        end_node=end_node[vehicle.size :],
        horizon=np.array(horizon, np.int64),
        profile=profile,
        transit=transit,
        length=length,
        cost_class=cost_class.reshape(-1).astype(np.int32),
        leg_cost=np.array(leg_cost, np.int64).reshape(len(leg_cost), point.size, point.size),
        fixed=_rounded(rates.fixed, scale.cost_unit) + scale.per_vehicle,
        per_tick=_rounded(rates.per_tick, scale.cost_unit),
        window_first=within.first,
        window_open=within.open,
        window_close=within.close,
        load=instance.task_delivery[order],
        capacity=np.minimum(instance.capacity[vehicle], instance.task_delivery[order].sum(axis=0)),
        max_duty=_limits(instance.max_duty[vehicle]),
        max_length=_limits(instance.max_length[vehicle]),
        max_stops=_limits(instance.max_stops[vehicle]),
        penalty=np.where(
            instance.request_prize[order] < 0,
            instance.request_importance[order] * scale.per_importance,
            _rounded(instance.request_prize[order], scale.cost_unit),
        ),
    )


def _day(instance: Instance, windows: Windows, vehicle: Int32) -> tuple[int, int]:
    """Return the first and last tick that a best route can need.

    Where nothing says when the day begins or ends, no route needs to begin before the first moment that is
    given anywhere by more than all work takes, nor to end after the last moment by more.
    """
    orders, vehicles = len(instance.problem.orders), len(instance.problem.vehicles)
    first = windows.open[windows.first[orders + vehicle]]
    last = windows.close[windows.first[orders + vehicles + vehicle + 1] - 1]
    leg = max(
        (int(legs.durations.max(initial=0, where=legs.durations < INF)) for legs in instance.profile_legs),
        default=0,
    )
    work = int(instance.task_service[0].sum()) + (orders + 1) * leg
    given = np.concatenate((windows.open, windows.close))
    given = given[(given > ANY_TIME[0]) & (given < ANY_TIME[1])]
    begin = (int(given.min()) if given.size else 0) - work
    end = (int(given.max()) if given.size else 0) + work
    return max(begin, int(first.min(initial=end))), min(end, int(last.max(initial=begin)))


def _never_ends(instance: Instance, windows: Windows, vehicle: int) -> bool:
    """Tell whether a vehicle cannot end in time whenever it starts, even without any way to go."""
    starts, ends = (
        range(*windows.first[node : node + 2].tolist())
        for node in (
            len(instance.problem.orders) + vehicle,
            len(instance.problem.orders) + len(instance.problem.vehicles) + vehicle,
        )
    )
    return not any(
        windows.open[s] <= windows.close[e]
        and windows.open[e] - windows.close[s] <= instance.max_duty[vehicle]
        for s in starts
        for e in ends
    )


def _clipped(windows: Windows, nodes: Int32, first_tick: int, last_tick: int) -> Windows:
    """Return the windows of some nodes within the day, counted from its first tick."""
    counts = np.diff(windows.first)[nodes]
    kept = ranges(windows.first[nodes], counts)
    owner = np.repeat(np.arange(nodes.size), counts)
    opening, closing = np.maximum(windows.open[kept], first_tick), np.minimum(windows.close[kept], last_tick)
    inside = opening <= closing
    first = np.concatenate(([0], np.cumsum(np.bincount(owner[inside], minlength=nodes.size))))
    return Windows(first.astype(np.int32), opening[inside] - first_tick, closing[inside] - first_tick)


def _between(point: Int32, legs: Int32) -> Int64:
    """Return the legs between nodes; a node without a point is no way off."""
    square = legs[np.ix_(point, point)].astype(np.int64)
    square[point < 0] = 0
    square[:, point < 0] = 0
    return square


def _limits(limit: Int64) -> Int64:
    return np.where(limit >= UNLIMITED, -1, limit)


def _rounded(amount: Int64, unit: int) -> Int64:
    return (amount + unit // 2) // unit


class _Scale(NamedTuple):
    #: Cost units in one unit of the solver.
    cost_unit: int
    #: Solver units of a vehicle in use, besides its costs, and of one importance that is not served.
    per_vehicle: int
    per_importance: int


def _scale(instance: Instance, order: Int32, rates: Rates, *, duty: Int64, length: Int64) -> _Scale:
    """Choose the coarseness of costs, so that the penalties above them still leave sums exact."""
    prizes = instance.request_prize[order].clip(min=0).tolist()
    importance = int(instance.request_importance[order][instance.request_prize[order] < 0].sum())
    fewest = instance.problem.objective == "fewest_vehicles"
    vehicles = int(duty.size)
    ticks = [rate * most for rate, most in zip(rates.per_tick.tolist(), duty.tolist(), strict=True)]
    lengths = int(rates.per_length.max(initial=0)) * (order.size + vehicles) * int(length.max(initial=0))
    dearest = sum(rates.fixed.tolist()) + sum(ticks) + lengths + sum(prizes)

    def sums(cost_unit: int) -> tuple[int, int, int]:
        cost = dearest // cost_unit + order.size + vehicles
        per_vehicle = cost + 1 if fewest else 0
        cost += per_vehicle * vehicles
        return cost, per_vehicle, cost + 1

    exact = math.gcd(*prizes, *(rate for column in rates for rate in set(column.tolist()))) or 1
    leg = int(np.median(length[length > 0])) if (length > 0).any() else 0
    steps = [
        *rates.per_tick[rates.per_tick > 0].tolist(),
        *(rates.per_length[rates.per_length > 0] * leg).tolist(),
    ]
    coarsest = max(exact, min((step for step in steps if step), default=0) // _FINEST_PART)
    cost_unit = exact
    while True:
        cost, per_vehicle, per_importance = sums(cost_unit)
        if cost + per_importance * importance < _LARGEST_SUM:
            return _Scale(cost_unit, per_vehicle, per_importance)
        if cost_unit >= coarsest:
            break
        cost_unit = min(2 * cost_unit, coarsest)
    # importance comes as far above the cost as there is room; plans are compared exactly afterwards
    per_importance = max((_LARGEST_SUM - cost) // max(importance, 1), 1)
    return _Scale(cost_unit, per_vehicle, per_importance)
