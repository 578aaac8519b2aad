"""Plan files: plans as JSON, and their published schema."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from o2oroute.errors import Finding, InputError
from o2oroute.formats.json_text import parse_json, read_bytes
from o2oroute.model.structure import json_pointer, show
from o2oroute.plan.plan import Plan

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["parse_plan", "plan_schema", "read_plan", "write_plan"]


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan as a JSON file that :func:`read_plan` reads back equal.

    Parameters
    ----------
    plan : Plan
    path : path-like

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> write_plan(plan, "plan.json")  # doctest: +SKIP
    """
    Path(path).write_text(plan.model_dump_json(by_alias=True, indent=1) + "\n", encoding="utf-8")


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan file.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Plan
        As it stands in the file: :func:`o2oroute.check` says whether it is right.

    Raises
    ------
    InputError
        With a finding for everything that is wrong with the form; pointers are JSON Pointers into the file.

    Examples
    --------
    >>> read_plan("plan.json").summary.cost  # doctest: +SKIP
    34.5
    """
    return parse_plan(read_bytes(os.fspath(path)))


def parse_plan(source: bytes | str | Mapping[str, Any]) -> Plan:
    """Return the plan of a plan file's contents; see :func:`read_plan`.

    Parameters
    ----------
    source : bytes, str or dict
        JSON text, or what it holds.
    """
    data = parse_json(source) if isinstance(source, bytes | str) else source
    try:
        return Plan.model_validate(data)
    except ValidationError as error:
        findings: dict[str, Finding] = {}
        for finding in (_finding(detail, data) for detail in error.errors()):
            # a number that is wrong is reported once as a whole number and once as any other
            if finding.code != "WRONG_TYPE" or findings.get(finding.pointer, finding).code == "WRONG_TYPE":
                findings[finding.pointer] = finding
        raise InputError(findings=list(findings.values())) from None


def _finding(detail: ErrorDetails, data: Any) -> Finding:
    """Return a finding for an error of the models."""
    kind, value = detail["type"], detail["input"]
    path = _path(detail, data)
    pointer = json_pointer(*path)
    if kind == "missing":
        return Finding("MISSING_FIELD", pointer, f"The field {path[-1]} is missing.", "Add it.")
    if kind == "extra_forbidden":
        message = f"There is no field {show(path[-1])} here."
        return Finding(
            "UNKNOWN_FIELD", pointer, message, "Your own data has its place under properties.", value
        )
    code = kind if kind.isupper() else "WRONG_TYPE" if kind.endswith("_type") else "WRONG_VALUE"
    if isinstance(value, float) and not math.isfinite(value):
        code = "NOT_FINITE"
    elif path == ["schema_version"]:
        code = "SCHEMA_VERSION"
    name = "The plan" if not path else f"Item {path[-1]}" if isinstance(path[-1], int) else path[-1]
    allowed = (
        "it must be an object" if kind == "model_type" else detail["msg"].replace("Input should", "it must")
    )
    message = f"{name} is {show(value)}; {allowed}."
    return Finding(code, pointer, message, "Correct it.", value)


def _path(detail: ErrorDetails, data: Any) -> list[str | int]:
    """Return the path of an error in the file; that of the models also names branches of types."""
    path: list[str | int] = []
    for step in detail["loc"]:
        inside = step in data if isinstance(data, Mapping) else _is_index(step, data)
        if inside:
            data = data[step]
            path.append(step)
    return [*path, detail["loc"][-1]] if detail["type"] == "missing" else path


def _is_index(step: str | int, data: Any) -> bool:
    return isinstance(data, list | tuple) and isinstance(step, int) and step < len(data)


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of plan files, made from the models and their docstrings."""
    schema = Plan.model_json_schema(by_alias=True)
    for part in (schema, *schema["$defs"].values()):
        # the first sentence says what it is; examples and the rest are for readers of Python
        part["description"] = str(part.get("description", "")).split("\n\n", maxsplit=1)[0].replace("``", "")
        for field in part.get("properties", {}).values():
            field.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Plan file of o2oroute",
    }
