"""What an instance says of a working day, in the integers of a general routing solver.

Breaks, trips, driving rules, ride times, what moments cost, overtime and the earliest finish. What the solver
cannot be told exactly it is told loosely: what comes out is timed by the clock and held to the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import UNLIMITED, Instance, Windows

__all__ = ["DayArrays", "MomentCosts", "day_arrays", "moment_costs", "reload_nodes", "with_reloads"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

#: More loadings of one vehicle than this are not offered to the solver.
_MOST_RELOADS: Final = 12


class MomentCosts(NamedTuple):
    """What moments and long duty cost, in cost units."""

    #: Node, moment, and cost of each tick that service there starts before or after it.
    node: Int32
    moment: Int64
    before: Int64
    after: Int64
    #: Of each vehicle, from :attr:`DayArrays.overtime_after` on.
    overtime: Int64

    def rates(self) -> list[int]:
        """Return the rates that are not zero."""
        return [rate for rate in np.concatenate((self.before, self.after, self.overtime)).tolist() if rate]

    def most(self, horizon: int) -> int:
        """Return the most that they can come to."""
        return horizon * sum(self.rates())


@dataclass(frozen=True, eq=False)
class DayArrays:
    """What a routing solver is told of the working day; moments count from the first tick of the day.

    Attributes
    ----------
    reload_code, reload_vehicle : ndarray of int32, shape (reloads,)
        Number in routes, and row of the vehicle, of each node that stands for loading again.
    stay_class : ndarray of int32, shape (vehicles,)
        Row of `stay`.
    stay : ndarray of int64, shape (classes, tasks + reloads)
        Service, or loading.
    max_trips : ndarray of int64, shape (vehicles,)
    break_vehicle : ndarray of int32, shape (breaks,)
        Those that no route can be before or behind anyway are left out.
    break_duration : ndarray of int64, shape (breaks,)
    break_on_duty : ndarray of bool, shape (breaks,)
    break_first : ndarray of int32, shape (breaks + 1,)
    break_open, break_close : ndarray of int64
        When each may begin, in CSR layout.
    drive_vehicle : ndarray of int32, shape (rules,)
    drive_after, drive_duration : ndarray of int64, shape (rules,)
    max_ride : ndarray of int64, shape (shipments,)
        From the start of service at the pickup to that at the delivery; -1 where there is no limit.
    soft_node : ndarray of int32, shape (terms,)
    soft_moment, soft_before, soft_after : ndarray of int64, shape (terms,)
        Costs of each tick before and after.
    overtime_after, overtime_per_tick : ndarray of int64, shape (vehicles,)
    per_tick_of_end : ndarray of int64, shape ()
        Cost of each tick until the last route is over.
    """

    reload_code: Int32
    reload_vehicle: Int32
    stay_class: Int32
    stay: Int64
    max_trips: Int64
    break_vehicle: Int32
    break_duration: Int64
    break_on_duty: npt.NDArray[np.bool_]
    break_first: Int32
    break_open: Int64
    break_close: Int64
    drive_vehicle: Int32
    drive_after: Int64
    drive_duration: Int64
    max_ride: Int64
    soft_node: Int32
    soft_moment: Int64
    soft_before: Int64
    soft_after: Int64
    overtime_after: Int64
    overtime_per_tick: Int64
    per_tick_of_end: Int64


def reload_nodes(
    instance: Instance, vehicle: Int32, is_open: npt.NDArray[np.bool_], tasks: int
) -> tuple[Int32, Int32]:
    """Return depots, and rows of vehicles, of the nodes that stand for loading again: enough for each one.

    Only of depots that are open that day.
    """
    depots, rows = [], []
    for row, number in enumerate(vehicle.tolist()):
        most = min(int(instance.max_trips[number]) - 1, max(tasks - 1, 0), _MOST_RELOADS)
        for depot in (depot for depot in dict.fromkeys(instance.reload_depots(number)) if is_open[depot]):
            depots += [depot] * most
            rows += [row] * most
    return np.array(depots, np.int32), np.array(rows, np.int32)


def with_reloads(windows: Windows, reloads: Windows) -> Windows:
    """Return windows followed by those in which depots load."""
    return Windows(
        np.concatenate((windows.first, windows.first[-1] + reloads.first[1:])).astype(np.int32),
        np.concatenate((windows.open, reloads.open)),
        np.concatenate((windows.close, reloads.close)),
    )


def moment_costs(instance: Instance, task: Int32, vehicle: Int32, first_tick: int) -> MomentCosts:
    """Return what moments cost, counted from the first tick; set-up is taken to be due at each task."""
    soft, node = instance.soft, {number: i for i, number in enumerate(task.tolist())}
    owner = np.repeat(np.arange(len(soft.first) - 1), np.diff(soft.first))
    kept = np.array([k for k, number in enumerate(owner.tolist()) if number in node], np.int64)
    setup = instance.task_setup.max(axis=0, initial=0)
    return MomentCosts(
        node=np.array([node[number] for number in owner[kept].tolist()], np.int32),
        moment=soft.moment[kept] + setup[owner[kept]] - first_tick,
        before=soft.before[kept],
        after=soft.after[kept],
        overtime=instance.overtime_per_tick[vehicle],
    )


def day_arrays(
    instance: Instance,
    task: Int32,
    vehicle: Int32,
    *,
    reloads: tuple[Int32, Int32],
    pickup: npt.NDArray[np.intp],
    first_tick: int,
    horizon: int,
    costs: MomentCosts,
    cost_unit: int,
    per_tick_of_end: int,
) -> DayArrays:
    """Translate what an instance says of the working day.

    Parameters
    ----------
    instance : Instance
    task, vehicle : ndarray of int32
        Those that take part.
    reloads : (ndarray, ndarray) of int32
        Of :func:`reload_nodes`.
    pickup : ndarray of int
        Nodes of pickups of shipments.
    first_tick, horizon : int
        The day.
    costs : MomentCosts
    cost_unit : int
        Cost units in one unit of the solver.
    per_tick_of_end : int
        Solver units of each tick until the last route is over.
    """
    depot, row = reloads
    service = instance.task_service[:, task]
    loading = np.broadcast_to(instance.depot_loading[depot], (len(service), depot.size))
    unpaid = np.array([_unpaid(instance, v) for v in vehicle.tolist()], np.int64)
    after = instance.overtime_after[vehicle]
    ride = instance.max_ride[instance.task_request[task[pickup]]]
    slack = service.max(axis=0, initial=0)[pickup]
    slack = slack + instance.task_setup[:, task].max(axis=0, initial=0)[pickup + 1]
    drives = [
        (row, rule.after_driving, rule.duration)
        for row, number in enumerate(vehicle.tolist())
        for rule in instance.problem.vehicles[number].driving_breaks
    ]
    rules = np.array(drives, np.int64).reshape(-1, 3)

    def rounded(rates: Int64) -> Int64:
        return (rates + cost_unit // 2) // cost_unit

    return DayArrays(
        reload_code=np.array([instance.reload_code(d) for d in depot.tolist()], np.int32),
        reload_vehicle=row,
        stay_class=instance.vehicle_type[vehicle],
        stay=np.concatenate((service, loading), axis=1),
        max_trips=instance.max_trips[vehicle],
        **_breaks(instance, vehicle, first_tick, horizon),
        drive_vehicle=rules[:, 0].astype(np.int32),
        drive_after=rules[:, 1].copy(),
        drive_duration=rules[:, 2].copy(),
        max_ride=np.where(ride >= UNLIMITED, -1, ride + slack),
        soft_node=costs.node,
        soft_moment=costs.moment,
        soft_before=rounded(costs.before),
        soft_after=rounded(costs.after),
        overtime_after=np.where(after >= UNLIMITED, -1, after + unpaid),
        overtime_per_tick=rounded(costs.overtime),
        per_tick_of_end=np.array(per_tick_of_end, np.int64),
    )


def _unpaid(instance: Instance, vehicle: int) -> int:
    """Return the ticks of breaks that are on duty and not paid."""
    breaks = instance.problem.vehicles[vehicle].breaks
    return sum(pause.duration for pause in breaks if not pause.paid and not pause.off_duty)


def _breaks(instance: Instance, vehicle: Int32, first_tick: int, horizon: int) -> dict[str, Any]:
    """Return the breaks that bind routes within the day."""
    table, windows = instance.breaks, instance.breaks.windows
    rows, durations, on_duty, first, spans = [], [], [], [0], []
    for row, number in enumerate(vehicle.tolist()):
        for pause in range(table.first[number], table.first[number + 1]):
            duration, off_duty = int(table.duration[pause]), bool(table.off_duty[pause])
            of_pause = slice(windows.first[pause], windows.first[pause + 1])
            opens = (windows.open[of_pause] - first_tick).tolist()
            closes = (windows.close[of_pause] - first_tick).tolist()
            before_or_behind = off_duty and (opens[0] + duration <= 0 or closes[-1] >= horizon)
            if table.after_driving[pause] >= 0 or before_or_behind:
                continue
            rows.append(row)
            durations.append(duration)
            on_duty.append(not off_duty)
            within = [
                (max(a, -duration), min(b, horizon))
                for a, b in zip(opens, closes, strict=True)
                if b >= -duration and a <= horizon
            ]
            # one that the day has no moment for is put where no route is
            spans += within or [(-duration, -duration)]
            first.append(len(spans))
    flat = np.array(spans, np.int64).reshape(-1, 2)
    return {
        "break_vehicle": np.array(rows, np.int32),
        "break_duration": np.array(durations, np.int64),
        "break_on_duty": np.array(on_duty, np.bool_),
        "break_first": np.array(first, np.int32),
        "break_open": flat[:, 0].copy(),
        "break_close": flat[:, 1].copy(),
    }
