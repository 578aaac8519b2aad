"""Rules about breaks, trips and departure waves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o2oroute.errors import Finding
from o2oroute.model.depot_times import returning
from o2oroute.model.draft import Draft
from o2oroute.model.duty import Break, DrivingBreak
from o2oroute.model.part import Id
from o2oroute.model.structure import json_pointer, show

__all__ = ["closed_departures", "duplicate_breaks", "trips_without_depot"]


def duplicate_breaks(draft: Draft) -> Iterator[Finding]:
    """DUPLICATE_ID: two breaks of one vehicle have one id."""
    for i, vehicle in draft.vehicles:
        first: dict[Id, str] = {}
        by_name: dict[str, Sequence[Break | DrivingBreak]]
        by_name = {"breaks": vehicle.breaks, "driving_breaks": vehicle.driving_breaks}
        for name, breaks in by_name.items():
            for j, pause in enumerate(breaks):
                other = first.setdefault(pause.id, f"{name}[{j}]")
                if other != f"{name}[{j}]":
                    message = f"The id {show(pause.id)} is that of {other} of this vehicle too."
                    action = "Give each break of a vehicle an id of its own."
                    pointer = json_pointer("vehicles", i, name, j, "id")
                    yield Finding("DUPLICATE_ID", pointer, message, action, pause.id)


def trips_without_depot(draft: Draft) -> Iterator[Finding]:
    """NO_RELOAD_DEPOT: a vehicle may make several trips, but there is no depot where it could load again."""
    for i, vehicle in draft.vehicles:
        if vehicle.trips is None or vehicle.trips.max == 1:
            continue
        if vehicle.trips.depots is None and not isinstance(vehicle.start, str | int):
            message = "The vehicle may make several trips and does not start at a depot."
            action = "Name the depots where it may load again."
            yield Finding("NO_RELOAD_DEPOT", json_pointer("vehicles", i, "trips", "depots"), message, action)


def closed_departures(draft: Draft) -> Iterator[Finding]:
    """DEPARTURE_CLOSED: a wave is planned for a moment at which its depot is closed."""
    for i, depot in draft.depots:
        open_ = returning(depot)
        for j, moment in enumerate(depot.departures):
            if not any(first <= moment <= last for first, last in open_):
                text = draft.reader.clock(moment) or str(moment)
                message = f"A wave leaves at {text}, which is outside the windows of the depot."
                pointer = json_pointer("depots", i, "departures", j)
                yield Finding("DEPARTURE_CLOSED", pointer, message, "Correct one of the two.", moment)
