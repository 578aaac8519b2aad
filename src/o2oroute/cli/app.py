"""The application: its commands and what they share."""

from __future__ import annotations

import logging
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from o2oroute.cli.check import check
from o2oroute.cli.convert import convert
from o2oroute.cli.demo import demo
from o2oroute.cli.exits import errors_as_exits
from o2oroute.cli.matrix import matrix
from o2oroute.cli.prepare import prepare
from o2oroute.cli.solve import solve

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """Commands whose errors become messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with errors_as_exits(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


# plain text: one line per problem, nothing wrapped or coloured that a job's log would have to undo
app = typer.Typer(
    cls=_Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (prepare, matrix, solve, check, convert, demo):
    app.command()(command)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        import o2oroute

        typer.echo(f"o2oroute {o2oroute.__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print tracebacks.")] = False,  # noqa: ARG001
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Plan delivery routes with time windows, from an OpenStreetMap extract and a file of orders.

    Exit codes: 0 done (also with unassigned orders), 1 internal error, 2 wrong input, 3 no way on the roads,
    4 the check found violations, 130 interrupted (the best plan so far is written).
    """
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s")


def main() -> None:
    """Run the command line."""
    app(prog_name="o2oroute")
