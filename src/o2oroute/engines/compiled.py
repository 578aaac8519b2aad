"""An instance in the layout of the compiled search, and solutions to and from its routes."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._search import UNLIMITED, Model, Routes
from o2oroute.model.instance import Instance, Windows
from o2oroute.model.part import Id
from o2oroute.model.solution import Solution, Visit

__all__ = [
    "SERVED",
    "Value",
    "all_windows",
    "compiled_model",
    "plan_value",
    "read_routes",
    "worth",
    "write_routes",
]

Int64 = npt.NDArray[np.int64]

#: Features (:mod:`~o2oroute.model.features`) that the compiled search serves.
SERVED: Final = frozenset({"speed_factor"})

#: Stands for the windows of a vehicle whose shift and depots leave it no moment to start or end.
_NO_MOMENT: Final = (0, 0)


class Value(NamedTuple):
    """What a set of routes is worth; the smaller one is better."""

    #: Summed over mandatory orders that are not served, though not set aside by a finding.
    unserved_importance: int
    #: Vehicles in use where fewest vehicles are the objective, else 0.
    vehicles: int
    #: Cost of the routes, and the prizes of optional orders that are not served.
    cost: int


def compiled_model(instance: Instance) -> Model:
    """Translate an instance.

    A vehicle whose shift and depot windows leave it no moment to start or to end takes no orders.

    Examples
    --------
    >>> compiled_model(instance).orders  # doctest: +SKIP
    150
    """
    windows, idle = all_windows(instance)
    legs = instance.profile_legs
    return Model(
        durations=[leg.durations for leg in legs],
        distances=[leg.priced for leg in legs],
        node_point=np.concatenate((instance.task_point, instance.start_point, instance.end_point)),
        service=instance.task_service[0],
        window_first=windows.first,
        window_open=windows.open,
        window_close=windows.close,
        order_load=instance.task_delivery,
        capacity=instance.capacity,
        profile=instance.vehicle_profile,
        fixed=instance.rates.fixed,
        per_tick=instance.rates.per_tick,
        per_length=instance.rates.per_length,
        max_distance=np.minimum(instance.max_length, UNLIMITED),
        max_duty=np.minimum(instance.max_duty, UNLIMITED),
        max_stops=np.where(idle, 0, np.minimum(instance.max_stops, UNLIMITED)),
        fewest_vehicles=instance.problem.objective == "fewest_vehicles",
    )


def worth(instance: Instance, model: Model) -> Int64:
    """Return the most that serving each order may cost: its prize; mandatory orders are worth any cost."""
    prizes = np.minimum(instance.request_prize // model.cost_unit, UNLIMITED)
    if model.per_vehicle:  # no prize is worth another vehicle
        prizes = np.minimum(prizes, model.per_vehicle - 1)
    return np.where(instance.request_prize < 0, UNLIMITED, prizes)


def plan_value(instance: Instance, routes: Routes) -> Value:
    """Return what is compared between plans; costs in the unit of the model."""
    model = routes.model
    unserved = ~routes.is_served() & (instance.task_point >= 0)
    mandatory = instance.request_prize < 0
    prizes = int(sum(instance.request_prize[unserved & ~mandatory].tolist())) // model.cost_unit
    stops, costs, _, _ = routes.totals()
    used = int((stops > 0).sum())
    return Value(
        unserved_importance=int(instance.request_importance[unserved & mandatory].sum()),
        vehicles=used if model.per_vehicle else 0,
        cost=sum(costs.tolist()) - used * model.per_vehicle + prizes,
    )


def read_routes(instance: Instance, routes: Routes, solution: Solution) -> None:
    """Put a solution's routes into empty ones.

    What the instance does not know (any more) is passed over, and so is what would break a rule: of a route
    that does, each order is tried at the end of those before it.
    """
    taken: set[int] = set()
    for vehicle_id, visits in solution.routes.items():
        vehicle = instance.vehicle_index.get(vehicle_id)
        if vehicle is None:
            continue
        found = dict.fromkeys(instance.request_index.get(visit.order, -1) for visit in visits)
        orders = [i for i in found if i >= 0 and i not in taken and instance.task_point[i] >= 0]
        if not routes.assign(vehicle, orders):
            for order in orders:
                last = len(routes.orders_of(vehicle))
                if routes.cost_of_insertion(order, vehicle, last) is not None:
                    routes.insert(order, vehicle, last)
        taken.update(routes.orders_of(vehicle).tolist())


def write_routes(instance: Instance, routes: Routes) -> dict[Id, tuple[Visit, ...]]:
    """Return routes as a solution holds them; vehicles without orders are left out."""
    orders = instance.problem.orders
    found: dict[Id, tuple[Visit, ...]] = {}
    for vehicle, owner in enumerate(instance.problem.vehicles):
        visits = tuple(Visit(orders[i].id, orders[i].task) for i in routes.orders_of(vehicle).tolist())
        if visits:
            found[owner.id] = visits
    return found


def all_windows(instance: Instance) -> tuple[Windows, npt.NDArray[np.bool_]]:
    """Return the windows of orders, starts and ends, and which vehicles have no moment to start or to end."""
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
