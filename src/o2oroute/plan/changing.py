"""One value of a problem changed, by its path in the order file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from o2oroute.model.problem import Problem

__all__ = ["changed_at", "path_of", "value_at"]


def path_of(pointer: str) -> list[str]:
    """Return the steps of a JSON Pointer.

    Examples
    --------
    >>> path_of("/vehicles/0/capacity/kg~1m")
    ['vehicles', '0', 'capacity', 'kg/m']
    """
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def changed_at(problem: Problem, path: Sequence[str], value: Any) -> Problem:
    """Return a problem with the value at a path changed; it is not validated again."""
    name, *rest = path
    return problem.changed(**{name: _changed(getattr(problem, name), rest, value)})


def value_at(problem: Problem, path: Sequence[str]) -> Any:
    """Return the value at a path.

    Raises
    ------
    LookupError
        If there is none.
    """
    part: Any = problem
    for name in path:
        if isinstance(part, BaseModel):
            part = getattr(part, name, None)
        else:
            part = part[int(name)] if isinstance(part, tuple) else part[name]
    return part


def _changed(part: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    name, *rest = path
    if isinstance(part, BaseModel):
        return part.model_copy(update={name: _changed(getattr(part, name), rest, value)})
    if isinstance(part, tuple):
        i = int(name)
        return (*part[:i], _changed(part[i], rest, value), *part[i + 1 :])
    return {**part, name: _changed(part[name], rest, value)}
