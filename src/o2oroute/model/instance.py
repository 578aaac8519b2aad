"""A problem together with its travel: the arrays that clock, checker and engines share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import Finding
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.choices import vehicle_choices
from o2oroute.model.columns import UNLIMITED, column
from o2oroute.model.legs import Legs
from o2oroute.model.load_tables import LoadTables
from o2oroute.model.part import Id
from o2oroute.model.places import NO_POINT, Places
from o2oroute.model.problem import Problem
from o2oroute.model.related import RelationArrays, part_of_relations, relation_arrays
from o2oroute.model.stay_tables import StayTables
from o2oroute.model.timing_tables import TimingTables
from o2oroute.model.travel import travel_source
from o2oroute.model.vehicle_tables import Rates, VehicleTables
from o2oroute.model.windows import ANY_TIME, Windows, merge_windows, packed_windows
from o2oroute.road.kerb import Approach
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.units import fixed_cost

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


@dataclass(frozen=True, eq=False)
class Instance(TimingTables, LoadTables, StayTables, VehicleTables):
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
    def task_release(self) -> Int64:
        """First tick at which each task's load is ready at the depot, shape (tasks,)."""
        releases = [order.release for order in self.problem.orders]
        releases += [None] * (2 * len(self.problem.shipments))
        return column(ANY_TIME[0] if release is None else release for release in releases)

    @cached_property
    def request_importance(self) -> Int64:
        """Weight of each request when not all can be served, shape (requests,)."""
        return column(request.importance for request in self.problem.requests)

    @cached_property
    def request_prize(self) -> Int64:
        """Cost units of leaving out each optional request, shape (requests,); -1 where it is mandatory."""
        ticks = self.problem.ticks_per_second
        prizes = (request.prize for request in self.problem.requests)
        return column(-1 if prize is None else fixed_cost(prize, ticks) for prize in prizes)

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
