"""Passes over a track: earliest departures forwards, latest starts backwards, and the best plain schedule.

Notes
-----
The earliest end as a function of the start is made of pieces with slope 0 (a wait takes up the shift) and
slope 1 (no wait does), with jumps upwards where a window is missed and the next one is taken. Duty, end
minus start, shrinks along a flat piece and is constant along a rising one. So only the last start of each
flat piece can be best. One pass forward finds the end of a piece, one pass backward its last start; the
next piece begins one tick later. If that schedule nowhere waits, none is shorter. Else a window that closes
before the wait is missed for good: there are at most as many rounds as there are windows, and nearly always
one or two. A break may interrupt a leg at any moment: so the stop behind is reached when the breaks are over
and when there was time for the leg and them, whichever is later, which still has slopes 0 and 1 only.

Savelsbergh: The vehicle routing problem with time windows, minimizing route duration, ORSA Journal on
Computing 4, 1992, has the passes; Tilk and Irnich: Dynamic programming for the minimum tour duration problem,
Transportation Science 51, 2017, the view by pieces.
"""

from __future__ import annotations

from collections.abc import Sequence

from o2oroute.model.instance import ANY_TIME
from o2oroute.model.part import Window
from o2oroute.plan.track import Track

__all__ = ["best_start", "earliest_departures", "latest_starts", "relaxed_track"]


def best_start(track: Track) -> int | None:
    """Return the start of the best schedule by windows and duty alone, or None if windows allow none.

    Where windows allow some, but none keeps the longest duty, that of the shortest duty.
    """
    if not track.windows[0]:
        return None
    earliest = track.windows[0][0][0]
    allowed = track.duty.free
    if earliest == ANY_TIME[0]:
        # nothing says when the day begins: not before midnight, if that is as good
        today = _best_from(track, 0, allowed)
        if today is not None and track.duty.end_first:
            return today[0]
        best = _best_from(track, earliest, allowed)
        if today is not None and best is not None and today[1] <= max(allowed, best[1]):
            return today[0]
    else:
        best = _best_from(track, earliest, allowed)
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
    if track.breaks:
        return _earliest_departures_with_breaks(track, bound)
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


def _earliest_departures_with_breaks(track: Track, bound: int) -> list[int] | None:
    departures = []
    moment = due = bound  # `due`: when the next stop is reached at the earliest, for its leg and the breaks
    for node, (windows, service, leg) in enumerate(
        zip(track.windows, track.service, (*track.legs, 0), strict=True)
    ):
        in_leg = node in track.breaks
        if not in_leg:
            moment = max(moment, due)
        for first, last in windows:
            if moment <= last:
                moment = max(moment, first) + service
                break
        else:
            return None
        departures.append(moment)
        due = due + service if in_leg else moment + leg
    return departures


def latest_starts(track: Track, end: int = ANY_TIME[1]) -> list[int]:
    """Return the latest start of service at each node for an end at `end` or earlier, which must exist."""
    if track.breaks:
        return _latest_starts_with_breaks(track, end)
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


def _latest_starts_with_breaks(track: Track, end: int) -> list[int]:
    starts = []
    moment = due = end  # `due`: when the stop behind must be left at the latest, for its leg and the breaks
    nodes = zip(reversed(track.windows), reversed(track.service), (0, *reversed(track.legs)), strict=True)
    for node, (windows, service, leg) in enumerate(nodes, 1 - len(track.windows)):
        in_leg = -node in track.breaks
        if in_leg:
            due -= service
        else:
            moment = min(moment, due - leg)
        moment -= service
        for first, last in reversed(windows):
            if moment >= first:
                moment = min(moment, last)
                break
        starts.append(moment)
        if not in_leg:
            due = moment
    return starts[::-1]


def relaxed_track(track: Track) -> Track:
    """Return the track with missed windows moved to when the vehicle gets there at the earliest."""
    relaxed: list[Sequence[Window]] = []
    moment = due = track.earliest
    for node, (windows, service, leg) in enumerate(
        zip(track.windows, track.service, (*track.legs, 0), strict=True)
    ):
        in_leg = node in track.breaks
        if not in_leg:
            moment = max(moment, due)
        open_window = next((window for window in windows if moment <= window[1]), None)
        if open_window is None:
            relaxed.append([(moment, moment)])
        else:
            relaxed.append(windows)
            moment = max(moment, open_window[0])
        moment += service
        due = due + service if in_leg else moment + leg
    return track._replace(windows=relaxed)
