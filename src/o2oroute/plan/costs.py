"""What a timed route costs."""

from __future__ import annotations

from collections.abc import Sequence

from o2oroute.model.instance import Instance
from o2oroute.plan.clock import RouteTimes
from o2oroute.plan.route_track import route_duty, route_price, route_soft_terms
from o2oroute.units import fixed_cost

__all__ = ["route_costs"]


def route_costs(instance: Instance, vehicle: int, codes: Sequence[int], times: RouteTimes) -> dict[str, int]:
    """Return what a timed route costs, in integer cost units by what they are for.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    codes : sequence of int
        Visits.
    times : RouteTimes
    """
    rates, per_second = instance.rates, instance.problem.ticks_per_second
    tasks = [code for code in codes if code >= 0]
    duty = route_duty(instance, vehicle, codes)
    paid = times.duty - duty.unpaid
    soft = route_soft_terms(instance, codes)
    stays = [left - begun for left, begun in zip(times.departure[1:-1], times.start[1:-1], strict=True)]
    service = sum(stay for stay, code in zip(stays, codes, strict=True) if code >= 0)
    requests = [instance.problem.requests[i] for i in set(instance.task_request[tasks].tolist())]
    owner = instance.problem.vehicles[vehicle].id
    # also of a vehicle that may not serve them, as plans made by hand have it
    elsewhere = [r.vehicles for r in requests if r.vehicles.preferred and owner not in r.vehicles.preferred]
    return {
        "fixed": int(rates.fixed[vehicle]),
        "duty": int(rates.per_tick[vehicle]) * paid,
        "overtime": duty.overtime * max(paid - duty.ordinary, 0),
        "moments": sum(term.cost(times.start[node]) for node, terms in soft.items() for term in terms),
        "distance": int(rates.per_length[vehicle]) * route_price(instance, vehicle, codes),
        "travel": int(rates.per_travel_tick[vehicle]) * times.driving,
        "service": int(rates.per_service_tick[vehicle]) * service,
        "stops": int(rates.per_stop[vehicle]) * len(tasks),
        "preference": sum(fixed_cost(choice.not_preferred_cost, per_second) for choice in elsewhere),
    }
