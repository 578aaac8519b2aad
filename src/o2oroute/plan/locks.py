"""A day under way: what is done, on board or locked, as fields that any order file may have.

What has happened becomes windows of one moment, the only vehicle allowed, and a sequence from the start of
its route. So every engine that serves such fields serves a running day, and the checker holds plans to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from o2oroute.errors import Finding, InputError
from o2oroute.model.instance import ANY_TIME, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id
from o2oroute.model.problem import Problem
from o2oroute.model.relation import Relation, RelationTask, RouteStart
from o2oroute.model.shipment import Shipment
from o2oroute.model.vehicle import Depot, Vehicle, reload_depots
from o2oroute.plan.planned_routes import PlannedRoute
from o2oroute.plan.van_so_far import VanSoFar, from_now
from o2oroute.plan.wording import amount_text

__all__ = ["Lock", "Moment", "day_so_far"]

Lock: TypeAlias = Literal["times", "sequence", "vehicle"]


class Moment(NamedTuple):
    """A time of day, and what is done by then where that is not what the plan says."""

    now: int
    #: Ticks at which vehicles left the last things done, by task; None for as planned.
    done: Mapping[int, int | None]


def day_so_far(
    instance: Instance, routes: Sequence[PlannedRoute], moment: Moment | None, lock: Lock | None
) -> tuple[Instance, list[Finding]]:
    """Write what is done, on board and locked into the problem.

    Parameters
    ----------
    instance : Instance
    routes : sequence of PlannedRoute
    moment : Moment, optional
        Without one nothing is done yet.
    lock : {"times", "sequence", "vehicle"}, optional
        For what is not done.

    Returns
    -------
    instance : Instance
        The same travel; numbers are the same, too.
    findings : list of Finding
        Where limits were lifted for what has happened, or a next stop is given up.

    Raises
    ------
    InputError
        If something is said to be done that no route of the plan has, or that cannot have been.
    """
    day = _Day(instance, moment, lock)
    for route in routes:
        day.add(route)
    if moment is not None:
        day.hold_back(moment.now)
    later = replace(instance, problem=day.problem())
    # urgency goes on counting from the moment at which the day began
    later.__dict__["earliest_start"] = instance.earliest_start
    return later, day.findings


@dataclass
class _Day:
    """Collects the parts of the problem that change, by id."""

    instance: Instance
    moment: Moment | None
    lock: Lock | None
    findings: list[Finding] = field(default_factory=list)
    _vehicles: dict[Id, Vehicle] = field(default_factory=dict)
    _depots: dict[Id, Depot] = field(default_factory=dict)
    _requests: dict[Id, Order | Shipment] = field(default_factory=dict)
    _relations: list[Relation] = field(default_factory=list)
    #: Requests that no plan may leave out, vehicles that have left, and what is or was on board of them;
    #: tasks that are said to be done, and all that are.
    _forced: set[Id] = field(default_factory=set)
    _begun: set[int] = field(default_factory=set)
    _on_board: set[Id] = field(default_factory=set)
    _named: set[int] = field(default_factory=set)
    _done: set[int] = field(default_factory=set)

    def problem(self) -> Problem:
        """Return the problem with all changes."""
        whole = self.instance.problem
        requests = [self._requests.get(request.id, request) for request in whole.requests]
        least = sum(request.importance for request in requests if request.id not in self._forced) + 1
        requests = [
            r.model_copy(update={"importance": r.importance + least, "prize": None})
            if r.id in self._forced
            else r
            for r in requests
        ]
        return whole.changed(
            depots=tuple(self._depots.get(depot.id, depot) for depot in whole.depots),
            vehicles=tuple(self._vehicles.get(vehicle.id, vehicle) for vehicle in whole.vehicles),
            orders=tuple(request for request in requests if isinstance(request, Order)),
            shipments=tuple(request for request in requests if isinstance(request, Shipment)),
            relations=(*whole.relations, *self._relations),
        )

    def add(self, route: PlannedRoute) -> None:
        """Write what is done, on board or locked of one route."""
        kept = 0
        begun = self._progress(route)
        if begun is not None:
            self._begun.add(route.vehicle)
            kept = self._happened(route, *begun)
        if self.lock is not None:
            self._lock(route, kept)

    def _progress(self, route: PlannedRoute) -> tuple[int, int, int | None] | None:
        """Return the time of day, how many stops are done, and when the last was left if that is told.

        None if the vehicle has not left.
        """
        if self.moment is None:
            return None
        now, done = self.moment
        named = [i for i, stop in enumerate(route.stops) if stop.task in done]
        if named:
            self._named.update(route.stops[i].task for i in named)
            last = route.stops[named[-1]]
            left = done[last.task]
            return now, named[-1] + 1, min(last.departure, now) if left is None else left
        shift = self.instance.problem.vehicles[route.vehicle].shift
        if route.departure > now or (shift is not None and shift[0] > now):
            return None
        return now, sum(stop.departure <= now for stop in route.stops), None

    def _happened(self, route: PlannedRoute, now: int, count: int, left: int | None) -> int:
        """Fix what is done and what comes next; return how many stops that is."""
        van = self._van(route)
        starts = van.starts(count, left)
        if left is not None and starts and (late := starts[-1] + van.stays[count - 1] - left) > 0:
            seconds = late / self.instance.problem.ticks_per_second
            self._note(
                van.owner.id,
                f"{van.owner.id} cannot have left {van.id_of(count - 1)} {amount_text(seconds, 's')} before "
                "the travel times say so",
                "The plan goes by the travel times.",
            )
        early = van.before_ready(starts, now)
        told = [*van.outside_windows(starts), *early.values()]
        van.fix(starts, left, now, [*early])
        under_way = left is None and van.is_under_way(count, now)
        for i in range(count + under_way, len(van.tasks)):
            van.hold_back(i, now)
        self._on_board.update(van.on_board(count, now))
        fixed, later = list(range(count)), van.to_be_delivered(count)
        for message in [*told, *van.lift([*fixed, *later])]:
            self._note(van.owner.id, message, "It has happened: the limit gives way.")
        if count < len(route.stops):
            if self._goes_on(van, count, fixed_time=under_way):
                fixed.append(count)
                later = van.to_be_delivered(len(fixed))
        else:
            van.owner = van.owner.model_copy(update={"max_stops": count})
        self._forced.update(van.id_of(i) for i in [*fixed, *later])
        if not fixed:  # it gives up its only next stop: as good as not having left
            self._begun.discard(route.vehicle)
            van.owner = self.instance.problem.vehicles[route.vehicle]  # with breaks at any time
        else:
            start, members = RouteStart(start=van.owner.id), [van.member(i) for i in fixed]
            self._relate("in_sequence", f"what {van.owner.id} has begun", start, *members)
        self._done.update(stop.task for stop in route.stops[:count])
        self._take_over(van)
        return len(fixed)

    def _goes_on(self, van: VanSoFar, count: int, *, fixed_time: bool) -> bool:
        """Fix the next stop of a vehicle on its way; return whether it can be made at all."""
        before = van.problem
        if fixed_time:
            van.fix_window(count, van.route.stops[count].start)
        van.only_here(count)
        core = [*range(count + 1), *van.to_be_delivered(count + 1)]
        broken = van.tried(core).broken
        if not broken:
            return True
        van.problem = before
        self._note(
            van.owner.id,
            f"{van.owner.id} does not get to {van.id_of(count)}, its next stop: {broken[0].message}",
            "The stop is planned anew.",
        )
        return False

    def hold_back(self, now: int) -> None:
        """Let nothing more happen before a time: no vehicle leave, nothing be loaded, no stop begin."""
        unknown = self.moment.done.keys() - self._named if self.moment else set()
        if unknown:
            names = ", ".join(str(self.instance.problem.tasks[task].id) for task in sorted(unknown))
            raise InputError(f"{names}: said to be done, but on no route of the plan")
        for number, owner in enumerate(self.instance.problem.vehicles):
            if number in self._begun:
                continue
            first, last = owner.shift or ANY_TIME
            late = {"max_stops": 0} if last < now else {"shift": (max(first, now), last)}
            self._vehicles[owner.id] = self._vehicles.get(owner.id, owner).model_copy(update=late)
        vehicles = [self.instance.problem.vehicles[number] for number in sorted(self._begun)]
        left_for_good = tuple(vehicle.id for vehicle in vehicles if not reload_depots(vehicle))
        for order in self.instance.problem.orders:
            if order.delivery and order.id not in self._on_board:
                ready = now if order.release is None else max(order.release, now)
                known = self._requests.get(order.id, order)
                forbidden = tuple(dict.fromkeys((*known.vehicles.forbidden, *left_for_good)))
                choice = known.vehicles.model_copy(update={"forbidden": forbidden})
                changes = {"release": ready, "vehicles": choice}
                self._requests[order.id] = known.model_copy(update=changes)
        for number, task in enumerate(self.instance.problem.tasks):
            if number not in self._done:
                request = self._requests.get(task.id, self.instance.problem.requests[task.request])
                self._requests[task.id] = _from_now(request, task.kind, now)

    def _lock(self, route: PlannedRoute, kept: int) -> None:
        """Lock what is not done of a route."""
        van = self._van(route)
        rest = range(kept, len(route.stops))
        may = self.instance.choice_cost[:, route.vehicle] >= 0
        for i in rest:
            if may[self.instance.request_choice[self.instance.task_request[route.stops[i].task]]]:
                van.only_here(i)
            if self.lock == "times":
                van.fix_window(i, route.stops[i].start)
        if self.lock != "vehicle" and len(rest) > (not kept):
            members = [van.member(i) for i in ([kept - 1] if kept else []) + [*rest]]
            self._relate("in_order", f"the order of {van.owner.id}'s stops", *members)
        self._take_over(van)

    def _relate(self, kind: str, name: str, *members: Id | RelationTask | RouteStart) -> None:
        self._relations.append(Relation(type=kind, requests=members, properties={"name": name}))

    def _van(self, route: PlannedRoute) -> VanSoFar:
        return VanSoFar(self.instance, route, self._requests, self._vehicles, self._depots)

    def _take_over(self, van: VanSoFar) -> None:
        self._vehicles[van.owner.id] = van.owner
        self._depots |= {depot.id: depot for depot in van.problem.depots}
        self._requests |= {request.id: request for request in van.problem.requests}

    def _note(self, vehicle: Id, message: str, action: str) -> None:
        pointer = f"/vehicles/{self.instance.vehicle_index[vehicle]}"
        self.findings.append(Finding("START_LATE", pointer, f"{message}.", action, level="note"))


def _from_now(request: Order | Shipment, kind: str, now: int) -> Order | Shipment:
    """Return an order or shipment with a stop that begins no earlier than now."""
    stop = request if isinstance(request, Order) else request.pickup if kind == "pickup" else request.delivery
    changed = stop.model_copy(update={"windows": from_now(stop.windows, now)})
    return changed if isinstance(changed, Order) else request.model_copy(update={kind: changed})
