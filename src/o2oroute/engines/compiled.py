"""An instance in the layout of the compiled search, and solutions to and from its routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._search import ANY_TIME, UNLIMITED, Model, Routes
from o2oroute.engines.day_arrays import day_arrays, visits_of
from o2oroute.model.instance import Instance, Windows
from o2oroute.model.part import Id
from o2oroute.model.solution import AnyVisit, Solution, Visit
from o2oroute.plan.clock import schedule_route
from o2oroute.plan.schedule import code_visits

__all__ = [
    "SERVED",
    "SERVED_OF_REQUESTS",
    "Value",
    "all_windows",
    "compiled_model",
    "last_end",
    "model_arrays",
    "plan_value",
    "read_routes",
    "worth",
    "write_routes",
]

Int64 = npt.NDArray[np.int64]

#: Features (:mod:`~o2oroute.model.features`) of requests that the compiled search serves,
SERVED_OF_REQUESTS: Final = frozenset(
    {
        "shipments",
        "pickups",
        "max_on_board",
        "incompatible_loads",
        "release",
        "setup",
        "setup_by_type",
        "service_by_type",
        "skills",
        "allowed or forbidden vehicles",
        "preferred vehicles",
        "speed_factor",
        "max_travel",
        "per_travel_hour",
        "per_service_hour",
        "per_stop",
        "relations",
        "relations from a start",
    }
)
#: and with those of a vehicle's day.
SERVED: Final = SERVED_OF_REQUESTS | {
    "preferred times",
    "urgency",
    "overtime",
    "breaks",
    "trips",
    "max_ride",
    "earliest_finish",
}

#: Stands for the windows of a vehicle whose shift and depots leave it no moment to start or end.
_NO_MOMENT: Final = (0, 0)


class Value(NamedTuple):
    """What a set of routes is worth; the smaller one is better."""

    #: Summed over mandatory requests that are not served, though not set aside by a finding.
    unserved_importance: int
    #: Vehicles in use where fewest vehicles are the objective, else 0.
    vehicles: int
    #: Tick at which the last route ends where the earliest finish is the objective, else 0.
    end: int
    #: Cost of the routes, and the prizes of optional requests that are not served.
    cost: int


def compiled_model(instance: Instance) -> Model:
    """Translate an instance.

    A vehicle whose shift and depot windows leave it no moment to start or to end takes no requests.

    Examples
    --------
    >>> compiled_model(instance).tasks  # doctest: +SKIP
    150
    """
    return Model(**model_arrays(instance))


def model_arrays(instance: Instance) -> dict[str, Any]:
    """Return the arguments of the model of an instance."""
    windows, idle = all_windows(instance)
    legs = instance.profile_legs
    setup, kind = instance.task_setup, instance.request_kind
    release, choice_cost = instance.task_release, instance.choice_cost
    related = bool(instance.problem.relations)
    return {
        "durations": [leg.durations for leg in legs],
        # times may be lengths at the same time: what is one in memory goes in as one
        "distances": [leg.durations if _is_same(leg.durations, leg.priced) else leg.priced for leg in legs],
        "node_point": np.concatenate((instance.task_point, instance.start_point, instance.end_point)),
        "service": instance.task_service,
        "window_first": windows.first,
        "window_open": windows.open,
        "window_close": windows.close,
        "delivery": instance.task_delivery,
        "capacity": instance.capacity,
        "profile": instance.vehicle_profile,
        "fixed": instance.rates.fixed,
        "per_tick": instance.rates.per_tick,
        "per_length": instance.rates.per_length,
        "max_distance": np.minimum(instance.max_length, UNLIMITED),
        "max_duty": np.minimum(instance.max_duty, UNLIMITED),
        "max_stops": np.where(idle, 0, np.minimum(instance.max_stops, UNLIMITED)),
        "fewest_vehicles": instance.problem.objective == "fewest_vehicles",
        "pairs": len(instance.problem.shipments),
        "vehicle_type": instance.vehicle_type,
        "change": instance.task_change,
        # what no request asks for costs no time
        "setup": setup if setup.any() else None,
        "place": instance.task_place if setup.any() else None,
        "release": release if (release > -ANY_TIME).any() else None,
        "choice": instance.request_choice if choice_cost.any() else None,
        "choice_cost": choice_cost if choice_cost.any() else None,
        "kind": kind if (kind >= 0).any() else None,
        "kind_excludes": instance.kind_excludes if (kind >= 0).any() else None,
        "per_travel": instance.rates.per_travel_tick,
        "per_service": instance.rates.per_service_tick,
        "per_stop": instance.rates.per_stop,
        "max_travel": np.minimum(instance.max_travel, UNLIMITED),
        "relation_kind": instance.relation_kind if related else None,
        "relation_first": instance.relation_first if related else None,
        "relation_task": instance.relation_task if related else None,
        **day_arrays(instance),
    }


def _is_same(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> bool:
    return bool(one.ctypes.data == other.ctypes.data) and one.shape == other.shape


def worth(instance: Instance, model: Model) -> Int64:
    """Return the most that serving each request may cost: its prize; mandatory ones are worth any cost."""
    prizes = np.minimum(instance.request_prize // model.cost_unit, UNLIMITED)
    if model.per_vehicle:  # no prize is worth another vehicle
        prizes = np.minimum(prizes, model.per_vehicle - 1)
    return np.where(instance.request_prize < 0, UNLIMITED, prizes)


def plan_value(instance: Instance, routes: Routes) -> Value:
    """Return what is compared between plans; costs in the unit of the model."""
    model = routes.model
    unserved = ~routes.is_served() & ~instance.is_set_aside
    mandatory = instance.request_prize < 0
    prizes = int(sum(instance.request_prize[unserved & ~mandatory].tolist())) // model.cost_unit
    stops, costs, _, _ = routes.totals()
    used = int((stops > 0).sum())
    return Value(
        unserved_importance=int(instance.request_importance[unserved & mandatory].sum()),
        vehicles=used if model.per_vehicle else 0,
        end=last_end(instance, routes) if instance.problem.objective == "earliest_finish" else 0,
        cost=sum(costs.tolist()) - used * model.per_vehicle + prizes,
    )


def last_end(instance: Instance, routes: Routes) -> int:
    """Return the tick at which the last route ends, by the clock; 0 if there are none."""
    ends = [
        schedule_route(instance, vehicle, codes).start[-1]
        for vehicle in range(routes.model.vehicles)
        if (codes := visits_of(instance, routes, vehicle))
    ]
    return max(ends, default=0)


def read_routes(instance: Instance, routes: Routes, solution: Solution) -> None:
    """Put a solution's routes into empty ones.

    What the instance does not know (any more) is passed over, and so is what would break a rule: of a route
    that does, one request after the other is put in where it stands.
    """
    taken: set[int] = set()
    for vehicle_id, visits in solution.routes.items():
        vehicle = instance.vehicle_index.get(vehicle_id)
        if vehicle is None:
            continue
        request_of = {
            task: request
            for task, request in _known_tasks(instance, visits)
            if request not in taken and not instance.is_set_aside[request]
        }
        if not routes.assign(vehicle, request_of):
            kept: list[int] = []
            for request in dict.fromkeys(request_of.values()):
                trial = [task for task, of in request_of.items() if of == request or task in kept]
                if routes.assign(vehicle, trial):
                    kept = trial
            routes.assign(vehicle, kept)
        taken.update(request_of[task] for task in routes.tasks_of(vehicle).tolist())


def _known_tasks(instance: Instance, visits: Sequence[AnyVisit]) -> list[tuple[int, int]]:
    """Return task and request of the visits that the instance knows; of an order whatever it is called."""
    found = []
    for visit in (visit for visit in visits if isinstance(visit, Visit)):
        request = instance.request_index.get(visit.order, -1)
        if request >= 0:
            tasks = instance.tasks_of(request)
            task = tasks[0] if len(tasks) == 1 else instance.task_index.get((visit.order, visit.task), -1)
            if task >= 0:
                found.append((task, request))
    return found


def write_routes(instance: Instance, routes: Routes) -> dict[Id, tuple[AnyVisit, ...]]:
    """Return routes as a solution holds them; vehicles without tasks are left out."""
    found: dict[Id, tuple[AnyVisit, ...]] = {}
    for vehicle, owner in enumerate(instance.problem.vehicles):
        visits = code_visits(instance, visits_of(instance, routes, vehicle))
        if visits:
            found[owner.id] = visits
    return found


def all_windows(instance: Instance) -> tuple[Windows, npt.NDArray[np.bool_]]:
    """Return the windows of tasks, starts and ends, and which vehicles have no moment to start or to end."""
    shifts = list(zip(instance.shift_open.tolist(), instance.shift_close.tolist(), strict=True))
    idle = np.zeros(len(shifts), bool)
    first = [instance.window_first.astype(np.int64)]
    opening, closing = [instance.window_open], [instance.window_close]
    for windows in (instance.start_windows, instance.end_windows):
        clipped = [_clipped(windows, vehicle, *shift) for vehicle, shift in enumerate(shifts)]
        idle |= np.array([not kept for kept in clipped], bool)
        flat = np.array([window for kept in clipped for window in kept or (_NO_MOMENT,)], np.int64)
        flat = flat.reshape(-1, 2)
        counts = np.array([max(len(kept), 1) for kept in clipped], np.int64)
        first.append(first[-1][-1] + np.cumsum(counts))
        opening.append(flat[:, 0])
        closing.append(flat[:, 1])
    all_windows = Windows(
        first=np.concatenate(first).astype(np.int32),
        open=np.concatenate(opening),
        close=np.concatenate(closing),
    )
    return all_windows, idle


def _clipped(windows: Windows, thing: int, first: int, last: int) -> list[tuple[int, int]]:
    of_thing = slice(windows.first[thing], windows.first[thing + 1])
    pairs = zip(windows.open[of_thing].tolist(), windows.close[of_thing].tolist(), strict=True)
    return [(max(a, first), min(b, last)) for a, b in pairs if a <= last and b >= first]
