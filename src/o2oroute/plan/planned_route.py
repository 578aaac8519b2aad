"""One route of a plan: its stops with times, loads and places, its figures and costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import sub
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id, Window
from o2oroute.model.problem import Problem
from o2oroute.model.task import TaskKind
from o2oroute.plan.clock import RouteTimes, schedule_route
from o2oroute.plan.costs import route_costs
from o2oroute.plan.plan import Position, Route, RouteCosts, Stop, StopKind
from o2oroute.plan.route_track import route_length, trips
from o2oroute.plan.wording import whole
from o2oroute.units import cost_units

if TYPE_CHECKING:
    from o2oroute.matrix.paths import PathFinder

__all__ = ["location", "planned_route"]

Int64 = npt.NDArray[np.int64]

#: Decimals of a degree that are kept in plans: 11 cm.
_DECIMALS: Final = 6


class _Place(NamedTuple):
    """Where a stop is, and what the problem says about it."""

    kind: StopKind
    #: None at a break on the way between two stops.
    point: int | None
    id: Id | None
    windows: Sequence[Window] = ()
    properties: Mapping[str, JsonValue] = {}
    task: TaskKind | None = None


def planned_route(
    instance: Instance, vehicle: int, codes: Sequence[int], finder: PathFinder | None
) -> tuple[Route, int]:
    """Time a route and describe it.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    codes : sequence of int
        Visits: positions in ``problem.tasks``, and below 0 breaks and reloads.
    finder : PathFinder or None
        Gives the ways on the roads.

    Returns
    -------
    route : Route
    cost : int
        In integer cost units.
    """
    problem = instance.problem
    owner = problem.vehicles[vehicle]
    per_second = problem.ticks_per_second
    per_metre = instance.vehicle_legs(vehicle).per_metre
    times = schedule_route(instance, vehicle, codes)
    places = _places(instance, vehicle, codes, times)
    locations, snaps = _locations(instance, places), _snaps(finder, places)
    arrival, start, departure = (
        _moments(problem, ticks) for ticks in (times.arrival, times.start, times.departure)
    )
    waiting = _parts(map(sub, times.start, times.arrival), per_second)
    service = _parts(map(sub, times.departure, times.start), per_second)
    lengths = _parts(_lengths(instance, vehicle, places), per_metre)
    loads = _loads(instance, codes)
    stops = [
        Stop.trusted(
            {
                "kind": place.kind,
                "task": place.task,
                "id": place.id,
                "location": locations[i],
                "snapped": snaps[i][0],
                "snap_distance": snaps[i][1],
                "arrival": arrival.iso[i],
                "arrival_seconds": arrival.seconds[i],
                "start": start.iso[i],
                "start_seconds": start.seconds[i],
                "departure": departure.iso[i],
                "departure_seconds": departure.seconds[i],
                "waiting": waiting[i],
                "service": service[i],
                "windows_seconds": _windows(place, per_second),
                "leg_distance": lengths[i],
                "load": loads[i],
                "properties": dict(place.properties),
            }
        )
        for i, place in enumerate(places)
    ]
    units = cost_units(per_second)
    costs = route_costs(instance, vehicle, codes, times)
    route = Route(
        vehicle=owner.id,
        profile=owner.profile,
        stops=tuple(stops),
        geometry=_geometry(finder, [place.point for place in places if place.point is not None]),
        distance=whole(route_length(instance, vehicle, codes) / per_metre),
        duration=whole(times.duty / per_second),
        driving=whole(times.driving / per_second),
        service=whole(times.service / per_second),
        waiting=whole(times.waiting / per_second),
        cost=sum(costs.values()) / units,
        costs=RouteCosts(**{name: amount / units for name, amount in costs.items()}),
        properties=owner.properties,
    )
    return route, sum(costs.values())


def _places(instance: Instance, vehicle: int, codes: Sequence[int], times: RouteTimes) -> list[_Place]:
    """Return the places of a route; one with an open end begins or ends at its first or last stop."""
    owner = instance.problem.vehicles[vehicle]
    visits = [_place(instance, code) for code in codes]
    known = [place.point for place in visits if place.point is not None]
    ends: list[_Place] = []
    kinds: tuple[StopKind, StopKind] = ("start", "end")
    for kind, place, point, neighbour in (
        (kinds[0], owner.start, instance.start_point[vehicle], known[0]),
        (kinds[1], owner.end, instance.end_point[vehicle], known[-1]),
    ):
        depot = instance.depot_at(place)
        where = neighbour if point == NO_POINT else int(point)
        ends.append(
            _Place(kind, where, depot.id, depot.windows, depot.properties)
            if depot
            else _Place(kind, where, None)
        )
    places = [ends[0], *visits, ends[1]]
    if len(known) < len(visits):
        places = list(_with_breaks(places, times))
    return places


def _place(instance: Instance, code: int) -> _Place:
    if code >= 0:
        task = instance.problem.tasks[code]
        point = int(instance.task_point[code])
        return _Place("order", point, task.id, task.stop.windows, task.properties, task.kind)
    pause, depot = instance.break_of(code), instance.reload_of(code)
    if pause is not None:
        part = instance.breaks.parts[pause]
        return _Place("break", None, part.id, getattr(part, "windows", ()), part.properties)
    assert depot is not None  # noqa: S101 - there are no other numbers below 0
    of_depot, point = instance.problem.depots[depot], int(instance.depot_point[depot])
    return _Place("reload", point, of_depot.id, of_depot.windows, of_depot.properties)


def _with_breaks(places: list[_Place], times: RouteTimes) -> Iterator[_Place]:
    """Yield the places with breaks at a stop, where nothing, or all of the way, has been driven before."""
    behind = 0
    for i, place in enumerate(places):
        if place.point is not None:
            behind = i
            yield place
            continue
        ahead = next(k for k in range(i, len(places)) if places[k].point is not None)
        drives = [times.arrival[k] - times.departure[k - 1] for k in range(behind + 1, ahead + 1)]
        driven = sum(drives[: i - behind])
        stop = behind if driven == 0 else ahead if driven == sum(drives) else None
        yield place._replace(point=None if stop is None else places[stop].point)


def _lengths(instance: Instance, vehicle: int, places: Sequence[_Place]) -> list[int]:
    """Return the length of the leg that leads to each stop; none leads to breaks."""
    located = [i for i, place in enumerate(places) if place.kind != "break"]
    points = np.array([places[i].point for i in located], np.int64)
    # the leg at an open end leads from a point to itself, and may still not be zero in a given matrix
    legs = instance.vehicle_legs(vehicle).distances[points[:-1], points[1:]].tolist()
    if instance.start_point[vehicle] == NO_POINT:
        legs[0] = 0
    if instance.end_point[vehicle] == NO_POINT:
        legs[-1] = 0
    lengths = [0] * len(places)
    for i, leg in zip(located[1:], legs, strict=True):
        lengths[i] = leg
    return lengths


def _loads(instance: Instance, codes: Sequence[int]) -> list[dict[str, int | float]]:
    """Return what is on board on leaving each stop, in units that the route carries at all."""
    units, orders = len(instance.units), len(instance.problem.orders)
    delivery, change = instance.task_delivery[:, :units], instance.task_change[:, :units]
    of_trips = iter(trips(instance, codes))

    def loaded() -> tuple[Int64, Int64]:
        """Return what the next trip delivers, and what it fetches."""
        trip = next(of_trips)
        fetching = [task for task in trip if task < orders]
        return delivery[trip].sum(axis=0), (delivery[fetching] + change[fetching]).sum(axis=0)

    visits = np.array(codes)
    more = np.zeros((len(codes) + 2, units), np.int64)
    more[0], fetched = loaded()
    more[1:-1][visits >= 0] = change[visits[visits >= 0]]
    for stop, code in enumerate(codes, start=1):
        if code < 0 and instance.reload_of(code) is not None:
            delivered, before = loaded()
            more[stop], fetched = delivered - fetched, before
    rows = more.cumsum(axis=0)
    carried = [column for column in range(units) if rows[:, column].any()]
    if not carried:
        return [{} for _ in rows]
    names = [instance.units[column] for column in carried]
    amounts = zip(*(_parts(rows[:, column].tolist(), 1000) for column in carried), strict=True)
    return [dict(zip(names, of_stop, strict=True)) for of_stop in amounts]


def location(instance: Instance, point: int) -> Position | None:
    """Return longitude and latitude of a point; None where the problem knows places by index only."""
    lon, lat = instance.point_location[point].tolist()
    return None if math.isnan(lon) or math.isnan(lat) else (lon, lat)


def _locations(instance: Instance, places: Sequence[_Place]) -> list[Position | None]:
    """Return longitude and latitude of each place, where it has one."""
    found = instance.point_location[_points(places)].tolist()
    return [
        None if place.point is None or math.isnan(lon) or math.isnan(lat) else (lon, lat)
        for place, (lon, lat) in zip(places, found, strict=True)
    ]


def _snaps(
    finder: PathFinder | None, places: Sequence[_Place]
) -> list[tuple[Position, float] | tuple[None, None]]:
    """Return where on the road each place is, and how many metres that is off."""
    if finder is None:
        return [(None, None)] * len(places)
    points, snap = _points(places), finder.snap
    columns = (snap.segment, snap.lon, snap.lat, snap.distance)
    rows = zip(*(column[points].tolist() for column in columns), strict=True)
    return [
        (None, None)
        if place.point is None or segment < 0
        else ((round(lon, _DECIMALS), round(lat, _DECIMALS)), round(distance, 1))
        for place, (segment, lon, lat, distance) in zip(places, rows, strict=True)
    ]


def _points(places: Sequence[_Place]) -> Int64:
    """Return the point of each place, and any for one that has none."""
    return np.array([place.point or 0 for place in places], np.int64)


class _Moments(NamedTuple):
    """Some moments, as plans tell them."""

    iso: list[str | None]
    seconds: list[int | float]


def _moments(problem: Problem, ticks: Sequence[int]) -> _Moments:
    iso: list[str | None] = [None] * len(ticks)
    if problem.date is not None:
        iso = [*map(problem.reader.iso, ticks)]
    return _Moments(iso, _parts(ticks, problem.ticks_per_second))


def _windows(place: _Place, per_second: int) -> tuple[tuple[int | float, int | float], ...]:
    if per_second == 1:
        return tuple(place.windows)
    return tuple((whole(first / per_second), whole(last / per_second)) for first, last in place.windows)


def _parts(counts: Iterable[int], per_unit: int) -> list[int | float]:
    """Return amounts in a unit that so many of the given ones make."""
    return [*counts] if per_unit == 1 else [whole(count / per_unit) for count in counts]


def _geometry(finder: PathFinder | None, points: list[int]) -> tuple[Position, ...] | None:
    """Return the way through some points, or None where roads do not give one."""
    if finder is None:
        return None
    line = finder.line(points)
    if line is None:
        return None
    line = line.round(_DECIMALS)
    differs = np.append(True, (line[1:] != line[:-1]).any(axis=1))[: len(line)]
    return tuple(zip(*line[differs].T.tolist(), strict=True))
