"""Structural errors, said as findings: wrong types, unknown and missing fields, values out of range."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from o2oroute.errors import Finding

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["CODES", "did_you_mean", "json_pointer", "show", "structural_findings"]

#: Fields of parts that are of several kinds.
_UNIONS: Final = ("id", "location", "start", "end", "order")
_UNIONS_OF_PLACES: Final = frozenset({"location", "start", "end"})
#: Lists of what is of several kinds.
_LISTS_OF_UNIONS: Final = ("allowed", "forbidden", "preferred", "requests")
#: Names of the kinds, which are no steps of a path in a file.
_TAGS: Final = ("text", "number", "coordinates", "index", "task", "route")

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
#: Every code that a wrong form can have.
CODES: Final = (
    "MISSING_FIELD",
    "SCHEMA_VERSION",
    "UNKNOWN_FIELD",
    *sorted({code for code, _ in _KINDS.values()}),
)
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
    try:
        text = _SHORT.repr(value)
    except ValueError:  # more digits than Python writes
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


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
    findings = [_finding(detail, model) for detail in error.errors(include_url=False)]
    # a pair that lacks both elements would be reported for each
    return list({(finding.code, finding.pointer): finding for finding in findings}.values())


def _finding(detail: ErrorDetails, model: type[BaseModel]) -> Finding:
    kind, value = detail["type"], detail["input"]
    path = _path(detail["loc"])
    pointer = json_pointer(*path)
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the object")
    name = show(name) if name == "" or len(name) > _LONGEST else name
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        hint = did_you_mean(path[-1], known) or f"Known are {', '.join(known)}."
        message = f"There is no field {show(path[-1])} here."
        return Finding("UNKNOWN_FIELD", pointer, message, f"{hint} {_OWN_DATA}", value)
    if kind == "missing" and isinstance(path[-1], str):
        return Finding("MISSING_FIELD", pointer, f"The field {name} is missing.", "Add it.")
    if kind in ("missing", "too_long"):  # of a pair
        pair = "lon, lat" if _UNIONS_OF_PLACES.intersection(map(str, path)) else "first, last"
        pointer = json_pointer(*path[:-1]) if kind == "missing" else pointer
        message = f"{name} is {show(value)}; it must have 2 elements: [{pair}]."
        return Finding("WRONG_TYPE", pointer, message, _ACTIONS["WRONG_TYPE"], value)
    if kind.isupper():  # a code: raised by validators of ours, whose text says what is allowed
        code, allowed = kind, detail["msg"]
    else:
        code, allowed = _KINDS.get(kind, ("WRONG_VALUE", detail["msg"].replace("{", "{{").replace("}", "}}")))
        allowed = allowed.format(**_limits(detail.get("ctx", {})))
    if isinstance(value, float) and not math.isfinite(value):
        code = "NOT_FINITE"
    if path == ["schema_version"]:
        code = "SCHEMA_VERSION"
    message = f"{name} is {show(value)}; {allowed}."
    return Finding(code, pointer, message, _ACTIONS.get(code, "Correct the value."), value)


def _path(loc: tuple[int | str, ...]) -> list[int | str]:
    """Return the path of an error in the file; that of pydantic also names branches it took."""
    if loc[:1] == ("properties",):  # names of JSON types stand between the keys; the outermost key does
        return list(loc[:2])
    path: list[int | str] = []
    branches = 0
    for step in loc:
        if branches and step in (*_TAGS, "id"):
            branches -= 1
            continue
        path.append(step)
        branches = 1 if step in _UNIONS else 2 if path[-2:-1] and path[-2] in _LISTS_OF_UNIONS else 0
    if len(path) > 2 and path[-1] == "[key]":  # it is the name of a field that is wrong
        del path[-1]
    return path


def _limits(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits as they are best read: 5 rather than 5.0."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in context.items()
    }


_OWN_DATA: Final = 'Your own data has its place under "properties".'


def _fields_at(model: type[BaseModel], path: list[str | int]) -> list[str]:
    """Return the names of the fields of the object at `path` inside an object of `model`."""
    for step in path:
        field = model.model_fields.get(str(step))
        inner = field.annotation if field is not None else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
        elif step == "requests":
            return ["order", "task"]
        elif step in _UNIONS:  # the only object there is a matrix index
            return ["index"]
    return list(model.model_fields)


#: Characters of a value in a message.
_LONGEST: Final = 120


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = 60


_SHORT: Final = _Short()
