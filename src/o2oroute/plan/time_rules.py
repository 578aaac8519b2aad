"""Rules about breaks, trips, driving and ride times; see :mod:`~o2oroute.plan.rules`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from o2oroute.model.duty import Break, DrivingBreak
from o2oroute.model.part import Id, Window
from o2oroute.model.shipment import Shipment
from o2oroute.model.vehicle import reload_depots
from o2oroute.plan.timed_route import TimedRoute, Violation
from o2oroute.plan.wording import amount_text, moment_text, whole

__all__ = [
    "break_windows_met",
    "breaks_light_enough",
    "breaks_taken",
    "driving_times_kept",
    "few_enough_trips",
    "missed",
    "reloads_where_allowed",
    "rides_short_enough",
]


def missed(windows: Sequence[Window], moment: int) -> int:
    """Return by how much all windows are missed: 0 if one is met, negative if the nearest is still to come.

    After the last window has closed it counts how long ago; before that how soon the next one opens.
    """
    if not windows:
        return 0
    for first, last in windows:
        if first <= moment <= last:
            return 0
    to_come = [first - moment for first, _ in windows if first > moment]
    return -min(to_come) if to_come else moment - max(last for _, last in windows)


def few_enough_trips(route: TimedRoute) -> Iterator[Violation]:
    """MAX_TRIPS: no more trips than the vehicle may make."""
    trips = route.owner.trips
    limit = 1 if trips is None else trips.max
    made = len(route.reloads) + 1
    if limit is not None and made > limit:
        message = f"makes {made} trips, {made - limit} more than its {limit}"
        yield route.violation("MAX_TRIPS", message, margin=made - limit, unit="trips")


def reloads_where_allowed(route: TimedRoute) -> Iterator[Violation]:
    """RELOAD_DEPOT: it loads again only where it may."""
    allowed = reload_depots(route.owner)
    for stop, depot in route.reloads.items():
        if depot.id not in allowed:
            message = f"loads again at {depot.id}, where it may not"
            yield route.violation("RELOAD_DEPOT", message, stop=stop, field="id")


def breaks_taken(route: TimedRoute) -> Iterator[Violation]:
    """BREAK: each break is taken once, on the route or, where that is allowed, off duty."""
    taken = Counter(pause.id for pause in route.pauses.values() if isinstance(pause, Break))
    begin, end = route.departure[0], route.start[-1]
    for pause in route.owner.breaks:
        if taken[pause.id] > 1:
            yield route.violation("BREAK", f"takes break {pause.id} {taken[pause.id]} times")
        elif not taken[pause.id] and not pause.off_duty:
            yield route.violation("BREAK", f"takes no break {pause.id}")
        elif not taken[pause.id] and pause.windows:
            before = min(first for first, _ in pause.windows) + pause.duration - begin
            after = end - max(last for _, last in pause.windows)
            if before > 0 and after > 0:
                margin = route.seconds(min(before, after))
                message = (
                    f"takes no break {pause.id}, and is on duty {amount_text(margin, 's')} too long for that"
                )
                yield route.violation("BREAK", message, margin=margin, unit="s")


def breaks_light_enough(route: TimedRoute) -> Iterator[Violation]:
    """BREAK_LOAD: during a break no more is on board than may be."""
    for stop, pause in route.pauses.items():
        limits = pause.max_load if isinstance(pause, Break) else {}
        for unit, most in limits.items():
            over = (route.on_board[unit][stop] if unit in route.on_board else 0) - round(1000 * most)
            if over > 0:
                margin = whole(over / 1000)
                message = f"has {amount_text(margin, unit)} too much on board during {route.name(stop)}"
                yield route.violation(
                    "BREAK_LOAD", message, margin=margin, unit=unit, stop=stop, field="load"
                )


def break_windows_met(route: TimedRoute) -> Iterator[Violation]:
    """BREAK_WINDOW: each break begins in one of its windows."""
    for stop, pause in route.pauses.items():
        windows = pause.windows if isinstance(pause, Break) else ()
        if miss := missed(windows, route.start[stop]):
            margin = route.seconds(abs(miss))
            side = "too late" if miss > 0 else "too early"
            moment = moment_text(route.problem, route.start[stop])
            message = f"would begin {route.name(stop)} {amount_text(margin, 's')} {side}, at {moment}"
            yield route.violation("BREAK_WINDOW", message, margin=margin, unit="s", stop=stop)


def driving_times_kept(route: TimedRoute) -> Iterator[Violation]:
    """DRIVING_TIME: between breaks that are long enough, it drives no longer than allowed."""
    for rule in route.owner.driving_breaks:
        longest, stop = _longest_drive(route, rule)
        if stop:
            margin = route.seconds(longest - rule.after_driving)
            message = (
                f"drives {amount_text(margin, 's')} too long before {route.name(stop)} without a break of "
                f"{amount_text(route.seconds(rule.duration), 's')}"
            )
            yield route.violation("DRIVING_TIME", message, margin=margin, unit="s", stop=stop)


def _longest_drive(route: TimedRoute, rule: DrivingBreak) -> tuple[int, int]:
    """Return the longest time of driving without rest, and the first stop that is too late in it, or 0."""
    longest, late, driven, too_late = 0, 0, 0, 0
    for stop, ticks in enumerate(route.driving):
        driven += ticks
        if driven > rule.after_driving and not too_late:
            too_late = stop
        if driven > longest:
            longest, late = driven, too_late
        pause = route.pauses.get(stop)
        if pause is not None and pause.duration >= rule.duration:
            driven = too_late = 0
    return longest, late


def rides_short_enough(route: TimedRoute) -> Iterator[Violation]:
    """RIDE_TIME: from leaving its pickup a shipment waits no longer for its delivery than allowed."""
    if not route.problem.shipments:
        return
    left: dict[Id, int] = {}
    for stop, task in route.at_stops:
        request = route.problem.requests[task.request]
        if not isinstance(request, Shipment) or request.max_ride is None:
            continue
        if task.kind == "pickup":
            left[task.id] = route.departure[stop]
        elif task.id in left and route.start[stop] - left[task.id] > request.max_ride:
            margin = route.seconds(route.start[stop] - left[task.id] - request.max_ride)
            message = f"has {task.id} on board {amount_text(margin, 's')} too long"
            yield route.violation("RIDE_TIME", message, margin=margin, unit="s", stop=stop)
