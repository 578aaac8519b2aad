"""One planned route of a running day, on a problem of its own in which what has happened is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from o2oroute.errors import InputError
from o2oroute.model.instance import ANY_TIME, NO_POINT, Instance
from o2oroute.model.order import Order
from o2oroute.model.part import Id, Window
from o2oroute.model.problem import Problem
from o2oroute.model.relation import RelationTask
from o2oroute.model.request import VehicleChoice
from o2oroute.model.shipment import Shipment
from o2oroute.model.vehicle import Depot, Vehicle
from o2oroute.plan.apart import route_apart
from o2oroute.plan.changing import changed_at, path_of
from o2oroute.plan.lifting import lifted
from o2oroute.plan.planned_routes import PlannedRoute
from o2oroute.plan.trial import Trial, tried
from o2oroute.plan.wording import moment_text

__all__ = ["VanSoFar", "from_now"]

#: A limit that is lifted for what has happened may show another one; so often it is looked again.
_LOOKS: Final = 4


class VanSoFar:
    """One planned route on a problem of its own; its stops are counted from zero.

    Requests, vehicles and depots that have changed already are given by id.
    """

    def __init__(
        self,
        instance: Instance,
        route: PlannedRoute,
        requests: Mapping[Id, Order | Shipment] | None = None,
        vehicles: Mapping[Id, Vehicle] | None = None,
        depots: Mapping[Id, Depot] | None = None,
    ) -> None:
        self.route = route
        self._instance, self._codes = route_apart(instance, route.vehicle, route.codes)
        self.tasks = [code for code in self._codes if code >= 0]
        self.stays = instance.stays(route.vehicle, route.tasks)
        problem = self._instance.problem
        known, owner = requests or {}, problem.vehicles[0]
        problem = problem.changed(
            depots=tuple((depots or {}).get(depot.id, depot) for depot in problem.depots),
            vehicles=((vehicles or {}).get(owner.id, owner),),
            orders=tuple(known.get(order.id, order) for order in problem.orders),
            shipments=tuple(known.get(shipment.id, shipment) for shipment in problem.shipments),
            relations=(),
        )
        self.problem: Problem = problem

    @property
    def owner(self) -> Vehicle:
        """The vehicle."""
        return self.problem.vehicles[0]

    @owner.setter
    def owner(self, vehicle: Vehicle) -> None:
        self.problem = self.problem.changed(vehicles=(vehicle,))

    def tried(self, stops: Sequence[int]) -> Trial:
        """Time and judge a route of some stops, with the breaks and reloads before the last of them."""
        instance = replace(self._instance, problem=self.problem)
        tasks = {self.tasks[i] for i in stops}
        codes = [code for code in self._codes if code < 0 or code in tasks]
        while codes and codes[-1] < 0:
            codes.pop()
        return tried(instance, 0, codes)

    def id_of(self, stop: int) -> Id:
        """Return the id of the order or shipment of a stop."""
        return self.problem.tasks[self.tasks[stop]].id

    def member(self, stop: int) -> Id | RelationTask:
        """Return a stop as a member of relations."""
        visit = self.problem.tasks[self.tasks[stop]]
        if visit.request < len(self.problem.orders):
            return visit.id
        return RelationTask(order=visit.id, task=visit.kind)

    def starts(self, count: int, left: int | None) -> list[int]:
        """Return when the first stops began, by the plan, but no earlier than the travel times allow."""
        legs = self._instance.vehicle_legs(0).durations
        before, moment, found = int(self._instance.start_point[0]), self.route.departure, []
        for i, stop in enumerate(self.route.stops[:count]):
            point = int(self._instance.task_point[self.tasks[i]])
            planned = stop.start
            if left is not None:
                last = left - self.stays[count - 1]
                planned = last if i == count - 1 else min(planned, last)
            if stop.interrupted and i:  # the plan says how long that takes
                planned = max(planned, moment + stop.start - self.route.stops[i - 1].departure)
            elif before != NO_POINT:
                planned = max(planned, moment + int(legs[before, point]))
            found.append(planned)
            before, moment = point, planned + self.stays[i]
        return found

    def outside_windows(self, starts: Sequence[int]) -> list[str]:
        """Say which of the first stops were served outside their windows."""
        told = []
        for i, start in enumerate(starts):
            visit = self.problem.tasks[self.tasks[i]]
            windows = visit.stop.windows
            if windows and not any(first <= start <= last for first, last in windows):
                moment = moment_text(self.problem, start)
                told.append(f"{self.owner.id} served {visit.id} outside its windows, at {moment}")
        return told

    def before_ready(self, starts: Sequence[int], now: int) -> dict[int, str]:
        """Say by stop what is on board though it was not ready when the vehicle left with it."""
        departures, on_board = self._latest_departures(starts), self.on_board(len(starts), now)
        told = {}
        for i, stop in enumerate(self.route.stops):
            order = self.problem.tasks[self.tasks[i]].stop
            if not isinstance(order, Order) or order.release is None or order.id not in on_board:
                continue
            if order.release > departures.get(stop.loaded, stop.loaded):
                moment = moment_text(self.problem, order.release)
                told[i] = f"{self.owner.id} left with {order.id} before it was ready at {moment}"
        return told

    def _latest_departures(self, starts: Sequence[int]) -> dict[int, int]:
        """Return how late the trips of the first stops can have begun, by when they were to begin."""
        legs = self._instance.vehicle_legs(0).durations
        place, found = int(self._instance.start_point[0]), dict[int, int]()
        done = zip(self.route.stops, starts, strict=False)
        for code in self._codes:
            depot = self._instance.reload_of(code)
            if depot is not None:
                place = int(self._instance.depot_point[depot])
            elif code >= 0:
                stop, start = next(done, (None, 0))
                if stop is None:
                    break
                way = 0 if place == NO_POINT else int(legs[place, self._instance.task_point[code]])
                found.setdefault(stop.loaded, start - way)
        return found

    def fix(self, starts: Sequence[int], left: int | None, now: int, early: Sequence[int]) -> None:
        """Let the first stops begin when they did, on this vehicle, and what they took along stay on it.

        What it took along too early was ready.
        """
        for i, start in enumerate(starts):
            self.fix_window(i, start)
        if [*starts] == [stop.start for stop in self.route.stops[: len(starts)]]:
            self._fix_breaks(now if left is None else starts[-1])
        stays = self.on_board(len(starts), now)
        for i in range(len(self.tasks)):
            if self.id_of(i) in stays:
                self.only_here(i)
        self._be_ready(early)

    def _be_ready(self, stops: Sequence[int]) -> None:
        """Let a vehicle leave with the load of some stops at any time."""
        for i in stops:
            self._change_request(i, release=None)

    def _fix_breaks(self, moment: int) -> None:
        """Let the breaks that have begun by a moment begin when they did."""
        taken = {pause.id: pause.start for pause in self.route.breaks if pause.start <= moment}
        breaks = tuple(
            pause.model_copy(update={"windows": ((taken[pause.id],) * 2,), "off_duty": False})
            if pause.id in taken
            else pause
            for pause in self.owner.breaks
        )
        self.owner = self.owner.model_copy(update={"breaks": breaks})

    def fix_window(self, stop: int, start: int) -> None:
        """Let service at a stop start at one moment only."""
        visit = self.problem.tasks[self.tasks[stop]]
        windows: tuple[Window, ...] = ((start, start),)
        self.problem = changed_at(self.problem, [*path_of(visit.pointer), "windows"], windows)

    def is_under_way(self, stop: int, now: int) -> bool:
        """Tell whether a stop is being served, or driven to from the start: it keeps its time in the plan."""
        return stop < len(self.tasks) and (stop == 0 or self.route.stops[stop].start <= now)

    def hold_back(self, stop: int, now: int) -> None:
        """Let service at a stop begin no earlier than now."""
        visit = self.problem.tasks[self.tasks[stop]]
        windows = from_now(visit.stop.windows, now)
        self.problem = changed_at(self.problem, [*path_of(visit.pointer), "windows"], windows)

    def only_here(self, stop: int) -> None:
        """Let no other vehicle serve an order or shipment."""
        request = self.problem.tasks[self.tasks[stop]].request
        choice: VehicleChoice = self.problem.requests[request].vehicles
        only = {"allowed": (self.owner.id,), "forbidden": ()}
        self._change_request(stop, vehicles=choice.model_copy(update=only))

    def _change_request(self, stop: int, **fields: Any) -> None:
        path = path_of(self.problem.tasks[self.tasks[stop]].pointer)[:2]
        for name, value in fields.items():
            if name != "release" or path[0] == "orders":
                self.problem = changed_at(self.problem, [*path, name], value)

    def on_board(self, count: int, now: int) -> set[Id]:
        """Return what is or was on board behind the first stops: loaded for its trip, or taken there."""
        visits, stops = [self.problem.tasks[task] for task in self.tasks], self.route.stops
        # a trip of which a stop is done has been loaded, even if the plan says later
        behind = max([now, *(stop.loaded for stop in stops[:count])])
        loaded = {
            visit.id
            for visit, stop in zip(visits, stops, strict=True)
            if isinstance(visit.stop, Order) and visit.stop.delivery and stop.loaded <= behind
        }
        return loaded | {visit.id for visit in visits[:count]}

    def to_be_delivered(self, count: int) -> list[int]:
        """Return the stops at which shipments are delivered that were picked up at the first stops."""
        taken = {self.id_of(i) for i in range(count)}
        return [i for i in range(count, len(self.tasks)) if self.id_of(i) in taken]

    def lift(self, stops: Sequence[int]) -> list[str]:
        """Lift all limits that a route of some stops breaks, and say which.

        Raises
        ------
        InputError
            If that is no question of limits.
        """
        told: list[str] = []
        for _ in range(_LOOKS if stops else 0):
            trial = self.tried(stops)
            if not trial.broken:
                return told
            for violation in trial.broken:
                told.append(violation.message)
                if violation.code == "SHIFT" and self.owner.shift is not None:
                    first, last = self.owner.shift
                    shift = min(first, trial.times.departure[0]), max(last, trial.times.start[-1])
                    self.owner = self.owner.model_copy(update={"shift": shift})
                    continue
                if violation.code == "RELEASE":
                    self._be_ready(stops)
                    continue
                for repair in lifted(self.problem, trial, violation):
                    value = tuple(repair.to) if isinstance(repair.to, list) else repair.to
                    self.problem = changed_at(self.problem, path_of(repair.pointer), value)
        broken = self.tried(stops).broken if stops else []
        if broken:
            raise InputError(
                f"what {self.owner.id} has done by now breaks {broken[0].code}: {broken[0].message}; correct "
                "the plan, or what is said to be done"
            )
        return told


def from_now(windows: tuple[Window, ...], now: int) -> tuple[Window, ...]:
    """Return what is left of windows; all of them, if they are over.

    Examples
    --------
    >>> from_now(((0, 5), (8, 20)), now=10), from_now(((0, 5),), now=10)
    (((10, 20),), ((0, 5),))
    """
    left = tuple((max(first, now), last) for first, last in windows or (ANY_TIME,) if last >= now)
    return left or windows
