"""``o2oroute convert``: from one file format to another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from o2oroute.cli.console import say
from o2oroute.cli.inputs import check_writable, load_roads, read_day
from o2oroute.cli.options import Columns, Convention, Fleet
from o2oroute.errors import InputError

if TYPE_CHECKING:
    from o2oroute.model.problem import Problem
    from o2oroute.plan.plan import Plan

__all__ = ["convert"]


class Format(StrEnum):
    """What can be written."""

    ORDERS = "orders"
    PLAN = "plan"
    GEOJSON = "geojson"
    GPX = "gpx"
    MAP = "map"
    RUN_SHEETS = "run-sheets"


#: What a plan becomes by the ending of the file.
_BY_ENDING = {
    ".json": Format.PLAN,
    ".geojson": Format.GEOJSON,
    ".gpx": Format.GPX,
    ".html": Format.RUN_SHEETS,
    ".csv": Format.RUN_SHEETS,
    "": Format.RUN_SHEETS,
}


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="Orders (JSON, VROOM, academic, CSV), or a plan file.")
    ],
    target: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Its ending tells the format: .json .geojson .gpx .html .csv"),
    ],
    *,
    to: Annotated[Format | None, typer.Option(help="The format, where the ending does not tell it.")] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(metavar="MATRIX.npz", help="Where travel times that orders bring along go."),
    ] = None,
    roads: Annotated[
        Path | None, typer.Option(metavar="CITY.o2r|CITY.osm.pbf", help="Roads to draw a map with.")
    ] = None,
    convention: Convention = None,
    fleet: Fleet = None,
    columns: Columns = None,
) -> None:
    """Convert orders to an order file, or a plan to what people and programs want."""
    check_writable([target if target.suffix else None, matrix])
    if plan := _plan_of(source):
        if matrix is not None or fleet is not None or columns:
            raise InputError(f"{source} is a plan; --matrix, --fleet and --columns are for orders")
        _write_plan(plan, target, to or _BY_ENDING.get(target.suffix.lower()), roads)
        return
    if to not in (None, Format.ORDERS):
        raise InputError(f"{source} holds orders, which become --to orders only; {to} is made of a plan")
    problem = read_day(source, convention=convention, columns=columns or (), fleet=fleet)
    _write_orders(problem, target, matrix)


def _plan_of(source: Path) -> Plan | None:
    """Return the plan of a file, or None if it is no plan."""
    from o2oroute.formats.json_text import parse_json, read_bytes
    from o2oroute.formats.plan_json import parse_plan

    data = read_bytes(source)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    content: Any = parse_json(data)
    is_plan = isinstance(content, dict) and "routes" in content and "summary" in content
    return parse_plan(content) if is_plan else None


def _write_plan(plan: Plan, target: Path, to: Format | None, roads: Path | None) -> None:
    import o2oroute

    if to is Format.PLAN:
        o2oroute.write_plan(plan, target)
    elif to is Format.GEOJSON:
        o2oroute.write_geojson(plan, target)
    elif to is Format.GPX:
        o2oroute.write_gpx(plan, target)
    elif to is Format.RUN_SHEETS:
        for path in o2oroute.write_run_sheets(plan, target):
            say(str(path))
        return
    elif to is Format.MAP:
        networks = None
        if roads is not None:
            networks = load_roads(roads, sorted({route.profile for route in plan.routes}))
        o2oroute.draw_map(plan, target, roads=networks)
    else:
        endings = ", ".join(ending for ending in _BY_ENDING if ending)
        asked = f"--to {to}" if to else f"the ending of {target}"
        raise InputError(f"{asked} is nothing that a plan becomes; endings are {endings}, or give --to")
    say(str(target))


def _write_orders(problem: Problem, target: Path, matrix: Path | None) -> None:
    from o2oroute.formats.orders_json import write_problem

    if target.suffix.lower() != ".json":
        raise InputError(f"orders become an order file, and {target} does not end with .json")
    for finding in problem.findings:
        say(f"note: {finding}")
    if problem.legs:
        problem = _without_legs(problem, matrix)
    elif matrix is not None:
        raise InputError("these orders bring no travel times along; leave --matrix out")
    write_problem(problem, target)
    say(str(target))


def _without_legs(problem: Problem, matrix: Path | None) -> Problem:
    """Write the travel of a problem as a matrix, and return the problem without it."""
    from o2oroute.formats.orders_json import legs_matrix

    if matrix is None:
        raise InputError("these orders bring travel times along; say where they go: --matrix MATRIX.npz")
    legs_matrix(problem).save(matrix)
    say(str(matrix))
    return problem.with_legs({})
