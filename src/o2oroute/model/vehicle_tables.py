"""What a problem says about shifts, limits and costs of vehicles, as arrays of its instance."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.model.columns import column, limits
from o2oroute.model.problem import Problem
from o2oroute.model.windows import ANY_TIME
from o2oroute.units import fixed_cost, rate_per_metre, rate_per_tick

if TYPE_CHECKING:
    from o2oroute.model.legs import Legs

__all__ = ["Rates", "VehicleTables"]

Int64 = npt.NDArray[np.int64]


class Rates(NamedTuple):
    """What vehicles cost in integer cost units (:func:`~o2oroute.units.cost_units`); int64, (vehicles,).

    A route costs ``fixed + per_tick * (end - start) + per_travel_tick * driving + per_service_tick * service
    + per_length * length + per_stop * tasks``, and what its vehicle costs more for requests that should ride
    elsewhere; an unused vehicle costs nothing.
    """

    fixed: Int64
    #: Of duty, waiting included.
    per_tick: Int64
    #: Of driving.
    per_travel_tick: Int64
    #: Of set-up and service.
    per_service_tick: Int64
    #: Of the integer lengths of the vehicle's legs, or of their costs where they have some.
    per_length: Int64
    #: Of each task.
    per_stop: Int64


class VehicleTables:
    """The part of an :class:`~o2oroute.model.instance.Instance` that is about single vehicles."""

    problem: Problem
    if TYPE_CHECKING:

        def vehicle_legs(self, vehicle: int) -> Legs:
            """Return the legs that a vehicle drives by."""

    @cached_property
    def shift_open(self) -> Int64:
        """Earliest start of each vehicle, shape (vehicles,)."""
        return column((vehicle.shift or ANY_TIME)[0] for vehicle in self.problem.vehicles)

    @cached_property
    def shift_close(self) -> Int64:
        """Latest end of each vehicle, shape (vehicles,)."""
        return column((vehicle.shift or ANY_TIME)[1] for vehicle in self.problem.vehicles)

    @cached_property
    def max_duty(self) -> Int64:
        """Most ticks from start to end of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return limits(vehicle.max_duty for vehicle in self.problem.vehicles)

    @cached_property
    def max_length(self) -> Int64:
        """Longest route in length units of the legs, shape (vehicles,); :data:`UNLIMITED` where None."""
        return limits(
            None if vehicle.max_distance is None else vehicle.max_distance * self.vehicle_legs(i).per_metre
            for i, vehicle in enumerate(self.problem.vehicles)
        )

    @cached_property
    def max_travel(self) -> Int64:
        """Most ticks of driving of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return limits(vehicle.max_travel for vehicle in self.problem.vehicles)

    @cached_property
    def max_stops(self) -> Int64:
        """Most tasks in a route of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return limits(vehicle.max_stops for vehicle in self.problem.vehicles)

    @cached_property
    def rates(self) -> Rates:
        """What each vehicle costs, in integer cost units.

        Raises
        ------
        InputError
            If a cost per kilometre is no whole number of cost units for a length unit of the legs.
        """
        ticks = self.problem.ticks_per_second
        costs = [vehicle.costs for vehicle in self.problem.vehicles]
        return Rates(
            fixed=column(fixed_cost(cost.fixed, ticks) for cost in costs),
            per_tick=column(rate_per_tick(cost.per_hour) for cost in costs),
            per_travel_tick=column(rate_per_tick(cost.per_travel_hour) for cost in costs),
            per_service_tick=column(rate_per_tick(cost.per_service_hour) for cost in costs),
            per_length=column(self._rate_per_length(i) for i in range(len(costs))),
            per_stop=column(fixed_cost(cost.per_stop, ticks) for cost in costs),
        )

    def _rate_per_length(self, vehicle: int) -> int:
        per_km, per_metre = self.problem.vehicles[vehicle].costs.per_km, self.vehicle_legs(vehicle).per_metre
        rate, rest = divmod(rate_per_metre(per_km, self.problem.ticks_per_second), per_metre)
        if rest:
            raise InputError(
                f"a cost of {per_km} per km is no whole number of cost units for lengths of 1/{per_metre} m; "
                f"use legs whose per_metre divides {18 * self.problem.ticks_per_second}"
            )
        return rate
