"""From VROOM's input to a problem that means the same."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding, InputError
from o2oroute.formats.vroom_input import Matrices, TaskKind, VroomInput, VroomStop, VroomTask, VroomVehicle
from o2oroute.formats.vroom_reading import read_vroom_input
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.units import INF

__all__ = ["VroomCase", "read_vroom"]

#: VROOM counts in hundredths of a second where vehicles differ in speed.
_HUNDREDTHS: Final = 100
#: Whole seconds from here on are moments since 1970, not since the start of the day.
_TIMESTAMP: Final = 10**8
_DAY: Final = 86_400
#: Times of a problem lie within so many ticks of its midnight.
_FARTHEST: Final = 2**29

#: Names of the fields of a problem in VROOM's input, for pointers of findings.
_NAMES: Final = (
    (r"^/orders/", "/jobs/"),
    (r"/windows", "/time_windows"),
    (r"/shift", "/time_window"),
    (r"_by_type", "_per_type"),
    (r"/max_stops", "/max_tasks"),
    (r"/max_travel$", "/max_travel_time"),
    (r"/duration$", "/service"),
    (r"^(/shipments/\d+)/load", r"\1/amount"),
)


@dataclass(frozen=True)
class VroomCase:
    """VROOM's input beside the problem made of it.

    Attributes
    ----------
    source : VroomInput
    problem : Problem
        Its orders are the jobs, with their ids; its shipments have the ids of pickup and delivery, joined
        by a hyphen.
    epoch : int
        VROOM's time of the problem's midnight, in seconds.
    """

    source: VroomInput
    problem: Problem
    epoch: int

    @property
    def ticks(self) -> int:
        """Ticks of the problem in a second."""
        return self.problem.ticks_per_second

    @cached_property
    def tasks(self) -> list[VroomTask]:
        """The tasks, numbered as those of the problem: jobs, then pickup and delivery of each shipment."""
        return self.source.tasks

    @cached_property
    def task_rank(self) -> dict[tuple[TaskKind, int], int]:
        """Number of each task by its kind and id."""
        return {(task.kind, task.stop.id): i for i, task in enumerate(self.tasks)}

    def moment(self, ticks: int) -> int:
        """Return a time of the problem as VROOM writes it: whole seconds, cut off."""
        return self.epoch + ticks // self.ticks

    def in_ticks(self, seconds: int) -> int:
        """Return a time of VROOM's input in ticks of the problem, kept within what a problem holds."""
        ticks = (seconds - self.epoch) * self.ticks
        return max(-_FARTHEST, min(_FARTHEST, ticks))


def read_vroom(data: Any, *, strict: bool = False) -> VroomCase:
    """Read the contents of a VROOM input file.

    Parameters
    ----------
    data : dict
        As ``json.load`` returns it.
    strict : bool
        Raise for tasks that cannot be planned, too.

    Raises
    ------
    InputError
        With a finding for everything that is wrong; pointers are JSON Pointers into VROOM's input.

    Examples
    --------
    >>> given = {"vehicles": [{"id": 1, "start": [2.35, 48.72]}], "jobs": [{"id": 7, "location": [2, 48.7]}]}
    >>> read_vroom(given).problem.orders[0].id
    7
    """
    source = read_vroom_input(data)
    writer = _Writer(source, _epoch(source), _ticks(source))
    try:
        problem = Problem.from_dict(writer.data(), strict=strict)
    except InputError as error:
        raise InputError(findings=[_in_vroom(finding) for finding in error.findings]) from None
    if source.matrices:
        legs = {name: _legs(tables, writer.ticks) for name, tables in source.matrices.items()}
        problem = problem.with_legs(legs)
    return VroomCase(source, problem, writer.epoch)


@dataclass(frozen=True)
class _Writer:
    """Writes VROOM's objects as an order file has them."""

    source: VroomInput
    epoch: int
    ticks: int

    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "ticks_per_second": self.ticks,
            "vehicles": [self._vehicle(vehicle) for vehicle in self.source.vehicles],
            "orders": [self._order(job) for job in self.source.jobs],
            "properties": {"format": "vroom", **self.source.properties},
        }
        if self.source.shipments:
            data["shipments"] = list(self._shipments())
        if self.epoch:
            data["date"] = dt.datetime.fromtimestamp(self.epoch, dt.UTC).date()
        return data

    def _order(self, job: Any) -> dict[str, Any]:
        return self._stop(job) | {
            "id": job.id,
            "delivery": _loads(self.source.delivery(job)),
            "pickup": _loads(job.pickup),
            "skills": [str(skill) for skill in job.skills],
            "importance": self._importance(job.priority),
        }

    def _shipments(self) -> Iterator[dict[str, Any]]:
        for shipment in self.source.shipments:
            yield {
                "id": f"{shipment.pickup.id}-{shipment.delivery.id}",
                "pickup": self._stop(shipment.pickup),
                "delivery": self._stop(shipment.delivery),
                "load": _loads(shipment.amount),
                "skills": [str(skill) for skill in shipment.skills],
                # its two tasks count one each
                "importance": 2 * self._importance(shipment.priority),
                "properties": shipment.properties,
            }

    def _importance(self, priority: int) -> int:
        """Return the weight of a task: priorities count first, then the number of tasks."""
        tasks = len(self.source.jobs) + 2 * len(self.source.shipments)
        return priority * (tasks + 1) + 1

    def _stop(self, stop: VroomStop) -> dict[str, Any]:
        data: dict[str, Any] = {
            "location": self._place(stop.location, stop.location_index),
            "service": stop.service * self.ticks,
            "windows": self._windows(stop.time_windows),
            "properties": stop.properties,
        }
        if stop.setup:
            data["setup"] = stop.setup * self.ticks
        for name, by_type in (("service", stop.service_per_type), ("setup", stop.setup_per_type)):
            if by_type:
                data[f"{name}_by_type"] = {kind: value * self.ticks for kind, value in by_type.items()}
        return data

    def _vehicle(self, vehicle: VroomVehicle) -> dict[str, Any]:
        costs = vehicle.costs
        tables = self.source.matrices.get(vehicle.profile)
        by_costs = tables is not None and tables.costs is not None
        # breaks are taken on every route, so what they cost is as good as fixed
        resting = sum(rest.service for rest in vehicle.breaks) * costs.per_task_hour / 3600
        data: dict[str, Any] = {
            "id": vehicle.id,
            "profile": vehicle.profile,
            "start": self._place(vehicle.start, vehicle.start_index),
            "end": self._place(vehicle.end, vehicle.end_index),
            "costs": {
                "fixed": costs.fixed + resting,
                "per_hour": 0.0,
                "per_travel_hour": 0.0 if by_costs else float(costs.per_hour),
                "per_km": 1000.0 if by_costs else float(costs.per_km),
                "per_service_hour": float(costs.per_task_hour),
            },
            "skills": [str(skill) for skill in vehicle.skills],
            "properties": vehicle.properties,
        }
        if self.source.amounts:
            data["capacity"] = _loads(vehicle.capacity or (0,) * self.source.amounts, zeros=True)
        if vehicle.time_window is not None:
            data["shift"] = self._window(vehicle.time_window)
        if vehicle.type is not None:
            data["type"] = vehicle.type
        if (speed := _speed(vehicle)) != 1:
            data["speed_factor"] = speed
        if vehicle.breaks:
            data["breaks"] = [self._break(rest) for rest in vehicle.breaks]
        for name, limit, scale in (
            ("max_stops", vehicle.max_tasks, 1),
            ("max_travel", vehicle.max_travel_time, self.ticks),
            ("max_distance", vehicle.max_distance, 1),
        ):
            if limit is not None and (largest := _LARGEST_LIMIT[name]) > limit * scale:
                data[name] = min(limit * scale, largest)
        return data

    def _break(self, rest: Any) -> dict[str, Any]:
        data = {
            "id": rest.id,
            "windows": self._windows(rest.time_windows),
            "duration": rest.service * self.ticks,
            "off_duty": False,
            "properties": rest.properties,
        }
        if rest.max_load is not None:
            data["max_load"] = _loads(rest.max_load, zeros=True)
        return data

    def _place(self, coordinates: tuple[float, float] | None, index: int | None) -> Any:
        if self.source.matrices:
            return None if index is None else {"index": index}
        return coordinates

    def _windows(self, windows: Sequence[tuple[int, int]] | None) -> list[tuple[int, int]]:
        return [self._window(window) for window in sorted(windows or ())]

    def _window(self, window: tuple[int, int]) -> tuple[int, int]:
        first, last = ((seconds - self.epoch) * self.ticks for seconds in window)
        return max(-_FARTHEST, first), min(_FARTHEST, last)


#: Limits beyond these cannot bind.
_LARGEST_LIMIT: Final = {"max_stops": 2**20, "max_travel": 2**29, "max_distance": 2**30}


def _speed(vehicle: VroomVehicle) -> float:
    """Return a speed factor as VROOM has it: travel times are multiplied by whole hundredths."""
    return _HUNDREDTHS / max(1, round(_HUNDREDTHS / vehicle.speed_factor))


def _ticks(source: VroomInput) -> int:
    return _HUNDREDTHS if any(_speed(vehicle) != 1 for vehicle in source.vehicles) else 1


def _epoch(source: VroomInput) -> int:
    """Return the midnight (UTC) before the first window that is a moment since 1970; 0 if none is."""
    stops = [
        *source.jobs,
        *(s for shipment in source.shipments for s in (shipment.pickup, shipment.delivery)),
    ]
    windows = [window for stop in stops for window in stop.time_windows or ()]
    for vehicle in source.vehicles:
        windows += [vehicle.time_window] if vehicle.time_window is not None else []
        windows += [window for rest in vehicle.breaks for window in rest.time_windows or ()]
    moments = [first for first, _ in windows if first >= _TIMESTAMP]
    return min(moments) // _DAY * _DAY if moments else 0


def _loads(amounts: Sequence[int] | None, *, zeros: bool = False) -> dict[str, int]:
    """Return amounts by the names of their components."""
    return {f"amount {k}": amount for k, amount in enumerate(amounts or ()) if amount or zeros}


def _legs(tables: Matrices, ticks: int) -> Legs:
    durations = _leg_array(tables.durations * ticks)
    distances = np.zeros_like(durations) if tables.distances is None else _leg_array(tables.distances)
    return Legs(durations, distances, costs=None if tables.costs is None else _leg_array(tables.costs))


def _leg_array(cells: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Return legs; what is as large as no way in a problem is none."""
    return np.minimum(cells, np.int64(INF)).astype(np.int32)


def _in_vroom(finding: Finding) -> Finding:
    """Return a finding about a problem with its pointer into VROOM's input."""
    pointer = finding.pointer
    for pattern, name in _NAMES:
        pointer = re.sub(pattern, name, pointer)
    return replace(finding, pointer=pointer)
