"""Run sheets: what each driver takes along, as a page to print or a table."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from o2oroute.errors import InputError
from o2oroute.formats.people import amounts, clock, note_columns, printable, span, stop_rows
from o2oroute.plan.plan import Plan, Route

__all__ = ["run_sheet_page", "run_sheet_table", "write_run_sheets"]

_COLUMNS: Final = ("number", "id", "task", "arrival", "start", "departure", "window", "goods")
_STYLE: Final = """
body { font: 11pt/1.35 system-ui, sans-serif; color: #000; margin: 2em; }
section { break-after: page; } section:last-child { break-after: auto; }
h1 { font-size: 16pt; margin: 0 0 .2em; } p { margin: .2em 0 .8em; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; }
tr { break-inside: avoid; } th, td { border: 1px solid #999; padding: .3em .5em; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; } td.time, th.time { white-space: nowrap; text-align: right; }
tr.other td { background: #f6f6f6; } td.done { width: 6em; }
@page { margin: 12mm; } @media print { body { margin: 0; } }
"""
_TIMES: Final = frozenset({"arrival", "start", "departure", "number"})
#: What spreadsheets take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_run_sheets(plan: Plan, path: str | os.PathLike[str]) -> list[Path]:
    """Write the run sheets of a plan.

    Parameters
    ----------
    plan : Plan
    path : path-like
        ``sheets.html``: one file, a page for each driver; ``sheets.csv``: one table, a row for each stop; a
        folder: both of each driver, named after the vehicle.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        If the name has another ending.
    OSError
        If a file cannot be written.

    Examples
    --------
    >>> write_run_sheets(plan, "sheets.html")  # doctest: +SKIP
    """
    target = Path(path)
    if target.suffix.lower() in (".html", ".htm"):
        target.write_text(run_sheet_page(plan), encoding="utf-8")
        return [target]
    if target.suffix.lower() == ".csv":
        _write_table(run_sheet_table(plan), target)
        return [target]
    if target.suffix and not target.is_dir():
        raise InputError(f"run sheets go to a .html or .csv file or to a folder; {target} is none of these")
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for number, route in enumerate(plan.routes, start=1):
        one = plan.model_copy(update={"routes": (route,)})
        # an id may hold what no file name can
        name = f"{number:02}-" + re.sub(r"[^\w.-]+", "_", str(route.vehicle))[:60]
        page, table = target / f"{name}.html", target / f"{name}.csv"
        page.write_text(run_sheet_page(one), encoding="utf-8")
        _write_table(run_sheet_table(one), table)
        written += [page, table]
    return written


def run_sheet_page(plan: Plan) -> str:
    """Return a page to print, a sheet for each driver; it needs nothing but itself.

    Parameters
    ----------
    plan : Plan
    """
    columns = note_columns(plan)
    day = "" if plan.date is None else f" {plan.date.isoformat()}"
    sheets = "\n".join(_sheet(route, columns, day) for route in plan.routes)
    notice = "" if plan.attribution is None else f"<footer>{_text(plan.attribution)}</footer>"
    body = sheets or "<p>No vehicle is used.</p>"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Run sheets{day}</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}\n{notice}</body></html>\n"
    )


def run_sheet_table(plan: Plan) -> list[dict[str, str]]:
    """Return a row for each stop of each route, as text.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of dict
        With the columns ``vehicle``, ``number``, ``id``, ``task``, ``arrival``, ``start``, ``departure``,
        ``window``, ``goods``, ``lon``, ``lat``, and one for each property of the stops.
    """
    columns = note_columns(plan)
    rows = []
    for route in plan.routes:
        for stop, (facts, notes) in zip(route.stops, stop_rows(route, columns), strict=True):
            lon, lat = ("", "") if stop.location is None else map(str, stop.location)
            own = {_own_name(name): text for name, text in notes.items()}
            rows.append({"vehicle": str(route.vehicle), **facts, "lon": lon, "lat": lat, **own})
    return rows


def _own_name(name: str) -> str:
    """Return a property's name, told apart from the columns of every sheet."""
    return f"properties.{name}" if name in (*_COLUMNS, "vehicle", "lon", "lat") else name


def _write_table(rows: Sequence[dict[str, str]], path: Path) -> None:
    text = io.StringIO(newline="")
    names = list(rows[0]) if rows else ["vehicle", *_COLUMNS, "lon", "lat"]
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    # spreadsheets tell UTF-8 by its mark only
    path.write_text(printable(text.getvalue()), encoding="utf-8-sig", newline="")


def _safe(value: str) -> str:
    """Keep spreadsheets from running what customers wrote; numbers stay numbers."""
    if value.startswith(_FORMULA) and not re.fullmatch(r"[+-]?[\d.,]+( .*)?", value):
        return "'" + value
    return value


def _sheet(route: Route, columns: Sequence[str], day: str) -> str:
    first, last = route.stops[0], route.stops[-1]
    columns = [name for name in columns if any(name in stop.properties for stop in route.stops)]
    table = "".join(
        f"<tr{'' if stop.kind == 'order' else ' class=other'}>"
        + "".join(_cell(name, text) for name, text in [*facts.items(), *notes.items()])
        + '<td class="done"></td></tr>\n'
        for stop, (facts, notes) in zip(route.stops, stop_rows(route, columns), strict=True)
    )
    titles = "".join(
        f"<th{' class=time' if name in _TIMES else ''}>{_text(name)}</th>" for name in [*_COLUMNS, *columns]
    )
    orders = sum(stop.kind == "order" for stop in route.stops)
    facts = [
        f"{orders} stops",
        f"{clock(first.departure, first.departure_seconds)} to {clock(last.arrival, last.arrival_seconds)}",
        f"{span(float(route.duration))} h on duty",
        f"{float(route.distance) / 1000:.1f} km",
    ]
    if first.load:
        facts.append(f"load at start: {amounts(first.load)}")
    return (
        f"<section><h1>{_text(str(route.vehicle))}{day}</h1><p>{_text('; '.join(facts))}</p>"
        f"<table><thead><tr>{titles}<th>done</th></tr></thead><tbody>\n{table}</tbody></table></section>"
    )


def _cell(name: str, text: str) -> str:
    return f"<td{' class=time' if name in _TIMES else ''}>{_text(text)}</td>"


def _text(text: str) -> str:
    return escape(printable(text))
