"""Structural errors, said as findings: wrong types, unknown and missing fields, values out of range."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from o2oroute.errors import Finding

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["did_you_mean", "json_pointer", "show", "structural_findings"]

#: Marks names of union branches, which stand in the places of errors but not in the file.
TAG: Final = "#"

#: Code, and what is allowed, by type of error; the rest is WRONG_VALUE with the words of pydantic.
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "finite_number": ("NOT_FINITE", "it must be a finite number"),
    "int_type": ("WRONG_TYPE", "it must be a whole number"),
    "float_type": ("WRONG_TYPE", "it must be a number"),
    "string_type": ("WRONG_TYPE", "it must be text"),
    "dict_type": ("WRONG_TYPE", "it must be an object"),
    "model_type": ("WRONG_TYPE", "it must be an object"),
    "tuple_type": ("WRONG_TYPE", "it must be a list"),
    "invalid-json-value": ("WRONG_TYPE", "it must be text, a number, true, false, null, a list or an object"),
    "recursion_depth_exceeded": ("TOO_DEEP", "it is nested too deeply"),
    "recursion_loop": ("TOO_DEEP", "it contains itself"),
    "string_unicode": ("WRONG_VALUE", "it must be valid Unicode text"),
    "string_too_short": ("WRONG_VALUE", "it must not be empty"),
    "greater_than_equal": ("WRONG_VALUE", "it must be at least {ge}"),
    "less_than_equal": ("WRONG_VALUE", "it must be at most {le}"),
    "literal_error": ("WRONG_VALUE", "allowed is {expected}"),
}
_ACTIONS: Final[Mapping[str, str]] = {
    "MISSING_DATE": 'Add "date": "YYYY-MM-DD" (and "time_zone").',
    "NOT_FINITE": "Write a number, or leave the field out.",
    "SCHEMA_VERSION": "Check which release of o2oroute the file was written for.",
    "TOO_DEEP": "Flatten it.",
    "WRONG_TYPE": "Correct the type.",
}


def json_pointer(*path: str | int) -> str:
    """Return the JSON Pointer (RFC 6901) of a path.

    Examples
    --------
    >>> json_pointer("orders", 3, "properties", "a/b")
    '/orders/3/properties/a~1b'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def show(value: Any) -> str:
    """Return a value as it is named in messages: short, whatever it is."""
    return _SHORT.repr(value)


def did_you_mean(name: Any, known: Iterable[Any]) -> str:
    """Return the hint ``'Did you mean "x"?'`` for a name that is close to a known one, or nothing.

    Examples
    --------
    >>> did_you_mean("servce", ["id", "service"])
    "Did you mean 'service'?"
    >>> did_you_mean(1, ["1", "2"])
    "Did you mean '1'?"
    """
    by_text = {str(candidate).casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(str(name)[:100].casefold(), by_text, n=1, cutoff=0.7)
    return f"Did you mean {by_text[close[0]]!r}?" if close else ""


def structural_findings(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """Return what a failed validation of `model` says, with pointers that start at the object."""
    return [_finding(detail, model) for detail in error.errors(include_url=False)]


def _finding(detail: ErrorDetails, model: type[BaseModel]) -> Finding:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    tags = [step for step in detail["loc"] if str(step).startswith(TAG)]
    path = [step for step in detail["loc"] if not str(step).startswith(TAG)]
    # values of properties come with the names of their JSON types between the keys; the outermost place does
    if path[:1] == ["properties"]:
        path = path[:2]
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the object")
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        hint = did_you_mean(path[-1], known) or f"Known are {', '.join(known)}."
        message = f"There is no field {show(path[-1])} here."
        return Finding("UNKNOWN_FIELD", json_pointer(*path), message, f"{hint} {_OWN_DATA}", value)
    pair = "lon, lat" if "#coordinates" in tags else "first, last"
    if kind == "missing" and isinstance(path[-1], int):
        message = f"{name} is {show(value)}; it must have 2 elements: [{pair}]."
        return Finding("WRONG_TYPE", json_pointer(*path[:-1]), message, "Complete it.", value)
    if kind == "too_long":
        message = f"{name} is {show(value)}; it must have 2 elements: [{pair}]."
        return Finding("WRONG_TYPE", json_pointer(*path), message, "Leave the rest out.", value)
    if kind == "missing":
        return Finding("MISSING_FIELD", json_pointer(*path), f"The field {name} is missing.", "Add it.")
    # codes are upper case: raised by validators of ours, whose text says what is allowed
    code, allowed = (kind, detail["msg"]) if kind.isupper() else _KINDS.get(kind, ("WRONG_VALUE", ""))
    allowed = allowed.format(**context) if not kind.isupper() and allowed else allowed or detail["msg"]
    if path == ["schema_version"]:
        code = "SCHEMA_VERSION"
    message = f"{name} is {show(value)}; {allowed}."
    return Finding(code, json_pointer(*path), message, _ACTIONS.get(code, "Correct the value."), value)


_OWN_DATA: Final = 'Your own data has its place under "properties".'


def _fields_at(model: type[BaseModel], path: list[str | int]) -> list[str]:
    """Return the names of the fields of the object at `path` inside an object of `model`."""
    for step in path:
        field = model.model_fields.get(str(step))
        inner = field.annotation if field is not None else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
        elif step in ("location", "start", "end"):  # the only object there
            return ["index"]
    return list(model.model_fields)


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = 60


_SHORT: Final = _Short()
