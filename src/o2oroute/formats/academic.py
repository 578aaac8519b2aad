"""What readers of academic files share: lines whose errors say where, and the problem made of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from o2oroute.errors import Finding, InputError
from o2oroute.formats.conventions import Convention
from o2oroute.formats.json_text import read_bytes
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem

__all__ = ["UNIT", "ClientNode", "DepotNode", "PairNode", "Row", "Source", "academic_problem", "vehicle_data"]

#: Name of the one load unit of academic instances.
UNIT: Final = "load"

#: Times beyond this many ticks do not fit a problem.
_LATEST_TICK: Final = 2**29

#: More vehicles than this in a file are taken for an error.
_MOST_VEHICLES: Final = 100_000

_NUMBER: Final = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)


class Row(NamedTuple):
    """A line of a file that is not empty."""

    #: Counted from 1.
    line: int
    tokens: list[str]


@dataclass(frozen=True)
class Source:
    """The text of a file, with a name for messages.

    Attributes
    ----------
    name : str
        File name as it stands in messages.
    text : str
    """

    name: str
    text: str = field(repr=False)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Source:
        """Read a file; what is no UTF-8 (comments of old files) becomes a replacement character.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        name = os.fspath(path)
        return cls(name, read_bytes(name).decode("utf-8-sig", errors="replace"))

    @property
    def rows(self) -> Iterator[Row]:
        """Lines that are not empty, cut at white space."""
        for line, text in enumerate(self.text.split("\n"), start=1):
            if tokens := text.split():
                yield Row(line, tokens)

    def error(self, line: int | None, message: str, action: str) -> InputError:
        """Return an error that names the file and the line (None: the file as a whole)."""
        place = self.name if line is None else f"{self.name}, line {line}"
        return InputError(findings=[Finding("ACADEMIC_FILE", "", f"{place}: {message}.", f"{action}.")])

    def number(self, row: Row, column: int, what: str, *, least: int | None = 0) -> Decimal:
        """Return a number of a row.

        Parameters
        ----------
        row : Row
        column : int
            Position among the row's tokens.
        what : str
            Name of the number for messages.
        least : int or None
            Smallest allowed.

        Raises
        ------
        InputError
            If it is none, or too small, or has too many digits to be meant.
        """
        token = row.tokens[column]
        if not _NUMBER.fullmatch(token):
            raise self.error(row.line, f"{what} is {token[:40]!r}, which is no number", "Correct the line")
        value = Decimal(token)
        if least is not None and value < least:
            raise self.error(row.line, f"{what} is {token}; it must be at least {least}", "Correct the line")
        if abs(value) > 10**15:
            raise self.error(row.line, f"{what} is {token}; 1e15 is the largest allowed", "Correct the line")
        return value

    def whole(self, row: Row, column: int, what: str, *, least: int = 0) -> int:
        """Return a whole number of a row; arguments and errors as for :meth:`number`."""
        value = self.number(row, column, what, least=least)
        if value != value.to_integral_value():
            raise self.error(
                row.line, f"{what} is {row.tokens[column]}; it must be a whole number", "Correct the line"
            )
        return int(value)

    def ticks(self, row: Row, column: int, what: str, convention: Convention) -> int:
        """Return a time of a row in ticks of a convention; arguments and errors as for :meth:`number`."""
        value = self.number(row, column, what)
        ticks = convention.in_ticks(value)
        if ticks is None:
            raise self.error(
                row.line,
                f"{what} is {row.tokens[column]}, no whole number of ticks of 1/{convention.ticks}",
                "Use a convention with a finer scale, or correct the line",
            )
        if ticks > _LATEST_TICK:
            raise self.error(
                row.line,
                f"{what} is {row.tokens[column]}; convention {convention.name!r} carries at most "
                f"{_LATEST_TICK // convention.ticks}",
                "Use a convention with a smaller scale, or correct the line",
            )
        return ticks

    def window(self, row: Row, column: int, what: str, convention: Convention) -> tuple[int, int]:
        """Return the two times of a row from a column on, in ticks of a convention."""
        first = self.ticks(row, column, f"start of the window of {what}", convention)
        last = self.ticks(row, column + 1, f"end of the window of {what}", convention)
        if last < first:
            found = " to ".join(row.tokens[column : column + 2])
            raise self.error(row.line, f"the window of {what} is {found}; it ends first", "Correct the line")
        return first, last

    def legs(self, coordinates: Sequence[tuple[float, float]], convention: Convention) -> Legs:
        """Return the legs between coordinates; errors name the file."""
        try:
            return convention.legs(coordinates)
        except InputError as error:
            raise self.error(None, str(error), "Choose another convention") from None

    def fleet_size(self, row: Row, column: int, what: str) -> int:
        """Return a number of vehicles."""
        size = self.whole(row, column, what, least=1)
        if size > _MOST_VEHICLES:
            raise self.error(
                row.line, f"{what} is {size}; {_MOST_VEHICLES:,} is the largest allowed", "Correct the line"
            )
        return size


@dataclass(frozen=True, slots=True)
class DepotNode:
    """A depot of an academic instance: its node (position in the legs), and when it is open, in ticks."""

    node: int
    window: tuple[int, int] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """As in an order file."""
        return {
            "id": str(self.node),
            "location": {"index": self.node},
            "windows": [] if self.window is None else [self.window],
        }


@dataclass(frozen=True, slots=True)
class ClientNode:
    """A client of an academic instance, with times in ticks and the prize in published units."""

    node: int
    demand: Decimal
    service: int = 0
    window: tuple[int, int] | None = None
    prize: float | None = None
    #: When it is ready at the depot.
    release: int | None = None
    #: The only vehicles that may serve it; None for all of them.
    vehicles: Sequence[str] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """As in an order file."""
        return {
            "id": str(self.node),
            "location": {"index": self.node},
            "delivery": {UNIT: float(self.demand)},
            "service": self.service,
            "windows": [] if self.window is None else [self.window],
            "prize": self.prize,
            **({} if self.release is None else {"release": self.release}),
            **({} if self.vehicles is None else {"vehicles": {"allowed": list(self.vehicles)}}),
        }


@dataclass(frozen=True, slots=True)
class PairNode:
    """A pickup of an academic instance with its delivery; times are those of the two clients."""

    pickup: ClientNode
    delivery: ClientNode

    @property
    def data(self) -> dict[str, Any]:
        """As in an order file."""
        stops = {
            name: {
                "location": {"index": client.node},
                "service": client.service,
                "windows": [] if client.window is None else [client.window],
                "properties": {"node": client.node},
            }
            for name, client in (("pickup", self.pickup), ("delivery", self.delivery))
        }
        return {"id": str(self.pickup.node), "load": {UNIT: float(self.pickup.demand)}, **stops}


def vehicle_data(
    number: int, *, depot: int, capacity: Decimal | None, per_km: float, fixed: float = 0.0, **rules: Any
) -> dict[str, Any]:
    """Return a vehicle as in an order file; academic vehicles cost nothing for their time."""
    return {
        "id": str(number),
        "start": str(depot),
        "end": str(depot),
        "capacity": {} if capacity is None else {UNIT: float(capacity)},
        "costs": {"fixed": fixed, "per_hour": 0.0, "per_km": per_km},
        **rules,
    }


def academic_problem(
    source: Source,
    *,
    convention: Convention,
    legs: Legs,
    depots: Sequence[DepotNode],
    vehicles: Sequence[Mapping[str, Any]],
    clients: Sequence[ClientNode],
    properties: Mapping[str, Any],
    strict: bool,
    pairs: Sequence[PairNode] = (),
) -> Problem:
    """Return the problem of an academic instance, with its own legs.

    Raises
    ------
    InputError
        If a number is beyond what a problem holds, or with `strict` for orders that cannot be planned.
    """
    data: dict[str, Any] = {
        "ticks_per_second": convention.ticks,
        "objective": convention.objective,
        "depots": [depot.data for depot in depots],
        "vehicles": list(vehicles),
        "orders": [client.data for client in clients],
        "properties": {**properties, "convention": convention.name},
    }
    if pairs:
        data["shipments"] = [pair.data for pair in pairs]
    try:
        problem = Problem.from_dict(data, strict=strict)
    except InputError as error:
        finding = error.findings[0]
        if finding.level == "order":
            raise
        # its pointer leads into data that the file's author never saw
        _, kind, index, *_ = finding.pointer.split("/")
        name = f"{kind.removesuffix('s')} {data[kind][int(index)]['id']}"
        raise source.error(
            None, f"of {name}, {finding.message.rstrip('.')}", finding.action.rstrip(".")
        ) from None
    return problem.with_legs({vehicle.profile: legs for vehicle in problem.vehicles[:1]})
