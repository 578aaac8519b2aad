"""``o2oroute solve``: from orders and roads to a checked plan."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from o2oroute.cli.console import say
from o2oroute.cli.exits import Exit, leave
from o2oroute.cli.inputs import Travel, check_writable, read_day, read_travel
from o2oroute.cli.options import Columns, Convention, Fleet, Orders, Roads, StraightLine
from o2oroute.cli.search import find_plan
from o2oroute.cli.start import read_start
from o2oroute.cli.tables import show_plan
from o2oroute.cli.vroom import Settings, answer_vroom
from o2oroute.errors import InputError

if TYPE_CHECKING:
    from o2oroute.plan.plan import Plan

__all__ = ["solve", "write_results"]


def solve(
    orders: Orders,
    *,
    roads: Roads = None,
    matrix: Annotated[
        Path | None,
        typer.Option(metavar="MATRIX.npz", help="Your own travel times; roads beside them draw the map."),
    ] = None,
    straight_line: StraightLine = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PLAN.json", help="The plan; stdout without it.")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="PLAN.html", help="A map to look at.")
    ] = None,
    geojson: Annotated[Path | None, typer.Option(metavar="PLAN.geojson", help="Routes and stops.")] = None,
    gpx: Annotated[Path | None, typer.Option(metavar="PLAN.gpx", help="Routes for satnavs.")] = None,
    run_sheets: Annotated[
        Path | None,
        typer.Option(metavar="SHEETS.html|SHEETS.csv|DIR", help="What each driver takes along."),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", help="For the search, from when the travel times are ready.")
    ] = 30.0,
    seed: Annotated[int, typer.Option(help="For the search's random choices.")] = 1,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="Who searches: combined, search, ortools or insertion.")
    ] = "combined",
    threads: Annotated[
        int | None, typer.Option(help="Of the search; by default one for each processor.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(help="End after so many; the same seed then gives the same plan.")
    ] = None,
    begin_with: Annotated[
        Path | None, typer.Option("--from", metavar="PLAN.json", help="A plan to begin with.")
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --from: what the plan has before is done; HH:MM or seconds."),
    ] = None,
    done: Annotated[
        list[str] | None,
        typer.Option(metavar="ID[@TIME]", help="The last thing a vehicle has done, where not as planned."),
    ] = None,
    lock: Annotated[
        str | None,
        typer.Option(metavar="times|sequence|vehicle", help="With --from: what the plan's orders keep."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 2 if any order is wrong, instead of leaving it out.")
    ] = False,
    convention: Convention = None,
    output_format: Annotated[
        str,
        typer.Option(
            "--format", metavar="plan|vroom", help="The output; vroom takes and writes what VROOM does."
        ),
    ] = "plan",
    choose_times: Annotated[
        bool, typer.Option("--choose-eta", "-c", help="With --format vroom: time the steps of the input.")
    ] = False,
    geometry: Annotated[
        bool, typer.Option("--geometry", "-g", help="With --format vroom: tell lengths and ways.")
    ] = False,
    fleet: Fleet = None,
    columns: Columns = None,
) -> None:
    """Plan the routes of an order file.

    Wrong orders are left unassigned with their reasons, and the rest is planned. On Ctrl-C the best plan so
    far is written.
    """
    if output_format not in ("plan", "vroom"):
        raise InputError(f"--format {output_format} is none; allowed are plan and vroom")
    if output_format == "vroom":
        settings = Settings(engine, time_limit, seed, strict, choose_times, geometry)
        answer_vroom(orders, output, settings, roads=roads, matrix=matrix, straight_line=straight_line)
        return
    if choose_times or geometry:
        raise InputError("--choose-eta and --geometry go with --format vroom")
    check_writable([output, map_file, geojson, gpx])
    problem = read_day(orders, convention=convention, strict=strict, columns=columns or (), fleet=fleet)
    start = read_start(problem, begin_with, now=now, done=done or (), lock=lock)
    travel = read_travel(problem, roads=roads, matrix=matrix, straight_line=straight_line)
    plan = find_plan(
        problem,
        travel,
        engine=engine,
        time_limit=time_limit,
        seed=seed,
        threads=threads,
        iterations=iterations,
        start=start,
        strict=strict,
    )
    write_results(
        plan, travel, output=output, map_file=map_file, geojson=geojson, gpx=gpx, run_sheets=run_sheets
    )
    if plan.run.interrupted:
        say("interrupted; this is the best plan so far")
        leave(Exit.INTERRUPTED)


def write_results(
    plan: Plan,
    travel: Travel,
    *,
    output: Path | None,
    map_file: Path | None,
    geojson: Path | None,
    gpx: Path | None = None,
    run_sheets: Path | None = None,
) -> None:
    """Write a plan wherever it was asked for, and show it as a table."""
    import o2oroute

    if output is None:
        sys.stdout.write(json.dumps(plan.to_dict(), ensure_ascii=False) + "\n")
    else:
        o2oroute.write_plan(plan, output)
    if geojson is not None:
        o2oroute.write_geojson(plan, geojson)
    if gpx is not None:
        o2oroute.write_gpx(plan, gpx)
    if run_sheets is not None:
        o2oroute.write_run_sheets(plan, run_sheets)
    if map_file is not None:
        o2oroute.draw_map(plan, map_file, roads=travel.get("roads"))
    show_plan(plan)
