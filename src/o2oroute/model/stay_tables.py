"""What a problem says about the time at stops, as arrays of its instance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.joining import joined_places
from o2oroute.model.problem import Problem

__all__ = ["StayTables"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


class StayTables:
    """The part of an :class:`~o2oroute.model.instance.Instance` that is about service and set-up."""

    problem: Problem
    task_point: Int32
    point_location: npt.NDArray[np.float64]

    @cached_property
    def _service_types(self) -> tuple[str | None, ...]:
        """Types of vehicles that any task names times for, after None for all others."""
        stops = [task.stop for task in self.problem.tasks]
        named = {name for stop in stops for name in (*stop.service_by_type, *stop.setup_by_type)}
        used = {vehicle.type for vehicle in self.problem.vehicles if vehicle.type is not None}
        return (None, *sorted(named & used))

    @cached_property
    def vehicle_type(self) -> Int32:
        """Row of each vehicle in :attr:`task_service`, shape (vehicles,)."""
        row = {name: i for i, name in enumerate(self._service_types)}
        return frozen(np.array([row.get(v.type, 0) for v in self.problem.vehicles], np.int32))

    @cached_property
    def task_service(self) -> Int64:
        """Ticks of service at each task, shape (types, tasks); :attr:`vehicle_type` is a vehicle's row."""
        stops = [task.stop for task in self.problem.tasks]
        rows = [
            [s.service if t is None else s.service_by_type.get(t, s.service) for s in stops]
            for t in self._service_types
        ]
        return frozen(np.array(rows, np.int64).reshape(len(rows), len(stops)))

    @cached_property
    def task_setup(self) -> Int64:
        """Ticks of set-up at tasks, due where the one before is at another place, shape (types, tasks)."""
        stops = [task.stop for task in self.problem.tasks]
        rows = [
            [s.setup if t is None else s.setup_by_type.get(t, s.setup) for s in stops]
            for t in self._service_types
        ]
        return frozen(np.array(rows, np.int64).reshape(len(rows), len(stops)))

    @cached_property
    def task_place(self) -> Int32:
        """Number of the place of each task that set-up is paid for once, shape (tasks,); -1 if set aside."""
        return frozen(joined_places(self.task_point, self.point_location, self.problem.join_within))

    def stays(self, vehicle: int, tasks: Sequence[int]) -> list[int]:
        """Return the ticks at each task of a route: service, and set-up unless paid at the task before."""
        index = np.asarray(tasks, np.int64)
        stays = self.task_service[self.vehicle_type[vehicle], index]
        if self.task_setup.any():
            place = self.task_place[index]
            arrives = np.ones(index.size, np.bool_)
            arrives[1:] = place[1:] != place[:-1]
            stays = stays + arrives * self.task_setup[self.vehicle_type[vehicle], index]
        found: list[int] = stays.tolist()
        return found
