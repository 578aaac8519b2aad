"""``o2oroute check``: judge a plan against its orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2oroute.cli.console import say
from o2oroute.cli.exits import Exit, leave
from o2oroute.cli.inputs import read_travel

__all__ = ["check"]


def check(
    orders: Annotated[
        Path, typer.Argument(metavar="ORDERS.json", help="Order file, or an academic instance.")
    ],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Plan file, whoever made it.")],
    *,
    roads: Annotated[
        Path | None,
        typer.Option(metavar="CITY.o2r|CITY.osm.pbf", help="Prepared roads or an OpenStreetMap file."),
    ] = None,
    matrix: Annotated[
        Path | None, typer.Option(metavar="MATRIX.npz", help="Your own travel times instead of roads.")
    ] = None,
    straight_line: Annotated[
        float | None, typer.Option(metavar="KMH", help="Straight lines at this speed instead of roads.")
    ] = None,
    convention: Annotated[
        str | None, typer.Option(metavar="NAME", help="How an academic file's distances are rounded.")
    ] = None,
) -> None:
    """Check a plan: one line on stdout for each rule that it breaks or figure that is not so."""
    import o2oroute

    problem = o2oroute.read_problem(orders, convention=convention)
    judged = o2oroute.read_plan(plan)
    travel = read_travel(problem, roads=roads, matrix=matrix, straight_line=straight_line)
    violations = o2oroute.check(problem, judged, **travel)
    for violation in violations:
        typer.echo(str(violation))
    if violations:
        say(f"{plan}: {len(violations)} violations")
        leave(Exit.VIOLATIONS)
    say(f"{plan}: every rule is kept")
