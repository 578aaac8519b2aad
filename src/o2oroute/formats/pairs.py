"""Instances of pickup and delivery with time windows: Li and Lim's, and Sartori and Buriol's on real streets.

Formats: H. Li and A. Lim, A metaheuristic for the pickup and delivery problem with time windows, ICTAI 2001:
vehicles, capacity and speed, then nine numbers for each node. C. S. Sartori and L. S. Buriol, A study on the
pickup and delivery problem with time windows, Computers & Operations Research 124, 2020: headers, the same
numbers under NODES, and a matrix of minutes under EDGES. Node 0 is the depot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from o2oroute.formats.academic import (
    ClientNode,
    DepotNode,
    PairNode,
    Row,
    Source,
    academic_problem,
    vehicle_data,
)
from o2oroute.formats.conventions import Convention, convention_named
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.units import INF

__all__ = ["is_li_lim", "is_sartori", "parse_li_lim", "parse_sartori"]

_COLUMNS: Final = ("number", "x", "y", "demand", "from", "to", "service", "pickup", "delivery")
_LI_LIM: Final = re.compile(r"\s*\d+\s+\d+\s+\d+\s*\n\s*0(?:\s+-?\d+(?:\.\d+)?){8}\s*\n", re.ASCII)


def is_li_lim(text: str) -> bool:
    """Whether a text looks like Li and Lim's: three numbers, then rows of nine, the first of them node 0."""
    return _LI_LIM.match(text[:1000]) is not None


def is_sartori(text: str) -> bool:
    """Whether a text looks like Sartori and Buriol's: it has the headings NODES and EDGES."""
    return re.search(r"^NODES\s*$", text[:2000], re.MULTILINE) is not None and "EDGES" in text


def parse_li_lim(source: Source, *, convention: str = "sintef", strict: bool = False) -> Problem:
    """Read an instance of Li and Lim.

    The id of a shipment is the number of its pickup's node. All vehicles of the file are there, and fewest of
    them count first under the convention ``"sintef"``.

    Parameters
    ----------
    source : Source
    convention : str
        Name of a convention for coordinates.
    strict : bool
        Whether order-level findings are errors.

    Raises
    ------
    InputError
        If the file cannot be read, naming the line.
    """
    rule = convention_named(convention)
    head, *rows = source.rows
    _check_rows(source, rows)
    points = [
        (float(source.number(row, 1, "x", least=None)), float(source.number(row, 2, "y", least=None)))
        for row in rows
    ]
    vehicles = source.fleet_size(head, 0, "number of vehicles")
    return _problem(source, rows, rule, source.legs(points, rule), head, vehicles, strict=strict)


def parse_sartori(source: Source, *, convention: str = "minutes", strict: bool = False) -> Problem:
    """Read an instance of Sartori and Buriol; as :func:`parse_li_lim`, with as many vehicles as shipments."""
    rule = convention_named(convention)
    if rule.rounding != "given":
        raise source.error(
            None, f"the file carries its matrix, not convention {convention!r}", "Use 'minutes'"
        )
    rows = list(source.rows)
    nodes, edges = (_heading(source, rows, name) for name in ("NODES", "EDGES"))
    clients, matrix = rows[nodes + 1 : edges], rows[edges + 1 :]
    if matrix and matrix[-1].tokens == ["EOF"]:
        matrix.pop()
    _check_rows(source, clients)
    capacity = next((row for row in rows[:nodes] if row.tokens[0] == "CAPACITY:"), None)
    if capacity is None or len(capacity.tokens) != 2:
        raise source.error(None, "CAPACITY is missing", 'Add the line "CAPACITY: ..."')
    legs = _matrix(source, matrix, len(clients))
    return _problem(source, clients, rule, legs, capacity, max(1, len(clients) // 2), strict=strict)


def _heading(source: Source, rows: Sequence[Row], name: str) -> int:
    for i, row in enumerate(rows):
        if row.tokens == [name]:
            return i
    raise source.error(None, f"the heading {name} is missing", "Check that the file is whole")


def _check_rows(source: Source, rows: Sequence[Row]) -> None:
    if len(rows) < 3:
        raise source.error(None, "there is no pickup and delivery", "Check that the file is whole")
    for number, row in enumerate(rows):
        if len(row.tokens) != len(_COLUMNS):
            raise source.error(
                row.line, f"node {number} has {len(row.tokens)} values", f"Write {', '.join(_COLUMNS)}"
            )
        if source.whole(row, 0, "number of the node") != number:
            raise source.error(row.line, f"node {row.tokens[0]} stands where {number} is due", "Count from 0")


def _matrix(source: Source, rows: Sequence[Row], size: int) -> Legs:
    if len(rows) != size or any(len(row.tokens) != size for row in rows):
        line = next((row.line for row in rows if len(row.tokens) != size), None)
        raise source.error(line, f"EDGES must have {size} rows of {size} numbers", "Check that it is whole")
    try:
        cells = np.array([row.tokens for row in rows]).astype(np.int64)
    except ValueError:
        cells = np.array([[-1]])
    if cells.min() < 0 or cells.max() >= INF:
        raise source.error(rows[0].line, "EDGES has what is no whole number of minutes", "Correct it")
    minutes = cells.astype(np.int32)
    return Legs(minutes, minutes)


def _problem(
    source: Source,
    rows: Sequence[Row],
    rule: Convention,
    legs: Legs,
    limits: Row,
    vehicles: int,
    *,
    strict: bool,
) -> Problem:
    capacity = source.number(limits, 1, "capacity of the vehicles")
    return academic_problem(
        source,
        convention=rule,
        legs=legs,
        depots=[DepotNode(0, source.window(rows[0], 4, "the depot", rule))],
        vehicles=[
            vehicle_data(number, depot=0, capacity=capacity, per_km=rule.per_km())
            for number in range(1, vehicles + 1)
        ],
        clients=[],
        pairs=_pairs(source, rows, rule),
        properties={"name": source.name, "format": "pdptw"},
        strict=strict,
    )


def _pairs(source: Source, rows: Sequence[Row], rule: Convention) -> list[PairNode]:
    pairs = []
    paired: set[int] = {0}
    for number, row in enumerate(rows[1:], start=1):
        other = source.whole(row, 8, "delivery")
        if not other:
            continue
        if other >= len(rows) or source.whole(rows[other], 7, "pickup") != number:
            raise source.error(
                row.line, f"node {number} is delivered at {other}, which is not so", "Correct it"
            )
        pickup, delivery = _client(source, number, row, rule), _client(source, other, rows[other], rule)
        if pickup.demand != -delivery.demand or pickup.demand < 0:
            raise source.error(
                row.line,
                f"{pickup.demand} is picked up and {-delivery.demand} delivered",
                "They must be equal",
            )
        paired |= {number, other}
        pairs.append(PairNode(pickup, delivery))
    if alone := sorted(set(range(len(rows))) - paired):
        raise source.error(rows[alone[0]].line, f"node {alone[0]} belongs to no pair", "Name its partner")
    return pairs


def _client(source: Source, number: int, row: Row, rule: Convention) -> ClientNode:
    return ClientNode(
        number,
        demand=source.number(row, 3, f"demand of node {number}", least=None),
        window=source.window(row, 4, f"node {number}", rule),
        service=source.ticks(row, 6, f"service time of node {number}", rule),
    )
