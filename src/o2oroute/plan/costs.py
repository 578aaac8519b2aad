"""What a timed route costs."""

from __future__ import annotations

from collections.abc import Sequence

from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes
from o2oroute.plan.route_track import route_price
from o2oroute.units import fixed_cost

__all__ = ["route_costs"]


def route_costs(instance: Instance, vehicle: int, tasks: Sequence[int], times: RouteTimes) -> dict[str, int]:
    """Return what a timed route costs, in integer cost units by what they are for.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    tasks : sequence of int
    times : RouteTimes
    """
    rates, per_second = instance.rates, instance.problem.ticks_per_second
    requests = [instance.problem.requests[i] for i in set(instance.task_request[list(tasks)].tolist())]
    owner = instance.problem.vehicles[vehicle].id
    # also of a vehicle that may not serve them, as plans made by hand have it
    elsewhere = [r.vehicles for r in requests if r.vehicles.preferred and owner not in r.vehicles.preferred]
    return {
        "fixed": int(rates.fixed[vehicle]),
        "duty": int(rates.per_tick[vehicle]) * times.duty,
        "distance": int(rates.per_length[vehicle]) * route_price(instance, vehicle, tasks),
        "travel": int(rates.per_travel_tick[vehicle]) * times.driving,
        "service": int(rates.per_service_tick[vehicle]) * times.service,
        "stops": int(rates.per_stop[vehicle]) * len(tasks),
        "preference": sum(fixed_cost(choice.not_preferred_cost, per_second) for choice in elsewhere),
    }
