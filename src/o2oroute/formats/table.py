"""Orders from tables: CSV files of any encoding, and data frames."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from o2oroute.errors import Finding, InputError
from o2oroute.formats.cells import (
    is_decimal_comma,
    is_empty,
    read_moment,
    read_number,
    read_place,
    read_seconds,
    read_windows,
    text_of,
)
from o2oroute.formats.table_rows import Table, read_table, table_error
from o2oroute.model.order import Order
from o2oroute.model.structure import did_you_mean, json_pointer, show

__all__ = ["FIELDS", "OrdersTable", "read_orders"]

#: Fields that a column may hold, with the names by which columns are known without being told.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "order", "order id", "order no", "order number", "orderid", "번호", "주문번호", "주문 번호"),
    "lon": ("lon", "lng", "long", "longitude", "x", "경도"),
    "lat": ("lat", "latitude", "y", "위도"),
    "location": ("location", "coordinates", "latlon", "lat lon", "좌표"),
    "service": ("service", "service time", "service seconds", "작업시간", "소요시간"),
    "windows": ("windows", "window", "time window", "slot", "시간대", "희망시간", "배송시간"),
    "window_from": ("window from", "window start", "from", "start", "ready time", "earliest", "시작시간"),
    "window_to": ("window to", "window end", "to", "until", "end", "due date", "latest", "종료시간"),
    "importance": ("importance", "중요도"),
    "prize": ("prize",),
}
#: Fields followed by a dot and the name of a load unit.
_LOADS: Final = ("delivery", "pickup")
#: Columns that findings about a field of an order are about, where the field has none of its own.
_COLUMNS_OF: Final = {"windows": ("window_from",), "location": ("lat",)}


class OrdersTable(NamedTuple):
    """What a table of orders holds.

    ``findings`` tell of rows that could not be read; their orders are not among ``orders``.
    """

    orders: tuple[Order, ...]
    findings: tuple[Finding, ...]


def read_orders(
    source: str | os.PathLike[str] | bytes | Any,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    strict: bool = False,
) -> OrdersTable:
    r"""Read orders from a CSV file, a DataFrame or a GeoDataFrame.

    Parameters
    ----------
    source : path, bytes or DataFrame
        A CSV file in UTF-8, UTF-16, CP949 or CP1252, separated by commas, semicolons, tabs or bars; its
        contents; a pandas DataFrame; or a GeoDataFrame, whose geometry are the places (any CRS).
    columns : mapping of str to str, optional
        Which column holds a field: ``id``, ``lon``, ``lat``, ``location`` (both in one, latitude first),
        ``service``, ``windows``, ``window_from``, ``window_to``, ``importance``, ``prize``,
        ``delivery.UNIT``, ``pickup.UNIT``. What is not told is found by the usual names. Columns that hold no
        field are kept as properties.
    encoding : str, optional
        Of the file; None tells it by its bytes.
    strict : bool
        Raise for rows that cannot be read, too.

    Returns
    -------
    OrdersTable
        Orders of the rows that could be read, and findings for the others: pointers are row and column, rows
        counted as spreadsheets do (the heading is row 1), those of a data frame from 0.

    Raises
    ------
    InputError
        If there is no table, a column is missing, or two rows have one id.

    Examples
    --------
    >>> text = "id;lat;lon;slot\n7;37,56;126,94;9-12\n".encode()
    >>> read_orders(text).orders[0].windows
    ((32400, 43200),)
    """
    table = read_table(source, encoding=encoding)
    held = _held(table, columns or {})
    decimal_comma = _has_decimal_commas(table, held)
    orders: list[Order] = []
    findings: list[Finding] = []
    seen: dict[Any, int] = {}
    for number, cells in table.rows:
        if all(is_empty(cell) for cell in cells.values()):
            continue
        row = _Row(number, cells, held, decimal_comma=decimal_comma)
        order = row.order(table)
        findings += row.findings
        if order is None:
            continue
        if order.id in seen:
            message = f"Row {number} has the id {show(order.id)}, as row {seen[order.id]} has."
            pointer = json_pointer(number, held.get("id", "id"))
            findings.append(Finding("DUPLICATE_ID", pointer, message, "Give each its own id.", order.id))
        seen.setdefault(order.id, number)
        orders.append(order)
    if any(finding.level == "file" for finding in findings) or (strict and findings):
        raise InputError(findings=findings)
    return OrdersTable(tuple(orders), tuple(findings))


def _held(table: Table, given: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each field: as given, else by its name."""
    findings = []
    for field, column in given.items():
        name, _, unit = field.partition(".")
        if field not in FIELDS and not (name in _LOADS and unit):
            known = [*FIELDS, *(f"{load}.UNIT" for load in _LOADS)]
            hint = did_you_mean(field, FIELDS) or f"Known are {', '.join(known)}."
            findings.append(Finding("TABLE_COLUMN", "", f"There is no field {show(field)}.", hint, field))
        elif column not in table.columns:
            hint = (
                did_you_mean(column, table.columns) or f"Columns are {', '.join(map(show, table.columns))}."
            )
            findings.append(
                Finding("TABLE_COLUMN", "", f"There is no column {show(column)} for {field}.", hint, column)
            )
    if findings:
        raise InputError(findings=findings)
    held = dict(given)
    free = {_plain(column): column for column in table.columns if column not in given.values()}
    for field, names in FIELDS.items():
        known = [free[name] for name in map(_plain, names) if name in free]
        if field not in held and known:
            held[field] = known[0]
    for column in free.values():
        load, _, unit = column.partition(".")
        if load in _LOADS and unit:
            held.setdefault(column, column)
    if table.places is None and "location" not in held and not {"lon", "lat"} <= held.keys():
        message = f"No columns for places among {', '.join(map(show, table.columns))}."
        raise table_error(
            "TABLE_COLUMN", message, "Name those of lon and lat: columns={'lon': ..., 'lat': ...}."
        )
    return held


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _has_decimal_commas(table: Table, held: Mapping[str, str]) -> bool:
    numbers = ("lon", "lat", "importance", "prize", *(field for field in held if "." in field))
    columns = [held[field] for field in numbers if field in held]
    return any(is_decimal_comma(cells.get(column)) for _, cells in table.rows for column in columns)


class _Row:
    """Reads one row as an order; what is wrong with its cells comes to ``findings``."""

    def __init__(
        self, number: int, cells: Mapping[str, Any], held: Mapping[str, str], *, decimal_comma: bool
    ) -> None:
        self.findings: list[Finding] = []
        self._number, self._cells, self._held, self._comma = number, cells, held, decimal_comma
        cell = cells.get(held.get("id", ""))
        self._id: str | int = f"row {number}" if is_empty(cell) else text_of(cell)
        if isinstance(cell, int) and not isinstance(cell, bool):
            self._id = cell

    def order(self, table: Table) -> Order | None:
        """Return the order, or None if a cell is wrong."""
        location = table.places.get(self._number) if table.places is not None else self._place()
        if location is None and not self.findings:
            column = self._held.get("lat") or self._held.get("location") or "geometry"
            self._wrong(column, None, "an order needs a place")
        data: dict[str, Any] = {
            "id": self._id,
            "location": location,
            "service": self._read("service", lambda cell: read_seconds(cell, decimal_comma=self._comma)),
            "windows": self._read("windows", read_windows) or self._window(),
            "importance": self._read("importance", self._amount),
            "prize": self._read("prize", self._amount),
            "properties": self._properties(table),
            **{load: self._loads(load) for load in _LOADS},
        }
        if self.findings:
            return None
        try:
            return Order(**{name: value for name, value in data.items() if value not in (None, {}, [])})
        except InputError as error:
            self.findings += [self._of_row(finding) for finding in error.findings]
            return None

    def _read(self, field: str, how: Callable[[Any], Any]) -> Any:
        """Return what the cell of a field says; None if it is empty or wrong."""
        cell = self._cells.get(self._held.get(field, ""))
        if field not in self._held or is_empty(cell):
            return None
        try:
            return how(cell)
        except ValueError as error:
            self._wrong(self._held[field], cell, str(error))
            return None

    def _wrong(self, column: str, cell: Any, allowed: str) -> None:
        found = "empty" if cell is None else show(cell)
        message = f"Row {self._number}, column {column} is {found}; {allowed}."
        pointer = json_pointer(self._number, column)
        self.findings.append(Finding("CELL", pointer, message, "Correct the cell.", cell, "order", self._id))

    def _amount(self, cell: Any, unit: str = "") -> float:
        return read_number(cell, decimal_comma=self._comma, unit=unit)

    def _place(self) -> tuple[float, float] | None:
        if {"lon", "lat"} <= self._held.keys():
            # a comma in degrees is a decimal one: nobody writes thousands there
            lon, lat = (
                self._read(name, lambda cell: read_number(cell, decimal_comma=True))
                for name in ("lon", "lat")
            )
            return None if lon is None or lat is None else (lon, lat)
        place: tuple[float, float] | None = self._read(
            "location", lambda cell: read_place(cell, lat_first=True)
        )
        return place

    def _window(self) -> list[tuple[str, str]]:
        known = len(self.findings)
        first, last = self._read("window_from", read_moment), self._read("window_to", read_moment)
        if len(self.findings) > known or (first is None and last is None):
            return []
        if first is None or last is None:
            missing = "window_from" if first is None else "window_to"
            self._wrong(self._held.get(missing, missing), None, "a window needs both ends")
            return []
        return [(first, last)]

    def _loads(self, load: str) -> dict[str, float]:
        amounts = {}
        for field in self._held:
            name, _, unit = field.partition(".")
            if name == load and unit:
                amounts[unit] = self._read(field, partial(self._amount, unit=unit))
        return {unit: amount for unit, amount in amounts.items() if amount}

    def _properties(self, table: Table) -> dict[str, Any]:
        """Return the columns that hold no field, as far as they are filled."""
        kept = (column for column in table.columns if column not in self._held.values())
        cells = {column: self._cells.get(column) for column in kept}
        return {
            column: cell if isinstance(cell, str | int | float) else str(cell)
            for column, cell in cells.items()
            if not is_empty(cell)
        }

    def _of_row(self, finding: Finding) -> Finding:
        """Return a finding about an order with its row and column."""
        _, *path = finding.pointer.split("/")
        name = path[0] if path else ""
        fields = [".".join(path[:2]), name, *_COLUMNS_OF.get(name, ())]
        column = next((self._held[field] for field in fields if field in self._held), name)
        message = f"Row {self._number}, column {column}: {finding.message}"
        pointer = json_pointer(self._number, column)
        return Finding(
            finding.code, pointer, message, finding.action, self._cells.get(column), "order", self._id
        )
