"""Order files: problems as JSON, and their published schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import BaseModel

from o2oroute.errors import InputError
from o2oroute.formats.json_text import parse_json
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.draft import LISTS
from o2oroute.model.duty import Break, DrivingBreak, Overtime, Trips
from o2oroute.model.order import Order
from o2oroute.model.part import MatrixIndex
from o2oroute.model.problem import SCHEMA_VERSION, Problem
from o2oroute.model.relation import Relation, RelationTask, RouteStart
from o2oroute.model.request import VehicleChoice
from o2oroute.model.shipment import Shipment, ShipmentStop
from o2oroute.model.time_fields import TIME_FIELDS, times_of
from o2oroute.model.vehicle import Costs, Depot, Vehicle
from o2oroute.units import INF

__all__ = ["json_schema", "legs_matrix", "orders_data", "parse_orders", "write_problem"]

#: What the schema describes.
_MODELS: Final[tuple[type[BaseModel], ...]] = (
    Problem,
    Depot,
    Vehicle,
    Break,
    DrivingBreak,
    Trips,
    Overtime,
    Costs,
    Order,
    Shipment,
    ShipmentStop,
    VehicleChoice,
    Relation,
    RelationTask,
    RouteStart,
    MatrixIndex,
)
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
    times = [(path, time) for path, time in _times(data)]
    clock = problem.reader.clock
    if all(clock(time) for _, time in times):
        for path, time in times:
            _put(data, path, clock(time))
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


def legs_matrix(problem: Problem) -> TravelMatrix:
    """Return travel that a problem brings along as a matrix, from which the same legs are made.

    Parameters
    ----------
    problem : Problem
        With legs of one profile, in whole metres.

    Raises
    ------
    InputError
        If it has none, legs of several profiles, or such that a matrix would round.
    """
    if len(problem.legs) != 1:
        raise InputError(f"travel of {len(problem.legs)} profiles came with the problem; a matrix holds one")
    (legs,) = problem.legs.values()
    if legs.per_metre != 1:
        raise InputError(
            f"lengths of this problem are in 1/{legs.per_metre} of a unit; a matrix counts whole metres, so "
            "that costs would change"
        )
    durations = np.where(legs.durations >= INF, np.inf, legs.durations / problem.ticks_per_second)
    return TravelMatrix(durations, legs.distances.astype(np.float64))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of order files, made from the models and their docstrings."""
    schema = Problem.model_json_schema()
    definitions = schema["$defs"]
    for model in _MODELS:
        _describe(definitions.get(model.__name__, schema), model)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Order file of o2oroute",
    }


def _times(data: dict[str, Any]) -> Iterator[tuple[Sequence[str | int], int]]:
    """Yield path and value of each time."""
    for name, part in LISTS.items():
        for i, item in enumerate(data.get(name, ())):
            for path, time in times_of(item, TIME_FIELDS[part]):
                yield (name, i, *path), time


def _put(data: Any, path: Sequence[str | int], value: Any) -> None:
    *way, last = path
    for step in way:
        data = data[step]
    data[last] = value


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
