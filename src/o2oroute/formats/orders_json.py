"""Order files: problems as JSON, and their published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from o2oroute.errors import InputError
from o2oroute.formats.json_text import parse_json
from o2oroute.model.order import Order
from o2oroute.model.part import MatrixIndex
from o2oroute.model.problem import SCHEMA_VERSION, Problem
from o2oroute.model.vehicle import Costs, Depot, Vehicle

__all__ = ["json_schema", "orders_data", "parse_orders", "write_problem"]

_ATTRIBUTE: Final = re.compile(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n?)*)", re.MULTILINE)


def parse_orders(text: bytes | str, *, strict: bool = False) -> Problem:
    """Return the problem of an order file's contents.

    Parameters
    ----------
    text : bytes or str
        JSON.
    strict : bool
        Raise for orders that cannot be planned, too.

    Raises
    ------
    InputError
        With everything that is wrong; pointers are JSON Pointers into the file.

    Examples
    --------
    >>> problem = parse_orders('{"vehicles": [{"id": "van-1"}], "orders": []}')
    >>> problem.vehicles[0].id
    'van-1'
    """
    return Problem.from_dict(parse_json(text), strict=strict)


def orders_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as the contents of an order file, ready for ``json.dump``.

    Times are clock times where all of them can be said so exactly, and seconds since midnight elsewhere;
    :meth:`Problem.from_dict` makes an equal problem of it.

    Raises
    ------
    InputError
        If the problem carries travel of its own, which an order file cannot hold.

    Examples
    --------
    >>> problem = Problem(vehicles=[{"id": 1, "shift": [28800, 61200]}], orders=[])
    >>> orders_data(problem)["vehicles"]
    [{'id': 1, 'shift': ['08:00', '17:00']}]
    """
    if problem.legs:
        raise InputError(
            "this problem carries travel of its own, as academic files do; an order file has no place for it"
        )
    data: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    data |= problem.model_dump(mode="json", exclude_unset=True)
    windows = list(_windows(data))
    clock = problem.reader.clock
    if all(clock(time) for window in windows for time in window):
        for window in windows:
            window[:] = [clock(time) for time in window]
    return data


def write_problem(problem: Problem, path: str | Path) -> None:
    """Write a problem as an order file.

    Parameters
    ----------
    problem : Problem
    path : str or Path

    Raises
    ------
    InputError
        If the problem carries travel of its own, which an order file cannot hold.
    """
    text = json.dumps(orders_data(problem), indent=1, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of order files, made from the models and their docstrings."""
    schema = Problem.model_json_schema()
    definitions = schema["$defs"]
    for model in (Problem, Depot, Vehicle, Costs, Order, MatrixIndex):
        _describe(definitions.get(model.__name__, schema), model)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Order file of o2oroute",
    }


def _windows(data: dict[str, Any]) -> Iterator[list[Any]]:
    for part in (*data.get("depots", ()), *data["orders"]):
        yield from part.get("windows", ())
    for vehicle in data["vehicles"]:
        if vehicle.get("shift") is not None:
            yield vehicle["shift"]


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the sentences of a numpydoc docstring where editors show them: at the object and at its fields."""
    text = re.sub(r":\w+:`~?([^`]*)`|``", r"\1", model.__doc__ or "")
    schema["description"] = text.split("\n\n")[0]
    lines = "\n".join(line.removeprefix("    ") for line in text.splitlines())
    for names, meaning in _ATTRIBUTE.findall(lines):
        for name in names.split(", "):
            if meaning and name in schema["properties"]:
                schema["properties"][name]["description"] = " ".join(meaning.split())
    for name, field in schema["properties"].items():
        field.pop("title", None)
        if name == "properties":
            field["description"] = "Anything you want to see again in plans, maps and run sheets."
