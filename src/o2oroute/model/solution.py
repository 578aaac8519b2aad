"""A solution: who visits what in which order. When that happens is the clock's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from o2oroute.model.part import Id

__all__ = ["Solution", "Visit"]


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

    routes: Mapping[Id, tuple[Visit, ...]]
    engine: str = ""
    statistics: Mapping[str, Any] = field(default_factory=dict)
