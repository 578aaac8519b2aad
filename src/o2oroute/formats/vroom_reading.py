"""Reading VROOM's input files: whatever is wrong is told with its place, as for order files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError

from o2oroute.errors import Finding, InputError
from o2oroute.formats.vroom_input import (
    Matrices,
    TaskKind,
    VroomInput,
    VroomJob,
    VroomShipment,
    VroomStop,
    VroomVehicle,
)
from o2oroute.model.structure import json_pointer, show, structural_findings

__all__ = ["read_vroom_input"]

_Object = TypeVar("_Object", bound=BaseModel)
_Path = tuple[str | int, ...]


def read_vroom_input(data: Any) -> VroomInput:
    """Read the contents of a VROOM input file.

    Parameters
    ----------
    data : dict
        As ``json.load`` returns it.

    Raises
    ------
    InputError
        With a finding for everything that VROOM would not take either; pointers are JSON Pointers.

    Examples
    --------
    >>> given = {"vehicles": [{"id": 1, "start": [2.35, 48.72]}], "jobs": [{"id": 7, "location": [2, 48.7]}]}
    >>> read_vroom_input(given).jobs[0].service
    0
    """
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        message = f"The input is {show(data)}; it must be an object with named fields."
        raise InputError(
            findings=[Finding("WRONG_TYPE", "", message, 'Write {"vehicles": [...], "jobs": [...]}.')]
        )
    findings: list[Finding] = []
    vehicles = _read_list(data, "vehicles", VroomVehicle, findings)
    jobs = _read_list(data, "jobs", VroomJob, findings)
    shipments = _read_list(data, "shipments", VroomShipment, findings)
    matrices = _read_matrices(data, findings)
    known = {"vehicles", "jobs", "shipments", "matrix", "matrices"}
    properties = {name: value for name, value in data.items() if name not in known}
    given = VroomInput(
        [vehicle for _, vehicle in vehicles],
        [job for _, job in jobs],
        [shipment for _, shipment in shipments],
        matrices,
        _amounts(data),
        properties,
    )
    parts = _Parts(data, vehicles, jobs, shipments, given.amounts, matrices)
    for rule in _RULES:
        findings += rule(parts)
    if findings:
        raise InputError(findings=findings)
    return given


class _Parts(NamedTuple):
    """What could be read, each part with its place in the file."""

    data: Mapping[str, Any]
    vehicles: list[tuple[int, VroomVehicle]]
    jobs: list[tuple[int, VroomJob]]
    shipments: list[tuple[int, VroomShipment]]
    amounts: int
    matrices: dict[str, Matrices]

    def stops(self) -> Iterator[tuple[_Path, VroomStop, TaskKind]]:
        """Yield path, stop and kind of each task."""
        for i, job in self.jobs:
            yield ("jobs", i), job, "job"
        for i, shipment in self.shipments:
            yield ("shipments", i, "pickup"), shipment.pickup, "pickup"
            yield ("shipments", i, "delivery"), shipment.delivery, "delivery"


def _read_list(
    data: Mapping[str, Any], name: str, kind: type[_Object], findings: list[Finding]
) -> list[tuple[int, _Object]]:
    items = data.get(name, [])
    if not isinstance(items, list | tuple):
        message = f"{name} is {show(items)}; it must be a list."
        findings.append(Finding("WRONG_TYPE", json_pointer(name), message, "Correct the type.", items))
        return []
    read = []
    for i, item in enumerate(items):
        if not isinstance(item, Mapping) or not all(isinstance(key, str) for key in item):
            message = f"{name[:-1]} is {show(item)}; it must be an object."
            findings.append(Finding("WRONG_TYPE", json_pointer(name, i), message, "Correct the type.", item))
            continue
        try:
            read.append((i, kind(**item)))
        except ValidationError as error:
            findings += [
                replace(finding, pointer=json_pointer(name, i) + finding.pointer)
                for finding in structural_findings(error, kind)
            ]
    return read


def _read_matrices(data: Mapping[str, Any], findings: list[Finding]) -> dict[str, Matrices]:
    given = data.get("matrices")
    if given is None:
        # what there was before profiles
        durations = _read_matrix(data["matrix"], ("matrix",), findings) if "matrix" in data else None
        return {} if durations is None else {"car": Matrices(durations)}
    if not isinstance(given, Mapping):
        message = f"matrices is {show(given)}; it must be an object with a name for each profile."
        findings.append(Finding("WRONG_TYPE", "/matrices", message, "Correct the type.", given))
        return {}
    matrices = {}
    for profile, tables in given.items():
        path = ("matrices", str(profile))
        if not isinstance(tables, Mapping) or "durations" not in tables:
            message = f"The matrices of {show(profile)} have no durations."
            findings.append(
                Finding("MISSING_FIELD", json_pointer(*path, "durations"), message, "Add them, in seconds.")
            )
            continue
        read = {
            name: _read_matrix(tables[name], (*path, name), findings)
            for name in Matrices._fields
            if name in tables
        }
        durations = read.pop("durations")
        for name, table in read.items():
            if durations is not None and table is not None and len(table) != len(durations):
                message = f"{name} has {len(table)} rows, durations has {len(durations)}."
                findings.append(
                    Finding("MATRIX_SHAPE", json_pointer(*path, name), message, "Give both for all places.")
                )
        if durations is not None:
            matrices[str(profile)] = Matrices(durations, **read)
    return matrices


def _read_matrix(table: Any, path: _Path, findings: list[Finding]) -> npt.NDArray[np.int64] | None:
    rows = table if isinstance(table, list | tuple | np.ndarray) else None
    if rows is None or not len(rows):
        message = f"{path[-1]} is {show(table)}; it must be a list of rows."
        findings.append(Finding("WRONG_TYPE", json_pointer(*path), message, "Correct the type."))
        return None
    for i, row in enumerate(rows):
        if not isinstance(row, list | tuple | np.ndarray) or len(row) != len(rows):
            found = f"{len(row)} cells" if isinstance(row, list | tuple) else show(row)
            message = (
                f"Row {i} is {found}; it must have {len(rows)} cells, for the matrix has {len(rows)} rows."
            )
            findings.append(Finding("MATRIX_SHAPE", json_pointer(*path, i), message, "Make it square."))
            return None
    try:
        cells = np.array(rows)
    except ValueError:
        cells = np.array([], dtype=object)
    if cells.ndim == 2 and cells.dtype.kind in "iuf" and not _has_bool(rows):
        with np.errstate(invalid="ignore"):
            whole = (cells >= 0) & (cells < 2**32) & (np.floor(cells) == cells)
        if whole.all():
            return cells.astype(np.int64)
    i, j = next((i, j) for i, row in enumerate(rows) for j, cell in enumerate(row) if not _is_cell(cell))
    message = f"The cell is {show(rows[i][j])}; it must be a whole number from 0 to {2**32 - 1}."
    action = "Correct it; where there is no way, write a number larger than any route."
    findings.append(Finding("MATRIX_CELL", json_pointer(*path, i, j), message, action, rows[i][j]))
    return None


def _has_bool(rows: Any) -> bool:
    return not isinstance(rows, np.ndarray) and any(isinstance(cell, bool) for row in rows for cell in row)


def _is_cell(cell: Any) -> bool:
    number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool)
    return bool(number and 0 <= cell < 2**32 and cell == np.floor(cell))


def _amounts(data: Mapping[str, Any]) -> int:
    """Return the length of the first array of amounts that stands in the file; 0 if there is none."""
    for name, keys in (
        ("vehicles", ("capacity",)),
        ("jobs", ("delivery", "pickup", "amount")),
        ("shipments", ("amount",)),
    ):
        items = data.get(name)
        for item in items if isinstance(items, list) else ():
            for key in keys:
                if isinstance(item, Mapping) and isinstance(item.get(key), list):
                    return len(item[key])
    return 0


def _no_vehicles(parts: _Parts) -> Iterator[Finding]:
    if not parts.data.get("vehicles"):
        yield Finding("NO_VEHICLES", "/vehicles", "There is no vehicle.", "Add at least one.")


def _no_tasks(parts: _Parts) -> Iterator[Finding]:
    if not parts.data.get("jobs") and not parts.data.get("shipments"):
        yield Finding("NO_TASKS", "/jobs", "There is no job and no shipment.", "Add at least one.")


def _ids_twice(parts: _Parts) -> Iterator[Finding]:
    ids: list[tuple[str, _Path, int]] = [
        ("vehicle", ("vehicles", i), vehicle.id) for i, vehicle in parts.vehicles
    ]
    ids += [(kind, path, stop.id) for path, stop, kind in parts.stops()]
    for i, vehicle in parts.vehicles:
        ids += [
            (f"break of vehicle {vehicle.id}", ("vehicles", i, "breaks", j), rest.id)
            for j, rest in enumerate(vehicle.breaks)
        ]
    first: dict[tuple[str, int], str] = {}
    for kind, path, id_ in ids:
        pointer = json_pointer(*path, "id")
        if (kind, id_) in first:
            message = f"Another {kind} has the id {id_} too: {first[kind, id_]}."
            yield Finding("DUPLICATE_ID", pointer, message, "Give each its own id.", id_)
        first.setdefault((kind, id_), pointer)


def _reversed_windows(parts: _Parts) -> Iterator[Finding]:
    windows: list[tuple[_Path, tuple[int, int]]] = []
    for path, stop, _ in parts.stops():
        windows += [((*path, "time_windows", k), window) for k, window in enumerate(stop.time_windows or ())]
    for i, vehicle in parts.vehicles:
        if vehicle.time_window is not None:
            windows.append((("vehicles", i, "time_window"), vehicle.time_window))
        for j, rest in enumerate(vehicle.breaks):
            path = ("vehicles", i, "breaks", j, "time_windows")
            windows += [((*path, k), window) for k, window in enumerate(rest.time_windows or ())]
    for path, (first, last) in windows:
        if last < first:
            message = f"The window is {show([first, last])}; it ends before it starts."
            yield Finding(
                "WINDOW_REVERSED", json_pointer(*path), message, "Write [first, last].", [first, last]
            )


def _no_ends(parts: _Parts) -> Iterator[Finding]:
    for i, vehicle in parts.vehicles:
        if not vehicle.has_start and not vehicle.has_end:
            message = f"Vehicle {vehicle.id} has neither a start nor an end."
            yield Finding("MISSING_FIELD", json_pointer("vehicles", i, "start"), message, "Add one of them.")


def _amounts_of_other_length(parts: _Parts) -> Iterator[Finding]:
    amounts: list[tuple[_Path, tuple[int, ...] | None]] = []
    for i, vehicle in parts.vehicles:
        amounts.append((("vehicles", i, "capacity"), vehicle.capacity))
        amounts += [
            (("vehicles", i, "breaks", j, "max_load"), rest.max_load) for j, rest in enumerate(vehicle.breaks)
        ]
    for i, job in parts.jobs:
        amounts += [(("jobs", i, key), getattr(job, key)) for key in ("delivery", "pickup", "amount")]
    amounts += [(("shipments", i, "amount"), shipment.amount) for i, shipment in parts.shipments]
    for path, amount in amounts:
        if amount is not None and len(amount) != parts.amounts:
            message = f"{path[-1]} is {show(list(amount))}; other amounts have {parts.amounts} components."
            yield Finding(
                "AMOUNTS_LENGTH", json_pointer(*path), message, "Give all of them alike.", list(amount)
            )


def _places(parts: _Parts) -> Iterator[Finding]:
    """Hold each place to what travel needs: an index into matrices, else coordinates."""
    if "matrices" in parts.data or "matrix" in parts.data:
        sizes = [len(tables.durations) for tables in parts.matrices.values()]
        for path, coordinates, index in _places_of(parts):
            if index is None:
                key = f"{path[-1]}_index"
                place = "coordinates" if coordinates is not None else "no place"
                message = f"There are matrices, and {path[-1]} has {place}."
                action = "Give the row and column of the matrices."
                yield Finding("MISSING_FIELD", json_pointer(*path[:-1], key), message, action)
            elif sizes and index >= min(sizes):
                message = f"{path[-1]}_index is {index}; the matrices have {min(sizes)} rows, counted from 0."
                yield Finding(
                    "MATRIX_INDEX",
                    json_pointer(*path[:-1], f"{path[-1]}_index"),
                    message,
                    "Correct the index.",
                    index,
                )
        return
    for path, coordinates, _ in _places_of(parts):
        if coordinates is None:
            message = f"{path[-1]} is missing, and there are no matrices."
            action = "Give [lon, lat], or matrices and an index."
            yield Finding("MISSING_FIELD", json_pointer(*path), message, action)


def _places_of(parts: _Parts) -> Iterator[tuple[_Path, tuple[float, float] | None, int | None]]:
    """Yield path, coordinates and index of each place; a start or end that is left open is none."""
    for i, vehicle in parts.vehicles:
        if vehicle.has_start:
            yield ("vehicles", i, "start"), vehicle.start, vehicle.start_index
        if vehicle.has_end:
            yield ("vehicles", i, "end"), vehicle.end, vehicle.end_index
    for path, stop, _ in parts.stops():
        yield (*path, "location"), stop.location, stop.location_index


def _profiles_without_matrices(parts: _Parts) -> Iterator[Finding]:
    if not parts.matrices:
        return
    for i, vehicle in parts.vehicles:
        if vehicle.profile not in parts.matrices:
            known = ", ".join(map(show, parts.matrices))
            message = f"profile is {show(vehicle.profile)}; there are matrices of {known}."
            action = "Add its matrices, or change the profile."
            yield Finding(
                "UNKNOWN_PROFILE", json_pointer("vehicles", i, "profile"), message, action, vehicle.profile
            )


def _distances_missing(parts: _Parts) -> Iterator[Finding]:
    for i, vehicle in parts.vehicles:
        tables = parts.matrices.get(vehicle.profile)
        if tables is None or tables.distances is not None:
            continue
        asked: list[tuple[_Path, int | None]] = [(("max_distance",), vehicle.max_distance)]
        if tables.costs is None:  # they take the place of all costs of travel
            asked.append((("costs", "per_km"), vehicle.costs.per_km or None))
        for path, value in asked:
            if value is not None:
                message = f"{path[-1]} is {value}; the matrices of {show(vehicle.profile)} have no distances."
                pointer = json_pointer("vehicles", i, *path)
                yield Finding("NO_DISTANCES", pointer, message, "Add them, or leave the field out.", value)


def _steps(parts: _Parts) -> Iterator[Finding]:
    """Hold the routes that the input states to what there is."""
    tasks = {(kind, stop.id) for _, stop, kind in parts.stops()}
    seen: dict[tuple[str, int], str] = {}
    for i, vehicle in parts.vehicles:
        breaks = {rest.id for rest in vehicle.breaks}
        for k, step in enumerate(vehicle.steps):
            pointer = json_pointer("vehicles", i, "steps", k)
            if step.type in ("start", "end"):
                if k != (0 if step.type == "start" else len(vehicle.steps) - 1):
                    place = "first" if step.type == "start" else "last"
                    message = f"A step {show(step.type)} stands at place {k}."
                    yield Finding("WRONG_VALUE", pointer, message, f"It must be the {place}.", step.type)
                continue
            if step.id is None:
                message = f"The step is a {step.type} without id."
                yield Finding("MISSING_FIELD", pointer + "/id", message, "Say which one.")
                continue
            if step.id not in breaks if step.type == "break" else (step.type, step.id) not in tasks:
                message = f"There is no {step.type} {step.id}."
                yield Finding("UNKNOWN_ID", pointer + "/id", message, "Correct the id.", step.id)
            key = (f"break of {vehicle.id}" if step.type == "break" else step.type, step.id)
            if key in seen:
                message = f"{step.type} {step.id} is done here and at {seen[key]}."
                yield Finding("DUPLICATE_ID", pointer + "/id", message, "Leave one.", step.id)
            seen.setdefault(key, pointer)


_RULES: Final[tuple[Callable[[_Parts], Iterator[Finding]], ...]] = (
    _no_vehicles,
    _no_tasks,
    _ids_twice,
    _reversed_windows,
    _no_ends,
    _amounts_of_other_length,
    _places,
    _profiles_without_matrices,
    _distances_missing,
    _steps,
)
