"""A problem together with its travel: the arrays that clock, checker and engines share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import Finding, InputError
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.legs import Legs
from o2oroute.model.part import Id, Window
from o2oroute.model.places import NO_POINT, Places
from o2oroute.model.problem import Problem
from o2oroute.model.travel import travel_source
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.units import fixed_cost, rate_per_metre, rate_per_tick, thousandths

__all__ = [
    "ANY_TIME",
    "NO_POINT",
    "UNLIMITED",
    "Instance",
    "Rates",
    "Windows",
    "build_instance",
    "merge_windows",
]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: Stands for "no limit" in integer arrays of capacities and limits.
UNLIMITED: Final = 2**62

#: First and last tick of a window that does not bind; times in files stay within half of it.
ANY_TIME: Final = (-(2**30), 2**30)


class Windows(NamedTuple):
    """Time windows of many things as a CSR layout; each thing has at least one.

    Those of thing ``i`` are ``first[i]`` up to ``first[i + 1]``: in ascending order, no two of them touch,
    and one of :data:`ANY_TIME` stands for "at any time".
    """

    #: int32, shape (things + 1,).
    first: Int32
    #: First and last tick, both included: int64, shape (windows,).
    open: Int64
    close: Int64


class Rates(NamedTuple):
    """What vehicles cost in integer cost units (:func:`~o2oroute.units.cost_units`); int64, (vehicles,).

    A route costs ``fixed + per_tick * (end - start) + per_length * length``; an unused vehicle costs nothing.
    """

    fixed: Int64
    #: Of duty, waiting included.
    per_tick: Int64
    #: Of the integer lengths of the vehicle's legs.
    per_length: Int64


@dataclass(frozen=True, eq=False)
class Instance:
    """A validated problem with its legs, numbered from zero in the order of the problem's tuples.

    All arrays are read-only.

    Attributes
    ----------
    problem : Problem
    legs : mapping of profile to Legs
        Square over the points; one entry for each profile that a vehicle names.
    order_point : ndarray of int32, shape (orders,)
        Point of each order in the legs; :data:`NO_POINT` where the order is set aside by a finding.
    start_point, end_point : ndarray of int32, shape (vehicles,)
        Points where vehicles start and end; :data:`NO_POINT` for open ends.
    point_location : ndarray of float64, shape (points, 2)
        ``lon, lat`` of each point; NaN where the problem gives only matrix indices.
    findings : tuple of Finding
        Order-level findings; their orders are set aside and come back unassigned.
    """

    problem: Problem
    legs: Mapping[str, Legs]
    order_point: Int32
    start_point: Int32
    end_point: Int32
    point_location: npt.NDArray[np.float64]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def order_index(self) -> dict[Id, int]:
        """Position of each order id in ``problem.orders``."""
        return {order.id: i for i, order in enumerate(self.problem.orders)}

    @cached_property
    def vehicle_index(self) -> dict[Id, int]:
        """Position of each vehicle id in ``problem.vehicles``."""
        return {vehicle.id: i for i, vehicle in enumerate(self.problem.vehicles)}

    @cached_property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles that vehicles drive by, sorted."""
        return tuple(sorted({vehicle.profile for vehicle in self.problem.vehicles}))

    @cached_property
    def vehicle_profile(self) -> Int32:
        """Position of each vehicle's profile in :attr:`profiles`, shape (vehicles,)."""
        index = {profile: i for i, profile in enumerate(self.profiles)}
        return frozen(np.array([index[v.profile] for v in self.problem.vehicles], np.int32))

    def vehicle_legs(self, vehicle: int) -> Legs:
        """Return the legs that a vehicle drives by."""
        return self.legs[self.problem.vehicles[vehicle].profile]

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Names of the load units that orders use, sorted."""
        return tuple(sorted({unit for order in self.problem.orders for unit in order.delivery}))

    @cached_property
    def order_load(self) -> Int64:
        """Delivery load in thousandths, shape (orders, units)."""
        return self._loads([order.delivery for order in self.problem.orders], absent=0)

    @cached_property
    def capacity(self) -> Int64:
        """Capacity in thousandths, shape (vehicles, units); :data:`UNLIMITED` where not named."""
        return self._loads([vehicle.capacity for vehicle in self.problem.vehicles], absent=UNLIMITED)

    @cached_property
    def service(self) -> Int64:
        """Ticks at the place of each order, shape (orders,)."""
        return _int64(order.service for order in self.problem.orders)

    @cached_property
    def importance(self) -> Int64:
        """Weight of each order when not all can be served, shape (orders,)."""
        return _int64(order.importance for order in self.problem.orders)

    @cached_property
    def prize(self) -> Int64:
        """Cost units of leaving out each optional order, shape (orders,); -1 where the order is mandatory."""
        ticks = self.problem.ticks_per_second
        prizes = (order.prize for order in self.problem.orders)
        return _int64(-1 if prize is None else fixed_cost(prize, ticks) for prize in prizes)

    @cached_property
    def _order_windows(self) -> Windows:
        return _windows([order.windows for order in self.problem.orders])

    @property
    def window_first(self) -> Int32:
        """Windows of order ``i``: ``window_first[i]`` up to ``window_first[i + 1]``; see :class:`Windows`."""
        return self._order_windows.first

    @property
    def window_open(self) -> Int64:
        """First tick of each order window at which service may start, shape (windows,)."""
        return self._order_windows.open

    @property
    def window_close(self) -> Int64:
        """Last tick of each order window at which service may start, shape (windows,)."""
        return self._order_windows.close

    @cached_property
    def start_windows(self) -> Windows:
        """When each vehicle's start depot lets it leave; the shift is not part of it."""
        return self._depot_windows([vehicle.start for vehicle in self.problem.vehicles])

    @cached_property
    def end_windows(self) -> Windows:
        """When each vehicle's end depot takes it back; the shift is not part of it."""
        return self._depot_windows([vehicle.end for vehicle in self.problem.vehicles])

    @cached_property
    def shift_open(self) -> Int64:
        """Earliest start of each vehicle, shape (vehicles,)."""
        return _int64((vehicle.shift or ANY_TIME)[0] for vehicle in self.problem.vehicles)

    @cached_property
    def shift_close(self) -> Int64:
        """Latest end of each vehicle, shape (vehicles,)."""
        return _int64((vehicle.shift or ANY_TIME)[1] for vehicle in self.problem.vehicles)

    @cached_property
    def max_duty(self) -> Int64:
        """Most ticks from start to end of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return _limits(vehicle.max_duty for vehicle in self.problem.vehicles)

    @cached_property
    def max_length(self) -> Int64:
        """Longest route in length units of the legs, shape (vehicles,); :data:`UNLIMITED` where None."""
        return _limits(
            None if vehicle.max_distance is None else vehicle.max_distance * self.vehicle_legs(i).per_metre
            for i, vehicle in enumerate(self.problem.vehicles)
        )

    @cached_property
    def max_stops(self) -> Int64:
        """Most orders in a route of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return _limits(vehicle.max_stops for vehicle in self.problem.vehicles)

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
            fixed=_int64(fixed_cost(cost.fixed, ticks) for cost in costs),
            per_tick=_int64(rate_per_tick(cost.per_hour) for cost in costs),
            per_length=_int64(self._rate_per_length(i) for i in range(len(costs))),
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

    def _depot_windows(self, places: Sequence[object]) -> Windows:
        windows = {depot.id: depot.windows for depot in self.problem.depots}
        # a place that is no depot id is a coordinate, a matrix index or open: nothing there closes
        return _windows([windows.get(place, ()) if isinstance(place, str | int) else () for place in places])

    def _loads(self, amounts: list[dict[str, float]], absent: int) -> Int64:
        rows = [[thousandths(loads[u]) if u in loads else absent for u in self.units] for loads in amounts]
        return frozen(np.array(rows, dtype=np.int64).reshape(len(amounts), len(self.units)))


def _windows(windows_of: Sequence[Sequence[Window]]) -> Windows:
    merged = [merge_windows(windows) for windows in windows_of]
    flat = [window for windows in merged for window in windows]
    first = np.concatenate(([0], np.cumsum([len(windows) for windows in merged], dtype=np.int64)))
    return Windows(
        first=frozen(first.astype(np.int32)),
        open=_int64(window[0] for window in flat),
        close=_int64(window[1] for window in flat),
    )


def build_instance(
    problem: Problem,
    *,
    roads: RoadNetwork | Mapping[str, RoadNetwork] | None = None,
    matrix: TravelMatrix | Mapping[str, TravelMatrix] | None = None,
    straight_line: float | None = None,
    limit: float = 1000.0,
    progress: Progress | None = None,
) -> Instance:
    """Bring a problem together with its travel.

    Parameters
    ----------
    problem : Problem
    roads : RoadNetwork or dict of str to RoadNetwork, optional
        By profile where vehicles drive by several.
    matrix : TravelMatrix or dict of str to TravelMatrix, optional
        Goes before `roads`. Places are found in it by ``{"index": i}``, or by their coordinates among its
        ``points``.
    straight_line : float, optional
        Travel as the crow flies, at so many km/h; only if asked for.
    limit : float
        Farthest distance in metres from a place to a road.
    progress : callable, optional
        Called as ``progress(done, total)`` while the matrix is computed.

    Returns
    -------
    Instance
        Orders that cannot be reached, or whose place is wrong, are set aside with a finding. Identical
        places share one point.

    Raises
    ------
    InputError
        If there is no travel at all, or a place where vehicles start or end is wrong.

    Examples
    --------
    >>> problem = Problem(
    ...     vehicles=[{"id": "van-1", "start": [126.95, 37.55]}],
    ...     orders=[{"id": "o-1", "location": [126.95, 37.56]}],
    ... )
    >>> build_instance(problem, straight_line=36).legs["car"].durations.tolist()
    [[0, 111], [111, 0]]
    """
    source = travel_source(problem, roads=roads, matrix=matrix, straight_line=straight_line, limit=limit)
    places = Places(problem)
    findings = [*problem.findings, *places.set_aside(source.troubles(places.points))]
    legs = source.legs(places.points, progress)
    findings += places.set_aside_unreachable(legs)
    return Instance(
        problem=problem,
        legs=legs,
        order_point=frozen(np.array(places.of_order, np.int32)),
        start_point=frozen(np.array(places.of_start, np.int32)),
        end_point=frozen(np.array(places.of_end, np.int32)),
        point_location=frozen(source.locations(places.points)),
        findings=tuple(findings),
    )


def merge_windows(windows: Sequence[Window]) -> list[Window]:
    """Return windows in ascending order, with those that overlap or touch made one; any time for none.

    Examples
    --------
    >>> merge_windows([(900, 1000), (0, 300), (301, 500)])
    [(0, 500), (900, 1000)]
    """
    merged: list[Window] = []
    for first, last in sorted(windows) or [ANY_TIME]:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _limits(limits: Iterable[int | None]) -> Int64:
    return _int64(UNLIMITED if limit is None else limit for limit in limits)


def _int64(values: Iterable[int]) -> Int64:
    return frozen(np.fromiter(values, np.int64))
