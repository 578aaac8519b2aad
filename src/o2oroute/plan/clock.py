"""The one clock: when a vehicle starts, arrives, serves and returns, given the order of its visits.

Of the schedules that keep the rules the clock takes the cheapest, of these the one that ends earliest, of
these the one that starts latest. Given the start, service begins as early as windows allow.

Notes
-----
The earliest end as a function of the start is made of pieces with slope 0 (a wait takes up the shift) and
slope 1 (no wait does), with jumps upwards where a window is missed and the next one is taken. Duty, end
minus start, shrinks along a flat piece and is constant along a rising one. So only the last start of each
flat piece can be best. One pass forward finds the end of a piece, one pass backward its last start; the
next piece begins one tick later. If that schedule nowhere waits, none is shorter. Else a window that closes
before the wait is missed for good: there are at most as many rounds as there are windows, and nearly always
one or two.

Savelsbergh: The vehicle routing problem with time windows, minimizing route duration, ORSA Journal on
Computing 4, 1992, has the passes; Tilk and Irnich: Dynamic programming for the minimum tour duration problem,
Transportation Science 51, 2017, the view by pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import add, sub
from typing import Any, NamedTuple

import numpy as np

from o2oroute.errors import RoutingError
from o2oroute.model.instance import ANY_TIME, NO_POINT, UNLIMITED, Instance, merge_windows
from o2oroute.model.part import Id, Window
from o2oroute.model.vehicle import Vehicle
from o2oroute.units import INF, rate_per_tick

__all__ = [
    "RouteTimes",
    "Track",
    "earliest_departures",
    "latest_starts",
    "relaxed_track",
    "route_length",
    "route_track",
    "schedule_route",
]


@dataclass(frozen=True, slots=True)
class RouteTimes:
    """Times of one route in ticks: its start, its orders, its end.

    Attributes
    ----------
    arrival, start, departure : tuple of int, length orders + 2
        When the vehicle arrives, service starts, and the vehicle leaves.
    on_time : bool
        Whether all windows, the shift and the longest duty are kept. If not, the vehicle drives on
        without delay, late where it must be.
    """

    arrival: tuple[int, ...]
    start: tuple[int, ...]
    departure: tuple[int, ...]
    on_time: bool

    @property
    def duty(self) -> int:
        """Ticks from start to end."""
        return self.start[-1] - self.departure[0]

    @property
    def waiting(self) -> int:
        """Ticks between arrivals and starts of service."""
        return sum(self.start) - sum(self.arrival)


class Track(NamedTuple):
    """What times depend on, by node: the start, the orders, the end.

    Windows ascend and do not overlap; a node without any can never be served.
    """

    windows: list[Sequence[Window]]
    service: list[int]
    #: Ticks to the next node; one shorter than the nodes.
    legs: list[int]


def schedule_route(instance: Instance, vehicle: int, orders: Sequence[int]) -> RouteTimes:
    """Time a route.

    Parameters
    ----------
    instance : Instance
    vehicle : int
        Position in ``problem.vehicles``.
    orders : sequence of int
        Positions in ``problem.orders``, in the order of the visits; at least one.

    Returns
    -------
    RouteTimes
        The best schedule; where none keeps the rules, the one that drives on without delay.

    Raises
    ------
    RoutingError
        If there is no way from a stop to the next.
    ValueError
        If there are no orders, for an unused vehicle has no times, or if one is set aside by a finding.
    """
    if not orders:
        raise ValueError("a route without orders has no times; leave the vehicle unused")
    owner = instance.problem.vehicles[vehicle]
    track = route_track(instance, vehicle, orders)
    start = _best_start(track, owner)
    if start is not None:
        times = _forward(track, start)
        return replace(times, on_time=times.duty <= _longest_duty(owner))
    relaxed = relaxed_track(track, owner)
    start = _best_start(relaxed, owner)
    assert start is not None  # the relaxed windows were made so that one exists  # noqa: S101
    return replace(_forward(relaxed, start), on_time=False)


def route_length(instance: Instance, vehicle: int, orders: Sequence[int]) -> int:
    """Return the length of a route in the integer units of the vehicle's legs."""
    tails, heads = _leg_points(instance, vehicle, orders)
    return int(instance.vehicle_legs(vehicle).distances[tails, heads].sum(dtype=np.int64))


def _leg_points(
    instance: Instance, vehicle: int, orders: Sequence[int]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return where the legs of a route begin and end; an open start or end is no leg."""
    points = np.concatenate(
        (
            instance.start_point[vehicle : vehicle + 1],
            instance.order_point[np.asarray(orders, np.int64)],
            instance.end_point[vehicle : vehicle + 1],
        )
    )
    if (points[1:-1] == NO_POINT).any():
        raise ValueError("an order that is set aside by a finding has no place on a route")
    points = points[1 if points[0] == NO_POINT else 0 : -1 if points[-1] == NO_POINT else None]
    return points[:-1], points[1:]


def route_track(instance: Instance, vehicle: int, orders: Sequence[int]) -> Track:
    """Return what the times of a route depend on; see :func:`schedule_route`.

    Without orders, the start and the end are as good as one place.
    """
    problem = instance.problem
    owner = problem.vehicles[vehicle]
    if not orders:
        ends = [_ends_windows(instance, owner, place) for place in (owner.start, owner.end)]
        return Track([*ends], [0, 0], [0])
    tails, heads = _leg_points(instance, vehicle, orders)
    legs: list[int] = instance.vehicle_legs(vehicle).durations[tails, heads].tolist()
    if INF in legs:
        hop = legs.index(INF) + (instance.start_point[vehicle] == NO_POINT)
        names = ["its start", *(f"order {problem.orders[i].id!r}" for i in orders), "its end"]
        raise RoutingError(
            f"vehicle {owner.id!r} has no way from {names[hop]} to {names[hop + 1]}; leave that order out or "
            "correct the locations"
        )
    if instance.start_point[vehicle] == NO_POINT:
        legs.insert(0, 0)
    if instance.end_point[vehicle] == NO_POINT:
        legs.append(0)
    visits = [problem.orders[i] for i in orders]
    windows: list[Sequence[Window]] = [_ends_windows(instance, owner, owner.start)]
    # one window is as good as merged, and nearly every order has one
    windows += [v.windows if len(v.windows) == 1 else merge_windows(v.windows) for v in visits]
    windows.append(_ends_windows(instance, owner, owner.end))
    return Track(windows, [0, *(v.service for v in visits), 0], legs)


def _longest_duty(owner: Vehicle) -> int:
    return UNLIMITED if owner.max_duty is None else owner.max_duty


def _ends_windows(instance: Instance, owner: Vehicle, place: object) -> list[Window]:
    """Return when a route may start or end at a place: within the shift and the windows of the depot."""
    first, last = owner.shift or ANY_TIME
    windows: Sequence[Window] = ()
    if isinstance(place, str | int):
        windows = _depot_windows(instance, place)
    clipped = [(max(a, first), min(b, last)) for a, b in merge_windows(windows)]
    return [(a, b) for a, b in clipped if a <= b]


def _depot_windows(instance: Instance, depot_id: Id) -> Sequence[Window]:
    # 1 and "1" are two ids, so plain equality will do; there are few depots
    return next((depot.windows for depot in instance.problem.depots if depot.id == depot_id), ())


def _best_start(track: Track, owner: Vehicle) -> int | None:
    """Return the start of the best schedule, or None if windows and shift allow none.

    Where windows and shift allow some, but none keeps ``max_duty``, that of the shortest duty.
    """
    if not track.windows[0]:
        return None
    earliest = track.windows[0][0][0]
    # where duty costs nothing, any duty that is allowed is as good as the shortest
    allowed = 0 if rate_per_tick(owner.costs.per_hour) else _longest_duty(owner)
    best = _best_from(track, earliest, allowed)
    if best is not None and best[0] < 0 and earliest == ANY_TIME[0]:
        # nothing says when the day begins: not before midnight, if that is as good
        today = _best_from(track, 0, allowed)
        if today is not None and today[1] <= max(allowed, best[1]):
            return today[0]
    return None if best is None else best[0]


def _best_from(track: Track, bound: int, allowed: int) -> tuple[int, int] | None:
    """Return start and duty of the best schedule that starts at `bound` or later.

    That is the first one whose duty is no longer than `allowed`, or else the first of the shortest.
    """
    work = sum(track.service) + sum(track.legs)
    best: tuple[int, int] | None = None
    while (departures := earliest_departures(track, bound)) is not None:
        start = latest_starts(track, departures[-1])[0]
        duty = departures[-1] - start
        if best is None or duty < best[1]:
            best = start, duty
        if duty <= max(work, allowed):
            break
        bound = start + 1
    return best


def earliest_departures(track: Track, bound: int = ANY_TIME[0]) -> list[int] | None:
    """Return the earliest departure from each node for a start at `bound` or later; None if there is none."""
    departures = []
    moment = bound
    for windows, service, leg in zip(track.windows, track.service, (*track.legs, 0), strict=True):
        for first, last in windows:
            if moment <= last:
                moment = max(moment, first) + service
                break
        else:
            return None
        departures.append(moment)
        moment += leg
    return departures


def latest_starts(track: Track, end: int = ANY_TIME[1]) -> list[int]:
    """Return the latest start of service at each node for an end at `end` or earlier, which must exist."""
    starts = []
    moment = end
    nodes = zip(reversed(track.windows), reversed(track.service), (0, *reversed(track.legs)), strict=True)
    for windows, service, leg in nodes:
        moment -= leg + service
        for first, last in reversed(windows):
            if moment >= first:
                moment = min(moment, last)
                break
        starts.append(moment)
    return starts[::-1]


def _forward(track: Track, start: int) -> RouteTimes:
    """Return the times of a feasible start."""
    departures = earliest_departures(track, start)
    assert departures is not None  # noqa: S101 - the start is feasible
    arrivals = [start, *map(add, departures, track.legs)]
    starts = map(sub, departures, track.service)
    return RouteTimes(tuple(arrivals), tuple(starts), tuple(departures), on_time=True)


def relaxed_track(track: Track, owner: Vehicle) -> Track:
    """Return the track with missed windows moved to when the vehicle gets there at the earliest."""
    relaxed: list[Sequence[Window]] = []
    moment = (owner.shift or ANY_TIME)[0]
    for windows, service, leg in zip(track.windows, track.service, (*track.legs, 0), strict=True):
        open_window = next((window for window in windows if moment <= window[1]), None)
        if open_window is None:
            relaxed.append([(moment, moment)])
        else:
            relaxed.append(windows)
            moment = max(moment, open_window[0])
        moment += service + leg
    return track._replace(windows=relaxed)
