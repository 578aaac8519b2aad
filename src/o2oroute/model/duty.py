"""The working day of a vehicle and its driver: breaks, trips, overtime."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, StrictInt

from o2oroute.model.part import PLAIN, WHOLE, Duration, Id, Loads, Part, Window

__all__ = ["Break", "DrivingBreak", "Overtime", "Trips"]


class Break(Part):
    """A break that the driver takes once, anywhere between two stops.

    Attributes
    ----------
    id : str or int
        Differs from the ids of the vehicle's other breaks.
    windows : tuple of (int, int)
        When it may begin, both ends included; any time if there are none.
    duration : int
        Seconds.
    paid : bool
        Whether it counts as duty for ``per_hour`` and overtime.
    off_duty : bool
        Whether it may as well fall before the start or after the end of the route; then it is no stop of it.
    max_load : dict of str to float
        Most that may be on board meanwhile, by unit; a unit that is not named is not limited.

    Examples
    --------
    >>> Break(id="lunch", windows=[("11:30", "13:00")], duration=1800).windows
    ((41400, 46800),)
    """

    id: Id
    windows: tuple[Window, ...] = ()
    duration: Duration
    paid: StrictBool = True
    off_duty: StrictBool = True
    max_load: Loads = Field(default_factory=dict)


class DrivingBreak(Part):
    """A break that is due after so much driving, as often as that comes.

    Attributes
    ----------
    id : str or int
        Differs from the ids of the vehicle's other breaks.
    after_driving : int
        Most seconds of driving without any break of at least this `duration`.
    duration : int
        Seconds.
    paid : bool
        Whether it counts as duty for ``per_hour`` and overtime.
    """

    id: Id
    after_driving: Annotated[StrictInt, Field(ge=1, le=2**29), WHOLE]
    duration: Duration
    paid: StrictBool = True


class Trips(BaseModel):
    """Leave to load again on the way.

    Attributes
    ----------
    max : int or None
        Most trips in a route, the first one included; not limited if null.
    depots : tuple of str or int, or None
        Ids of depots where it may load again; where it starts if null.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max: Annotated[StrictInt, Field(ge=1, le=2**20), WHOLE] | None = None
    depots: tuple[Id, ...] | None = None


class Overtime(BaseModel):
    """What long duty costs more.

    Attributes
    ----------
    after : int
        Seconds of paid duty after which it begins.
    per_hour : float
        For each hour beyond, besides what an hour costs anyway.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    after: Duration
    per_hour: Annotated[float, Strict(), Field(ge=0, le=1e6), PLAIN]
