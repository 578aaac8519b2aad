"""The rules of one route, one function each: what a timed route breaks, and by how much.

Nothing here knows how the times came about: they are compared with the problem and its legs as they stand,
with no help from the clock. The checker holds whole plans to these rules, and reasons quote them.
"""

from __future__ import annotations

from collections.abc import Iterator

from o2oroute.model.vehicle import Depot
from o2oroute.plan.request_rules import (
    few_enough_on_board,
    load_fits,
    loads_compatible,
    loads_released,
    pairs_whole,
    skills_there,
    vehicle_allowed,
)
from o2oroute.plan.time_rules import (
    break_windows_met,
    breaks_light_enough,
    breaks_taken,
    driving_times_kept,
    few_enough_trips,
    missed,
    reloads_where_allowed,
    rides_short_enough,
)
from o2oroute.plan.timed_route import RULE_CODES, TimedRoute, Violation, ViolationCode
from o2oroute.plan.wording import amount_text, moment_text, whole
from o2oroute.units import INF

__all__ = ["RULE_CODES", "TimedRoute", "Violation", "ViolationCode", "broken_rules"]


def broken_rules(route: TimedRoute) -> list[Violation]:
    """Return every rule that a route breaks, in the order of :data:`RULE_CODES`."""
    return [
        violation
        for rule in (
            pairs_whole,
            skills_there,
            vehicle_allowed,
            _ways_exist,
            loads_compatible,
            load_fits,
            few_enough_on_board,
            _few_enough_stops,
            _short_enough,
            _travel_short_enough,
            few_enough_trips,
            reloads_where_allowed,
            _duty_short_enough,
            breaks_taken,
            breaks_light_enough,
            driving_times_kept,
            rides_short_enough,
            loads_released,
            _within_shift,
            _depots_open,
            _waves_kept,
            break_windows_met,
            _windows_met,
            _travel_takes_its_time,
            _service_takes_its_time,
            _no_service_before_arrival,
        )
        for violation in rule(route)
    ]


def _ways_exist(route: TimedRoute) -> Iterator[Violation]:
    for stop, (ticks, length) in enumerate(route.hops, start=1):
        if ticks >= INF or length >= INF:
            message = f"has no way from {route.name(stop - 1)} to {route.name(stop)}"
            yield route.violation("UNREACHABLE", message, stop=stop, field="arrival_seconds")


def _few_enough_stops(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_stops
    if limit is not None and len(route.tasks) > limit:
        over = len(route.tasks) - limit
        message = f"makes {len(route.tasks)} stops, {over} more than its {limit}"
        yield route.violation("MAX_STOPS", message, margin=over, unit="stops")


def _short_enough(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_distance
    if limit is None:
        return
    per_metre = route.instance.vehicle_legs(route.vehicle).per_metre
    length = sum(length for _, length in route.hops if length < INF)
    if length > limit * per_metre:
        margin = whole((length - limit * per_metre) / per_metre)
        message = f"drives {amount_text(margin, 'm')} too far; its limit is {amount_text(limit, 'm')}"
        yield route.violation("MAX_DISTANCE", message, margin=margin, unit="m")


def _travel_short_enough(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_travel
    travel = sum(ticks for ticks, _ in route.hops if ticks < INF)
    if limit is not None and travel > limit:
        margin = route.seconds(travel - limit)
        allowed = amount_text(route.seconds(limit), "s")
        message = f"drives for {amount_text(margin, 's')} too long; its limit is {allowed}"
        yield route.violation("MAX_TRAVEL", message, margin=margin, unit="s")


def _duty_short_enough(route: TimedRoute) -> Iterator[Violation]:
    limit = route.owner.max_duty
    duty = route.start[-1] - route.departure[0]
    if limit is not None and duty > limit:
        margin = route.seconds(duty - limit)
        allowed = amount_text(route.seconds(limit), "s")
        message = f"is on duty {amount_text(margin, 's')} too long; its limit is {allowed}"
        yield route.violation("MAX_DUTY", message, margin=margin, unit="s")


def _within_shift(route: TimedRoute) -> Iterator[Violation]:
    if route.owner.shift is None:
        return
    first, last = route.owner.shift
    begin, end = route.departure[0], route.start[-1]
    if begin < first:
        margin = route.seconds(first - begin)
        opens = moment_text(route.problem, first)
        message = f"would start {amount_text(margin, 's')} before its shift begins at {opens}"
        yield route.violation("SHIFT", message, margin=margin, unit="s", stop=0, field="departure_seconds")
    if end > last:
        margin = route.seconds(end - last)
        closes = moment_text(route.problem, last)
        message = f"would end {amount_text(margin, 's')} after its shift ends at {closes}"
        yield route.violation("SHIFT", message, margin=margin, unit="s", stop=len(route.codes) + 1)


def _depots_open(route: TimedRoute) -> Iterator[Violation]:
    for stop, depot, moment, verb in _depot_moments(route):
        if miss := missed(depot.windows, moment):
            margin = route.seconds(abs(miss))
            side = "too late" if miss > 0 else "too early"
            message = f"would {verb} {depot.id} {amount_text(margin, 's')} {side} for its windows"
            yield route.violation("DEPOT_WINDOW", message, margin=margin, unit="s", stop=stop)


def _depot_moments(route: TimedRoute) -> Iterator[tuple[int, Depot, int, str]]:
    """Yield the moments at which a depot must be open, each with its stop."""
    first, last = (route.instance.depot_at(place) for place in (route.owner.start, route.owner.end))
    if first is not None:
        yield 0, first, route.departure[0], "leave"
    for stop, depot in route.reloads.items():
        yield stop, depot, route.start[stop], "load at"
        yield stop, depot, route.departure[stop], "leave"
    if last is not None:
        yield len(route.codes) + 1, last, route.start[-1], "return to"


def _waves_kept(route: TimedRoute) -> Iterator[Violation]:
    for stop, depot, moment, verb in _depot_moments(route):
        waves = sorted(depot.departures)
        if verb == "leave" and waves and moment not in waves:
            later = [wave for wave in waves if wave > moment]
            miss = min(later) - moment if later else moment - waves[-1]
            margin = route.seconds(miss)
            side = "before the next wave" if later else "after the last wave"
            message = f"would leave {depot.id} {amount_text(margin, 's')} {side}"
            yield route.violation(
                "WAVE", message, margin=margin, unit="s", stop=stop, field="departure_seconds"
            )


def _windows_met(route: TimedRoute) -> Iterator[Violation]:
    for stop, visit in route.at_stops:
        if visit.stop.windows and (miss := missed(visit.stop.windows, route.start[stop])):
            margin = route.seconds(abs(miss))
            side = "too late" if miss > 0 else "too early"
            moment = moment_text(route.problem, route.start[stop])
            message = f"would reach {visit.id} {amount_text(margin, 's')} {side}, at {moment}"
            yield route.violation("WINDOW", message, margin=margin, unit="s", stop=stop)


def _travel_takes_its_time(route: TimedRoute) -> Iterator[Violation]:
    driven = 0  # since the last stop that is no break
    for stop, (ticks, _) in enumerate(route.hops, start=1):
        driven += route.driving[stop]
        if stop in route.pauses:
            if route.driving[stop] < 0:
                margin = route.seconds(-route.driving[stop])
                message = f"begins {route.name(stop)} {amount_text(margin, 's')} before it leaves"
                yield route.violation(
                    "TRAVEL", message, margin=margin, unit="s", stop=stop, field="arrival_seconds"
                )
            continue
        late, driven = driven - ticks, 0
        if late and ticks < INF:
            margin = route.seconds(abs(late))
            side = "later" if late > 0 else "earlier"
            message = f"reaches {route.name(stop)} {amount_text(margin, 's')} {side} than the way takes"
            yield route.violation(
                "TRAVEL", message, margin=margin, unit="s", stop=stop, field="arrival_seconds"
            )


def _service_takes_its_time(route: TimedRoute) -> Iterator[Violation]:
    for stop, service in enumerate((0, *_stays(route), 0)):
        longer = route.departure[stop] - route.start[stop] - service
        if longer:
            margin = route.seconds(abs(longer))
            side = "longer" if longer > 0 else "shorter"
            message = f"stays at {route.name(stop)} {amount_text(margin, 's')} {side} than service takes"
            yield route.violation(
                "SERVICE", message, margin=margin, unit="s", stop=stop, field="departure_seconds"
            )


def _stays(route: TimedRoute) -> Iterator[int]:
    """Yield the ticks that each visit takes: breaks, loading, set-up where the place is new, and service."""
    tasks, places, kind = route.problem.tasks, route.instance.task_place, route.owner.type
    before = None
    for stop, code in enumerate(route.codes, start=1):
        if stop in route.pauses:
            yield route.pauses[stop].duration
        elif stop in route.reloads:
            yield route.reloads[stop].loading
            before = None
        else:
            call = tasks[code].stop
            service, setup = call.service, call.setup
            if kind is not None:
                service = call.service_by_type.get(kind, service)
                setup = call.setup_by_type.get(kind, setup)
            if setup and (before is None or places[code] != places[before]):
                service += setup
            yield service
            before = code


def _no_service_before_arrival(route: TimedRoute) -> Iterator[Violation]:
    for stop, (arrival, start) in enumerate(zip(route.arrival, route.start, strict=True)):
        if start < arrival:
            margin = route.seconds(arrival - start)
            message = f"serves {route.name(stop)} {amount_text(margin, 's')} before it arrives"
            yield route.violation("WAITING", message, margin=margin, unit="s", stop=stop)
