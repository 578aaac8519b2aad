"""Exit codes, and the one place where errors become messages and codes."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

import typer

from o2oroute.cli.console import say
from o2oroute.errors import InputError, MissingExtraError, O2ORouteError, RoutingError

__all__ = ["Exit", "errors_as_exits", "explained", "leave"]


class Exit(IntEnum):
    """What the command line ends with; 0 to 3 as VROOM's."""

    DONE = 0
    INTERNAL = 1
    INPUT = 2
    ROUTING = 3
    VIOLATIONS = 4
    INTERRUPTED = 130


def leave(code: Exit) -> NoReturn:
    """End the command with a code."""
    raise typer.Exit(int(code))


@contextmanager
def errors_as_exits(*, debug: bool) -> Iterator[None]:
    """Turn what goes wrong inside into one line per problem on stderr, and an exit code.

    Parameters
    ----------
    debug : bool
        Print the traceback too.
    """
    try:
        yield
    except KeyboardInterrupt:
        say("interrupted")
        leave(Exit.INTERRUPTED)
    except (BrokenPipeError, typer.Exit, typer.Abort):
        raise
    except Exception as error:
        # usage errors know how to show themselves
        if hasattr(error, "format_message"):
            raise
        if debug:
            traceback.print_exc()
        lines, code = explained(error)
        for line in lines:
            say(f"error: {line}")
        leave(code)


def explained(error: Exception) -> tuple[list[str], Exit]:
    """Return the lines that tell what is wrong, and the exit code."""
    if isinstance(error, InputError):
        return [str(finding) for finding in error.findings] or [str(error)], Exit.INPUT
    if isinstance(error, RoutingError):
        return [str(error)], Exit.ROUTING
    if isinstance(error, MissingExtraError):
        return [str(error)], Exit.INTERNAL
    if isinstance(error, OSError) and error.filename is not None:
        return [f"{error.filename}: {error.strerror}"], Exit.INPUT
    if isinstance(error, MemoryError):
        return [f"not enough memory: {error}"], Exit.INTERNAL
    kind = "" if isinstance(error, O2ORouteError) else f"{type(error).__name__}: "
    hint = "this should not happen; run again with `o2oroute --debug ...` and report what it prints"
    return [f"{kind}{error}", hint], Exit.INTERNAL
