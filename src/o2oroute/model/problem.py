"""The problem: everything that is known before a route is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, Strict, StrictInt
from pydantic_core import PydanticCustomError

from o2oroute.errors import Finding, InputError
from o2oroute.model.draft import LISTS, read_date, read_draft, read_zone
from o2oroute.model.legs import Legs
from o2oroute.model.order import Order
from o2oroute.model.part import PLAIN, WHOLE, Part, Text
from o2oroute.model.relation import Relation
from o2oroute.model.shipment import Shipment
from o2oroute.model.structure import show
from o2oroute.model.task import Task, request_tasks
from o2oroute.model.times import KindOfTime, TimeReader
from o2oroute.model.validate import check_draft
from o2oroute.model.vehicle import Depot, Vehicle

__all__ = ["SCHEMA_VERSION", "Objective", "Problem"]

SCHEMA_VERSION: Final = 1

Objective = Literal["cost", "fewest_vehicles", "earliest_finish"]


def _no_bool(value: Any) -> Any:
    # True equals 1
    return str(value) if isinstance(value, bool) else value


def _checked_date(value: Any) -> dt.date | None:
    try:
        return read_date(value)
    except ValueError:
        raise PydanticCustomError("WRONG_VALUE", 'it must be a date "YYYY-MM-DD" from 1970 to 2199') from None


def _checked_zone(name: str) -> str:
    try:
        read_zone(name)
    except ValueError:
        raise PydanticCustomError(
            "UNKNOWN_TIME_ZONE", 'it must be an IANA name such as "Asia/Seoul" that this computer knows'
        ) from None
    return name


class Problem(Part):
    """Depots, vehicles and orders of one planning day. Immutable; :meth:`replace` makes a variant.

    Parts may be given as objects or as dicts with the fields of an order file. Clock times of objects made
    outside (``Vehicle(shift=("08:00", "17:00"))``) are read again on the date of the problem.

    Attributes
    ----------
    schema_version : int
        Version of the format: 1.
    date : datetime.date or None
        Day whose midnight is time zero.
    time_zone : str
        IANA name, such as ``"Asia/Seoul"``.
    ticks_per_second : int
        Whole numbers that are times or lengths of time count so many to the second; 1 means seconds.
    depots : tuple of Depot
        Places where vehicles start and end; vehicles may also do so elsewhere.
    vehicles : tuple of Vehicle
        At least one.
    orders : tuple of Order
        What is to be done at single places.
    shipments : tuple of Shipment
        What is to be taken from one place to another.
    relations : tuple of Relation
        What holds between orders and shipments, whoever serves them.
    incompatible_loads : tuple of (str, str)
        Kinds of load that are never on board of one vehicle in the same trip.
    join_within : float or None
        Stops within so many metres of each other count as one place for set-up; 0 joins identical places
        only, null none.
    objective : {"cost", "fewest_vehicles", "earliest_finish"}
        What is better between plans that leave the same importance unserved.

    Raises
    ------
    InputError
        With a finding for everything that is wrong at file level, and for every order that cannot be
        planned. Where only orders are wrong nothing is raised: see :attr:`findings`.

    Examples
    --------
    >>> problem = Problem(
    ...     vehicles=[{"id": "van-1", "start": [126.95, 37.55], "shift": ["08:00", "17:00"]}],
    ...     orders=[{"id": "o-1", "location": [126.94, 37.56], "service": 180}],
    ... )
    >>> problem.vehicles[0].shift, problem.findings
    ((28800, 61200), ())
    """

    schema_version: Annotated[Literal[1], BeforeValidator(_no_bool)] = SCHEMA_VERSION
    date: Annotated[dt.date | None, BeforeValidator(_checked_date)] = None
    time_zone: Annotated[str, Strict(), AfterValidator(_checked_zone)] = "UTC"
    ticks_per_second: Annotated[StrictInt, Field(ge=1, le=1000), WHOLE] = 1
    depots: tuple[Depot, ...] = ()
    vehicles: Annotated[tuple[Vehicle, ...], Field(json_schema_extra={"minItems": 1})]
    orders: tuple[Order, ...]
    shipments: tuple[Shipment, ...] = ()
    relations: tuple[Relation, ...] = ()
    incompatible_loads: tuple[tuple[Text, Text], ...] = ()
    join_within: Annotated[float, Strict(), Field(ge=0, le=100_000), PLAIN] | None = 0.0
    objective: Objective = "cost"

    #: Travel that came with the problem itself, by profile (academic files carry their own).
    _legs: dict[str, Legs] = PrivateAttr(default_factory=dict)
    _findings: tuple[Finding, ...] = PrivateAttr(default=())

    def __init__(self, /, **data: Any) -> None:
        draft = read_draft(data)
        # what could be read of the lists; one that is no list stays, to be reported with the other fields
        parts = {name: [part for _, part in getattr(draft, name)] for name in LISTS if draft.is_list(name)}
        findings: list[Finding] = []
        try:
            super().__init__(**data | parts)
        except InputError as error:
            findings += error.findings
        findings += draft.findings
        findings += check_draft(draft)
        if any(finding.level == "file" for finding in findings):
            raise InputError(findings=findings)
        self._findings = tuple(findings)
        self.__dict__["kind_of_times"] = draft.kind_of_times

    @classmethod
    def from_dict(cls, data: Any, *, strict: bool = False) -> Self:
        """Make a problem from the contents of an order file.

        Parameters
        ----------
        data : dict
            As ``json.load`` returns it.
        strict : bool
            Raise for orders that cannot be planned, too.

        Raises
        ------
        InputError
            As :class:`Problem` does.
        """
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            message = f"The problem is {show(data)}; it must be an object with named fields."
            action = 'Write {"schema_version": 1, "vehicles": [...], "orders": [...]}.'
            raise InputError(findings=[Finding("WRONG_TYPE", "", message, action, data)])
        problem = cls(**data)
        if strict and problem.findings:
            raise InputError(findings=problem.findings)
        return problem

    @cached_property
    def requests(self) -> tuple[Order | Shipment, ...]:
        """Orders, then shipments: what is served as a whole or not at all."""
        return (*self.orders, *self.shipments)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Stops that are asked for: one for each order, then pickup and delivery of each shipment.

        Examples
        --------
        >>> ride = {"id": 7, "pickup": {"location": [24.94, 60.17]}, "delivery": {"location": [24.96, 60.16]}}
        >>> problem = Problem(vehicles=[{"id": 1}], orders=[], shipments=[ride])
        >>> [(task.id, task.kind, task.pointer) for task in problem.tasks]
        [(7, 'pickup', '/shipments/0/pickup'), (7, 'delivery', '/shipments/0/delivery')]
        """
        return tuple(request_tasks(self.orders, self.shipments))

    def replace(self, **changes: Any) -> Self:
        """Return a problem with some fields changed, validated as a whole.

        Times keep their distance from midnight; travel that came with the problem comes along.

        Examples
        --------
        >>> problem = Problem(vehicles=[{"id": 1}], orders=[])
        >>> problem.replace(vehicles=[{"id": 1}, {"id": 2}]).vehicles[1].id
        2
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        problem = type(self)(**fields | changes)
        if self._legs and problem.ticks_per_second != self.ticks_per_second:
            raise InputError(
                f"ticks_per_second is {problem.ticks_per_second}; travel of this problem is in ticks of "
                f"1/{self.ticks_per_second} s, so it must stay {self.ticks_per_second}"
            )
        problem._legs = self._legs  # noqa: SLF001 - of this class
        problem.__dict__["kind_of_times"] = problem.kind_of_times or self.kind_of_times
        return problem

    def changed(self, **fields: Any) -> Self:
        """Return a problem with some fields changed that are known to be right: nothing is validated."""
        problem = self.model_copy(update=fields)
        for name in ("requests", "tasks"):  # made from the fields
            problem.__dict__.pop(name, None)
        return problem

    @cached_property
    def kind_of_times(self) -> KindOfTime | None:
        """How times are written in the file that the problem was read from; None if it has none.

        Noted while reading, and no part of what makes problems equal.
        """
        return None

    def time_value(self, ticks: int) -> int | str:
        """Return a time in the kind that the file of the problem uses; in ticks where that cannot say it.

        Examples
        --------
        >>> Problem(vehicles=[{"id": 1, "shift": ["08:00", "17:00"]}], orders=[]).time_value(34200)
        '09:30'
        """
        text = {"clock": self.reader.clock, "iso": self.reader.iso}.get(self.kind_of_times or "")
        return (text(ticks) if text else None) or ticks

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Order-level findings: what keeps orders from being planned, as far as it shows without roads."""
        return self._findings

    @property
    def legs(self) -> Mapping[str, Legs]:
        """Travel that came with the problem, by profile; empty for order files."""
        return MappingProxyType(self._legs)

    def with_legs(self, legs: Mapping[str, Legs]) -> Self:
        """Return the same problem with travel of its own; locations are indices into it.

        Parameters
        ----------
        legs : mapping of profile to Legs
            In ticks of this problem.
        """
        problem = self.model_copy()
        problem._legs = dict(legs)  # noqa: SLF001 - of this class
        return problem

    @cached_property
    def reader(self) -> TimeReader:
        """How times of this problem are read and written."""
        return TimeReader(self.date, read_zone(self.time_zone), self.ticks_per_second)
