"""Error kinds and findings.

Errors are grouped by who can repair them. Each group is also a built-in kind, and the command line gives each
its own exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "EngineError",
    "Finding",
    "InputError",
    "MissingExtraError",
    "O2ORouteError",
    "RoutingError",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the input.

    Attributes
    ----------
    code : str
        Stable upper-case code, explained in ``docs/reference/errors.md``.
    pointer : str
        JSON Pointer to the field, ``""`` for the whole file.
    message : str
        What was found and what is allowed, as one sentence for a dispatcher.
    action : str
        What to do about it.
    value : object
        The value found, as it stood in the file.
    level : {"file", "order", "note"}
        ``"file"`` stops the run; ``"order"`` leaves that order unassigned and plans the rest; ``"note"`` is
        only told.
    order : str, int or None
        The order concerned, for level ``"order"``.
    """

    code: str
    pointer: str
    message: str
    action: str
    value: Any = None
    level: Literal["file", "order", "note"] = "file"
    order: str | int | None = None

    def __str__(self) -> str:
        """Return the finding as one line."""
        place = f"{self.pointer}: " if self.pointer else ""
        return f"{self.code} {place}{self.message} {self.action}".rstrip()


class O2ORouteError(Exception):
    """Base of all errors that o2oroute raises on purpose."""


class InputError(O2ORouteError, ValueError):
    """The input is wrong; whoever wrote it can repair it.

    Parameters
    ----------
    message : str
        Used where there are no findings.
    findings : sequence of Finding
        Everything that is wrong, not only the first thing.
    """

    def __init__(self, message: str = "", *, findings: Sequence[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__(message or "\n".join(str(finding) for finding in findings))


class RoutingError(O2ORouteError, RuntimeError):
    """The road graph cannot give what was asked of it."""


class EngineError(O2ORouteError, RuntimeError):
    """A solver failed on validated input."""


class MissingExtraError(O2ORouteError, ImportError):
    """An optional package is needed for what was asked; the message says how to install it."""
