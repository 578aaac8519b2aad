"""The rules across fields: one function a code, all of them run, each reports everything it finds.

A rule looks at a :class:`~o2oroute.model.draft.Draft`, so it runs even where other parts of the file could
not be read. Rules about orders report at order level: that order is set aside and the rest is planned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from o2oroute.errors import Finding
from o2oroute.model.draft import Draft
from o2oroute.model.part import Id, Window
from o2oroute.model.relation import RelationTask, RouteStart
from o2oroute.model.structure import did_you_mean, json_pointer, show
from o2oroute.model.validate_duty import closed_departures, duplicate_breaks, trips_without_depot
from o2oroute.model.validate_places import coordinates_out_of_range, coordinates_swapped
from o2oroute.model.validate_requests import (
    deliveries_before_pickups,
    loads_too_large,
    nobody_allowed,
    releases_too_late,
    time_text,
    unknown_units,
    unknown_vehicles,
    windows_outside_shifts,
)
from o2oroute.units import cost_units

__all__ = ["RULES", "check_draft"]

_KINDS_OF_TIME: Final = {"integer": "whole seconds", "clock": '"HH:MM"', "iso": "ISO 8601"}
#: Integer cost units of one amount: together with what routes cost it fits 64 bits.
_LARGEST_COST: Final = 2**60


def check_draft(draft: Draft) -> list[Finding]:
    """Return what all rules find in a draft."""
    return [finding for rule in RULES.values() for finding in rule(draft)]


def no_vehicles(draft: Draft) -> Iterator[Finding]:
    """NO_VEHICLES: there is nobody to drive."""
    if draft.is_list("vehicles") and not draft.data["vehicles"]:
        message = "There are no vehicles; at least one is needed."
        yield Finding("NO_VEHICLES", "/vehicles", message, "Add a vehicle.", draft.data["vehicles"])


def duplicate_ids(draft: Draft) -> Iterator[Finding]:
    """DUPLICATE_ID: two depots, two vehicles, or two orders or shipments have one id."""
    for names in (("depots",), ("vehicles",), ("orders", "shipments")):
        first: dict[Id, tuple[str, int]] = {}
        for name in names:
            for i, id_ in draft.ids(name):
                other, j = first.setdefault(id_, (name, i))
                if (other, j) != (name, i):
                    message = f"The id {show(id_)} is that of {other}[{j}] too."
                    action = f"Give each of the {' and '.join(names)} an id of its own."
                    yield Finding("DUPLICATE_ID", json_pointer(name, i, "id"), message, action, id_)
    yield from duplicate_breaks(draft)


def unknown_depots(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_DEPOT: a vehicle starts, loads or ends at a depot that is not there."""
    depots = {id_ for _, id_ in draft.ids("depots")}
    for i, vehicle in draft.vehicles:
        named: list[tuple[tuple[str | int, ...], object]] = [
            (("start",), vehicle.start),
            (("end",), vehicle.end),
        ]
        if vehicle.trips is not None:
            named += [(("trips", "depots", j), id_) for j, id_ in enumerate(vehicle.trips.depots or ())]
        for path, place in named:
            if isinstance(place, str | int) and place not in depots:
                message = f"{path[0]} is {show(place)}; no depot has this id."
                action = did_you_mean(place, depots) or "Add the depot, or use the id of one that is there."
                yield Finding("UNKNOWN_DEPOT", json_pointer("vehicles", i, *path), message, action, place)


def mixed_times(draft: Draft) -> Iterator[Finding]:
    """MIXED_TIMES: a file uses one kind of time."""
    usual = draft.kind_of_times
    for path, value, kind in draft.raw_times():
        if usual is not None and kind != usual:
            message = f"{show(value)} is {_KINDS_OF_TIME[kind]}; most times here are {_KINDS_OF_TIME[usual]}."
            action = "Write all times of a file in one kind."
            yield Finding("MIXED_TIMES", json_pointer(*path), message, action, value)


def missing_date(draft: Draft) -> Iterator[Finding]:
    """MISSING_DATE: times in ISO 8601 need the date whose midnight is time zero."""
    if draft.data.get("date") is None and any(kind == "iso" for *_, kind in draft.raw_times()):
        message = "Times in ISO 8601 are counted from the midnight of the file's date, and it has none."
        yield Finding("MISSING_DATE", "/date", message, 'Add "date": "YYYY-MM-DD" and "time_zone".')


def reversed_windows(draft: Draft) -> Iterator[Finding]:
    """WINDOW_REVERSED: a window or shift ends before it starts."""
    for path, window in _windows(draft):
        if window[1] < window[0]:
            found = " to ".join(time_text(draft.reader, time) for time in window)
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


def unknown_members(draft: Draft) -> Iterator[Finding]:
    """UNKNOWN_MEMBER: a relation names what is not there, a stop that an order has not, or one twice.

    A start is the first member, or none.
    """
    vehicles = {id_ for _, id_ in draft.ids("vehicles")}
    orders = {id_ for _, id_ in draft.ids("orders")}
    shipments = {id_ for _, id_ in draft.ids("shipments")}
    for i, relation in draft.relations:
        seen: set[object] = set()
        by_stop: set[object] = set()
        for k, member in enumerate(relation.requests):
            pointer = json_pointer("relations", i, "requests", k)
            if isinstance(member, RouteStart):
                if member.start not in vehicles:
                    message = f"The relation names the start of {show(member.start)}; no vehicle has this id."
                    action = did_you_mean(member.start, vehicles) or "Take it out, or add the vehicle."
                    yield Finding("UNKNOWN_MEMBER", pointer, message, action, show(member))
                elif k:
                    message = f"The start of {show(member.start)} comes after other members of the relation."
                    yield Finding("UNKNOWN_MEMBER", pointer, message, "Name it first.", show(member))
                continue
            id_ = member.order if isinstance(member, RelationTask) else member
            if id_ not in orders | shipments:
                message = f"The relation names {show(id_)}; no order or shipment has this id."
                action = did_you_mean(id_, orders | shipments) or "Take it out, or add the order."
            elif isinstance(member, RelationTask) and id_ in orders:
                message, action = (
                    f"{show(id_)} is an order; it has no {member.task} apart.",
                    "Name its id alone.",
                )
            elif member in seen or id_ in (seen if isinstance(member, RelationTask) else by_stop):
                message, action = f"The relation names {show(id_)} twice.", "Name it once."
            else:
                seen.add(member)
                if isinstance(member, RelationTask):
                    by_stop.add(id_)
                continue
            yield Finding("UNKNOWN_MEMBER", pointer, message, action, show(member))


def costs_too_large(draft: Draft) -> Iterator[Finding]:
    """COST_TOO_LARGE: a prize is beyond what costs can be added up with, which shrinks with fine ticks."""
    largest = _LARGEST_COST / cost_units(draft.reader.ticks_per_second)
    for path, request in draft.requests():
        amounts = {
            ("prize",): request.prize,
            ("vehicles", "not_preferred_cost"): request.vehicles.not_preferred_cost,
        }
        for field, amount in amounts.items():
            if amount is not None and amount > largest:
                message = (
                    f"{field[-1]} is {amount:g}; with these ticks_per_second it must be at most {largest:g}."
                )
                action = "Count costs in a larger unit, or leave the prize out: then the order is mandatory."
                yield Finding("COST_TOO_LARGE", json_pointer(*path, *field), message, action, amount)


#: Every rule by its code; ``docs/reference/errors.md`` explains each.
RULES: Final[Mapping[str, Callable[[Draft], Iterator[Finding]]]] = {
    "NO_VEHICLES": no_vehicles,
    "DUPLICATE_ID": duplicate_ids,
    "UNKNOWN_DEPOT": unknown_depots,
    "NO_RELOAD_DEPOT": trips_without_depot,
    "DEPARTURE_CLOSED": closed_departures,
    "MISSING_DATE": missing_date,
    "MIXED_TIMES": mixed_times,
    "WINDOW_REVERSED": reversed_windows,
    "UNIT_SPELLING": unit_spelling,
    "UNKNOWN_UNIT": unknown_units,
    "LOAD_TOO_LARGE": loads_too_large,
    "WINDOW_OUTSIDE_SHIFTS": windows_outside_shifts,
    "RELEASE_TOO_LATE": releases_too_late,
    "DELIVERY_BEFORE_PICKUP": deliveries_before_pickups,
    "UNKNOWN_VEHICLE": unknown_vehicles,
    "NO_VEHICLE_ALLOWED": nobody_allowed,
    "UNKNOWN_MEMBER": unknown_members,
    "COST_TOO_LARGE": costs_too_large,
    "COORDINATE_RANGE": coordinates_out_of_range,
    "COORDINATE_SWAPPED": coordinates_swapped,
}


def _windows(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Window]]:
    """Yield the path and the ticks of each window."""
    for i, depot in draft.depots:
        for j, window in enumerate(depot.windows):
            yield ("depots", i, "windows", j), window
    for path, call, _ in draft.calls():
        for j, window in enumerate(call.windows):
            yield (*path, "windows", j), window
        if call.preferred is not None:
            yield (*path, "preferred"), call.preferred
    for i, vehicle in draft.vehicles:
        if vehicle.shift is not None:
            yield ("vehicles", i, "shift"), vehicle.shift
        for k, pause in enumerate(vehicle.breaks):
            for j, window in enumerate(pause.windows):
                yield ("vehicles", i, "breaks", k, "windows", j), window


def _plain_unit(unit: str) -> str:
    """Return a unit name without what tells spellings apart: case, spaces, punctuation, a plural's s."""
    plain = re.sub(r"[\W_]+", "", unit.casefold())
    return plain.removesuffix("s") or plain or unit
