"""How many vehicles mandatory orders need at least, before any route is searched for.

Each bound leaves rules out, so it is never too large: what it says cannot be done, cannot. Beginning with the
vehicles that can take most, as many are counted as can take all:

- *load*: deliveries of all orders fill the vehicles at their starts, and where they load again; pickups of
  all orders fill them at their ends.
- *stops*: each vehicle makes at most its ``max_stops``.
- *time*: each stop takes its service, and the shortest way there from any stop or start. This must fit into
  what duty and shifts allow; and for each two moments, the stops whose windows lie between them must fit
  into the time between them, where the way to the first one may be driven before.

Each is asked of all orders, and of those that only some of the vehicles may serve.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.errors import Finding
from o2oroute.model.instance import ANY_TIME, NO_POINT, UNLIMITED, Instance
from o2oroute.plan.wording import amount_text, moment_text
from o2oroute.units import INF

__all__ = ["FleetNeed", "fleet_findings", "fleet_needs"]

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

#: With more kinds of choice among vehicles only all orders together are looked at,
_MOST_CHOICES: Final = 20
#: and of more moments than this, so many spread evenly over them.
_MOST_MOMENTS: Final = 40
#: Trips of a vehicle that are as good as any number.
_MANY: Final = 10**6
#: Rows of the matrix that are looked at together.
_ROWS: Final = 128


class FleetNeed(NamedTuple):
    """How many vehicles something needs."""

    #: ``"load"``, ``"stops"`` or ``"time"``.
    of: str
    #: Least number of vehicles; one more than there are if all together do not suffice.
    vehicles: int
    #: Vehicles that may serve these orders.
    available: int
    #: What is to be done, and what all these vehicles can do: thousandths of a unit, stops or ticks.
    asked: int
    offered: int
    #: The unit of load; None for time and stops.
    unit: str | None = None
    #: The moments between which time is short; None for the whole day.
    between: tuple[int, int] | None = None


def fleet_needs(instance: Instance) -> list[FleetNeed]:
    """Return how many vehicles are needed at least.

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    list of FleetNeed
        The largest needs by load (of each unit), by stops and by time, each where there is one; first of all
        orders, then of those that only some vehicles may serve, if these do not suffice.
    """
    mandatory = (instance.request_prize < 0) & ~instance.is_set_aside
    needs = list(_needs(instance, mandatory, np.ones(len(instance.problem.vehicles), np.bool_)))
    allowed = instance.choice_cost >= 0
    if 1 < len(allowed) <= _MOST_CHOICES:
        for row in allowed:
            if row.any() and not row.all():
                within = ~(allowed & ~row).any(axis=1)
                some = mandatory & within[instance.request_choice]
                needs += [need for need in _needs(instance, some, row) if need.vehicles > need.available]
    return needs


def fleet_findings(instance: Instance) -> list[Finding]:
    """Return a note for each bound that the fleet does not reach."""
    found = []
    for need in fleet_needs(instance):
        if need.vehicles > need.available:
            message = _message(instance, need)
            action = "Some orders will be left out; add vehicles, or relax what they may do."
            found.append(Finding(f"FLEET_{need.of.upper()}", "/vehicles", message, action, level="note"))
    return found


def _message(instance: Instance, need: FleetNeed) -> str:
    ticks = instance.problem.ticks_per_second
    if need.unit is not None:
        asked, offered = (amount_text(x / 1000, need.unit) for x in (need.asked, need.offered))
    elif need.of == "stops":
        asked, offered = f"{need.asked} stops", f"{need.offered}"
    else:
        asked, offered = (amount_text(x / ticks, "s") for x in (need.asked, need.offered))
    when = ""
    if need.between is not None:
        first, last = (moment_text(instance.problem, moment) for moment in need.between)
        when = f" between {first} and {last}"
    which = "vehicle has" if need.available == 1 else "vehicles have"
    return f"Orders need {asked}{when}; {need.available} {which} {offered}."


def _needs(instance: Instance, requests: Bool, vehicles: Bool) -> Iterator[FleetNeed]:
    """Yield the needs of some requests that only some vehicles may serve."""
    tasks = requests[instance.task_request]
    if not tasks.any():
        return
    most = max(int(vehicles.sum()), 1)
    trips = np.minimum(instance.max_trips, UNLIMITED)
    for column, unit in enumerate(instance.units):
        capacity = instance.capacity[:, column]
        # what is not limited must not be multiplied, nor added up beyond what numbers hold
        limit = np.where(
            (capacity >= UNLIMITED) | (trips > _MANY), UNLIMITED, capacity * np.minimum(trips, _MANY)
        )
        limit = np.minimum(limit, UNLIMITED // most)
        change = instance.task_change[tasks, column] + instance.task_delivery[tasks, column]
        orders = instance.task_request[tasks] < len(instance.problem.orders)
        asked = max(int(instance.task_delivery[tasks, column].sum()), int(change[orders].sum()))
        yield from _count("load", asked, limit[vehicles], unit=unit)
    stops = np.minimum(instance.max_stops, UNLIMITED // most)
    yield from _count("stops", int(tasks.sum()), stops[vehicles])
    yield from _times(instance, tasks, vehicles)


def _count(
    of: str, asked: int, limits: Int64, *, unit: str | None = None, between: tuple[int, int] | None = None
) -> Iterator[FleetNeed]:
    """Count the vehicles that can take an amount, those that can take most first."""
    if asked <= 0:
        return
    reached = np.cumsum(np.sort(np.maximum(limits, 0))[::-1])
    vehicles = int(np.searchsorted(reached, asked)) + 1
    offered = int(reached[-1]) if reached.size else 0
    yield FleetNeed(of, vehicles, limits.size, asked, offered, unit, between)


def _times(instance: Instance, tasks: Bool, vehicles: Bool) -> Iterator[FleetNeed]:
    """Yield the largest need by time."""
    number = np.flatnonzero(tasks)
    way = _shortest_ways(instance, number, vehicles)
    work = instance.task_service[:, number].min(axis=0) + way
    opens = instance.window_open[instance.window_first[:-1]][number]
    closes = instance.window_close[instance.window_first[1:] - 1][number]
    ends = np.where(closes >= ANY_TIME[1], UNLIMITED, closes + instance.task_service[:, number].min(axis=0))
    first, last = instance.shift_open[vehicles], instance.shift_close[vehicles]
    duty = np.minimum(instance.max_duty[vehicles], last - first)
    open_start = instance.start_point[vehicles] == NO_POINT
    longest = int(way.max(initial=0))
    needs = list(_count("time", int(work.sum()), duty + open_start * longest))
    for begin in _spread(opens[opens > ANY_TIME[0]]):
        for end in _spread(ends[(ends < UNLIMITED) & (opens >= begin)]):
            inside = (opens >= begin) & (ends <= end)
            there = np.minimum(last, end) - np.maximum(first, begin)
            limit = np.where(there < 0, 0, np.minimum(duty, there) + longest)
            needs += _count("time", int(work[inside].sum()), limit, between=(int(begin), int(end)))
    if needs:
        yield max(needs, key=lambda need: (need.vehicles, need.asked - need.offered))


def _spread(moments: Int64) -> Int64:
    """Return different moments, at most so many, the first and the last among them."""
    different = np.unique(moments)
    if different.size <= _MOST_MOMENTS:
        return different
    return different[np.linspace(0, different.size - 1, _MOST_MOMENTS).astype(np.int64)]


def _shortest_ways(instance: Instance, tasks: npt.NDArray[np.intp], vehicles: Bool) -> Int64:
    """Return the ticks of the shortest way to each task from any other stop, by whichever vehicle."""
    different, row = np.unique(instance.task_point[tasks], return_inverse=True)
    points, count = np.unique(instance.task_point, return_counts=True)
    depots = {depot for v in np.flatnonzero(vehicles) for depot in instance.reload_depots(int(v))}
    starts = np.union1d(instance.start_point[vehicles], instance.depot_point[sorted(depots)])
    tails = np.union1d(points, starts)
    tails = tails[tails != NO_POINT]
    shortest = np.full(different.size, INF, np.int64)
    for profile in np.unique(instance.vehicle_profile[vehicles]):
        ticks = instance.profile_legs[profile].durations
        for begin in range(0, tails.size, _ROWS):
            rows = tails[begin : begin + _ROWS]
            ways = ticks[rows]
            ways[np.arange(rows.size), rows] = INF  # not from itself
            shortest = np.minimum(shortest, ways.min(axis=0)[different])
    here = np.isin(different, np.union1d(starts, points[count > 1]))
    return np.where(here | (shortest >= INF), 0, shortest)[row.reshape(-1)]
