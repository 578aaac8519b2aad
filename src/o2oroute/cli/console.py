"""What people see: log lines, progress and tables on stderr. Results go to stdout or to files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["progress_bar", "say", "show_table"]

#: Columns of a table where there is no terminal to ask.
_WIDTH = 120


def say(line: str) -> None:
    """Print one line on stderr, as it is."""
    # a lone surrogate from a file name must not hide the message
    encoding = sys.stderr.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)  # noqa: T201


def show_table(table: Table) -> None:
    """Print a table on stderr, as wide as the terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    console.print(table)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show progress on stderr while inside; only on a terminal.

    Yields
    ------
    callable or None
        To be called as ``progress(done, total)``; None where nobody looks.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
