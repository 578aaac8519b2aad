"""What plans look like to people: how stops are called, what stands beside them, how times are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from o2oroute.plan.plan import Plan, Position, Route, Stop

__all__ = [
    "amounts",
    "clock",
    "is_on_earth",
    "moved",
    "note_columns",
    "plain",
    "printable",
    "span",
    "stop_label",
    "stop_note",
    "stop_rows",
]

#: Properties that drivers look for, in this order; others follow by their names.
_FIRST: Final = ("name", "address", "phone", "note", "description")
#: Characters that XML and HTML cannot hold.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text without characters that XML cannot hold."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def is_on_earth(place: Position) -> bool:
    """Tell whether a longitude and a latitude are ones."""
    lon, lat = place
    return -180 <= lon <= 180 and -90 <= lat <= 90


def stop_label(stop: Stop) -> str:
    """Return what a stop is called: its name, or the id of its order or depot, or its kind."""
    if name := stop.properties.get("name"):
        return str(name)
    return stop.kind if stop.id is None else str(stop.id)


def stop_note(stop: Stop, before: Mapping[str, float]) -> str:
    """Return what is to be done at a stop and what its owner wrote about it, in one line.

    `before` is what is on board on arriving.
    """
    done = [] if stop.task is None else [" ".join(filter(None, (stop.task, moved(stop, before))))]
    told = [f"{name}: {plain(value)}" for name, value in stop.properties.items() if name != "name"]
    return "; ".join(done + told)


def moved(stop: Stop, before: Mapping[str, float]) -> str:
    """Return what goes off board or comes on board at a stop: ``-2 parcels``."""
    change = {
        unit: round(stop.load.get(unit, 0) - before.get(unit, 0), 3) for unit in {**before, **stop.load}
    }
    return ", ".join(f"{amount:+g} {unit}" for unit, amount in change.items() if amount)


def amounts(load: Any) -> str:
    """Return loads as text: ``2 parcels, 5.5 kg``."""
    return ", ".join(f"{amount:g} {unit}" for unit, amount in load.items())


def plain(value: Any) -> str:
    """Return a value of ``properties`` as text."""
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {plain(inner)}" for name, inner in value.items())
    return "" if value is None else str(value)


def clock(iso: str | None, seconds: float) -> str:
    """Return a time of day as ``HH:MM``; on the days after, and without a date, hours go on from 24."""
    if iso is not None and 0 <= seconds < 86_400:
        return iso[11:16]
    sign, minutes = "-" if seconds < 0 else "", int(abs(seconds)) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def span(seconds: float) -> str:
    """Return a length of time as ``H:MM``."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def note_columns(plan: Plan) -> list[str]:
    """Return the names of the properties of a plan's stops, those that drivers look for first."""
    found = dict.fromkeys(name for route in plan.routes for stop in route.stops for name in stop.properties)
    return [name for name in _FIRST if name in found] + sorted(name for name in found if name not in _FIRST)


def stop_rows(route: Route, columns: Sequence[str]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return facts of each stop of a route as text, and its properties of the names given."""
    rows = []
    number = 0
    before: Mapping[str, float] = route.stops[0].load
    for stop in route.stops:
        number += stop.kind == "order"
        facts = {
            "number": str(number) if stop.kind == "order" else "",
            "id": "" if stop.id is None else str(stop.id),
            "task": stop.task or stop.kind,
            "arrival": clock(stop.arrival, stop.arrival_seconds),
            "start": clock(stop.start, stop.start_seconds),
            "departure": clock(stop.departure, stop.departure_seconds),
            "window": " or ".join(
                f"{clock(None, first)}-{clock(None, last)}" for first, last in stop.windows_seconds
            ),
            "goods": moved(stop, before) if stop.kind == "order" else amounts(stop.load),
        }
        rows.append((facts, {name: plain(stop.properties.get(name)) for name in columns}))
        before = stop.load
    return rows
