"""The rules across fields: one function a code, all of them run, each reports everything it finds.

A rule looks at a :class:`~o2oroute.model.draft.Draft`, so it runs even where other parts of the file could
not be read. Rules about orders report at order level: that order is set aside and the rest is planned.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding
from o2oroute.model.coordinates import on_earth, swapped_points
from o2oroute.model.draft import LISTS, Draft
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Loads, Window
from o2oroute.model.structure import did_you_mean, json_pointer, show
from o2oroute.model.times import TimeReader, kind_of_time
from o2oroute.model.vehicle import Depot, Vehicle
from o2oroute.units import thousandths

__all__ = ["RULES", "check_draft"]

_KINDS_OF_TIME: Final = {"integer": "whole seconds", "clock": '"HH:MM"', "iso": "ISO 8601"}
_FOREVER: Final = (-(2**30), 2**30)


def check_draft(draft: Draft) -> list[Finding]:
    """Return what all rules find in a draft."""
    return [finding for rule in RULES.values() for finding in rule(draft)]


def no_vehicles(draft: Draft) -> Iterator[Finding]:
    """NO_VEHICLES: there is nobody to drive."""
    if draft.is_list("vehicles") and not draft.data["vehicles"]:
        message = "There are no vehicles; at least one is needed."
        yield Finding("NO_VEHICLES", "/vehicles", message, "Add a vehicle.", draft.data["vehicles"])


def duplicate_ids(draft: Draft) -> Iterator[Finding]:
    """DUPLICATE_ID: two depots, two vehicles or two orders have one id."""
    for name in LISTS:
        first: dict[Id, int] = {}
        for i, id_ in draft.ids(name):
            if first.setdefault(id_, i) != i:
                message = f"The id {show(id_)} is that of {name}[{first[id_]}] too."
                action = f"Give each of the {name} an id of its own."
                yield Finding("DUPLICATE_ID", json_pointer(name, i, "id"), message, action, id_)


def unknown_depots(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_DEPOT: a vehicle starts or ends at a depot that is not there."""
    depots = {id_ for _, id_ in draft.ids("depots")}
    for i, vehicle in draft.vehicles:
        for end in ("start", "end"):
            place = getattr(vehicle, end)
            if isinstance(place, str | int) and place not in depots:
                message = f"{end} is {show(place)}; no depot has this id."
                action = did_you_mean(place, depots) or "Add the depot, or use the id of one that is there."
                yield Finding("UNKNOWN_DEPOT", json_pointer("vehicles", i, end), message, action, place)


def mixed_times(draft: Draft) -> Iterator[Finding]:
    """MIXED_TIMES: a file uses one kind of time."""
    times = list(_raw_times(draft))
    kinds = Counter(kind for _, _, kind in times)
    if len(kinds) < 2:
        return
    usual = kinds.most_common(1)[0][0]
    for path, value, kind in times:
        if kind != usual:
            message = f"{show(value)} is {_KINDS_OF_TIME[kind]}; most times here are {_KINDS_OF_TIME[usual]}."
            action = "Write all times of a file in one kind."
            yield Finding("MIXED_TIMES", json_pointer(*path), message, action, value)


def missing_date(draft: Draft) -> Iterator[Finding]:
    """MISSING_DATE: times in ISO 8601 need the date whose midnight is time zero."""
    if draft.data.get("date") is None and any(kind == "iso" for *_, kind in _raw_times(draft)):
        message = "Times in ISO 8601 are counted from the midnight of the file's date, and it has none."
        yield Finding("MISSING_DATE", "/date", message, 'Add "date": "YYYY-MM-DD" and "time_zone".')


def reversed_windows(draft: Draft) -> Iterator[Finding]:
    """WINDOW_REVERSED: a window or shift ends before it starts."""
    for path, window in _windows(draft):
        if window[1] < window[0]:
            found = " to ".join(_time(draft.reader, time) for time in window)
            message = f"The window runs from {found}; it must not end before it starts."
            action = "Exchange the two, or write an end after midnight as 24:00 and more."
            yield Finding("WINDOW_REVERSED", json_pointer(*path), message, action, list(window))


def unit_spelling(draft: Draft) -> Iterator[Finding]:
    """UNIT_SPELLING: two vehicles write one unit differently, so one of them would not be limited."""
    spellings: dict[str, str] = {}
    for _, vehicle in draft.vehicles:
        for unit in vehicle.capacity:
            spellings.setdefault(_plain_unit(unit), unit)
    for i, vehicle in draft.vehicles:
        for unit in vehicle.capacity:
            usual = spellings[_plain_unit(unit)]
            if unit != usual:
                message = f"The unit {show(unit)} is written {show(usual)} elsewhere."
                action = "Write it one way: a unit that a vehicle does not name is not limited there."
                yield Finding(
                    "UNIT_SPELLING", json_pointer("vehicles", i, "capacity", unit), message, action, unit
                )


def unknown_units(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_UNIT: an order is measured in a unit that no vehicle names, though vehicles are limited."""
    units = sorted({unit for _, vehicle in draft.vehicles for unit in vehicle.capacity})
    if not units or not draft.is_whole("vehicles"):
        return
    for i, order in draft.orders:
        for unit, amount in order.delivery.items():
            if amount and unit not in units:
                message = f"No vehicle names the unit {show(unit)}; known are {', '.join(map(show, units))}."
                action = did_you_mean(unit, units) or "Add it to the capacity of the vehicles that take it."
                path = json_pointer("orders", i, "delivery", unit)
                yield Finding("UNKNOWN_UNIT", path, message, action, amount, "order", order.id)


def loads_too_large(draft: Draft) -> Iterator[Finding]:
    """LOAD_TOO_LARGE: no vehicle takes the whole order."""
    if not draft.vehicles or not draft.is_whole("vehicles"):
        return
    distinct = {tuple(sorted(vehicle.capacity.items())): vehicle for _, vehicle in draft.vehicles}
    vehicles = list(distinct.values())
    for i, order in draft.orders:
        load = order.delivery
        if any(_carries(vehicle, load) for vehicle in vehicles):
            continue
        path = json_pointer("orders", i, "delivery")
        message = f"No single vehicle takes {_amounts(load)} together."
        value: object = load
        for unit, amount in load.items():
            largest = max(vehicles, key=lambda vehicle: vehicle.capacity.get(unit, math.inf))
            if not _carries(largest, {unit: amount}):
                path = json_pointer("orders", i, "delivery", unit)
                most = _amounts({unit: largest.capacity[unit]})
                message = f"The order is {_amounts({unit: amount})}; the most that a vehicle takes is {most}."
                value = amount
                break
        action = "Split the order, or add a vehicle that takes it."
        yield Finding("LOAD_TOO_LARGE", path, message, action, value, "order", order.id)


def windows_outside_shifts(draft: Draft) -> Iterator[Finding]:
    """WINDOW_OUTSIDE_SHIFTS: no vehicle is on duty in any window of the order for as long as its service."""
    if not draft.vehicles or not (draft.is_whole("vehicles") and draft.is_whole("depots")):
        return
    depots = {depot.id: depot for _, depot in draft.depots}
    duties = sorted({_on_duty(vehicle, depots) for _, vehicle in draft.vehicles})
    for i, order in draft.orders:
        if any(
            max(first, start) + order.service <= end and start <= last
            for start, end in duties
            for first, last in order.windows or [_FOREVER]
        ):
            continue
        on_duty = ", ".join(_span(draft.reader, duty) for duty in duties[:3]) + (
            ", ..." if duties[3:] else ""
        )
        windows = " or ".join(_span(draft.reader, window) for window in order.windows[:3]) or "any time"
        message = (
            f"Service of {order.service / draft.reader.ticks_per_second:g} s may start {windows}; "
            f"vehicles are on duty {on_duty}."
        )
        path = json_pointer("orders", i, "windows" if order.windows else "service")
        value = order.windows or order.service
        action = "Change the windows, or add a vehicle with another shift."
        yield Finding("WINDOW_OUTSIDE_SHIFTS", path, message, action, value, "order", order.id)


def coordinates_out_of_range(draft: Draft) -> Iterator[Finding]:
    """COORDINATE_RANGE: a longitude beyond 180 or a latitude beyond 90 degrees."""
    places, points, swapped = _judged_places(draft)
    for i in np.flatnonzero(~on_earth(points) & ~swapped):
        message = f"The location is {show(list(places[i].lon_lat))}; lon is -180 to 180, lat -90 to 90."
        yield places[i].finding("COORDINATE_RANGE", message, "Correct the location: [lon, lat] in degrees.")


def coordinates_swapped(draft: Draft) -> Iterator[Finding]:
    """COORDINATE_SWAPPED: a location that makes sense with lon and lat exchanged only."""
    places, _, swapped = _judged_places(draft)
    for i in np.flatnonzero(swapped):
        lon, lat = places[i].lon_lat
        message = f"The location is {show([lon, lat])}; lon and lat seem to be exchanged."
        yield places[i].finding("COORDINATE_SWAPPED", message, f"Write [lon, lat]: {show([lat, lon])}.")


#: Every rule by its code; ``docs/reference/errors.md`` explains each.
RULES: Final[Mapping[str, Callable[[Draft], Iterator[Finding]]]] = {
    "NO_VEHICLES": no_vehicles,
    "DUPLICATE_ID": duplicate_ids,
    "UNKNOWN_DEPOT": unknown_depots,
    "MISSING_DATE": missing_date,
    "MIXED_TIMES": mixed_times,
    "WINDOW_REVERSED": reversed_windows,
    "UNIT_SPELLING": unit_spelling,
    "UNKNOWN_UNIT": unknown_units,
    "LOAD_TOO_LARGE": loads_too_large,
    "WINDOW_OUTSIDE_SHIFTS": windows_outside_shifts,
    "COORDINATE_RANGE": coordinates_out_of_range,
    "COORDINATE_SWAPPED": coordinates_swapped,
}


class _Place(NamedTuple):
    """A coordinate of the file."""

    pointer: str
    lon_lat: tuple[float, float]
    order: Id | None

    @property
    def level(self) -> Literal["file", "order"]:
        return "file" if self.order is None else "order"

    def finding(self, code: str, message: str, action: str) -> Finding:
        return Finding(code, self.pointer, message, action, list(self.lon_lat), self.level, self.order)


def _places(draft: Draft) -> Iterator[_Place]:
    for i, depot in draft.depots:
        if isinstance(depot.location, tuple):
            yield _Place(json_pointer("depots", i, "location"), depot.location, None)
    for i, vehicle in draft.vehicles:
        for name, end in (("start", vehicle.start), ("end", vehicle.end)):
            if isinstance(end, tuple):
                yield _Place(json_pointer("vehicles", i, name), end, None)
    for i, order in draft.orders:
        if isinstance(order.location, tuple):
            yield _Place(json_pointer("orders", i, "location"), order.location, order.id)


def _judged_places(draft: Draft) -> tuple[list[_Place], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the places, their coordinates, and which of them have lon and lat exchanged."""
    places = list(_places(draft))
    points = np.array([place.lon_lat for place in places], np.float64).reshape(-1, 2)
    of_order = np.array([place.level == "order" for place in places], dtype=bool)
    return places, points, swapped_points(points, of_order)


def _windows(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Window]]:
    """Yield the path and the ticks of each window."""
    parts: list[tuple[str, list[tuple[int, Depot]] | list[tuple[int, Order]]]]
    parts = [("depots", draft.depots), ("orders", draft.orders)]
    for name, items in parts:
        for i, part in items:
            for j, window in enumerate(part.windows):
                yield (name, i, "windows", j), window
    for i, vehicle in draft.vehicles:
        if vehicle.shift is not None:
            yield ("vehicles", i, "shift"), vehicle.shift


def _raw_times(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    """Yield path, value and kind of each time as it stands in the file; parts that are objects are read."""
    for name, field in (("depots", "windows"), ("vehicles", "shift"), ("orders", "windows")):
        for i, item in draft.raw(name):
            found = item.get(field) if isinstance(item, Mapping) else None
            if not isinstance(found, list | tuple):
                continue
            windows = [((), found)] if field == "shift" else [((j,), found[j]) for j in range(len(found))]
            for place, window in windows:
                for k, value in enumerate(window if isinstance(window, list | tuple) else ()):
                    kind = kind_of_time(value)
                    if kind is not None:
                        yield (name, i, field, *place, k), value, kind


def _carries(vehicle: Vehicle, load: Loads) -> bool:
    capacity = vehicle.capacity
    return all(
        unit not in capacity or thousandths(amount) <= thousandths(capacity[unit])
        for unit, amount in load.items()
    )


def _on_duty(vehicle: Vehicle, depots: Mapping[Id, Depot]) -> Window:
    """Return the earliest start and the latest end of a vehicle, by its shift and its depots."""
    start, end = vehicle.shift or _FOREVER
    if isinstance(vehicle.start, str | int) and vehicle.start in depots:
        start = max([start, min(first for first, _ in depots[vehicle.start].windows or [_FOREVER])])
    if isinstance(vehicle.end, str | int) and vehicle.end in depots:
        end = min([end, max(last for _, last in depots[vehicle.end].windows or [_FOREVER])])
    return start, end


def _plain_unit(unit: str) -> str:
    """Return a unit name without what tells spellings apart: case, spaces, punctuation, a plural's s."""
    plain = re.sub(r"[\W_]+", "", unit.casefold())
    return plain.removesuffix("s") or plain or unit


def _amounts(load: Loads) -> str:
    return " and ".join(f"{amount:g} {unit}" for unit, amount in load.items())


def _span(reader: TimeReader, window: Window) -> str:
    return " to ".join("any time" if abs(time) == _FOREVER[1] else _time(reader, time) for time in window)


def _time(reader: TimeReader, time: int) -> str:
    return reader.clock(time) or str(time)
