"""The exact schedule of a track with everything on it, against trying all of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute.model.instance import ANY_TIME, UNLIMITED, merge_windows
from o2oroute.model.soft_terms import SoftTerm
from o2oroute.plan.clock import best_times
from o2oroute.plan.potentials import Arc, cheapest_numbers
from o2oroute.plan.timing import best_moments
from o2oroute.plan.track import Drive, Duty, Ride, Track

HORIZON = 9

_window = st.tuples(st.integers(0, HORIZON), st.integers(0, 4)).map(lambda w: (w[0], w[0] + w[1]))
_term = st.builds(SoftTerm, st.integers(0, HORIZON), st.integers(0, 3), st.integers(0, 3))


@st.composite
def tracks(draw, *, coupled=True):
    """Return a track of three to five nodes, some of them breaks, with the rules that may be on it."""
    size = draw(st.integers(3, 5))
    inner = range(1, size - 1)
    breaks = frozenset(draw(st.sets(st.sampled_from(inner), max_size=2)))
    legs = [0 if node in breaks else draw(st.integers(0, 3)) for node in range(size - 1)]
    clipped = [
        [(a, min(b, HORIZON)) for a, b in merge_windows(draw(st.lists(_window, max_size=2)) or [(0, 9)])]
        for _ in range(size)
    ]
    track = Track(
        windows=[[w for w in windows if w[0] <= w[1]] for windows in clipped],
        service=[0, *(draw(st.integers(0, 2)) for _ in inner), 0],
        legs=legs,
        breaks=breaks,
        off_duty=draw(st.sampled_from([(ANY_TIME,), ((3, 99), (-99, 7))])),
        duty=Duty(
            per_tick=draw(st.integers(0, 2)),
            longest=draw(st.sampled_from([UNLIMITED, 5, 8])),
            unpaid=draw(st.integers(0, 1)),
            ordinary=draw(st.integers(0, 6)),
            overtime=draw(st.integers(0, 2)),
            end_first=draw(st.booleans()),
        ),
    )
    if not coupled:
        return track
    stops = [node for node in range(size) if node not in breaks]
    rides = [
        Ride(a, b, draw(st.integers(0, 4)))
        for a, b in draw(st.lists(st.tuples(st.sampled_from(stops), st.sampled_from(stops)), max_size=1))
        if a < b
    ]
    rests = tuple(sorted(draw(st.sets(st.sampled_from(sorted(breaks))))) if breaks else ())
    drives = draw(st.sampled_from([(), (Drive(draw(st.integers(0, 6)), rests),)]))
    soft = {
        node: draw(st.lists(_term, min_size=1, max_size=3)) for node in draw(st.sets(st.sampled_from(stops)))
    }
    return track._replace(rides=rides, drives=drives, soft=soft)


def _keeps(track, starts, driven):
    """Tell whether duty, breaks off duty, ride times and driving times are as they must be."""
    begin, end = starts[0], starts[-1]
    marks = [[0, *(driven[node] for node in rests), sum(track.legs)] for _, rests in track.drives]
    return (
        end - begin <= track.duty.longest
        and any(begin >= first and end <= last for first, last in track.off_duty)
        and all(starts[b] - starts[a] - track.service[a] <= longest for a, b, longest in track.rides)
        and all(
            b - a <= longest
            for (longest, _), stretch in zip(track.drives, marks, strict=True)
            for a, b in pairwise(stretch)
        )
    )


def _all_schedules(track):
    """Yield the starts of service at each node of every schedule that keeps all rules."""
    size = len(track.windows)

    def go(node, starts, driven):
        if node == size:
            if _keeps(track, starts, driven[1:]):
                yield starts
            return
        base = max(k for k in range(node) if k not in track.breaks) if node else 0
        whole = sum(track.legs[: base + 1]) if node else 0  # driven when the leg behind the last stop is over
        least = starts[-1] + track.service[node - 1] if node else 0
        for now in range(driven[-1], whole + 1) if node in track.breaks else [whole]:
            gone = now - driven[-1] if node else 0
            for first, last in track.windows[node]:
                for moment in range(max(first, least + gone), last + 1):
                    yield from go(node + 1, [*starts, moment], [*driven, now])

    yield from go(0, [], [0])


def _rank(track, starts):
    cost, end = track.cost(starts), starts[-1]
    best = (end, cost) if track.duty.end_first else (cost, end)
    stops = [moment for node, moment in enumerate(starts) if node not in track.breaks]
    return *best, -starts[0], stops


@settings(max_examples=600)
@given(st.one_of(tracks(), tracks(coupled=False)))
def test_the_best_schedule_of_all(track):
    best = min((_rank(track, starts) for starts in _all_schedules(track)), default=None)
    times = best_times(track)
    assert times.on_time == (best is not None)
    if best is not None:
        assert _rank(track, times.start) == best


@settings(max_examples=300)
@given(tracks())
def test_times_follow_from_each_other_on_time_or_not(track):
    times = best_times(track)
    gaps = [b - a for a, b in zip(times.departure, times.arrival[1:], strict=False)]
    assert all(gap >= 0 for gap in gaps)
    stops = [node for node in range(len(track.windows)) if node not in track.breaks]
    for tail, head in pairwise(stops):
        assert sum(gaps[tail:head]) == track.legs[tail]
    for arrival, start, departure, service in zip(
        times.arrival, times.start, times.departure, track.service, strict=True
    ):
        assert arrival <= start
        assert departure == start + service


@given(tracks(coupled=False))
def test_both_ways_to_the_best_schedule_agree_where_either_will_do(track):
    for span in track.off_duty:
        part = track.within(*span)
        moments, times = best_moments(part), best_times(part)
        assert (moments is not None) == times.on_time
        if moments is not None:
            assert _rank(part, moments.start) == _rank(part, times.start)


def test_a_day_without_beginning_begins_at_midnight_if_that_is_as_good():
    always = [ANY_TIME]
    track = Track([always, [(0, 50)], always], [0, 5, 0], [10, 10], soft={1: [SoftTerm(30, 1, 1)]})
    assert best_times(track).start == (20, 30, 45)
    early = Track([always, [(0, 50)], always], [0, 5, 0], [10, 10], soft={1: [SoftTerm(4, 1, 1)]})
    assert best_times(early).start == (-6, 4, 19)


def test_a_ride_that_is_short_enough_only_if_the_pickup_waits():
    track = Track(
        [[(0, 10)], [(0, 99)], [(50, 99)], [(0, 99)]], [0, 2, 3, 0], [5, 10, 5], rides=[Ride(1, 2, 12)]
    )
    times = best_times(track)
    assert (times.arrival[1], times.start) == (15, (10, 36, 50, 58))
    # the wait for the last stop is made where the second ride has not begun
    crossed = Track(
        [[(0, 99)], [(0, 10)], [(0, 99)], [(40, 99)], [(0, 99)]],
        [0, 0, 0, 0, 0],
        [5, 10, 10, 5],
        rides=[Ride(1, 2, 20), Ride(2, 3, 10)],
    )
    assert best_times(crossed).start == (5, 10, 30, 40, 45)
    assert best_times(crossed._replace(rides=crossed.rides[:1])).start == (5, 10, 20, 40, 45)
    assert not best_times(crossed._replace(rides=[Ride(1, 2, 19), Ride(2, 3, 10)])).on_time


def test_contradictions_have_no_numbers():
    assert cheapest_numbers([Arc(0, 1, 0), Arc(1, 0, -5), Arc(0, 1, 6)], [0, 0]) is None


@pytest.mark.parametrize(("longest", "start"), [(UNLIMITED, 0), (60, 40)])
def test_the_longest_duty_is_kept_at_a_price(longest, start):
    duty = Duty(per_tick=1, longest=longest)
    soft = {1: [SoftTerm(10, 0, 3)]}
    track = Track(
        [[(0, 90)], [(0, 90)], [(95, 99)], [(100, 100)]], [0, 0, 0, 0], [10, 5, 5], soft=soft, duty=duty
    )
    assert best_times(track).start[0] == start
