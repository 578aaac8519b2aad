"""One route of a plan: its stops with times, loads and places, its figures and costs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from o2oroute.model.instance import NO_POINT, Instance
from o2oroute.model.part import Id, Window
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
    properties: dict[str, JsonValue] = {}  # noqa: RUF012 - never changed
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
    lengths = _lengths(instance, vehicle, places)
    loads = _loads(instance, codes)
    stops = [
        Stop(
            kind=place.kind,
            task=place.task,
            id=place.id,
            location=None if place.point is None else location(instance, place.point),
            snapped=_snapped(finder, place.point),
            snap_distance=_snap_distance(finder, place.point),
            arrival=problem.reader.iso(times.arrival[i]),
            arrival_seconds=whole(times.arrival[i] / per_second),
            start=problem.reader.iso(times.start[i]),
            start_seconds=whole(times.start[i] / per_second),
            departure=problem.reader.iso(times.departure[i]),
            departure_seconds=whole(times.departure[i] / per_second),
            waiting=whole((times.start[i] - times.arrival[i]) / per_second),
            service=whole((times.departure[i] - times.start[i]) / per_second),
            windows_seconds=tuple(
                (whole(first / per_second), whole(last / per_second)) for first, last in place.windows
            ),
            leg_distance=whole(lengths[i] / per_metre),
            load=loads[i],
            properties=place.properties,
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
    pause, depot = instance.break_of(code), instance.reload_of(code)
    if pause is not None:
        part = instance.breaks.parts[pause]
        return _Place("break", None, part.id, getattr(part, "windows", ()), part.properties)
    if depot is not None:
        of_depot, point = instance.problem.depots[depot], int(instance.depot_point[depot])
        return _Place("reload", point, of_depot.id, of_depot.windows, of_depot.properties)
    task = instance.problem.tasks[code]
    point = int(instance.task_point[code])
    return _Place("order", point, task.id, task.stop.windows, dict(task.properties), task.kind)


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

    load, fetched = loaded()
    left = [load]
    for code in codes:
        if code >= 0:
            load = load + change[code]
        elif instance.reload_of(code) is not None:
            load = load - fetched
            more, fetched = loaded()
            load = load + more
        left.append(load)
    rows = np.array([*left, left[-1]])
    carried = [(column, unit) for column, unit in enumerate(instance.units) if rows[:, column].any()]
    return [{unit: whole(int(row[column]) / 1000) for column, unit in carried} for row in rows]


def location(instance: Instance, point: int) -> Position | None:
    """Return longitude and latitude of a point; None where the problem knows places by index only."""
    lon, lat = instance.point_location[point].tolist()
    return None if math.isnan(lon) or math.isnan(lat) else (lon, lat)


def _snapped(finder: PathFinder | None, point: int | None) -> Position | None:
    if finder is None or point is None or finder.snap.segment[point] < 0:
        return None
    return round(float(finder.snap.lon[point]), _DECIMALS), round(float(finder.snap.lat[point]), _DECIMALS)


def _snap_distance(finder: PathFinder | None, point: int | None) -> float | None:
    if finder is None or point is None or finder.snap.segment[point] < 0:
        return None
    return round(float(finder.snap.distance[point]), 1)


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
