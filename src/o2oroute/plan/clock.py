"""The one clock: when a vehicle starts, arrives, serves and returns, given the order of its visits.

Of the schedules that keep the rules the clock takes the cheapest, of these the one that ends earliest, of
these the one that starts latest, and of these the earliest at every stop. Where only windows and duty count,
:mod:`~o2oroute.plan.passes` finds it; else :mod:`~o2oroute.plan.timing` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import add, sub

from o2oroute.model.instance import Instance
from o2oroute.plan.passes import best_start, earliest_departures, relaxed_track
from o2oroute.plan.route_track import route_track
from o2oroute.plan.timing import Moments, best_moments
from o2oroute.plan.track import Track

__all__ = ["RouteTimes", "best_times", "schedule_route"]


@dataclass(frozen=True, slots=True)
class RouteTimes:
    """Times of one route in ticks: its start, its visits, its end.

    Attributes
    ----------
    arrival, start, departure : tuple of int, length visits + 2
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

    @property
    def service(self) -> int:
        """Ticks between starts of service, breaks included, and departures."""
        return sum(self.departure) - sum(self.start)

    @property
    def driving(self) -> int:
        """Ticks on the road."""
        return self.duty - self.waiting - self.service


def schedule_route(instance: Instance, vehicle: int, codes: Sequence[int]) -> RouteTimes:
    """Time a route.

    Parameters
    ----------
    instance : Instance
    vehicle : int
        Position in ``problem.vehicles``.
    codes : sequence of int
        Visits: positions in ``problem.tasks``, and below 0 breaks and reloads; at least one.

    Returns
    -------
    RouteTimes
        The best schedule; where none keeps the rules, the one that drives on without delay.

    Raises
    ------
    RoutingError
        If there is no way from a stop to the next.
    ValueError
        If there are no visits, for an unused vehicle has no times, or if one is set aside by a finding.
    """
    if not codes:
        raise ValueError("a route without visits has no times; leave the vehicle unused")
    return best_times(route_track(instance, vehicle, codes))


def best_times(track: Track) -> RouteTimes:
    """Time a track; see :func:`schedule_route`."""
    best = _best_times(track.within(*track.off_duty[0]))
    for span in track.off_duty[1:]:
        times = _best_times(track.within(*span))
        if times is not None and (best is None or _rank(track, times) < _rank(track, best)):
            best = times
    if best is not None:
        return best
    plain = track._replace(soft={}, rides=(), drives=())
    times = _best_times(plain) or _best_times(relaxed_track(plain))
    assert times is not None  # the relaxed windows were made so that there is one  # noqa: S101
    return replace(times, on_time=False)


def _best_times(track: Track) -> RouteTimes | None:
    """Return the best schedule; None where none keeps windows, ride times and driving times."""
    if track.is_plain:
        start = best_start(track)
        if start is None:
            return None
        times = _forward(track, start)
        return replace(times, on_time=times.duty <= track.duty.longest)
    moments = best_moments(track)
    if moments is None:
        return None
    if track.breaks and not track.drives:
        starts = _early_breaks(track, moments.start)
        moments = Moments(starts, _driven(track, starts))
    return _at(track, moments)


def _rank(track: Track, times: RouteTimes) -> tuple[bool, int, int, int]:
    cost, end = track.cost(times.start), times.start[-1]
    first, second = (end, cost) if track.duty.end_first else (cost, end)
    return not times.on_time, first, second, -times.departure[0]


def _forward(track: Track, start: int) -> RouteTimes:
    """Return the times of a feasible start."""
    departures = earliest_departures(track, start)
    assert departures is not None  # noqa: S101 - the start is feasible
    starts = [*map(sub, departures, track.service)]
    if track.breaks:
        return _at(track, Moments(starts, _driven(track, starts)))
    arrivals = [start, *map(add, departures, track.legs)]
    return RouteTimes(tuple(arrivals), tuple(starts), tuple(departures), on_time=True)


def _at(track: Track, moments: Moments) -> RouteTimes:
    """Return the times that go with starts of service."""
    departures = [*map(add, moments.start, track.service)]
    ways = map(sub, moments.driven[1:], moments.driven)
    arrivals = [moments.start[0], *map(add, departures, ways)]
    return RouteTimes(tuple(arrivals), tuple(moments.start), tuple(departures), on_time=True)


def _early_breaks(track: Track, starts: Sequence[int]) -> list[int]:
    """Return starts of service with each break as early as its windows and the stop before it allow."""
    early = list(starts)
    for node in sorted(track.breaks):
        moment = early[node - 1] + track.service[node - 1]
        early[node] = next(max(first, moment) for first, last in track.windows[node] if moment <= last)
    return early


def _driven(track: Track, starts: Sequence[int]) -> list[int]:
    """Return how long the vehicle has driven by each node, if it drives on until each break begins."""
    driven = [0]
    due = 0  # what has been driven at the next stop
    for node, leg in enumerate(track.legs):
        due += leg
        way = starts[node + 1] - starts[node] - track.service[node]
        driven.append(min(due, driven[-1] + way) if node + 1 in track.breaks else due)
    return driven
