"""Where times stand in the parts of a problem: one table for all who look for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from o2oroute.model.order import Order
from o2oroute.model.part import Part
from o2oroute.model.relation import Relation
from o2oroute.model.shipment import Shipment
from o2oroute.model.vehicle import Depot, Vehicle

__all__ = ["TIME_FIELDS", "times_of"]

#: By field: how deep times are nested in lists there, or where they stand inside the object or objects.
Fields: TypeAlias = Mapping[str, "int | Fields"]
Path: TypeAlias = tuple[str | int, ...]

_WINDOWS: Final = {"windows": 2}
_CALL: Final = {**_WINDOWS, "preferred": 1}

#: Fields with times, by kind of part.
TIME_FIELDS: Final[Mapping[type[Part], Fields]] = {
    Depot: {**_WINDOWS, "departures": 1},
    Vehicle: {"shift": 1, "breaks": _WINDOWS},
    Order: {**_CALL, "release": 0},
    Shipment: {"pickup": _CALL, "delivery": _CALL},
    Relation: {},
}


def times_of(part: Any, fields: Fields) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of each time in a part, as it stands in a file or as an object.

    What has not the shape that it should have is passed over.

    Examples
    --------
    >>> list(times_of({"id": 1, "shift": ["08:00", "17:00"]}, TIME_FIELDS[Vehicle]))
    [(('shift', 0), '08:00'), (('shift', 1), '17:00')]
    """
    for name, inside in fields.items():
        value = part.get(name) if isinstance(part, Mapping) else getattr(part, name, None)
        for path, time in _times_in(value, inside):
            yield (name, *path), time


def _times_in(value: Any, inside: int | Fields) -> Iterator[tuple[Path, Any]]:
    if value is None:
        return
    if inside == 0:
        yield (), value
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        deeper = inside - 1 if isinstance(inside, int) else inside
        for i, item in enumerate(value):
            for path, time in _times_in(item, deeper):
                yield (i, *path), time
    elif not isinstance(inside, int):
        yield from times_of(value, inside)
