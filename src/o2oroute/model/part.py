"""What all parts of a problem share: ids, places, times, and a strict immutable base."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Annotated, Any, Final, TypeAlias

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    PlainValidator,
    Strict,
    StrictInt,
    StrictStr,
    Tag,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from o2oroute.errors import InputError
from o2oroute.model.structure import structural_findings
from o2oroute.model.times import ClockTime, TimeReader, kind_of_time

__all__ = [
    "PLAIN",
    "WHOLE",
    "Duration",
    "Id",
    "Loads",
    "Location",
    "MatrixIndex",
    "Part",
    "Place",
    "Text",
    "Time",
    "Window",
    "time_reader",
]

#: How times are read while a problem is being validated; outside of one there is no date to read them on.
time_reader: ContextVar[TimeReader | None] = ContextVar("time_reader", default=None)


class Part(BaseModel):
    """Base of every object in an order file: immutable, and an unknown field is an error.

    Attributes
    ----------
    properties : dict
        Anything the file's owner wants to see again in plans, maps and run sheets: JSON values only.

    Raises
    ------
    InputError
        With a finding for each field that is wrong; pointers start at this object.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    properties: dict[str, JsonValue] = Field(
        default_factory=dict, description="Kept through to plan and map."
    )

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InputError(findings=structural_findings(error, type(self))) from None


class MatrixIndex(BaseModel):
    """A place given by its row and column in a travel matrix.

    Attributes
    ----------
    index : int
        Counted from zero.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Annotated[StrictInt, Field(ge=0, lt=2**31)]


def _plain(value: Any) -> Any:
    """Return numbers of tables and arrays as plain ones."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value


def _whole(value: Any) -> Any:
    """Return 180.0 as 180: tables turn whole columns into floating point for one missing value."""
    value = _plain(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: Marks of numbers, the last in ``Annotated`` so that limits stay limits in the JSON Schema.
PLAIN: Final = BeforeValidator(_plain)
WHOLE: Final = BeforeValidator(_whole)


def _read_time(value: Any) -> int:
    value = _whole(value)
    reader = time_reader.get()
    try:
        if reader is None:
            return ClockTime(value) if kind_of_time(value) == "clock" else TimeReader().read(value)
        if reader.date is None and kind_of_time(value) == "iso":
            # one finding for the file is enough; the problem reports it
            return 0
        return reader.read(value)
    except ValueError as error:
        raise PydanticCustomError("WRONG_TIME", "{allowed}", {"allowed": str(error)}) from None


def _kind_of_place(value: Any) -> str | None:
    if isinstance(value, str):
        return "text"
    if isinstance(value, int) and not isinstance(value, bool):
        return "number"
    if isinstance(value, list | tuple):
        return "coordinates"
    return "index" if isinstance(value, dict | MatrixIndex) else None


_Text: TypeAlias = Annotated[StrictStr, Field(min_length=1), Tag("text")]
_Number: TypeAlias = Annotated[StrictInt, Tag("number")]
_Float: TypeAlias = Annotated[float, Strict(), PLAIN]
_Coordinates: TypeAlias = Annotated[tuple[_Float, _Float], Tag("coordinates")]
_Index: TypeAlias = Annotated[MatrixIndex, Tag("index")]

#: A name: text that is not empty.
Text: TypeAlias = Annotated[StrictStr, Field(min_length=1)]
#: Text or a whole number; ``1`` and ``"1"`` are different ids.
Id: TypeAlias = Annotated[
    _Text | _Number,
    Discriminator(
        _kind_of_place,
        custom_error_type="WRONG_TYPE",
        custom_error_message="it must be text or a whole number",
    ),
    PLAIN,
]
#: ``(lon, lat)`` in degrees, or a row of the matrix. Ranges are judged order by order, not here.
Location: TypeAlias = Annotated[
    _Coordinates | _Index,
    Discriminator(
        _kind_of_place,
        custom_error_type="WRONG_TYPE",
        custom_error_message='it must be [lon, lat] in degrees, or {"index": i} for a row of the matrix',
    ),
    PLAIN,
]
#: The id of a depot, or a location.
Place: TypeAlias = Annotated[
    _Text | _Number | _Coordinates | _Index,
    Discriminator(
        _kind_of_place,
        custom_error_type="WRONG_TYPE",
        custom_error_message='it must be the id of a depot, [lon, lat] in degrees, {"index": i}, or null',
    ),
    PLAIN,
]

#: Amounts by unit name; thousandths count, finer digits are rounded away.
Loads: TypeAlias = dict[
    Annotated[str, Strict(), Field(min_length=1)], Annotated[float, Strict(), Field(ge=0, le=1e9), PLAIN]
]

Time: TypeAlias = Annotated[
    int,
    PlainValidator(_read_time),
    WithJsonSchema(
        {
            "description": (
                'Seconds since the midnight of `date`, "HH:MM" up to "47:59", or ISO 8601 with an offset; '
                "one kind in a file."
            ),
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "pattern": "^([0-3][0-9]|4[0-7]):[0-5][0-9](:[0-5][0-9])?$"},
                {"type": "string", "format": "date-time"},
            ],
        }
    ),
]
#: First and last moment, both included.
Window: TypeAlias = tuple[Time, Time]
#: Length of time in seconds (ticks where ``ticks_per_second`` is not 1).
Duration: TypeAlias = Annotated[StrictInt, Field(ge=0, le=2**29), WHOLE]
