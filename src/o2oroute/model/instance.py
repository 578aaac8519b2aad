"""A problem together with its travel: the arrays that clock, checker and engines share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import Finding, InputError
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.choices import vehicle_choices
from o2oroute.model.joining import joined_places
from o2oroute.model.legs import Legs
from o2oroute.model.part import Id
from o2oroute.model.places import NO_POINT, Places
from o2oroute.model.problem import Problem
from o2oroute.model.related import RelationArrays, part_of_relations, relation_arrays
from o2oroute.model.timing_tables import UNLIMITED, TimingTables
from o2oroute.model.travel import travel_source
from o2oroute.model.windows import ANY_TIME, Windows, merge_windows, packed_windows
from o2oroute.road.kerb import Approach
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


@dataclass(frozen=True, eq=False)
class Instance(TimingTables):
    """A validated problem with its legs, numbered from zero in the order of the problem's tuples.

    *Requests* are the orders, then the shipments. *Tasks* are the stops that they ask for: one for each
    order, then the pickup and the delivery of each shipment, next to each other. Without shipments both
    numberings are that of the orders. All arrays are read-only.

    Attributes
    ----------
    problem : Problem
    legs : mapping of profile to Legs
        Square over the points; one entry for each profile that a vehicle names, before speed factors.
    task_point : ndarray of int32, shape (tasks,)
        Point of each task in the legs; :data:`NO_POINT` where its request is set aside by a finding.
    start_point, end_point : ndarray of int32, shape (vehicles,)
        Points where vehicles start and end; :data:`NO_POINT` for open ends.
    depot_point : ndarray of int32, shape (depots,)
        Points of the depots where vehicles may load again; :data:`NO_POINT` for the others.
    point_location : ndarray of float64, shape (points, 2)
        ``lon, lat`` of each point; NaN where the problem gives only matrix indices.
    point_approach : tuple of Approach
        How each point is approached; empty where all are by any side.
    findings : tuple of Finding
        Order-level findings; their requests are set aside and come back unassigned.
    """

    problem: Problem
    legs: Mapping[str, Legs]
    task_point: Int32
    start_point: Int32
    end_point: Int32
    depot_point: Int32
    point_location: npt.NDArray[np.float64]
    point_approach: tuple[Approach, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def request_index(self) -> dict[Id, int]:
        """Position of each order and shipment id in ``problem.requests``."""
        return {request.id: i for i, request in enumerate(self.problem.requests)}

    @cached_property
    def task_index(self) -> dict[tuple[Id, str], int]:
        """Position of each id and kind of task in ``problem.tasks``."""
        return {(task.id, task.kind): i for i, task in enumerate(self.problem.tasks)}

    @cached_property
    def vehicle_index(self) -> dict[Id, int]:
        """Position of each vehicle id in ``problem.vehicles``."""
        return {vehicle.id: i for i, vehicle in enumerate(self.problem.vehicles)}

    @cached_property
    def task_request(self) -> Int32:
        """Request of each task, shape (tasks,)."""
        return frozen(np.array([task.request for task in self.problem.tasks], np.int32))

    @cached_property
    def request_tasks(self) -> Int32:
        """First task of each request, shape (requests,); the second one of a shipment is the next."""
        return frozen(np.unique(self.task_request, return_index=True)[1].astype(np.int32))

    @cached_property
    def is_set_aside(self) -> npt.NDArray[np.bool_]:
        """Whether each request is set aside by a finding, shape (requests,)."""
        return frozen(self.task_point[self.request_tasks] == NO_POINT)

    def tasks_of(self, request: int) -> range:
        """Return the tasks of a request: one of an order, two of a shipment."""
        first = int(self.request_tasks[request])
        return range(first, first + (1 if request < len(self.problem.orders) else 2))

    def part(self, vehicles: Sequence[int], requests: Sequence[int]) -> Instance:
        """Return the instance of some vehicles and some requests only.

        Parameters
        ----------
        vehicles, requests : sequence of int
            Positions, in ascending order; they are numbered anew in this order.
        """
        orders = len(self.problem.orders)
        tasks = [task for request in requests for task in self.tasks_of(request)]
        problem = self.problem.changed(
            vehicles=tuple(self.problem.vehicles[v] for v in vehicles),
            orders=tuple(self.problem.orders[r] for r in requests if r < orders),
            shipments=tuple(self.problem.shipments[r - orders] for r in requests if r >= orders),
            relations=part_of_relations(
                self.problem.relations,
                {self.problem.requests[r].id for r in requests},
                {self.problem.vehicles[v].id for v in vehicles},
            ),
        )
        return Instance(
            problem=problem,
            legs=self.legs,
            task_point=frozen(self.task_point[tasks]),
            start_point=frozen(self.start_point[list(vehicles)]),
            end_point=frozen(self.end_point[list(vehicles)]),
            depot_point=self.depot_point,
            point_location=self.point_location,
            point_approach=self.point_approach,
            findings=self.findings,
        )

    @cached_property
    def profiles(self) -> tuple[tuple[str, float], ...]:
        """Profiles and speed factors that vehicles drive by, each pair once, sorted."""
        return tuple(sorted({(vehicle.profile, vehicle.speed_factor) for vehicle in self.problem.vehicles}))

    @cached_property
    def profile_legs(self) -> tuple[Legs, ...]:
        """Legs of each of :attr:`profiles`."""
        return tuple(self.legs[profile].faster(factor) for profile, factor in self.profiles)

    @cached_property
    def vehicle_profile(self) -> Int32:
        """Position of each vehicle's profile and speed factor in :attr:`profiles`, shape (vehicles,)."""
        index = {profile: i for i, profile in enumerate(self.profiles)}
        return frozen(np.array([index[v.profile, v.speed_factor] for v in self.problem.vehicles], np.int32))

    def vehicle_legs(self, vehicle: int) -> Legs:
        """Return the legs that a vehicle drives by."""
        return self.profile_legs[int(self.vehicle_profile[vehicle])]

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Names of the load units that requests use, sorted."""
        loads = [load for order in self.problem.orders for load in (order.delivery, order.pickup)]
        loads += [shipment.load for shipment in self.problem.shipments]
        return tuple(sorted({unit for load in loads for unit in load}))

    @cached_property
    def task_delivery(self) -> Int64:
        """Load that is on board from the start for each task, in thousandths, shape (tasks, columns).

        Columns are the :attr:`units`, and after them, if any vehicle limits them, shipments on board.
        """
        orders = self._loads([order.delivery for order in self.problem.orders], absent=0)
        nothing = np.zeros((2 * len(self.problem.shipments), len(self.units)), np.int64)
        return frozen(self._with_on_board(np.vstack((orders, nothing)), 0))

    @cached_property
    def task_change(self) -> Int64:
        """By how much the load changes at each task, in thousandths, shape (tasks, columns)."""
        pickups = self._loads([order.pickup for order in self.problem.orders], absent=0)
        orders = self.task_delivery[: len(pickups), : len(self.units)]
        loads = self._loads([shipment.load for shipment in self.problem.shipments], absent=0)
        pairs = np.stack((loads, -loads), axis=1).reshape(2 * len(loads), len(self.units))
        on_board = np.zeros(len(pickups) + len(pairs), np.int64)
        on_board[len(pickups) :: 2], on_board[len(pickups) + 1 :: 2] = 1000, -1000
        return frozen(self._with_on_board(np.vstack((pickups - orders, pairs)), on_board))

    @cached_property
    def capacity(self) -> Int64:
        """Capacity in thousandths, shape (vehicles, columns); :data:`UNLIMITED` where not named."""
        capacity = self._loads([vehicle.capacity for vehicle in self.problem.vehicles], absent=UNLIMITED)
        on_board = (vehicle.max_on_board for vehicle in self.problem.vehicles)
        limit = _limits(None if most is None else 1000 * most for most in on_board)
        return frozen(self._with_on_board(capacity, limit))

    def _with_on_board(self, columns: Int64, on_board: Int64 | int) -> Int64:
        """Append the column of shipments on board, if any vehicle limits them."""
        if all(vehicle.max_on_board is None for vehicle in self.problem.vehicles):
            return columns
        return np.column_stack((columns, np.broadcast_to(on_board, len(columns))))

    @cached_property
    def _service_types(self) -> tuple[str | None, ...]:
        """Types of vehicles that any task names times for, after None for all others."""
        stops = [task.stop for task in self.problem.tasks]
        named = {name for stop in stops for name in (*stop.service_by_type, *stop.setup_by_type)}
        used = {vehicle.type for vehicle in self.problem.vehicles if vehicle.type is not None}
        return (None, *sorted(named & used))

    @cached_property
    def vehicle_type(self) -> Int32:
        """Row of each vehicle in :attr:`task_service`, shape (vehicles,)."""
        row = {name: i for i, name in enumerate(self._service_types)}
        return frozen(np.array([row.get(v.type, 0) for v in self.problem.vehicles], np.int32))

    @cached_property
    def task_service(self) -> Int64:
        """Ticks of service at each task, shape (types, tasks); :attr:`vehicle_type` is a vehicle's row."""
        stops = [task.stop for task in self.problem.tasks]
        rows = [
            [s.service if t is None else s.service_by_type.get(t, s.service) for s in stops]
            for t in self._service_types
        ]
        return frozen(np.array(rows, np.int64).reshape(len(rows), len(stops)))

    @cached_property
    def task_setup(self) -> Int64:
        """Ticks of set-up at tasks, due where the one before is at another place, shape (types, tasks)."""
        stops = [task.stop for task in self.problem.tasks]
        rows = [
            [s.setup if t is None else s.setup_by_type.get(t, s.setup) for s in stops]
            for t in self._service_types
        ]
        return frozen(np.array(rows, np.int64).reshape(len(rows), len(stops)))

    @cached_property
    def task_place(self) -> Int32:
        """Number of the place of each task that set-up is paid for once, shape (tasks,); -1 if set aside."""
        return frozen(joined_places(self.task_point, self.point_location, self.problem.join_within))

    def stays(self, vehicle: int, tasks: Sequence[int]) -> list[int]:
        """Return the ticks at each task of a route: service, and set-up unless paid at the task before."""
        index = np.asarray(tasks, np.int64)
        stays = self.task_service[self.vehicle_type[vehicle], index]
        if self.task_setup.any():
            place = self.task_place[index]
            arrives = np.ones(index.size, np.bool_)
            arrives[1:] = place[1:] != place[:-1]
            stays = stays + arrives * self.task_setup[self.vehicle_type[vehicle], index]
        found: list[int] = stays.tolist()
        return found

    @cached_property
    def task_release(self) -> Int64:
        """First tick at which each task's load is ready at the depot, shape (tasks,)."""
        releases = [order.release for order in self.problem.orders]
        releases += [None] * (2 * len(self.problem.shipments))
        return _int64(ANY_TIME[0] if release is None else release for release in releases)

    @cached_property
    def request_importance(self) -> Int64:
        """Weight of each request when not all can be served, shape (requests,)."""
        return _int64(request.importance for request in self.problem.requests)

    @cached_property
    def request_prize(self) -> Int64:
        """Cost units of leaving out each optional request, shape (requests,); -1 where it is mandatory."""
        ticks = self.problem.ticks_per_second
        prizes = (request.prize for request in self.problem.requests)
        return _int64(-1 if prize is None else fixed_cost(prize, ticks) for prize in prizes)

    @cached_property
    def _choices(self) -> tuple[Int32, Int64]:
        return vehicle_choices(self.problem)

    @property
    def request_choice(self) -> Int32:
        """Row of each request in :attr:`choice_cost`, shape (requests,)."""
        return self._choices[0]

    @property
    def choice_cost(self) -> Int64:
        """Cost units for being served by each vehicle, shape (choices, vehicles); -1 where it may not."""
        return self._choices[1]

    @cached_property
    def _kinds(self) -> dict[str, int]:
        pairs = self.problem.incompatible_loads
        return {name: i for i, name in enumerate(sorted({name for pair in pairs for name in pair}))}

    @cached_property
    def request_kind(self) -> Int32:
        """Kind of load of each request, shape (requests,); -1 where it excludes nothing."""
        kinds = [self._kinds.get(request.kind_of_load or "", -1) for request in self.problem.requests]
        return frozen(np.array(kinds, np.int32))

    @cached_property
    def kind_excludes(self) -> npt.NDArray[np.bool_]:
        """Which kinds of load are never in one trip, shape (kinds, kinds), symmetric."""
        excludes = np.zeros((len(self._kinds), len(self._kinds)), np.bool_)
        for one, other in self.problem.incompatible_loads:
            excludes[self._kinds[one], self._kinds[other]] = True
        return frozen(excludes | excludes.T)

    @cached_property
    def _relations(self) -> RelationArrays:
        return relation_arrays(
            self.problem.relations,
            self.task_index,
            self.request_index,
            self.vehicle_index,
            self.tasks_of,
        )

    @property
    def relation_kind(self) -> Int32:
        """Position of each relation's type in :data:`RELATION_TYPES`, shape (relations,)."""
        return self._relations.kind

    @property
    def relation_first(self) -> Int32:
        """Members of relation ``r``: ``relation_first[r]`` up to ``relation_first[r + 1]``."""
        return self._relations.first

    @property
    def relation_task(self) -> Int32:
        """Tasks that are members of relations, in their order, shape (members,).

        In an order or sequence a shipment stands for both of its tasks, elsewhere for its pickup. The start
        of vehicle ``v`` has the number ``tasks + v``.
        """
        return self._relations.task

    @cached_property
    def _task_windows(self) -> Windows:
        return packed_windows([merge_windows(task.stop.windows) for task in self.problem.tasks])

    @property
    def window_first(self) -> Int32:
        """Windows of task ``i``: ``window_first[i]`` up to ``window_first[i + 1]``; see :class:`Windows`."""
        return self._task_windows.first

    @property
    def window_open(self) -> Int64:
        """First tick of each task window at which the stay may start, shape (windows,)."""
        return self._task_windows.open

    @property
    def window_close(self) -> Int64:
        """Last tick of each task window at which the stay may start, shape (windows,)."""
        return self._task_windows.close

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
    def max_travel(self) -> Int64:
        """Most ticks of driving of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
        return _limits(vehicle.max_travel for vehicle in self.problem.vehicles)

    @cached_property
    def max_stops(self) -> Int64:
        """Most tasks in a route of each vehicle, shape (vehicles,); :data:`UNLIMITED` where None."""
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
            per_travel_tick=_int64(rate_per_tick(cost.per_travel_hour) for cost in costs),
            per_service_tick=_int64(rate_per_tick(cost.per_service_hour) for cost in costs),
            per_length=_int64(self._rate_per_length(i) for i in range(len(costs))),
            per_stop=_int64(fixed_cost(cost.per_stop, ticks) for cost in costs),
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

    def _loads(self, amounts: list[dict[str, float]], absent: int) -> Int64:
        rows = [[thousandths(loads[u]) if u in loads else absent for u in self.units] for loads in amounts]
        return frozen(np.array(rows, dtype=np.int64).reshape(len(amounts), len(self.units)))


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
    legs = source.legs(places.points, places.approaches, progress)
    findings += places.set_aside_unreachable(legs)
    return Instance(
        problem=problem,
        legs=legs,
        task_point=frozen(np.array(places.of_task, np.int32)),
        start_point=frozen(np.array(places.of_start, np.int32)),
        end_point=frozen(np.array(places.of_end, np.int32)),
        depot_point=frozen(np.array(places.of_depot, np.int32)),
        point_location=frozen(source.locations(places.points)),
        point_approach=tuple(places.approaches),
        findings=tuple(findings),
    )


def _limits(limits: Iterable[int | None]) -> Int64:
    return _int64(UNLIMITED if limit is None else limit for limit in limits)


def _int64(values: Iterable[int]) -> Int64:
    return frozen(np.fromiter(values, np.int64))
