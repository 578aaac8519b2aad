"""The best place on one route for each of many tasks, for all places at once.

Whether an order fits between two stops is known from the earliest departure before it and the latest start of
service after it (Savelsbergh: The vehicle routing problem with time windows, minimizing route duration,
ORSA Journal on Computing 4, 1992). With one window at each stop, so is the duty: the stretches before and
after are summed up as in Vidal, Crainic, Gendreau, Prins: A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows, Computers and Operations Research
40, 2013, section 4.1. With several windows the clock is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import NO_POINT, UNLIMITED, Instance
from o2oroute.plan.clock import schedule_route
from o2oroute.plan.passes import earliest_departures, latest_starts, relaxed_track
from o2oroute.plan.route_track import route_length, route_track
from o2oroute.plan.track import Track
from o2oroute.units import INF

__all__ = ["Places", "best_places", "lateness"]

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

# bounds the memory of one look: places times orders
_PAIRS_AT_ONCE: Final = 1_000_000
# Places compare by the number of rules broken there, then by ticks, then by length, all three in one number.
# No sum of ticks reaches 2**36; lengths are cut off at 2**20.
_PER_RULE: Final = 2**56
_PER_TICK: Final = 2**20


class Places(NamedTuple):
    """The best place of each task on one route; arrays of shape (tasks,)."""

    #: Before which stop of the route, counted from 0; -1 where no place has a way there and on.
    position: Int64
    #: Whether the route keeps all rules that are looked at here with the task there.
    feasible: Bool
    #: Cost units that the task adds there; says something for optional ones that are feasible.
    extra_cost: Int64
    #: How far it is from keeping all rules there, for comparing routes: by rules, ticks and lengths.
    excess: Int64


def best_places(instance: Instance, vehicle: int, route: Sequence[int], tasks: Sequence[int]) -> Places:
    """Find for each task the best place on a route.

    Looked at are windows, shift, duty, travel, lengths, loads, stops and who may serve whom. Set-up counts as
    paid by the task before, releases as long past: where there are any, the places are the best ones as far
    as can be seen without the clock.

    Parameters
    ----------
    instance : Instance
    vehicle : int
        Position in ``problem.vehicles``.
    route : sequence of int
        Positions of the tasks that the vehicle visits; none if it is unused.
    tasks : sequence of int
        Positions of tasks that are not on the route and not set aside. Each is looked at on its own.

    Returns
    -------
    Places
        Of the places that keep all rules the cheapest for optional orders, the first for others. Where none
        does, the place that breaks the fewest rules, and these by as little as possible.
    """
    frame = _Frame(instance, vehicle, route)
    block = max(1, _PAIRS_AT_ONCE // (len(route) + 1))
    found = [_best_places(frame, tasks[i : i + block]) for i in range(0, len(tasks), block)]
    if not found:
        none = np.empty(0, np.int64)
        return Places(none, none.astype(np.bool_), none, none)
    return Places(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def lateness(instance: Instance, vehicle: int, route: Sequence[int], task: int) -> Int64:
    """Return by how many ticks windows and shift are missed at least with a task at each place of a route.

    Returns
    -------
    ndarray of int64, shape (tasks of the route + 1,)
        :data:`~o2oroute.model.instance.UNLIMITED` where there is no way there or on.
    """
    frame = _Frame(instance, vehicle, route)
    index = np.array([task], np.int64)
    ticks_in, ticks_out = frame.legs(instance.vehicle_legs(vehicle).durations, instance.task_point[index])
    start, late = _service(frame, index, frame.departure + ticks_in)
    rest_late = np.maximum(start + frame.service[index] + ticks_out - frame.latest, 0)
    no_way = (ticks_in >= INF) | (ticks_out >= INF)
    missed: Int64 = np.where(no_way, UNLIMITED, late + rest_late)[:, 0]
    return missed


class _Stretch(NamedTuple):
    """A part of a route with one window at each stop: arrays, or numbers, by stretch."""

    duration: Int64
    earliest: Int64
    latest: Int64


class _Frame:
    """What a route says about each place between two of its stops: arrays of shape (tasks + 1, 1)."""

    def __init__(self, instance: Instance, vehicle: int, route: Sequence[int]) -> None:
        self.instance, self.vehicle, self.route = instance, vehicle, list(route)
        track = route_track(instance, vehicle, route)
        departures = earliest_departures(track)
        #: Whether the route is late even without the order, or its start and end never open together.
        self.late = departures is None
        if departures is None:
            track = relaxed_track(track)
            departures = earliest_departures(track) or []
        self.departure = _column(departures[:-1])
        self.latest = _column(latest_starts(track)[1:])
        points = instance.task_point[self.route]
        self.tails = np.concatenate(([instance.start_point[vehicle]], points))
        self.heads = np.concatenate((points, [instance.end_point[vehicle]]))
        self.one_window = all(len(windows) == 1 for windows in track.windows)
        if self.one_window:
            self.before, self.after = _stretches(track)
        self.length = route_length(instance, vehicle, route) if route else 0
        self.duty = schedule_route(instance, vehicle, route).duty if route else 0
        legs = instance.vehicle_legs(vehicle)
        gone = (self.tails == NO_POINT) | (self.heads == NO_POINT) | (not self.route)
        self.replaced = _column(np.where(gone, 0, legs.priced[self.tails, self.heads]))
        self.replaced_ticks = _column(np.where(gone, 0, legs.durations[self.tails, self.heads]))
        self.travel = int(self.replaced_ticks.sum())
        self.service = instance.task_service[instance.vehicle_type[vehicle]]
        self._load()
        self._requests()

    def _load(self) -> None:
        """Set the largest loads up to each place, and from there on; shape (tasks + 1, columns)."""
        first = self.instance.task_delivery[self.route].sum(axis=0, keepdims=True)
        loads = np.vstack((first, first + self.instance.task_change[self.route].cumsum(axis=0)))
        self.most_before = np.maximum.accumulate(loads, axis=0)
        self.most_after = np.maximum.accumulate(loads[::-1], axis=0)[::-1]

    def _requests(self) -> None:
        """Set the requests that are on the route, and the kinds of load that they exclude."""
        self.requests = np.unique(self.instance.task_request[self.route])
        kinds = self.instance.request_kind[self.requests]
        self.excluded = self.instance.kind_excludes[kinds[kinds >= 0]].any(axis=0)

    def overloads(self, tasks: Int64) -> Bool:
        """Tell for each place and task whether anything is too much, shape (tasks + 1, tasks)."""
        over = np.zeros((len(self.route) + 1, len(tasks)), np.bool_)
        delivered = self.instance.task_delivery[tasks]
        left = delivered + self.instance.task_change[tasks]
        for column, capacity in enumerate(self.instance.capacity[self.vehicle].tolist()):
            if capacity < UNLIMITED:
                before = self.most_before[:, column, None] + delivered[:, column]
                after = self.most_after[:, column, None] + left[:, column]
                over |= np.maximum(before, after) > capacity
        return over

    def barred(self, tasks: Int64) -> Int64:
        """Count for each task the rules by which it may not ride here, whatever its place."""
        requests = self.instance.task_request[tasks]
        choice = self.instance.choice_cost[self.instance.request_choice[requests], self.vehicle]
        kinds = self.instance.request_kind[requests]
        excluded = np.append(self.excluded, values=False)[kinds]  # -1 is of no kind
        rules: Int64 = (choice < 0).astype(np.int64) + excluded
        return rules

    def legs(self, array: npt.NDArray[np.int32], points: npt.NDArray[np.int32]) -> tuple[Int64, Int64]:
        """Return the ways to and from the points at each place; an open start or end is no way off."""
        there = array[self.tails[:, None], points].astype(np.int64)
        there[self.tails == NO_POINT] = 0
        onwards = array[points, self.heads[:, None]].astype(np.int64)
        onwards[self.heads == NO_POINT] = 0
        return there, onwards


def _best_places(frame: _Frame, tasks: Sequence[int]) -> Places:
    instance, vehicle = frame.instance, frame.vehicle
    index = np.asarray(tasks, np.int64)
    points = instance.task_point[index]
    legs = instance.vehicle_legs(vehicle)
    ticks_in, ticks_out = frame.legs(legs.durations, points)
    length_in, length_out = frame.legs(legs.priced, points)
    no_way = (ticks_in >= INF) | (ticks_out >= INF) | (length_in >= INF) | (length_out >= INF)

    start, late = _service(frame, index, frame.departure + ticks_in)
    rest_late = np.maximum(start + frame.service[index] + ticks_out - frame.latest, 0)
    extra_length = length_in + length_out - frame.replaced
    extra_ticks = ticks_in + ticks_out - frame.replaced_ticks
    too_far = np.maximum(frame.length + extra_length - instance.max_length[vehicle], 0)
    travel = np.maximum(frame.travel + extra_ticks - instance.max_travel[vehicle], 0)
    in_time = (late == 0) & (rest_late == 0) & ~no_way
    duty = np.where(in_time, _duties(frame, index, ticks_in, ticks_out, in_time), 0)
    too_long = np.maximum(duty - instance.max_duty[vehicle], 0)

    broken = sum(np.where(excess > 0, 1, 0) for excess in (late, rest_late, too_far, too_long, travel))
    broken += frame.overloads(index)
    excess = (
        broken * _PER_RULE
        + (late + rest_late + too_long + travel) * _PER_TICK
        + np.minimum(too_far, _PER_TICK - 1)
    )
    rates = instance.rates
    extra_cost = (
        rates.per_length[vehicle] * extra_length
        + rates.per_tick[vehicle] * (duty - frame.duty)
        + rates.per_travel_tick[vehicle] * extra_ticks
        + rates.per_stop[vehicle]
        + rates.per_service_tick[vehicle] * frame.service[index]
        + _preference(frame, index)
    )
    if not frame.route:
        extra_cost += rates.fixed[vehicle]
    # among places that keep the rules an optional order wants the cheapest
    optional = instance.request_prize[instance.task_request[index]] >= 0
    by_cost = (excess == 0) & ~no_way & optional
    least = np.where(by_cost, extra_cost, UNLIMITED).min(axis=0)
    key = np.where(no_way, UNLIMITED, np.where(by_cost & (extra_cost > least), 1, excess))
    place = np.argmin(key, axis=0)
    column = np.arange(index.size)
    too_many = len(frame.route) >= instance.max_stops[vehicle]
    reached = key[place, column] < UNLIMITED
    others = frame.barred(index) + too_many + frame.late
    total = np.where(reached, excess[place, column] + others * _PER_RULE, UNLIMITED)
    return Places(np.where(reached, place, -1), total == 0, extra_cost[place, column], total)


def _preference(frame: _Frame, tasks: Int64) -> Int64:
    """Return what it costs that each task should ride with another vehicle."""
    rows = frame.instance.request_choice[frame.instance.task_request[tasks]]
    cost: Int64 = np.maximum(frame.instance.choice_cost[rows, frame.vehicle], 0)
    return cost


def _service(frame: _Frame, index: Int64, arrival: Int64) -> tuple[Int64, Int64]:
    """Return when service starts for each arrival, and by how much it misses the last window."""
    instance = frame.instance
    first, after = instance.window_first[index], instance.window_first[index + 1]
    last_close = instance.window_close[after - 1]
    start = np.maximum(arrival, instance.window_open[after - 1])
    # from the last window back to the first: the earliest one that is still open counts
    for back in range(2, int((after - first).max()) + 1):
        window = np.maximum(after - back, first)
        in_time = arrival <= instance.window_close[window]
        start = np.where(in_time, np.maximum(arrival, instance.window_open[window]), start)
    return start, np.maximum(arrival - last_close, 0)


def _duties(frame: _Frame, index: Int64, ticks_in: Int64, ticks_out: Int64, in_time: Bool) -> Int64:
    """Return the duty with each order at each place; only places that are in time count.

    Where windows come in several the clock is asked, for as few places as will do; 0 stands for the others.
    """
    first, after = frame.instance.window_first[index], frame.instance.window_first[index + 1]
    duty = np.zeros(in_time.shape, np.int64)
    several = np.ones(index.size, np.bool_)
    if frame.one_window:
        windows = _Stretch(
            frame.service[index],
            frame.instance.window_open[first],
            frame.instance.window_close[first],
        )
        duty = _joined(_joined(frame.before, ticks_in, windows), ticks_out, frame.after).duration
        several = after - first > 1
    for column in np.flatnonzero(several).tolist():
        duty[:, column] = _clocked_duties(frame, int(index[column]), np.flatnonzero(in_time[:, column]))
    return duty


def _clocked_duties(frame: _Frame, order: int, places: Int64) -> Int64:
    """Return the duties with one order at some places, by the clock; 0 at all others."""
    instance, vehicle = frame.instance, frame.vehicle
    duties = np.zeros(len(frame.route) + 1, np.int64)
    longest = instance.max_duty[vehicle]
    mandatory = instance.request_prize[instance.task_request[order]] < 0
    if mandatory and longest == UNLIMITED:
        return duties
    for place in places.tolist():
        trial = [*frame.route[:place], order, *frame.route[place:]]
        duties[place] = schedule_route(instance, vehicle, trial).duty
        if mandatory and duties[place] <= longest:  # the first place that will do is the one to be named
            break
    return duties


def _stretches(track: Track) -> tuple[_Stretch, _Stretch]:
    """Return the stretches that end before and that begin behind each place."""
    nodes = [
        _Stretch(*np.array([service, *windows[0]], np.int64)[:, None])
        for windows, service in zip(track.windows, track.service, strict=True)
    ]
    legs = np.array(track.legs, np.int64)
    before, after = nodes[:1], nodes[-1:]
    for leg, node in zip(legs[:-1], nodes[1:-1], strict=True):
        before.append(_joined(before[-1], leg, node))
    for leg, node in zip(legs[:0:-1], nodes[-2:0:-1], strict=True):
        after.append(_joined(node, leg, after[-1]))
    return _stacked(before), _stacked(after[::-1])


def _stacked(stretches: Sequence[_Stretch]) -> _Stretch:
    return _Stretch(*(np.array(parts) for parts in zip(*stretches, strict=True)))


def _joined(first: _Stretch, leg: Int64 | np.int64, second: _Stretch) -> _Stretch:
    """Return two stretches one after the other, which together must be in time."""
    shift = first.duration + leg
    waiting = np.maximum(second.earliest - shift - first.latest, 0)
    return _Stretch(
        duration=shift + second.duration + waiting,
        earliest=np.maximum(first.earliest, second.earliest - shift) - waiting,
        latest=np.minimum(first.latest, second.latest - shift),
    )


def _column(values: object) -> Int64:
    return np.array(values, np.int64)[:, None]
