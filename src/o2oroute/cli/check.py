"""``o2oroute check``: judge a plan against its orders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2oroute.cli.console import say
from o2oroute.cli.exits import Exit, leave
from o2oroute.cli.inputs import read_day, read_travel
from o2oroute.cli.options import Columns, Convention, Fleet, Orders, Roads, StraightLine

__all__ = ["check"]


def check(
    orders: Orders,
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", help="Plan file, whoever made it.")],
    *,
    roads: Roads = None,
    matrix: Annotated[
        Path | None, typer.Option(metavar="MATRIX.npz", help="Your own travel times instead of roads.")
    ] = None,
    straight_line: StraightLine = None,
    convention: Convention = None,
    fleet: Fleet = None,
    columns: Columns = None,
) -> None:
    """Check a plan: one line on stdout for each rule that it breaks or figure that is not so."""
    import o2oroute

    problem = read_day(orders, convention=convention, columns=columns or (), fleet=fleet)
    judged = o2oroute.read_plan(plan)
    travel = read_travel(problem, roads=roads, matrix=matrix, straight_line=straight_line)
    violations = o2oroute.check(problem, judged, **travel)
    for violation in violations:
        typer.echo(str(violation))
    if violations:
        say(f"{plan}: {len(violations)} violations")
        leave(Exit.VIOLATIONS)
    say(f"{plan}: every rule is kept")
