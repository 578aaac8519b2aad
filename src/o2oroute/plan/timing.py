"""The cheapest schedule where costs or limits tie moments together: soft windows, ride times, driving times.

Each start of service is a number. Each break has two: how long the vehicle has *not* driven when the break
begins, and (negative) how long it has; their difference is when that is. All rules are then distances between
two numbers, all costs are paid for distances that fall short: see :mod:`~o2oroute.plan.potentials`. One cost
is made of cost, end and start, each far above the next, so that the cheapest, then the earliest end, then the
latest start come out at once. Of several windows at most one can be used: the search begins with the span
from the first to the last, and where the best moment lies between two windows it tries both sides, the
cheaper one first (branch and bound).

Ride times as distances: Cordeau, Laporte: A tabu search heuristic for the static multi-vehicle dial-a-ride
problem, Transportation Research Part B 37, 2003, and the exact view by Firat, Woeginger: Analysis of the
dial-a-ride problem of Hunsaker and Savelsbergh, Operations Research Letters 39, 2011.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from typing import Final, NamedTuple

from o2oroute.model.instance import ANY_TIME, UNLIMITED
from o2oroute.model.part import Window
from o2oroute.plan.passes import earliest_departures, latest_starts
from o2oroute.plan.potentials import Arc, cheapest_numbers
from o2oroute.plan.track import Track

__all__ = ["Moments", "best_moments"]

#: More than any start or end, and more than any sum of costs.
_TIMES: Final = 2**34
_COSTS: Final = 2**90


class Moments(NamedTuple):
    """When service starts at each node, and how long the vehicle has driven by then."""

    start: list[int]
    driven: list[int]


class _Choice(NamedTuple):
    """The number of one node is above that of another by what one of several windows allows."""

    node: int
    above: int
    windows: tuple[Window, ...]

    def miss(self, numbers: Sequence[int]) -> int | None:
        """Return how many of the windows end before the numbers say, if they lie between two windows."""
        moment = numbers[self.node] - numbers[self.above]
        for k, (first, last) in enumerate(self.windows):
            if moment <= last:
                return k if moment < first else None
        return None

    def arcs(self) -> tuple[Arc, Arc]:
        """Return the span from the first window to the last."""
        return (
            Arc(self.above, self.node, self.windows[0][0]),
            Arc(self.node, self.above, -self.windows[-1][1]),
        )


def best_moments(track: Track) -> Moments | None:
    """Return the best schedule, of equally good ones the earliest at every node; None if there is none.

    Best is the cheapest, then the one with the earliest end, then with the latest start. Where nothing says
    when the day begins, it begins at midnight; if that is dearer, as late before as is the cheapest.
    """
    if earliest_departures(track) is None:
        return None
    if track.windows[0][0][0] > ANY_TIME[0]:
        return _Network(track).best()
    today = _today(track)
    if today is not None and track.duty.end_first:
        return today
    best = _Network(track, start_late=True).best()
    if today is None or best is None or track.cost(today.start) > track.cost(best.start):
        return best
    return today


def _today(track: Track) -> Moments | None:
    later = track.within(0, ANY_TIME[1])
    return None if earliest_departures(later) is None else _Network(later).best()


class _Network:
    """A track as distances between numbers: first midnight, then one by node, then a second one by break.

    With `start_late`, the latest start comes before the earliest end, which without a first moment is none.
    """

    def __init__(self, track: Track, *, start_late: bool = False) -> None:
        self.track = track
        self.start_late = start_late and not track.duty.end_first
        self.nodes = len(track.windows)
        self.breaks = sorted(track.breaks)
        self.drives = {node: self.nodes + 1 + i for i, node in enumerate(self.breaks)}
        self.driven = [0] * self.nodes  # until each node, all of a leg before its breaks
        for node, leg in enumerate(track.legs):
            self.driven[node + 1] = self.driven[node] + leg
        self.arcs = [*self._ways(), *self._rides(), *self._driving_times(), *self._duty(), *self._soft()]
        self.slopes = [0] * (1 + self.nodes + len(self.breaks))
        scale = _TIMES if track.duty.end_first else _TIMES**2
        self.slopes[1] -= track.duty.per_tick * scale + (_TIMES if self.start_late else 1)
        self.slopes[self.nodes] += track.duty.per_tick * scale
        end = 1 if self.start_late else _COSTS * _TIMES if track.duty.end_first else _TIMES
        self.slopes[self.nodes] += end

    def best(self) -> Moments | None:
        """Return the best schedule by branch and bound over windows."""
        choices = self._choices()
        if choices is None:
            return None
        tie = count()
        waiting: list[tuple[tuple[int, ...], int, list[int], list[_Choice]]] = []

        def put(choices: list[_Choice]) -> None:
            arcs = [arc for choice in choices for arc in choice.arcs()]
            numbers = cheapest_numbers([*self.arcs, *arcs], self.slopes)
            if numbers is not None:
                heapq.heappush(waiting, (self._rank(numbers), next(tie), numbers, choices))

        put(choices)
        while waiting:
            _, _, numbers, choices = heapq.heappop(waiting)
            for c, choice in enumerate(choices):
                miss = choice.miss(numbers)
                if miss is not None:
                    for part in (choice.windows[:miss], choice.windows[miss:]):
                        put([*choices[:c], choice._replace(windows=part), *choices[c + 1 :]])
                    break
            else:
                return self._moments(numbers)
        return None

    def _choices(self) -> list[_Choice] | None:
        """Return the windows that are left when what can never be reached or left in time is cut away."""
        track = self.track
        departures = earliest_departures(track)
        assert departures is not None  # noqa: S101 - the caller has looked
        latest = latest_starts(track)
        found = []
        for node, windows in enumerate(track.windows):
            first, last = departures[node] - track.service[node], latest[node]
            kept = tuple((max(a, first), min(b, last)) for a, b in windows if b >= first and a <= last)
            if not kept:
                return None
            found.append(_Choice(node + 1, self.drives.get(node, 0), kept))
        return found

    def _ways(self) -> Iterator[Arc]:
        """Yield that each node comes after the one before, and the way between stops takes its time."""
        track = self.track
        for node, service in enumerate(track.service[:-1]):
            # the numbers of breaks leave out what has been driven
            before = 0 if node in self.drives else self.driven[node]
            after = 0 if node + 1 in self.drives else self.driven[node + 1]
            yield Arc(node + 1, node + 2, service - before + after)
        stop = 0
        for node in self.breaks:
            stop = max(k for k in range(node) if k not in self.drives)
            drive = self.drives[node]
            yield Arc(0, drive, -self.driven[node])
            yield Arc(drive, 0, self.driven[stop])
            if node + 1 in self.drives:
                yield Arc(self.drives[node + 1], drive, 0)

    def _rides(self) -> Iterator[Arc]:
        for pickup, delivery, longest in self.track.rides:
            yield Arc(delivery + 1, pickup + 1, -longest - self.track.service[pickup])

    def _driving_times(self) -> Iterator[Arc]:
        for longest, rests in self.track.drives:
            if not rests:
                if self.driven[-1] > longest:
                    yield Arc(0, 0, 1)  # which nothing can keep
                continue
            yield Arc(0, self.drives[rests[0]], -longest)
            yield Arc(self.drives[rests[-1]], 0, self.driven[-1] - longest)
            for node, later in pairwise(rests):
                yield Arc(self.drives[node], self.drives[later], -longest)

    def _duty(self) -> Iterator[Arc]:
        duty, end = self.track.duty, self.nodes
        if duty.longest < UNLIMITED:
            yield Arc(end, 1, -duty.longest)
        if duty.overtime:
            yield self._paid(end, 1, -duty.ordinary - duty.unpaid, duty.overtime)

    def _soft(self) -> Iterator[Arc]:
        for node, terms in self.track.soft.items():
            for moment, before, after in terms:
                if before:
                    yield self._paid(0, node + 1, moment, before)
                if after:
                    yield self._paid(node + 1, 0, -moment, after)

    def _paid(self, tail: int, head: int, weight: int, rate: int) -> Arc:
        return Arc(tail, head, weight, rate * (_TIMES if self.track.duty.end_first else _TIMES**2))

    def _rank(self, numbers: Sequence[int]) -> tuple[int, ...]:
        starts = self._moments(numbers).start
        cost, end = self.track.cost(starts), starts[-1]
        if self.start_late:
            return (cost, -starts[0], end)
        return (end, cost, -starts[0]) if self.track.duty.end_first else (cost, end, -starts[0])

    def _moments(self, numbers: Sequence[int]) -> Moments:
        start, driven = list(numbers[1 : self.nodes + 1]), list(self.driven)
        for node, drive in self.drives.items():
            start[node] -= numbers[drive]
            driven[node] = -numbers[drive]
        return Moments(start, driven)
