"""VROOM's input: the objects of its files, as they are written there.

Format: VROOM's API documentation (``docs/API.md`` of VROOM-Project/vroom) as of version 1.15. Keys that
the format does not know are passed over, as VROOM does, and come along as properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, Strict, StrictInt, StrictStr

from o2oroute.model.part import WHOLE

__all__ = [
    "Matrices",
    "TaskKind",
    "VroomBreak",
    "VroomCosts",
    "VroomInput",
    "VroomJob",
    "VroomShipment",
    "VroomStop",
    "VroomTask",
    "VroomVehicle",
    "VroomVehicleStep",
    "is_vroom",
]

Int64 = npt.NDArray[np.int64]
TaskKind = Literal["job", "pickup", "delivery"]

#: VROOM's integers: 32 bits for times and amounts, 64 for ids.
_Seconds = Annotated[StrictInt, Field(ge=0, lt=2**32), WHOLE]
_Id = Annotated[StrictInt, Field(ge=0, lt=2**64), WHOLE]
_Index = Annotated[StrictInt, Field(ge=0, lt=2**31), WHOLE]
_Amount = Annotated[StrictInt, Field(ge=0, le=10**9), WHOLE]
_Amounts = tuple[_Amount, ...]
_Number = Annotated[float, Strict()]
_Coordinates = tuple[_Number, _Number]
_Window = tuple[_Seconds, _Seconds]
_Money = Annotated[StrictInt, Field(ge=0, le=10**6), WHOLE]
_Priority = Annotated[StrictInt, Field(ge=0, le=100), WHOLE]
_ByType = dict[Annotated[str, Strict()], _Seconds]

#: Keys that tell VROOM's format from an order file.
_SIGNS: Final = ("jobs", "matrix", "matrices")


class _Vroom(BaseModel):
    """Base of VROOM's objects: immutable; other keys are kept in ``model_extra``."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    @property
    def properties(self) -> dict[str, Any]:
        """The description and whatever the format does not know."""
        described = {"description": text} if (text := getattr(self, "description", None)) else {}
        return described | (self.model_extra or {})


class VroomStop(_Vroom):
    """A place where something is done: a job, or one step of a shipment."""

    id: _Id
    description: StrictStr | None = None
    location: _Coordinates | None = None
    location_index: _Index | None = None
    setup: _Seconds = 0
    service: _Seconds = 0
    setup_per_type: _ByType = {}
    service_per_type: _ByType = {}
    time_windows: Annotated[tuple[_Window, ...], Field(min_length=1)] | None = None


class VroomJob(VroomStop):
    """A task at one place; ``amount`` is an old name of ``delivery``."""

    delivery: _Amounts | None = None
    pickup: _Amounts | None = None
    amount: _Amounts | None = None
    skills: tuple[_Seconds, ...] = ()
    priority: _Priority = 0


class VroomShipment(_Vroom):
    """A pickup and the delivery of what was picked up."""

    pickup: VroomStop
    delivery: VroomStop
    amount: _Amounts | None = None
    skills: tuple[_Seconds, ...] = ()
    priority: _Priority = 0


class VroomBreak(_Vroom):
    """A break of a vehicle."""

    id: _Id
    description: StrictStr | None = None
    time_windows: Annotated[tuple[_Window, ...], Field(min_length=1)] | None = None
    service: _Seconds = 0
    max_load: _Amounts | None = None


class VroomCosts(_Vroom):
    """What a vehicle costs, in whole units."""

    fixed: _Money = 0
    per_hour: _Money = 3600
    per_km: _Money = 0
    per_task_hour: _Money = 0


class VroomVehicleStep(_Vroom):
    """One step of a route that the input states."""

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: _Id | None = None
    service_at: _Seconds | None = None
    service_after: _Seconds | None = None
    service_before: _Seconds | None = None


class VroomVehicle(_Vroom):
    """A vehicle; it starts or ends somewhere, or both."""

    id: _Id
    profile: StrictStr = "car"
    description: StrictStr | None = None
    start: _Coordinates | None = None
    start_index: _Index | None = None
    end: _Coordinates | None = None
    end_index: _Index | None = None
    capacity: _Amounts | None = None
    costs: VroomCosts = VroomCosts()
    skills: tuple[_Seconds, ...] = ()
    type: StrictStr | None = None
    time_window: _Window | None = None
    breaks: tuple[VroomBreak, ...] = ()
    speed_factor: Annotated[float, Strict(), Field(gt=0, le=5)] = 1.0
    max_tasks: Annotated[StrictInt, Field(ge=0, lt=2**32), WHOLE] | None = None
    max_travel_time: _Seconds | None = None
    max_distance: _Seconds | None = None
    steps: tuple[VroomVehicleStep, ...] = ()

    @property
    def has_start(self) -> bool:
        """Whether the vehicle has a place to start from."""
        return self.start is not None or self.start_index is not None

    @property
    def has_end(self) -> bool:
        """Whether the vehicle has a place to end at."""
        return self.end is not None or self.end_index is not None


class Matrices(NamedTuple):
    """Tables of a profile in whole seconds, metres and cost units; int64, shape (n, n), None if not given."""

    durations: Int64
    distances: Int64 | None = None
    costs: Int64 | None = None


class VroomTask(NamedTuple):
    """A stop with what its job or shipment says about it."""

    kind: TaskKind
    #: Its job or shipment, counted from 0 among its like.
    number: int
    stop: VroomStop
    #: What is carried to and from a job's place; what a shipment carries is neither.
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    #: What a shipment puts on board.
    amount: tuple[int, ...]
    skills: frozenset[int]
    priority: int

    @property
    def brought(self) -> tuple[int, ...]:
        """What is handed over at the place."""
        return self.amount if self.kind == "delivery" else self.delivery

    @property
    def fetched(self) -> tuple[int, ...]:
        """What is taken on at the place."""
        return self.amount if self.kind == "pickup" else self.pickup

    @property
    def change(self) -> tuple[int, ...]:
        """What the load changes by."""
        return tuple(taken - given for taken, given in zip(self.fetched, self.brought, strict=True))


@dataclass(frozen=True)
class VroomInput:
    """A whole input.

    Attributes
    ----------
    vehicles, jobs, shipments : list
    matrices : dict of str to Matrices
        By profile; empty where travel has to come from roads.
    amounts : int
        Length of every array of amounts.
    properties : dict
        Keys that the format does not know.
    """

    vehicles: list[VroomVehicle]
    jobs: list[VroomJob]
    shipments: list[VroomShipment]
    matrices: dict[str, Matrices]
    amounts: int
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def tasks(self) -> list[VroomTask]:
        """All tasks: the jobs, then pickup and delivery of each shipment."""
        none = (0,) * self.amounts
        tasks = [
            VroomTask(
                *("job", i, job),
                delivery=self.delivery(job),
                pickup=job.pickup or none,
                amount=none,
                skills=frozenset(job.skills),
                priority=job.priority,
            )
            for i, job in enumerate(self.jobs)
        ]
        kinds: tuple[TaskKind, TaskKind] = ("pickup", "delivery")
        tasks += [
            VroomTask(
                *(kind, i, getattr(shipment, kind)),
                delivery=none,
                pickup=none,
                amount=shipment.amount or none,
                skills=frozenset(shipment.skills),
                priority=shipment.priority,
            )
            for i, shipment in enumerate(self.shipments)
            for kind in kinds
        ]
        return tasks

    def delivery(self, job: VroomJob) -> tuple[int, ...]:
        """Return what a job has delivered; the old key counts where neither new one is given."""
        if job.delivery is None and job.pickup is None and job.amount is not None:
            return job.amount
        return job.delivery or (0,) * self.amounts


def is_vroom(data: Any) -> bool:
    """Tell whether the contents of a JSON file are VROOM's input.

    Jobs or matrices are; so are shipments whose pickup has an id of its own, without orders.

    Examples
    --------
    >>> is_vroom({"vehicles": [], "jobs": []}), is_vroom({"vehicles": [], "orders": []})
    (True, False)
    """
    if not isinstance(data, Mapping) or "orders" in data or "schema_version" in data:
        return False
    if any(name in data for name in _SIGNS):
        return True
    shipments = data.get("shipments")
    first = shipments[0] if isinstance(shipments, list) and shipments else None
    pickup = first.get("pickup") if isinstance(first, Mapping) else None
    return isinstance(pickup, Mapping) and "id" in pickup
