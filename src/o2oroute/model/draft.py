"""A problem while it is being read: its parts one by one, so that one bad order hides nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel

from o2oroute.errors import Finding, InputError
from o2oroute.model.order import Order
from o2oroute.model.part import Part, time_reader
from o2oroute.model.relation import Relation
from o2oroute.model.request import Call, Request
from o2oroute.model.shipment import Shipment
from o2oroute.model.structure import json_pointer, show
from o2oroute.model.time_fields import TIME_FIELDS, times_of
from o2oroute.model.times import ClockTime, KindOfTime, TimeReader, kind_of_time
from o2oroute.model.vehicle import Depot, Vehicle

__all__ = ["LISTS", "Draft", "read_date", "read_draft", "read_zone"]

_Part = TypeVar("_Part", bound=Part)

#: The lists of a problem and what they hold.
LISTS: Final[Mapping[str, type[Part]]] = {
    "depots": Depot,
    "vehicles": Vehicle,
    "orders": Order,
    "shipments": Shipment,
    "relations": Relation,
}

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Years in which date arithmetic and time zones hold.
_YEARS: Final = range(1970, 2200)


@dataclass
class Draft:
    """What could be read of a problem; rules look at this, so that each of them always runs.

    Attributes
    ----------
    data : mapping
        The fields as they stand in the file.
    reader : TimeReader
        As far as date, time zone and ticks could be read.
    depots, vehicles, orders, shipments, relations : list of (int, part)
        Parts that are well formed, each with its place in the list of the file.
    findings : list of Finding
        What is wrong with the form of parts.
    """

    data: Mapping[str, Any]
    reader: TimeReader
    depots: list[tuple[int, Depot]] = field(default_factory=list)
    vehicles: list[tuple[int, Vehicle]] = field(default_factory=list)
    orders: list[tuple[int, Order]] = field(default_factory=list)
    shipments: list[tuple[int, Shipment]] = field(default_factory=list)
    relations: list[tuple[int, Relation]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def is_list(self, name: str) -> bool:
        """Tell whether a field of the file is a list."""
        items = self.data.get(name)
        return isinstance(items, Sequence) and not isinstance(items, str | bytes)

    def raw(self, name: str) -> Iterator[tuple[int, Any]]:
        """Yield the items of a list as they stand in the file, if it is one."""
        return enumerate(self.data[name] if self.is_list(name) else ())

    def is_whole(self, name: str) -> bool:
        """Tell whether every item of a list could be read; a list that is left out is whole."""
        if name not in self.data:
            return True
        return self.is_list(name) and len(getattr(self, name)) == len(self.data[name])

    def requests(self) -> Iterator[tuple[tuple[str, int], Request]]:
        """Yield orders and shipments, each with its path."""
        yield from ((("orders", i), order) for i, order in self.orders)
        yield from ((("shipments", i), shipment) for i, shipment in self.shipments)

    def calls(self) -> Iterator[tuple[tuple[str | int, ...], Call, Request]]:
        """Yield what each stop asks for, with its path and its order or shipment."""
        yield from ((("orders", i), order, order) for i, order in self.orders)
        for i, shipment in self.shipments:
            yield ("shipments", i, "pickup"), shipment.pickup, shipment
            yield ("shipments", i, "delivery"), shipment.delivery, shipment

    def raw_times(self) -> Iterator[tuple[tuple[str | int, ...], Any, KindOfTime]]:
        """Yield path, value and kind of each time as it stands in the file; objects have been read."""
        for name, part in LISTS.items():
            for i, item in self.raw(name):
                if isinstance(item, Mapping):
                    for path, value in times_of(item, TIME_FIELDS[part]):
                        kind = kind_of_time(value)
                        if kind is not None:
                            yield (name, i, *path), value, kind

    @cached_property
    def kind_of_times(self) -> KindOfTime | None:
        """The kind of time that most times of the file are of; None if it has none."""
        kinds = Counter(kind for *_, kind in self.raw_times())
        return kinds.most_common(1)[0][0] if kinds else None

    def ids(self, name: str) -> Iterator[tuple[int, str | int]]:
        """Yield the place and the id of each item of a list that has one, whatever else is wrong."""
        for i, item in self.raw(name):
            found = item.get("id") if isinstance(item, Mapping) else getattr(item, "id", None)
            found = found.item() if isinstance(found, np.generic) else found
            if isinstance(found, str | int) and not isinstance(found, bool):
                yield i, found


def read_draft(data: Mapping[str, Any]) -> Draft:
    """Read the parts of a problem, each on its own."""
    draft = Draft(data, _reader_of(data))
    token = time_reader.set(draft.reader)
    try:
        for name, kind in LISTS.items():
            setattr(draft, name, _read_parts(draft, name, kind))
    finally:
        time_reader.reset(token)
    return draft


def read_date(value: Any) -> dt.date | None:
    """Return a date, or raise ValueError with what is allowed."""
    if value is None:
        return None
    if isinstance(value, str) and _DATE.fullmatch(value):
        value = dt.date.fromisoformat(value)
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime) or value.year not in _YEARS:
        raise ValueError("not a date")
    return value


def read_zone(name: str) -> ZoneInfo | None:
    """Return a time zone, None for UTC, or raise ValueError.

    UTC needs no time zone data, which small installations lack.
    """
    if name == "UTC":
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        raise ValueError(name) from None


def _reader_of(data: Mapping[str, Any]) -> TimeReader:
    """Return the reader of a problem; what is wrong with its fields, the problem itself reports."""
    reader = TimeReader()
    with suppress(ValueError):
        reader = replace(reader, date=read_date(data.get("date")))
    zone, ticks = data.get("time_zone"), data.get("ticks_per_second")
    if isinstance(zone, str):
        with suppress(ValueError):
            reader = replace(reader, zone=read_zone(zone))
    if isinstance(ticks, int) and 1 <= ticks <= 1000:
        reader = replace(reader, ticks_per_second=int(ticks))
    return reader


def _read_parts(draft: Draft, name: str, kind: type[_Part]) -> list[tuple[int, _Part]]:
    parts = []
    for i, item in draft.raw(name):
        try:
            parts.append((i, _read_part(item, kind)))
        except InputError as error:
            draft.findings += [
                replace(finding, pointer=json_pointer(name, i) + finding.pointer)
                for finding in error.findings
            ]
    return parts


def _read_part(item: Any, kind: type[_Part]) -> _Part:
    if isinstance(item, kind):
        if not _has_clock_times(item):
            return item
        item = _as_given(item)
    if not isinstance(item, Mapping) or not all(isinstance(key, str) for key in item):
        message = (
            f"{kind.__name__.lower()} is {show(item)}; it must be an object with field names that are text."
        )
        raise InputError(findings=[Finding("WRONG_TYPE", "", message, "Correct the type.", item)])
    return kind(**item)


def _as_given(value: Any) -> Any:
    """Return objects, and those inside, as dicts of the fields that were given."""
    if isinstance(value, BaseModel):
        return {name: _as_given(getattr(value, name)) for name in value.model_fields_set}
    return [_as_given(item) for item in value] if isinstance(value, tuple) else value


def _has_clock_times(part: Part) -> bool:
    """Tell whether a part was made outside a problem and holds clock times to be read on its date."""
    return any(isinstance(time, ClockTime) for _, time in times_of(part, TIME_FIELDS[type(part)]))
