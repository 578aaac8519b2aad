"""What a problem says about breaks, trips, waves and the costs of moments, as arrays of its instance."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.break_table import BreakTable, break_table
from o2oroute.model.columns import UNLIMITED
from o2oroute.model.depot_times import leaving, loading, returning
from o2oroute.model.part import Id
from o2oroute.model.problem import Problem
from o2oroute.model.shipment import Shipment
from o2oroute.model.soft_terms import SoftTable, soft_table
from o2oroute.model.vehicle import Depot, Vehicle, reload_depots
from o2oroute.model.windows import ANY_TIME, Windows, common_windows, merge_windows, packed_windows
from o2oroute.units import rate_per_tick

__all__ = ["TimingTables"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


class TimingTables:
    """The part of an :class:`~o2oroute.model.instance.Instance` that is about when things may happen."""

    problem: Problem
    if TYPE_CHECKING:

        @property
        def units(self) -> tuple[str, ...]:
            """Names of the load units."""

    @cached_property
    def depot_index(self) -> dict[Id, int]:
        """Position of each depot id in ``problem.depots``."""
        return {depot.id: i for i, depot in enumerate(self.problem.depots)}

    def depot_at(self, place: object) -> Depot | None:
        """Return the depot of an id; None for any other place."""
        return self.problem.depots[self.depot_index[place]] if isinstance(place, str | int) else None

    @cached_property
    def start_windows(self) -> Windows:
        """When each vehicle's start depot lets it leave, waves included; the shift is not part of it."""
        depots = [self.depot_at(vehicle.start) for vehicle in self.problem.vehicles]
        return packed_windows([leaving(depot) if depot else [ANY_TIME] for depot in depots])

    @cached_property
    def end_windows(self) -> Windows:
        """When each vehicle's end depot takes it back; the shift is not part of it."""
        depots = [self.depot_at(vehicle.end) for vehicle in self.problem.vehicles]
        return packed_windows([returning(depot) if depot else [ANY_TIME] for depot in depots])

    @cached_property
    def reload_windows(self) -> Windows:
        """When loading for another trip may start at each depot, whatever is to be loaded."""
        return packed_windows([loading(depot) for depot in self.problem.depots])

    @cached_property
    def depot_loading(self) -> Int64:
        """Ticks from the start of loading to the departure of a trip after the first, shape (depots,)."""
        return frozen(np.array([depot.loading for depot in self.problem.depots], np.int64))

    @cached_property
    def max_trips(self) -> Int64:
        """Most trips of each vehicle, shape (vehicles,); :data:`UNLIMITED` where there is no limit."""
        trips = [vehicle.trips for vehicle in self.problem.vehicles]
        most = [1 if t is None else UNLIMITED if t.max is None else t.max for t in trips]
        return frozen(np.array(most, np.int64))

    def reload_depots(self, vehicle: int) -> list[int]:
        """Return the positions of the depots where a vehicle may load again."""
        return [self.depot_index[name] for name in reload_depots(self.problem.vehicles[vehicle])]

    def break_of(self, code: int) -> int | None:
        """Return the number of a break in :attr:`breaks`; None where a visit is none.

        In a route, numbers below zero are breaks, first number -1, and after them reloads by depot.
        """
        return -1 - code if -1 - len(self.breaks.parts) < code < 0 else None

    def reload_of(self, code: int) -> int | None:
        """Return the position of the depot where a visit reloads; None where it does not."""
        depot = -1 - len(self.breaks.parts) - code
        return depot if depot >= 0 else None

    def reload_code(self, depot: int) -> int:
        """Return the number that stands in routes for a reload at a depot."""
        return -1 - len(self.breaks.parts) - depot

    def break_code(self, vehicle: int, id_: Id) -> int | None:
        """Return the number that stands in routes for a break of a vehicle; None if it has none such."""
        table = self.breaks
        numbers = range(table.first[vehicle], table.first[vehicle + 1])
        return next((-1 - b for b in numbers if table.parts[b].id == id_), None)

    @cached_property
    def breaks(self) -> BreakTable:
        """Breaks of all vehicles."""
        return break_table(self.problem.vehicles, self.units, UNLIMITED)

    @cached_property
    def earliest_start(self) -> int:
        """First tick at which any vehicle may start; midnight where nothing says when the day begins."""
        return min(_earliest(vehicle, self.depot_at(vehicle.start)) for vehicle in self.problem.vehicles)

    @cached_property
    def soft(self) -> SoftTable:
        """What the moments of tasks cost."""
        return soft_table(self.problem, self.problem.tasks, self.earliest_start)

    @cached_property
    def max_ride(self) -> Int64:
        """Most ticks from leaving the pickup to starting the delivery of each request, shape (requests,)."""
        rides = [r.max_ride if isinstance(r, Shipment) else None for r in self.problem.requests]
        return frozen(np.array([UNLIMITED if ride is None else ride for ride in rides], np.int64))

    @cached_property
    def has_ride_limits(self) -> bool:
        """Whether any shipment limits its ride."""
        return any(shipment.max_ride is not None for shipment in self.problem.shipments)

    @cached_property
    def overtime_after(self) -> Int64:
        """Ticks of paid duty after which overtime begins, shape (vehicles,)."""
        found = [vehicle.overtime for vehicle in self.problem.vehicles]
        return frozen(np.array([UNLIMITED if o is None else o.after for o in found], np.int64))

    @cached_property
    def overtime_per_tick(self) -> Int64:
        """Cost units of each tick of overtime, besides what duty costs anyway, shape (vehicles,)."""
        found = [vehicle.overtime for vehicle in self.problem.vehicles]
        return frozen(np.array([0 if o is None else rate_per_tick(o.per_hour) for o in found], np.int64))


def _earliest(vehicle: Vehicle, depot: Depot | None) -> int:
    shift = [ANY_TIME if vehicle.shift is None else vehicle.shift]
    moments = common_windows(shift, leaving(depot) if depot else merge_windows(()))
    first = min((first for first, _ in moments), default=0)
    return 0 if first == ANY_TIME[0] else first
