"""From a route to its track: what the problem and its travel say about each node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from o2oroute.errors import RoutingError
from o2oroute.model.instance import ANY_TIME, NO_POINT, UNLIMITED, Instance, merge_windows
from o2oroute.model.part import Id, Window
from o2oroute.model.vehicle import Vehicle
from o2oroute.plan.track import Duty, Track
from o2oroute.units import INF

__all__ = ["route_length", "route_price", "route_track"]


def route_length(instance: Instance, vehicle: int, orders: Sequence[int]) -> int:
    """Return the length of a route in the integer units of the vehicle's legs."""
    tails, heads = _leg_points(instance, vehicle, orders)
    return int(instance.vehicle_legs(vehicle).distances[tails, heads].sum(dtype=np.int64))


def route_price(instance: Instance, vehicle: int, orders: Sequence[int]) -> int:
    """Return what a vehicle's cost per length counts on a route: its length, or the costs of its legs."""
    tails, heads = _leg_points(instance, vehicle, orders)
    return int(instance.vehicle_legs(vehicle).priced[tails, heads].sum(dtype=np.int64))


def _leg_points(
    instance: Instance, vehicle: int, orders: Sequence[int]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return where the legs of a route begin and end; an open start or end is no leg."""
    points = np.concatenate(
        (
            instance.start_point[vehicle : vehicle + 1],
            instance.task_point[np.asarray(orders, np.int64)],
            instance.end_point[vehicle : vehicle + 1],
        )
    )
    if (points[1:-1] == NO_POINT).any():
        raise ValueError("an order that is set aside by a finding has no place on a route")
    points = points[1 if points[0] == NO_POINT else 0 : -1 if points[-1] == NO_POINT else None]
    return points[:-1], points[1:]


def route_track(instance: Instance, vehicle: int, orders: Sequence[int]) -> Track:
    """Return what the times of a route depend on; see :func:`~o2oroute.plan.clock.schedule_route`.

    Without orders, the start and the end are as good as one place.
    """
    problem = instance.problem
    owner = problem.vehicles[vehicle]
    earliest = (owner.shift or ANY_TIME)[0]
    if not orders:
        ends = [_ends_windows(instance, owner, place) for place in (owner.start, owner.end)]
        return Track([*ends], [0, 0], [0], earliest=earliest, duty=_duty(instance, vehicle))
    tails, heads = _leg_points(instance, vehicle, orders)
    legs: list[int] = instance.vehicle_legs(vehicle).durations[tails, heads].tolist()
    if INF in legs:
        hop = legs.index(INF) + (instance.start_point[vehicle] == NO_POINT)
        names = ["its start", *(f"order {problem.tasks[i].id!r}" for i in orders), "its end"]
        raise RoutingError(
            f"vehicle {owner.id!r} has no way from {names[hop]} to {names[hop + 1]}; leave that order out or "
            "correct the locations"
        )
    if instance.start_point[vehicle] == NO_POINT:
        legs.insert(0, 0)
    if instance.end_point[vehicle] == NO_POINT:
        legs.append(0)
    visits = [problem.tasks[i].stop for i in orders]
    release = int(instance.task_release[list(orders)].max())
    windows: list[Sequence[Window]] = [_ends_windows(instance, owner, owner.start, release)]
    # one window is as good as merged, and nearly every order has one
    windows += [v.windows if len(v.windows) == 1 else merge_windows(v.windows) for v in visits]
    windows.append(_ends_windows(instance, owner, owner.end))
    return Track(
        windows,
        [0, *instance.stays(vehicle, orders), 0],
        legs,
        earliest=max(earliest, release),
        duty=_duty(instance, vehicle),
    )


def _duty(instance: Instance, vehicle: int) -> Duty:
    longest = instance.problem.vehicles[vehicle].max_duty
    return Duty(
        per_tick=int(instance.rates.per_tick[vehicle]), longest=UNLIMITED if longest is None else longest
    )


def _ends_windows(
    instance: Instance, owner: Vehicle, place: object, release: int = ANY_TIME[0]
) -> list[Window]:
    """Return when a route may start or end at a place: within the shift and the windows of the depot.

    It starts no earlier than its last load is released.
    """
    first, last = owner.shift or ANY_TIME
    first = max(first, release)
    windows: Sequence[Window] = ()
    if isinstance(place, str | int):
        windows = _depot_windows(instance, place)
    clipped = [(max(a, first), min(b, last)) for a, b in merge_windows(windows)]
    return [(a, b) for a, b in clipped if a <= b]


def _depot_windows(instance: Instance, depot_id: Id) -> Sequence[Window]:
    # 1 and "1" are two ids, so plain equality will do; there are few depots
    return next((depot.windows for depot in instance.problem.depots if depot.id == depot_id), ())
