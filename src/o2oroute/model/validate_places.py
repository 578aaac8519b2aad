"""Rules about coordinates: those that are nowhere, and those with longitude and latitude exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding
from o2oroute.model.coordinates import on_earth, swapped_points
from o2oroute.model.draft import Draft
from o2oroute.model.part import Id
from o2oroute.model.structure import json_pointer, show

__all__ = ["coordinates_out_of_range", "coordinates_swapped"]


def coordinates_out_of_range(draft: Draft) -> Iterator[Finding]:
    """COORDINATE_RANGE: a longitude beyond 180 or a latitude beyond 90 degrees."""
    places, points, swapped = _judged_places(draft)
    for i in np.flatnonzero(~on_earth(points) & ~swapped):
        message = f"The location is {show(list(places[i].lon_lat))}; lon is -180 to 180, lat -90 to 90."
        yield places[i].finding("COORDINATE_RANGE", message, "Correct the location: [lon, lat] in degrees.")


def coordinates_swapped(draft: Draft) -> Iterator[Finding]:
    """COORDINATE_SWAPPED: a location that makes sense with lon and lat exchanged only."""
    places, _, swapped = _judged_places(draft)
    for i in np.flatnonzero(swapped):
        lon, lat = places[i].lon_lat
        message = f"The location is {show([lon, lat])}; lon and lat seem to be exchanged."
        yield places[i].finding("COORDINATE_SWAPPED", message, f"Write [lon, lat]: {show([lat, lon])}.")


class _Place(NamedTuple):
    """A coordinate of the file."""

    pointer: str
    lon_lat: tuple[float, float]
    order: Id | None

    @property
    def level(self) -> Literal["file", "order"]:
        return "file" if self.order is None else "order"

    def finding(self, code: str, message: str, action: str) -> Finding:
        return Finding(code, self.pointer, message, action, list(self.lon_lat), self.level, self.order)


def _places(draft: Draft) -> Iterator[_Place]:
    for i, depot in draft.depots:
        if isinstance(depot.location, tuple):
            yield _Place(json_pointer("depots", i, "location"), depot.location, None)
    for i, vehicle in draft.vehicles:
        for name, end in (("start", vehicle.start), ("end", vehicle.end)):
            if isinstance(end, tuple):
                yield _Place(json_pointer("vehicles", i, name), end, None)
    for path, call, request in draft.calls():
        if isinstance(call.location, tuple):
            yield _Place(json_pointer(*path, "location"), call.location, request.id)


def _judged_places(draft: Draft) -> tuple[list[_Place], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the places, their coordinates, and which of them have lon and lat exchanged."""
    places = list(_places(draft))
    points = np.array([place.lon_lat for place in places], np.float64).reshape(-1, 2)
    of_order = np.array([place.level == "order" for place in places], dtype=bool)
    return places, points, swapped_points(points, of_order)
