"""Tables as rows: CSV files of any usual encoding and separator, data frames with or without geometry."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from o2oroute.errors import Finding, InputError
from o2oroute.formats.cells import text_of
from o2oroute.formats.json_text import read_bytes
from o2oroute.model.structure import json_pointer, show

__all__ = ["Table", "read_table", "table_error"]

_ENCODINGS: Final = ("utf-8", "cp949", "cp1252")
_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True)
class Table:
    """Rows of cells by column.

    Attributes
    ----------
    columns : sequence of str
    rows : sequence of (int, mapping)
        Each with its number: as spreadsheets count for files (the heading is row 1), from 0 for frames.
    places : mapping of int to (lon, lat), or None
        The geometry of a GeoDataFrame by row; None where the table has none.
    """

    columns: Sequence[str]
    rows: Sequence[tuple[int, Mapping[str, Any]]]
    places: Mapping[int, tuple[float, float]] | None = None


def read_table(source: Any, *, encoding: str | None = None) -> Table:
    """Return the rows of a CSV file (path, or its bytes), of a DataFrame, or of a GeoDataFrame.

    Raises
    ------
    InputError
        If it is no table.
    """
    return _frame_table(source) if hasattr(source, "columns") else _csv_table(source, encoding)


def table_error(code: str, message: str, action: str) -> InputError:
    """Return an error about a table as a whole."""
    return InputError(findings=[Finding(code, "", message, action)])


def _csv_table(source: Any, encoding: str | None) -> Table:
    data = source if isinstance(source, bytes) else read_bytes(os.fsdecode(source))
    text = _decoded(data, encoding)
    if not text.strip():
        raise table_error("EMPTY_FILE", "The table is empty.", "Check how it was written.")
    lines = text.splitlines()
    head = next(line for line in lines if line.strip())
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise table_error(
            "TABLE", f"The file is no CSV table: {error}.", "Check quotes and line ends."
        ) from None
    rows = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    names = [text_of(name) for name in rows[0][1]]
    while names and not names[-1]:
        names.pop()
    if twice := sorted({name for name in names if names.count(name) > 1}):
        message = f"More than one column is named {show(twice[0])}."
        raise table_error("TABLE_COLUMN", message, "Give each column its own name.")
    _hold_to_columns(rows[1:], len(names))
    return Table(names, [(line, dict(zip(names, cells, strict=False))) for line, cells in rows[1:]])


def _hold_to_columns(rows: Iterable[tuple[int, list[str]]], columns: int) -> None:
    findings = []
    for line, cells in rows:
        if any(cell.strip() for cell in cells[columns:]):
            message = f"Row {line} has {len(cells)} cells; the heading has {columns}."
            action = "Put quotes around cells with separators in them."
            findings.append(Finding("TABLE", json_pointer(line), message, action))
    if findings:
        raise InputError(findings=findings)


def _decoded(data: bytes, encoding: str | None) -> str:
    if encoding is None and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    for name in (encoding,) if encoding else _ENCODINGS:
        try:
            return data.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise table_error(
                "ENCODING", f"There is no encoding {show(name)}.", 'Write such as "cp949".'
            ) from None
    tried = encoding or ", ".join(_ENCODINGS)
    raise table_error("ENCODING", f"The table is not in {tried}.", "Save it as UTF-8, or name its encoding.")


def _frame_table(frame: Any) -> Table:
    places = None
    columns = [str(name) for name in frame.columns]
    if hasattr(frame, "geometry") and hasattr(frame, "to_crs"):
        shapes = frame.geometry if frame.crs is None else frame.to_crs(4326).geometry
        columns.remove(str(frame.geometry.name))
        points = [
            None if shape is None or shape.is_empty else shape.representative_point() for shape in shapes
        ]
        places = {i: (float(p.x), float(p.y)) for i, p in enumerate(points) if p is not None}
    values = {name: frame[name].tolist() for name in frame.columns if str(name) in columns}
    rows = [(i, {str(name): _scalar(cells[i]) for name, cells in values.items()}) for i in range(len(frame))]
    return Table(columns, rows, places)


def _scalar(cell: Any) -> Any:
    # NaT and NA are neither None nor NaN
    return None if type(cell).__name__ in ("NaTType", "NAType") else cell
