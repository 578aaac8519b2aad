"""The working day in OR-Tools' routing model: breaks, driving rules, ride times, costs of moments, the end.

Some of it is modelled loosely: what is on board during a break is not looked at, and driving breaks only take
their time before the end of a route. The clock and the rules decide on what comes out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from o2oroute.engines.ortools_base import RoutingBase, zeros

__all__ = ["add_day"]


def add_day(model: RoutingBase) -> None:
    """Add all that an instance says of the working day."""
    _add_breaks(model)
    _add_driving_rules(model)
    _add_moment_costs(model)
    moments, arrays = model.dimension("time"), model.arrays
    for (pickup, delivery), longest in zip(arrays.pair.tolist(), arrays.max_ride.tolist(), strict=True):
        if longest >= 0:
            model.solver.Add(moments.CumulVar(delivery) - moments.CumulVar(pickup) <= longest)
    for vehicle, after in enumerate(arrays.overtime_after.tolist()):
        rate = int(arrays.overtime_per_tick[vehicle])
        if after >= 0 and rate:
            bound = model.cp.BoundCost(min(after, int(arrays.horizon)), rate)
            moments.SetSoftSpanUpperBoundForVehicle(bound, vehicle)
    _add_finish(model)


def _add_breaks(model: RoutingBase) -> None:
    arrays = model.arrays
    for vehicle in np.unique(arrays.break_vehicle).tolist():
        pauses = np.flatnonzero(arrays.break_vehicle == vehicle).tolist()
        intervals = [_interval(model, pause) for pause in pauses]
        stays = arrays.stay[arrays.stay_class[vehicle]].tolist()
        stays += [0] * (model.routing.Size() - len(stays))
        model.dimension("time").SetBreakIntervalsOfVehicle(intervals, vehicle, stays)
        for pause, interval in zip(pauses, intervals, strict=True):
            model.routing.AddIntervalToAssignment(interval)
            if arrays.break_on_duty[pause]:
                _keep_on_duty(model, vehicle, pause, interval)


def _interval(model: RoutingBase, pause: int) -> Any:
    arrays = model.arrays
    of_pause = slice(arrays.break_first[pause], arrays.break_first[pause + 1])
    opens, closes = arrays.break_open[of_pause].tolist(), arrays.break_close[of_pause].tolist()
    begin = model.solver.IntVar(opens[0], closes[-1], f"begin of break {pause}")
    for closed, reopened in zip(closes[:-1], opens[1:], strict=True):
        begin.RemoveInterval(closed + 1, reopened - 1)
    duration = int(arrays.break_duration[pause])
    return model.solver.FixedDurationIntervalVar(begin, duration, f"break {pause}")


def _keep_on_duty(model: RoutingBase, vehicle: int, pause: int, interval: Any) -> None:
    """Keep a break between start and end of the route, if there is one."""
    moments, (start, end) = model.dimension("time"), model.ends[vehicle]
    duration = int(model.arrays.break_duration[pause])
    unused = (int(model.arrays.horizon) + 2 * duration) * (1 - model.routing.ActiveVehicleVar(vehicle))
    model.solver.Add(moments.CumulVar(start) <= interval.StartExpr() + unused)
    model.solver.Add(interval.StartExpr() + duration <= moments.CumulVar(end) + unused)


def _add_driving_rules(model: RoutingBase) -> None:
    """Let routes take the time of the breaks that their driving asks for."""
    arrays, horizon = model.arrays, int(model.arrays.horizon)
    if not arrays.drive_vehicle.size:
        return
    for name, matrices, rows in (
        ("work", arrays.transit, arrays.transit_class),
        ("way", arrays.driving, arrays.profile),
    ):
        evaluators = model.by_vehicle(matrices, rows)
        model.routing.AddDimensionWithVehicleTransits(evaluators, 0, horizon, True, name)
    moments, work, way = map(model.dimension, ("time", "work", "way"))
    for vehicle, after, duration in zip(
        arrays.drive_vehicle.tolist(),
        arrays.drive_after.tolist(),
        arrays.drive_duration.tolist(),
        strict=True,
    ):
        long_enough = (arrays.break_vehicle == vehicle) & (arrays.break_duration >= duration)
        start, end = model.ends[vehicle]
        due = (way.CumulVar(end) - 1) // after - int(long_enough.sum())
        taken = moments.CumulVar(end) - moments.CumulVar(start) - work.CumulVar(end)
        model.solver.Add(taken >= due * duration)


def _add_moment_costs(model: RoutingBase) -> None:
    """Price moments; a second price for being late needs a second count of the time."""
    arrays, horizon = model.arrays, int(model.arrays.horizon)
    moments, priced, second = model.dimension("time"), set(), None
    for node, moment, before, after in zip(
        arrays.soft_node.tolist(),
        arrays.soft_moment.clip(0, horizon).tolist(),
        arrays.soft_before.tolist(),
        arrays.soft_after.tolist(),
        strict=True,
    ):
        if before:
            moments.SetCumulVarSoftLowerBound(node, moment, before)
        if after and node not in priced:
            moments.SetCumulVarSoftUpperBound(node, moment, after)
            priced.add(node)
        elif after:
            second = second or _added(model, "time again", from_zero=False)
            model.solver.Add(second.CumulVar(node) == moments.CumulVar(node))
            second.SetCumulVarSoftUpperBound(node, moment, after)


def _add_finish(model: RoutingBase) -> None:
    """Price the end of the last route."""
    per_tick, horizon = int(model.arrays.per_tick_of_end), int(model.arrays.horizon)
    if not per_tick:
        return
    moments, finish = model.dimension("time"), _added(model, "finish", from_zero=True)
    finish.SetGlobalSpanCostCoefficient(per_tick)
    for vehicle, (_, end) in enumerate(model.ends):
        unused = horizon * (1 - model.routing.ActiveVehicleVar(vehicle))
        model.solver.Add(finish.CumulVar(end) + unused >= moments.CumulVar(end))
        for variable in (moments.CumulVar(end), finish.CumulVar(end)):
            model.routing.AddVariableMinimizedByFinalizer(variable)


def _added(model: RoutingBase, name: str, *, from_zero: bool) -> Any:
    """Return a new dimension in which nothing but waiting takes time."""
    horizon = int(model.arrays.horizon)
    model.routing.AddDimension(model.of_nodes(zeros(model.tasks)), horizon, horizon, from_zero, name)
    return model.dimension(name)
