"""Solomon's and Gehring and Homberger's instances of the vehicle routing problem with time windows.

Format: M. M. Solomon, Algorithms for the vehicle routing and scheduling problems with time window
constraints, Operations Research 35, 1987; larger instances by H. Gehring and J. Homberger, 1999. A file is
the name, the number and capacity of the vehicles, and seven numbers for each customer; number 0 is the depot.
"""

from __future__ import annotations

import os
import re
from typing import Final

from o2oroute.formats.academic import ClientNode, DepotNode, Row, Source, academic_problem, vehicle_data
from o2oroute.formats.conventions import Convention, convention_named
from o2oroute.model.problem import Problem

__all__ = ["is_solomon", "parse_solomon", "read_solomon"]

_COLUMNS: Final = ("number", "x", "y", "demand", "ready time", "due date", "service time")
_HEADS: Final = re.compile(r"^\s*VEHICLE\s*\n(?:.*\n)*?\s*CUSTOMER\s*$", re.MULTILINE | re.IGNORECASE)


def is_solomon(text: str) -> bool:
    """Whether a text looks like a file of this format: it has the headings VEHICLE and CUSTOMER."""
    return _HEADS.search(text[:2000]) is not None


def read_solomon(
    path: str | os.PathLike[str], *, convention: str = "dimacs", strict: bool = False
) -> Problem:
    """Read a Solomon or Homberger instance.

    Customers keep their number as id (``"1"`` is the first), the depot is ``"0"``, vehicles are ``"1"`` up to
    the number that the file gives. The problem carries its own legs, so it is solved without roads or matrix.

    Parameters
    ----------
    path : path-like
    convention : str
        Name of a convention, ``"dimacs"`` or ``"sintef"`` by custom; see :mod:`o2oroute.formats.conventions`.
    strict : bool
        Whether order-level findings (a demand above the capacity, say) are errors.

    Returns
    -------
    Problem

    Raises
    ------
    InputError
        If the file cannot be read, naming the line.
    """
    return parse_solomon(Source.from_file(path), convention=convention, strict=strict)


def parse_solomon(source: Source, *, convention: str = "dimacs", strict: bool = False) -> Problem:
    """Read an instance from its text; as :func:`read_solomon`."""
    rule = convention_named(convention)
    rows = list(source.rows)
    vehicle_heading = _find(source, rows, 0, "VEHICLE")
    customer_heading = _find(source, rows, vehicle_heading, "CUSTOMER")
    fleet = _fleet_row(source, rows[vehicle_heading + 1 : customer_heading])
    customers = rows[customer_heading + 1 :]
    if customers and customers[0].tokens[0].upper().startswith("CUST"):
        customers = customers[1:]
    if len(customers) < 2:
        raise source.error(None, "no customers follow the heading CUSTOMER", "Check that the file is whole")

    coordinates = [_coordinates(source, number, row) for number, row in enumerate(customers)]
    nodes = [_client(source, number, row, rule) for number, row in enumerate(customers)]
    depot = nodes[0]
    if depot.demand or depot.service:
        raise source.error(
            customers[0].line,
            f"the depot (number 0) has demand {depot.demand} and service time {customers[0].tokens[6]}",
            "Both must be 0",
        )
    capacity = source.number(fleet, 1, "capacity of the vehicles")
    return academic_problem(
        source,
        convention=rule,
        legs=source.legs(coordinates, rule),
        depots=[DepotNode(0, depot.window)],
        vehicles=[
            vehicle_data(number, depot=0, capacity=capacity, per_km=rule.per_km())
            for number in range(1, source.fleet_size(fleet, 0, "number of vehicles") + 1)
        ],
        clients=nodes[1:],
        properties={"name": " ".join(rows[0].tokens) if vehicle_heading else "", "format": "solomon"},
        strict=strict,
    )


def _find(source: Source, rows: list[Row], first: int, heading: str) -> int:
    for i in range(first, len(rows)):
        if [token.upper() for token in rows[i].tokens] == [heading]:
            return i
    raise source.error(
        None, f"the heading {heading} is missing", "Check that this is a Solomon file, and whole"
    )


def _fleet_row(source: Source, rows: list[Row]) -> Row:
    numbers = rows[1:] if rows and rows[0].tokens[0].upper() == "NUMBER" else rows
    if len(numbers) != 1 or len(numbers[0].tokens) != 2:
        line = numbers[0].line if numbers else None
        raise source.error(line, "two numbers must follow VEHICLE: how many, and their capacity", "Add them")
    return numbers[0]


def _coordinates(source: Source, number: int, row: Row) -> tuple[float, float]:
    if len(row.tokens) != len(_COLUMNS):
        raise source.error(
            row.line,
            f"customer {number} has {len(row.tokens)} values; it must have {len(_COLUMNS)}",
            f"Write {', '.join(_COLUMNS)}",
        )
    if source.whole(row, 0, "number of the customer") != number:
        raise source.error(
            row.line,
            f"customer {row.tokens[0]} stands where {number} is due",
            "Number customers 0, 1, 2, ...",
        )
    x, y = (source.number(row, column, _COLUMNS[column], least=None) for column in (1, 2))
    return float(x), float(y)


def _client(source: Source, number: int, row: Row, convention: Convention) -> ClientNode:
    return ClientNode(
        number,
        demand=source.number(row, 3, f"demand of customer {number}"),
        window=source.window(row, 4, f"customer {number}", convention),
        service=source.ticks(row, 6, f"service time of customer {number}", convention),
    )
