"""An instance in the integers of a general routing solver."""

from __future__ import annotations

from dataclasses import dataclass, fields
from io import BytesIO
from typing import Self

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.engines.compiled import all_windows
from o2oroute.engines.routing_day import DayArrays, day_arrays, moment_costs, reload_nodes, with_reloads
from o2oroute.engines.routing_relations import relations_of_nodes
from o2oroute.engines.routing_scale import Scale, scale_of
from o2oroute.model.instance import ANY_TIME, UNLIMITED, Instance, Rates, Windows, merge_windows
from o2oroute.units import INF

__all__ = ["RoutingArrays", "routing_arrays"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RoutingArrays(DayArrays):
    """What a routing solver is told.

    Nodes are the tasks, then what stands for loading again, then the places where routes start and end.

    Attributes
    ----------
    task, vehicle : ndarray of int32
        Positions in the problem of those that take part.
    pair : ndarray of int32, shape (shipments, 2)
        Nodes of pickup and delivery of shipments.
    start_node, end_node : ndarray of int32, shape (vehicles,)
    horizon : ndarray of int64, shape ()
        Times run from 0 to this one.
    profile : ndarray of int32, shape (vehicles,)
        Row of `driving` and `length`.
    driving, length : ndarray of int64, shape (profiles, nodes, nodes)
    transit_class : ndarray of int32, shape (vehicles,)
        Row of `transit`.
    transit : ndarray of int64, shape (classes, nodes, nodes)
        Service at the first node, the leg to the second, and set-up there if it is at another place; more
        than the horizon where there is no way.
    cost_class : ndarray of int32, shape (vehicles,)
        Row of `leg_cost`.
    leg_cost : ndarray of int64, shape (classes, nodes, nodes)
    visit_class : ndarray of int32, shape (vehicles,)
        Row of `visit_cost`.
    visit_cost : ndarray of int64, shape (classes, tasks)
        What a visit costs besides the way there.
    fixed, per_tick : ndarray of int64, shape (vehicles,)
    window_first : ndarray of int32, shape (tasks + reloads + 2 * vehicles + 1,)
        Windows of the tasks, the reloads, the starts and the ends, in CSR layout; after set-up.
    window_open, window_close : ndarray of int64
    release : ndarray of int64, shape (tasks,)
        The trip leaves no earlier; 0 for any time.
    delivery, change : ndarray of int64, shape (tasks, columns)
        Load from the start of the trip on, and change of load there.
    capacity : ndarray of int64, shape (vehicles, columns)
    choice : ndarray of int32, shape (tasks,)
        Row of `allowed`.
    allowed : ndarray of bool, shape (choices, vehicles)
    kind : ndarray of int32, shape (tasks,)
        Kind of load; -1 for none that excludes any, and for deliveries of shipments.
    excludes : ndarray of bool, shape (kinds, kinds)
    max_duty, max_travel, max_length, max_stops : ndarray of int64, shape (vehicles,)
        -1 where there is no limit.
    penalty : ndarray of int64, shape (tasks,)
        Cost of leaving the order or shipment out; 0 for deliveries of shipments.
    relation_kind : ndarray of int32, shape (relations,)
        Position in :data:`~o2oroute.model.related.RELATION_TYPES`.
    relation_first : ndarray of int32, shape (relations + 1,)
    relation_node : ndarray of int32, shape (members,)
        Nodes of relation ``r`` are those from ``relation_first[r]`` on; at least two. The start of vehicle
        ``v`` is ``tasks + v``, that of a vehicle that takes no part -1.
    """

    task: Int32
    vehicle: Int32
    pair: Int32
    start_node: Int32
    end_node: Int32
    horizon: Int64
    profile: Int32
    driving: Int64
    length: Int64
    transit_class: Int32
    transit: Int64
    cost_class: Int32
    leg_cost: Int64
    visit_class: Int32
    visit_cost: Int64
    fixed: Int64
    per_tick: Int64
    window_first: Int32
    window_open: Int64
    window_close: Int64
    release: Int64
    delivery: Int64
    change: Int64
    capacity: Int64
    choice: Int32
    allowed: Bool
    kind: Int32
    excludes: Bool
    max_duty: Int64
    max_travel: Int64
    max_length: Int64
    max_stops: Int64
    penalty: Int64
    relation_kind: Int32
    relation_first: Int32
    relation_node: Int32

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

    Requests that are set aside or can never be served in time take no part, nor do vehicles that have no
    moment to start or to end.

    Set-up depends on the task before. So times are those after set-up, and the windows of a task that may
    need none are open for as long as either way asks: routes that come out may still miss one by that much.

    Examples
    --------
    >>> routing_arrays(instance).transit.shape  # doctest: +SKIP
    (1, 151, 151)
    """
    windows, idle = all_windows(instance)
    tasks, vehicles = len(instance.problem.tasks), len(instance.problem.vehicles)
    idle |= np.array([_never_ends(instance, windows, v) for v in range(vehicles)], bool)
    vehicle = np.flatnonzero(~idle & (instance.max_stops > 0)).astype(np.int32)
    first_tick, last_tick = _day(instance, windows, vehicle)
    windows = with_reloads(_after_setup(instance, windows), instance.reload_windows)
    every = np.arange(tasks, dtype=np.int32)
    in_time = np.diff(_clipped(windows, every, first_tick, last_tick).first) > 0
    request = np.flatnonzero(~instance.is_set_aside & _of_all(instance, in_time))
    task = np.flatnonzero(np.isin(instance.task_request, request)).astype(np.int32)
    every = np.arange(tasks + 2 * vehicles, len(windows.first) - 1, dtype=np.int32)
    is_open = np.diff(_clipped(windows, every, first_tick, last_tick).first) > 0
    depot, _ = reloads = reload_nodes(instance, vehicle, is_open, task.size)
    visits = task.size + depot.size
    nodes = np.concatenate((task, tasks + 2 * vehicles + depot, tasks + vehicle, tasks + vehicles + vehicle))
    within = _clipped(windows, nodes, first_tick, last_tick)
    horizon = last_tick - first_tick

    # an open start or end is a node too: one that is no way off from anywhere
    place, end = np.unique(
        np.concatenate((instance.start_point[vehicle], instance.end_point[vehicle])), return_inverse=True
    )
    end_node = (visits + end).astype(np.int32)
    point = np.concatenate((instance.task_point[task], instance.depot_point[depot], place))
    length = np.array([_between(point, legs.distances) for legs in instance.profile_legs])
    driving = np.array([_between(point, legs.durations) for legs in instance.profile_legs])
    price = np.array([_between(point, legs.priced) for legs in instance.profile_legs])
    no_way = driving >= INF
    length[no_way] = driving[no_way] = price[no_way] = 0
    # only unused vehicles go straight from start to end, and they need not be able to
    for legs in (driving, length, price, no_way):
        legs[:, visits:, visits:] = 0

    profile = instance.vehicle_profile[vehicle]
    kind = instance.vehicle_type[vehicle]
    setup = _setups(instance, task, point.size)
    service = np.zeros((len(setup), point.size), np.int64)
    service[:, : task.size] = instance.task_service[:, task]
    stay = service.copy()
    stay[:, task.size : visits] = instance.depot_loading[depot]
    times, transit_class = _classes(profile, kind)
    transit = np.array([driving[p] + setup[k] + stay[k][:, None] for p, k in times], np.int64)
    transit = transit.reshape(len(times), point.size, point.size)
    for row, (p, _) in enumerate(times):
        transit[row][no_way[p]] = horizon + 1
    rates = Rates(*(column[vehicle] for column in instance.rates))
    moments = moment_costs(instance, task, vehicle, first_tick)
    scale = scale_of(instance, request, vehicle, rates, driving, price, horizon, moments, reloads=depot.size)
    ways, cost_class = _classes(
        profile, kind, rates.per_length, rates.per_travel_tick, rates.per_service_tick
    )
    leg_cost = [
        np.rint(
            price[p] * (by_length / scale.cost_unit)
            + driving[p] * (by_tick / scale.cost_unit)
            + (setup[k] + service[k]) * (by_service / scale.cost_unit)
        )
        for p, k, by_length, by_tick, by_service in ways
    ]
    visit_cost, visit_class = _visit_costs(instance, task, vehicle, rates, scale.cost_unit)
    is_first = instance.request_tasks[instance.task_request[task]] == task
    pickup = np.flatnonzero(is_first & (instance.task_request[task] >= len(instance.problem.orders)))
    penalty = _penalties(instance, task, scale)
    most = (instance.task_delivery[task] + np.abs(instance.task_change[task])).sum(axis=0)
    day = day_arrays(
        instance,
        task,
        vehicle,
        reloads=reloads,
        pickup=pickup,
        first_tick=first_tick,
        horizon=horizon,
        costs=moments,
        cost_unit=scale.cost_unit,
        per_tick_of_end=scale.per_tick_of_end,
    )
    return RoutingArrays(
        task=task,
        vehicle=vehicle,
        pair=np.stack((pickup, pickup + 1), axis=1).astype(np.int32),
        start_node=end_node[: vehicle.size],
        end_node=end_node[vehicle.size :],
        horizon=np.array(horizon, np.int64),
        profile=profile,
        driving=driving,
        length=length,
        transit_class=transit_class,
        transit=transit,
        cost_class=cost_class,
        leg_cost=np.array(leg_cost, np.int64).reshape(len(ways), point.size, point.size),
        visit_class=visit_class,
        visit_cost=visit_cost,
        fixed=_rounded(rates.fixed, scale.cost_unit) + scale.per_vehicle,
        per_tick=_rounded(rates.per_tick, scale.cost_unit),
        window_first=within.first,
        window_open=within.open,
        window_close=within.close,
        release=np.maximum(instance.task_release[task] - first_tick, 0),
        delivery=instance.task_delivery[task],
        change=instance.task_change[task],
        capacity=np.minimum(instance.capacity[vehicle], most),
        choice=instance.request_choice[instance.task_request[task]],
        allowed=(instance.choice_cost >= 0)[:, vehicle],
        kind=np.where(is_first, instance.request_kind[instance.task_request[task]], -1).astype(np.int32),
        excludes=instance.kind_excludes,
        max_duty=_limits(instance.max_duty[vehicle]),
        max_travel=_limits(instance.max_travel[vehicle]),
        max_length=_limits(instance.max_length[vehicle]),
        max_stops=_limits(instance.max_stops[vehicle]),
        penalty=np.where(is_first, penalty, 0),
        **relations_of_nodes(instance, task, vehicle),
        **vars(day),
    )


def _of_all(instance: Instance, of_task: Bool) -> Bool:
    """Tell for each request whether something holds for all of its tasks."""
    held = np.ones(len(instance.problem.requests), np.bool_)
    np.logical_and.at(held, instance.task_request, of_task)
    return held


def _classes(*columns: npt.NDArray[np.generic]) -> tuple[list[list[int]], Int32]:
    """Return the distinct rows of some columns, and the row of each entry."""
    kinds, row = np.unique(np.stack(columns), axis=1, return_inverse=True)
    return kinds.T.tolist(), row.reshape(-1).astype(np.int32)


def _after_setup(instance: Instance, windows: Windows) -> Windows:
    """Return windows of tasks counted after set-up: with it where it is always due, else with or without."""
    if not instance.task_setup.any():
        return windows
    place, count = np.unique(instance.task_place, return_counts=True)
    shared = np.isin(instance.task_place, place[count > 1])
    least = np.where(shared, 0, instance.task_setup.min(axis=0)).tolist()
    most = instance.task_setup.max(axis=0).tolist()
    first, opening, closing = [0], [], []
    for i in range(len(windows.first) - 1):
        early, late = (least[i], most[i]) if i < len(most) else (0, 0)
        of_node = slice(windows.first[i], windows.first[i + 1])
        pairs = zip(windows.open[of_node].tolist(), windows.close[of_node].tolist(), strict=True)
        for begin, end in merge_windows([(begin + early, end + late) for begin, end in pairs]):
            opening.append(begin)
            closing.append(end)
        first.append(len(opening))
    return Windows(np.array(first, np.int32), np.array(opening, np.int64), np.array(closing, np.int64))


def _setups(instance: Instance, task: Int32, nodes: int) -> Int64:
    """Return by type of vehicle the set-up that is due at each node behind each other one."""
    setup = np.zeros((len(instance.task_setup), nodes, nodes), np.int64)
    setup[:, :, : task.size] = instance.task_setup[:, None, task]
    place = instance.task_place[task] if instance.task_setup.any() else np.arange(task.size)
    setup[:, : task.size, : task.size][:, place[:, None] == place] = 0
    return setup


def _visit_costs(
    instance: Instance, task: Int32, vehicle: Int32, rates: Rates, cost_unit: int
) -> tuple[Int64, Int32]:
    """Return what visits cost besides the way, by class of vehicles, and the class of each vehicle."""
    request = instance.task_request[task]
    extra = np.maximum(instance.choice_cost[:, vehicle], 0)
    columns, row = np.unique(np.vstack((rates.per_stop, extra)), axis=1, return_inverse=True)
    first = instance.request_tasks[request] == task
    costs = columns[0][:, None] + columns[1:].T[:, instance.request_choice[request]] * first
    return _rounded(costs, cost_unit), row.reshape(-1).astype(np.int32)


def _penalties(instance: Instance, task: Int32, scale: Scale) -> Int64:
    """Return what it costs to leave out the request of each task."""
    prize = instance.request_prize[instance.task_request[task]]
    importance = instance.request_importance[instance.task_request[task]]
    return np.where(prize < 0, importance * scale.per_importance, _rounded(prize, scale.cost_unit))


def _day(instance: Instance, windows: Windows, vehicle: Int32) -> tuple[int, int]:
    """Return the first and last tick that a best route can need.

    Where nothing says when the day begins or ends, no route needs to begin before the first moment that is
    given anywhere by more than all work takes, nor to end after the last moment by more.
    """
    tasks, vehicles = len(instance.problem.tasks), len(instance.problem.vehicles)
    first = windows.open[windows.first[tasks + vehicle]]
    last = windows.close[windows.first[tasks + vehicles + vehicle + 1] - 1]
    leg = max(
        (int(legs.durations.max(initial=0, where=legs.durations < INF)) for legs in instance.profile_legs),
        default=0,
    )
    stays = (instance.task_service + instance.task_setup).max(axis=0, initial=0)
    work = int(stays.sum()) + (tasks + 1) * leg + _away(instance, leg)
    given = np.concatenate(
        (
            *(windows.open, windows.close, instance.task_release),
            *(instance.breaks.windows.open, instance.breaks.windows.close),
            *(instance.reload_windows.open, instance.reload_windows.close, instance.soft.moment),
        )
    )
    given = given[(given > ANY_TIME[0]) & (given < ANY_TIME[1])]
    begin = (int(given.min()) if given.size else 0) - work
    end = (int(given.max()) if given.size else 0) + work
    return max(begin, int(first.min(initial=end))), min(end, int(last.max(initial=begin)))


def _away(instance: Instance, leg: int) -> int:
    """Return the ticks that breaks, driving breaks and loading can take, and the ways to load."""
    breaks, tasks = instance.breaks, len(instance.problem.tasks)
    pauses = int(breaks.duration.sum())
    often = int(breaks.duration[breaks.after_driving >= 0].max(initial=0)) * (2 * tasks + 1)
    loads = (int(instance.depot_loading.max(initial=0)) + leg) * tasks
    return pauses + often + (loads if (instance.max_trips > 1).any() else 0)


def _never_ends(instance: Instance, windows: Windows, vehicle: int) -> bool:
    """Tell whether a vehicle cannot end in time whenever it starts, even without any way to go."""
    starts, ends = (
        range(*windows.first[node : node + 2].tolist())
        for node in (
            len(instance.problem.tasks) + vehicle,
            len(instance.problem.tasks) + len(instance.problem.vehicles) + vehicle,
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
    if not legs.size:  # all is set aside, and vehicles start and end anywhere
        return np.zeros((point.size, point.size), np.int64)
    square = legs[np.ix_(point, point)].astype(np.int64)
    square[point < 0] = 0
    square[:, point < 0] = 0
    return square


def _limits(limit: Int64) -> Int64:
    return np.where(limit >= UNLIMITED, -1, limit)


def _rounded(amount: Int64, unit: int) -> Int64:
    return (amount + unit // 2) // unit
