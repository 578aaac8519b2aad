"""One route of a plan, held against its vehicle: rules, times, places and figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from operator import sub
from typing import Any, Final, NamedTuple

from o2oroute.model.duty import Break
from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Window
from o2oroute.model.task import Task
from o2oroute.plan.plan import Route, Stop
from o2oroute.plan.rules import TimedRoute, Violation, ViolationCode, broken_rules
from o2oroute.units import INF, cost_units, fixed_cost, rate_per_minute, rate_per_tick

__all__ = ["RouteFigures", "check_route", "differs", "task_of_stop"]

_VISITS: Final = ("order", "break", "reload")

# a tenth of a millionth of a degree is a centimetre
_SAME_PLACE = 1e-7


class RouteFigures(NamedTuple):
    """What a route comes to, worked out again."""

    #: Ids of orders and shipments.
    served: frozenset[Id]
    #: Integer cost units, by what they are for.
    costs: Mapping[str, int]
    #: Ticks.
    duty: int
    driving: int
    service: int
    waiting: int
    metres: float

    @property
    def cost(self) -> int:
        """The sum of the costs."""
        return sum(self.costs.values())


def check_route(
    instance: Instance, route: Route, pointer: str
) -> tuple[list[Violation], RouteFigures | None]:
    """Check a route whose vehicle the problem knows.

    Parameters
    ----------
    instance : Instance
    route : Route
    pointer : str
        JSON Pointer to the route in its plan.

    Returns
    -------
    violations : list of Violation
    figures : RouteFigures or None
        None if the stops or their times cannot be read.
    """
    checked = _RouteCheck(instance, route, pointer)
    found = [*checked.form()]
    if not found:
        found += checked.whole_ticks()
    if found:
        return found, None
    timed = checked.timed()
    figures = _figures(timed)
    found = [
        *broken_rules(timed),
        *checked.iso_times(),
        *checked.places(timed),
        *checked.stop_figures(timed),
        *checked.route_figures(figures),
    ]
    return found, figures


def differs(stated: float, true: float) -> bool:
    """Tell whether a stated figure is wrong, beyond what rounding of sums does."""
    return stated != true and not math.isclose(stated, true, rel_tol=1e-9, abs_tol=1e-6)


def task_of_stop(instance: Instance, stop: Stop) -> int | None:
    """Return the task of a stop, whatever is said to be done at an order; None where there is none."""
    request = None if stop.id is None or stop.kind != "order" else instance.request_index.get(stop.id)
    if request is None or stop.id is None:
        return None
    if request < len(instance.problem.orders):
        return request
    return instance.task_index.get((stop.id, stop.task or ""))


class _RouteCheck:
    """A route and what it is held against."""

    def __init__(self, instance: Instance, route: Route, pointer: str) -> None:
        self.instance, self.route, self.pointer = instance, route, pointer
        self.vehicle = instance.vehicle_index[route.vehicle]
        self.owner = instance.problem.vehicles[self.vehicle]
        self.per_second = instance.problem.ticks_per_second
        self.per_metre = instance.vehicle_legs(self.vehicle).per_metre
        #: What stands in routes for the stops but the first and the last; None where nothing does.
        self.codes = [self._code(stop) for stop in route.stops[1:-1]]
        #: Ticks as they are stated, whole or not.
        self.arrival = [stop.arrival_seconds * self.per_second for stop in route.stops]
        self.start = [stop.start_seconds * self.per_second for stop in route.stops]
        self.departure = [stop.departure_seconds * self.per_second for stop in route.stops]

    def violation(self, code: ViolationCode, place: str, message: str, order: Id | None = None) -> Violation:
        """Return a violation at a place in the route."""
        message = f"{self.owner.id}: {message}"
        return Violation(code, self.pointer + place, message, vehicle=self.owner.id, order=order)

    def form(self) -> Iterator[Violation]:
        """Hold the stops to a start, visits that the problem knows, some of them orders, and an end."""
        stops = self.route.stops
        if not any(stop.kind == "order" for stop in stops[1:-1]):
            message = f"a route needs a start, at least one order and an end; this one has {len(stops)} stops"
            yield self.violation("STOPS", "/stops", message)
            return
        for s, stop in enumerate(stops):
            wanted = ("start",) if s == 0 else ("end",) if s == len(stops) - 1 else _VISITS
            if stop.kind not in wanted:
                named = " or ".join(map(repr, wanted))
                message = f"stop {s} is of kind {stop.kind!r}; here it must be {named}"
                yield self.violation("STOPS", f"/stops/{s}/kind", message)
            elif stop.kind in _VISITS:
                yield from self._visit(s, stop, self.codes[s - 1])

    def _visit(self, s: int, stop: Stop, code: int | None) -> Iterator[Violation]:
        """Hold a stop between start and end to what the problem knows."""
        if code is None:
            what = f"{stop.id!r} for {stop.task!r}" if stop.kind == "order" else f"{stop.id!r}"
            message = f"the problem asks for no {stop.kind} {what}, so the route cannot be judged"
            yield self.violation("STOPS", f"/stops/{s}/id", message, stop.id)
        elif code >= 0 and self.instance.task_point[code] == NO_POINT:
            codes = [f.code for f in self.instance.findings if f.order == stop.id]
            message = f"order {stop.id!r} is set aside ({', '.join(codes)}) and cannot be on a route"
            yield self.violation("SET_ASIDE", f"/stops/{s}/id", message, stop.id)

    def _code(self, stop: Stop) -> int | None:
        """Return the number that stands in routes for a stop; None if the problem has no such visit."""
        if stop.id is None:
            return None
        if stop.kind == "break":
            return self.instance.break_code(self.vehicle, stop.id)
        if stop.kind == "reload":
            depot = self.instance.depot_index.get(stop.id)
            if depot is None or self.instance.depot_point[depot] == NO_POINT:
                return None
            return self.instance.reload_code(depot)
        return task_of_stop(self.instance, stop)

    def whole_ticks(self) -> Iterator[Violation]:
        """Hold times to whole ticks."""
        for name, moments in (
            ("arrival_seconds", self.arrival),
            ("start_seconds", self.start),
            ("departure_seconds", self.departure),
        ):
            for s, ticks in enumerate(moments):
                if type(ticks) is not int and abs(ticks - round(ticks)) > 1e-6:
                    message = f"{getattr(self.route.stops[s], name)} is no multiple of 1/{self.per_second} s"
                    yield self.violation("TIMES", f"/stops/{s}/{name}", message)

    def timed(self) -> TimedRoute:
        """Return the route in ticks, as it is stated."""
        return TimedRoute(
            self.instance,
            self.vehicle,
            [code for code in self.codes if code is not None],
            [*map(round, self.arrival)],
            [*map(round, self.start)],
            [*map(round, self.departure)],
            self.pointer,
        )

    def iso_times(self) -> Iterator[Violation]:
        """Hold ISO times, where they are given, to the seconds."""
        reader, stops = self.instance.problem.reader, self.route.stops
        for name, moments in (
            ("arrival", self.arrival),
            ("start", self.start),
            ("departure", self.departure),
        ):
            texts, true = [getattr(stop, name) for stop in stops], [*map(round, moments)]
            if texts == [*map(reader.iso, true)]:
                continue
            for s, (stop, stated, ticks) in enumerate(zip(stops, texts, true, strict=True)):
                if stated is None:
                    continue
                try:
                    same = reader.read(stated) == ticks
                except (ValueError, OverflowError):
                    same = False
                if not same:
                    message = f"{name} is {stated}, but {name}_seconds is {getattr(stop, f'{name}_seconds')}"
                    yield self.violation("TIMES", f"/stops/{s}/{name}", message)

    def places(self, timed: TimedRoute) -> Iterator[Violation]:
        """Hold profile, start, end, locations and tasks to the problem."""
        if self.route.profile != self.owner.profile:
            message = f"the vehicle drives by {self.owner.profile!r}, not by {self.route.profile!r}"
            yield self.violation("PLACE", "/profile", message)
        last = len(timed.codes) + 1
        for s, place in ((0, self.owner.start), (last, self.owner.end)):
            depot = place if isinstance(place, str | int) else None
            if self.route.stops[s].id != depot:
                message = f"stop {s} is at {self.route.stops[s].id!r}; the vehicle's is {depot!r}"
                yield self.violation("PLACE", f"/stops/{s}/id", message)
        points = _points(timed)
        locations = self.instance.point_location[[point or 0 for point in points]].tolist()
        for s, (stop, point, known) in enumerate(zip(self.route.stops, points, locations, strict=True)):
            if point is None or stop.location is None:
                continue
            lon, lat = stop.location
            if abs(known[0] - lon) > _SAME_PLACE or abs(known[1] - lat) > _SAME_PLACE:
                message = f"stop {s} is at {list(stop.location)}; the problem has {known}"
                yield self.violation("PLACE", f"/stops/{s}/location", message)
        problem = timed.problem
        tasks = [None, *(problem.tasks[code].kind if code >= 0 else None for code in timed.codes), None]
        for s, (stop, task) in enumerate(zip(self.route.stops, tasks, strict=True)):
            if stop.task != task:
                message = f"the task at stop {s} is {task}, not {stop.task}"
                yield self.violation("TASK", f"/stops/{s}/task", message)

    def stop_figures(self, timed: TimedRoute) -> Iterator[Violation]:
        """Hold waiting, service, legs, loads and windows of the stops to the problem and the times."""
        per_second, stops = self.per_second, self.route.stops
        lengths = [0, *(length for _, length in timed.hops)]
        for name, amounts, per_unit in (
            ("waiting", [*map(sub, timed.start, timed.arrival)], per_second),
            ("service", [*map(sub, timed.departure, timed.start)], per_second),
            ("leg_distance", lengths, self.per_metre),
        ):
            true = [amount / per_unit for amount in amounts]
            stated = [getattr(stop, name) for stop in stops]
            if stated == true:
                continue
            for s, figure in enumerate(true):
                if differs(stated[s], figure) and (name != "leg_distance" or lengths[s] < INF):
                    yield self._figure(f"/stops/{s}", name, stated[s], figure)
        # the end is reached with what the last visit is left with
        units = {
            unit: [load / 1000 for load in (*loads, loads[-1])] for unit, loads in timed.on_board.items()
        }
        for s, stop in enumerate(stops):
            load = {unit: loads[s] for unit, loads in units.items()}
            if stop.load != load and any(
                differs(stop.load.get(unit, 0), load.get(unit, 0)) for unit in {*stop.load, *load}
            ):
                message = f"the load on leaving stop {s} is {stop.load}, but it is {load}"
                yield self.violation("FIGURE", f"/stops/{s}/load", message)
        for s, (stop, windows) in enumerate(zip(stops, self._windows(timed), strict=True)):
            if stop.windows_seconds != windows:
                message = (
                    f"the windows of stop {s} are {list(stop.windows_seconds)}, but they are {[*windows]}"
                )
                yield self.violation("FIGURE", f"/stops/{s}/windows_seconds", message)

    def _windows(self, timed: TimedRoute) -> Iterator[tuple[tuple[float, float], ...]]:
        """Yield the windows that the problem gives for each stop, in seconds."""
        tasks, per_second = timed.problem.tasks, self.per_second
        last = len(timed.codes) + 1
        for s, code in enumerate((None, *timed.codes, None)):
            windows: Sequence[Window] = ()
            if code is None:
                depot = self.instance.depot_at(self.owner.end if s == last else self.owner.start)
                windows = depot.windows if depot else ()
            elif code >= 0:
                windows = tasks[code].stop.windows
            elif s in timed.reloads:
                windows = timed.reloads[s].windows
            elif isinstance(pause := timed.pauses[s], Break):
                windows = pause.windows
            if per_second == 1:
                yield tuple(windows)
            else:
                yield tuple((first / per_second, last / per_second) for first, last in windows)

    def route_figures(self, figures: RouteFigures) -> Iterator[Violation]:
        """Hold the sums of the route to its stops."""
        yield from self._compare(
            "",
            self.route,
            {
                "distance": figures.metres,
                "duration": figures.duty / self.per_second,
                "driving": figures.driving / self.per_second,
                "service": figures.service / self.per_second,
                "waiting": figures.waiting / self.per_second,
                "cost": figures.cost / cost_units(self.per_second),
            },
        )
        units = cost_units(self.per_second)
        costs = {name: amount / units for name, amount in figures.costs.items()}
        yield from self._compare("/costs", self.route.costs, costs)

    def _compare(self, place: str, part: Any, true: Mapping[str, float]) -> Iterator[Violation]:
        for name, figure in true.items():
            stated = getattr(part, name)
            if differs(stated, figure):
                yield self._figure(place, name, stated, figure)

    def _figure(self, place: str, name: str, stated: float, true: float) -> Violation:
        message = f"{name} is stated as {stated}, but it is {true}"
        return self.violation("FIGURE", f"{place}/{name}", message)


def _points(timed: TimedRoute) -> list[int | None]:
    """Return the point of each stop; an open start or end is where its neighbour is, a break anywhere."""
    start, *visits, end = timed.points
    known = [point for point in visits if point is not None]
    return [known[0] if start == NO_POINT else start, *visits, known[-1] if end == NO_POINT else end]


def _costs(timed: TimedRoute) -> dict[str, int]:
    """Return what the route costs, in integer cost units by what they are for."""
    rates, vehicle = timed.instance.rates, timed.vehicle
    choices = [r.vehicles for r in timed.requests if timed.owner.id not in r.vehicles.preferred]
    per_second = timed.problem.ticks_per_second
    unpaid = sum(pause.duration for pause in timed.pauses.values() if not pause.paid)
    paid = timed.start[-1] - timed.departure[0] - unpaid
    overtime = timed.owner.overtime
    return {
        "fixed": int(rates.fixed[vehicle]),
        "duty": int(rates.per_tick[vehicle]) * paid,
        "overtime": rate_per_tick(overtime.per_hour) * max(paid - overtime.after, 0) if overtime else 0,
        "moments": sum(_moment_cost(timed, stop, task) for stop, task in timed.at_stops),
        "distance": int(rates.per_length[vehicle]) * sum(price for price in timed.prices if price < INF),
        "travel": int(rates.per_travel_tick[vehicle]) * sum(t for t, _ in timed.hops if t < INF),
        "service": int(rates.per_service_tick[vehicle])
        * sum(timed.departure[stop] - timed.start[stop] for stop, _ in timed.at_stops),
        "stops": int(rates.per_stop[vehicle]) * len(timed.tasks),
        "preference": sum(fixed_cost(c.not_preferred_cost, per_second) for c in choices if c.preferred),
    }


def _moment_cost(timed: TimedRoute, stop: int, task: Task) -> int:
    """Return what it costs that service starts when it does, by preferred times and urgency."""
    start, call, request = timed.start[stop], task.stop, timed.problem.requests[task.request]
    cost = 0
    if call.preferred is not None:
        cost += rate_per_minute(call.per_minute_early) * max(call.preferred[0] - start, 0)
        cost += rate_per_minute(call.per_minute_late) * max(start - call.preferred[1], 0)
    if request.urgency and (isinstance(request, Order) or task.kind == "delivery"):
        cost += rate_per_tick(request.urgency) * max(start - timed.instance.earliest_start, 0)
    return cost


def _figures(timed: TimedRoute) -> RouteFigures:
    per_metre = timed.instance.vehicle_legs(timed.vehicle).per_metre
    return RouteFigures(
        served=frozenset(visit.id for visit in timed.visits),
        costs=_costs(timed),
        duty=timed.start[-1] - timed.departure[0],
        driving=sum(head - tail for tail, head in zip(timed.departure, timed.arrival[1:], strict=False)),
        service=sum(left - begun for left, begun in zip(timed.departure, timed.start, strict=True)),
        waiting=sum(begun - come for begun, come in zip(timed.start, timed.arrival, strict=True)),
        metres=sum(length for _, length in timed.hops if length < INF) / per_metre,
    )
