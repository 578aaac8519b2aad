"""From a route to its track: what the problem and its travel say about each node.

A route is a sequence of numbers: tasks from 0 up, and below 0 breaks and reloads, as
:meth:`~o2oroute.model.timing_tables.TimingTables.break_of` and ``reload_of`` read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from o2oroute.errors import RoutingError
from o2oroute.model.depot_times import leaving, loading, returning
from o2oroute.model.instance import ANY_TIME, NO_POINT, UNLIMITED, Instance, merge_windows
from o2oroute.model.part import Window
from o2oroute.model.soft_terms import SoftTerm, soft_terms
from o2oroute.model.vehicle import Vehicle
from o2oroute.model.windows import common_windows
from o2oroute.plan.track import Drive, Duty, Ride, Track
from o2oroute.units import INF

__all__ = [
    "route_duty",
    "route_length",
    "route_price",
    "route_soft_terms",
    "route_stays",
    "route_track",
    "trips",
]

Int32 = np.ndarray[Any, np.dtype[np.int32]]


def trips(instance: Instance, codes: Sequence[int]) -> list[list[int]]:
    """Return the tasks of each trip of a route.

    Examples
    --------
    >>> trips(instance, [4, 2, reload_code, 0])  # doctest: +SKIP
    [[4, 2], [0]]
    """
    found: list[list[int]] = [[]]
    for code in codes:
        if code >= 0:
            found[-1].append(code)
        elif instance.reload_of(code) is not None:
            found.append([])
    return found


def route_length(instance: Instance, vehicle: int, codes: Sequence[int]) -> int:
    """Return the length of a route in the integer units of the vehicle's legs."""
    points = _points(instance, vehicle, _located(instance, codes))
    points = points[points != NO_POINT]
    return int(instance.vehicle_legs(vehicle).distances[points[:-1], points[1:]].sum(dtype=np.int64))


def route_price(instance: Instance, vehicle: int, codes: Sequence[int]) -> int:
    """Return what a vehicle's cost per length counts on a route: its length, or the costs of its legs."""
    points = _points(instance, vehicle, _located(instance, codes))
    points = points[points != NO_POINT]
    return int(instance.vehicle_legs(vehicle).priced[points[:-1], points[1:]].sum(dtype=np.int64))


def route_stays(instance: Instance, vehicle: int, codes: Sequence[int]) -> list[int]:
    """Return the ticks at each visit: set-up and service, loading, or the duration of a break."""
    if not codes or min(codes) >= 0:
        return instance.stays(vehicle, codes)
    of_tasks = (stay for trip in trips(instance, codes) if trip for stay in instance.stays(vehicle, trip))
    stays = []
    for code in codes:
        pause, depot = instance.break_of(code), instance.reload_of(code)
        if pause is not None:
            stays.append(int(instance.breaks.duration[pause]))
        elif depot is not None:
            stays.append(int(instance.depot_loading[depot]))
        else:
            stays.append(next(of_tasks))
    return stays


def route_track(instance: Instance, vehicle: int, codes: Sequence[int]) -> Track:
    """Return what the times of a route depend on; see :func:`~o2oroute.plan.clock.schedule_route`.

    Without visits, the start and the end are as good as one place.
    """
    owner = instance.problem.vehicles[vehicle]
    released = _releases(instance, codes)
    windows = [_start_windows(instance, owner, released[0]), _end_windows(instance, owner)]
    earliest = max((owner.shift or ANY_TIME)[0], released[0])
    if not codes:
        return Track([*windows], [0, 0], [0], earliest=earliest, duty=route_duty(instance, vehicle, codes))
    breaks = frozenset(k for k, code in enumerate(codes, 1) if instance.break_of(code) is not None)
    legs = _legs(instance, vehicle, codes, breaks)
    return Track(
        [windows[0], *_windows(instance, codes, released[1:]), windows[1]],
        [0, *route_stays(instance, vehicle, codes), 0],
        legs,
        breaks=breaks,
        earliest=earliest,
        off_duty=_off_duty(instance, vehicle, codes),
        soft=route_soft_terms(instance, codes),
        rides=_rides(instance, codes),
        drives=_drives(instance, vehicle, codes, sum(legs)),
        duty=route_duty(instance, vehicle, codes),
    )


def _located(instance: Instance, codes: Sequence[int]) -> list[int]:
    """Return the visits that have a place: all but breaks."""
    if not codes or min(codes) >= 0:
        return list(codes)
    return [code for code in codes if instance.break_of(code) is None]


def _points(instance: Instance, vehicle: int, located: Sequence[int]) -> Int32:
    """Return the points of start, visits and end; :data:`NO_POINT` for an open start or end."""
    points = np.empty(len(located) + 2, np.int32)
    points[0], points[-1] = instance.start_point[vehicle], instance.end_point[vehicle]
    if located and min(located) < 0:
        for k, code in enumerate(located, 1):
            depot = instance.reload_of(code)
            points[k] = instance.task_point[code] if depot is None else instance.depot_point[depot]
    else:
        points[1:-1] = instance.task_point[np.asarray(located, np.int64)]
    if (points[1:-1] == NO_POINT).any():
        raise ValueError("an order that is set aside by a finding has no place on a route")
    return points


def _legs(instance: Instance, vehicle: int, codes: Sequence[int], breaks: frozenset[int]) -> list[int]:
    """Return the ticks from each node to the next; those over breaks stand before them."""
    located = _located(instance, codes)
    points = _points(instance, vehicle, located)
    legs = instance.vehicle_legs(vehicle).durations[points[:-1], points[1:]]
    legs[points[:-1] == NO_POINT] = 0
    legs[points[1:] == NO_POINT] = 0
    found: list[int] = legs.tolist()
    if INF in found:
        hop = found.index(INF)
        names = ["its start", *(_name(instance, code) for code in located), "its end"]
        raise RoutingError(
            f"vehicle {instance.problem.vehicles[vehicle].id!r} has no way from {names[hop]} to "
            f"{names[hop + 1]}; leave that order out or correct the locations"
        )
    if not breaks:
        return found
    way = iter(found)
    return [0 if node in breaks else next(way) for node in range(len(codes) + 1)]


def _name(instance: Instance, code: int) -> str:
    depot = instance.reload_of(code)
    if depot is not None:
        return f"depot {instance.problem.depots[depot].id!r}"
    return f"order {instance.problem.tasks[code].id!r}"


def _releases(instance: Instance, codes: Sequence[int]) -> list[int]:
    """Return for each trip when all that it loads is ready."""
    if not codes:
        return [ANY_TIME[0]]
    if min(codes) >= 0:
        return [int(instance.task_release[list(codes)].max())]
    releases = instance.task_release
    return [max((int(releases[t]) for t in trip), default=ANY_TIME[0]) for trip in trips(instance, codes)]


def _start_windows(instance: Instance, owner: Vehicle, released: int) -> list[Window]:
    """Return when a route may start: in the shift, when the depot lets it, with all that is loaded ready."""
    first, last = owner.shift or ANY_TIME
    depot = instance.depot_at(owner.start)
    return common_windows(leaving(depot) if depot else [ANY_TIME], [(max(first, released), last)])


def _end_windows(instance: Instance, owner: Vehicle) -> list[Window]:
    depot = instance.depot_at(owner.end)
    return common_windows(returning(depot) if depot else [ANY_TIME], [owner.shift or ANY_TIME])


def _windows(instance: Instance, codes: Sequence[int], released: Sequence[int]) -> Iterator[Sequence[Window]]:
    """Yield the windows of each visit."""
    releases = iter(released)
    tasks = instance.problem.tasks
    for code in codes:
        if code >= 0:
            windows = tasks[code].stop.windows
            # one window is as good as merged, and nearly every order has one
            yield windows if len(windows) == 1 else merge_windows(windows)
        elif (depot := instance.reload_of(code)) is not None:
            yield loading(instance.problem.depots[depot], next(releases))
        else:
            part = instance.breaks.parts[-1 - code]
            yield merge_windows(getattr(part, "windows", ()))


def route_soft_terms(instance: Instance, codes: Sequence[int]) -> dict[int, Sequence[SoftTerm]]:
    """Return what the start of service costs, by node of a route."""
    if not instance.soft.moment.size:
        return {}
    problem = instance.problem
    terms = {
        node: soft_terms(problem, problem.tasks[code], instance.earliest_start)
        for node, code in enumerate(codes, 1)
        if code >= 0
    }
    return {node: of_node for node, of_node in terms.items() if of_node}


def _rides(instance: Instance, codes: Sequence[int]) -> list[Ride]:
    orders = len(instance.problem.orders)
    if not instance.has_ride_limits:
        return []
    nodes = {code: node for node, code in enumerate(codes, 1)}
    rides = []
    for pickup, node in nodes.items():
        delivery = nodes.get(pickup + 1, 0)
        if pickup >= orders and (pickup - orders) % 2 == 0 and delivery > node:
            longest = int(instance.max_ride[instance.task_request[pickup]])
            if longest < UNLIMITED:
                rides.append(Ride(node, delivery, longest))
    return rides


def _drives(instance: Instance, vehicle: int, codes: Sequence[int], driving: int) -> list[Drive]:
    """Return the driving rules that bind a route that drives so long."""
    found = []
    for rule in instance.problem.vehicles[vehicle].driving_breaks:
        if driving > rule.after_driving:
            pauses = ((node, instance.break_of(code)) for node, code in enumerate(codes, 1))
            rests = tuple(
                node
                for node, pause in pauses
                if pause is not None and instance.breaks.duration[pause] >= rule.duration
            )
            found.append(Drive(rule.after_driving, rests))
    return found


def route_duty(instance: Instance, vehicle: int, codes: Sequence[int]) -> Duty:
    """Return what the time from start to end of a route costs, and how long it may be."""
    owner = instance.problem.vehicles[vehicle]
    duty = Duty(
        per_tick=int(instance.rates.per_tick[vehicle]),
        longest=UNLIMITED if owner.max_duty is None else owner.max_duty,
    )
    if owner.overtime is not None:
        after, rate = instance.overtime_after[vehicle], instance.overtime_per_tick[vehicle]
        duty = duty._replace(ordinary=int(after), overtime=int(rate))
    if owner.breaks or owner.driving_breaks:
        duty = duty._replace(unpaid=_unpaid(instance, codes))
    if instance.problem.objective == "earliest_finish":
        duty = duty._replace(end_first=True)
    return duty


def _unpaid(instance: Instance, codes: Sequence[int]) -> int:
    table = instance.breaks
    pauses = [pause for code in codes if (pause := instance.break_of(code)) is not None]
    return sum(int(table.duration[pause]) for pause in pauses if not table.paid[pause])


def _off_duty(instance: Instance, vehicle: int, codes: Sequence[int]) -> Sequence[Window]:
    """Return from when and until when a route may last, so that breaks left out are taken off duty."""
    table = instance.breaks
    missing = [
        pause
        for pause in range(table.first[vehicle], table.first[vehicle + 1])
        if table.after_driving[pause] < 0 and table.off_duty[pause] and -1 - pause not in codes
    ]
    if not missing:
        return (ANY_TIME,)
    # a break is over before the start, or begins at the end or later
    over, begins = [], []
    for pause in missing:
        of_pause = slice(table.windows.first[pause], table.windows.first[pause + 1])
        over.append(int(table.windows.open[of_pause].min()) + int(table.duration[pause]))
        begins.append(int(table.windows.close[of_pause].max()))
    spans = []
    for start in sorted({ANY_TIME[0], *over}):
        later = [end for before, end in zip(over, begins, strict=True) if before > start]
        spans.append((start, min(later, default=ANY_TIME[1])))
    # a later start that allows no later end is no use
    return [spans[0], *(b for a, b in pairwise(spans) if b[1] > a[1])]
