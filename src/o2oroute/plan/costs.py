"""What a timed route costs."""

from __future__ import annotations

from collections.abc import Sequence

from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes
from o2oroute.plan.route_track import route_price

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
    rates = instance.rates
    service = sum(times.departure) - sum(times.start)
    driving = times.duty - times.waiting - service
    rows = instance.request_choice[list(dict.fromkeys(instance.task_request[list(tasks)].tolist()))]
    extra = instance.choice_cost[rows, vehicle]
    return {
        "fixed": int(rates.fixed[vehicle]),
        "duty": int(rates.per_tick[vehicle]) * times.duty,
        "distance": int(rates.per_length[vehicle]) * route_price(instance, vehicle, tasks),
        "travel": int(rates.per_travel_tick[vehicle]) * driving,
        "service": int(rates.per_service_tick[vehicle]) * service,
        "stops": int(rates.per_stop[vehicle]) * len(tasks),
        "preference": int(extra[extra > 0].sum()),
    }
