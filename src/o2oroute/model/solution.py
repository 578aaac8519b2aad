"""A solution: who visits what in which order. When that happens is the clock's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from o2oroute.model.part import Id

__all__ = ["AnyVisit", "BreakVisit", "ReloadVisit", "Solution", "Visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a route.

    Attributes
    ----------
    order : str or int
        Order id.
    task : {"delivery", "pickup", "service"}
    """

    order: Id
    task: str = "delivery"


@dataclass(frozen=True, slots=True)
class BreakVisit:
    """A break on a route.

    Attributes
    ----------
    id : str or int
        Of a break of the vehicle.
    """

    id: Id


@dataclass(frozen=True, slots=True)
class ReloadVisit:
    """A depot where the vehicle loads again on its route.

    Attributes
    ----------
    depot : str or int
        Depot id.
    """

    depot: Id


AnyVisit: TypeAlias = Visit | BreakVisit | ReloadVisit


@dataclass(frozen=True)
class Solution:
    """Visits by vehicle, as an engine gives them.

    Attributes
    ----------
    routes : mapping of vehicle id to tuple of Visit
        Vehicles that are not named, or have no visits, stay unused.
    engine : str
        Who found it.
    statistics : mapping
        What the engine wants to tell: iterations, seconds, trace.
    """

    routes: Mapping[Id, tuple[AnyVisit, ...]]
    engine: str = ""
    statistics: Mapping[str, Any] = field(default_factory=dict)
