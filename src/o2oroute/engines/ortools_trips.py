"""Loads and trips in OR-Tools' routing model: capacity, loads that exclude each other, releases, reloads."""

from __future__ import annotations

from typing import Any

import numpy as np

from o2oroute.engines.ortools_base import RoutingBase, zeros

__all__ = ["add_kinds", "add_loads", "add_releases", "add_reloads"]


def add_reloads(model: RoutingBase) -> None:
    """Let each vehicle load again where it may, and as often."""
    arrays = model.arrays
    for node, vehicle in zip(model.reloads, arrays.reload_vehicle.tolist(), strict=True):
        model.routing.VehicleVar(node).SetValues([-1, vehicle])
        model.routing.AddDisjunction([node], 0)
    offered = np.bincount(arrays.reload_vehicle, minlength=model.vehicles)
    if (offered >= arrays.max_trips).any():
        often = model.of_nodes(zeros(model.tasks), 1)
        most = np.minimum(offered, arrays.max_trips - 1).tolist()
        model.routing.AddDimensionWithVehicleCapacity(often, 0, most, True, "trips")


def add_loads(model: RoutingBase) -> None:
    """Hold loads to the capacities."""
    arrays = model.arrays
    columns = zip(arrays.delivery.T, arrays.change.T, arrays.capacity.T.tolist(), strict=True)
    for unit, (delivery, change, capacity) in enumerate(columns):
        if (delivery == -change).all():  # counted the other way round, it begins with nothing
            model.count_in_trips(delivery, capacity, f"load {unit}")
        else:
            _add_load(model, delivery, change, capacity, str(unit))


def _add_load(model: RoutingBase, delivery: Any, change: Any, capacity: list[int], unit: str) -> None:
    """Hold what is on board to the capacity: what a trip delivers from its start on, and what it picks up."""
    most, solver = max(capacity, default=0), model.solver
    name, empty = f"load {unit}", not delivery.any()
    model.routing.AddDimensionWithVehicleCapacity(
        model.of_nodes(change, -most), 2 * most if model.reloads else 0, capacity, empty, name
    )
    load, delivered, fetched = model.dimension(name), None, None
    if not empty:
        # what is on board at the start is what is delivered, and nothing else
        delivered = _added(
            model, -delivery, most if model.reloads else 0, capacity, f"delivery {unit}", fixed=False
        )
        for start, end in model.ends:
            delivered.CumulVar(end).SetValue(0)
            solver.Add(load.CumulVar(start) == delivered.CumulVar(start))
    if not model.reloads:
        return
    picked_up = delivery + change
    picked_up[model.arrays.pair.ravel()] = 0  # shipments stay on board
    if picked_up.any():
        model.count_in_trips(picked_up, capacity, f"pickup {unit}")
        fetched = model.dimension(f"pickup {unit}")
    for dimension in (load, delivered):
        if dimension is not None:
            model.jump_at_reloads_only(dimension)
    for node in model.reloads:
        unloaded = 0 if fetched is None else fetched.CumulVar(node)
        loaded = 0 if delivered is None else delivered.SlackVar(node)
        if delivered is not None:
            delivered.CumulVar(node).SetValue(0)
        solver.Add(load.SlackVar(node) == most - unloaded + loaded)


def _added(
    model: RoutingBase, counts: Any, slack: int, capacity: list[int], name: str, *, fixed: bool
) -> Any:
    model.routing.AddDimensionWithVehicleCapacity(model.of_nodes(counts), slack, capacity, fixed, name)
    return model.dimension(name)


def add_kinds(model: RoutingBase) -> None:
    """Let no trip carry kinds of load that exclude each other."""
    excludes, kind = model.arrays.excludes, model.arrays.kind.copy()
    if not excludes.any():
        return
    if model.reloads:  # a shipment may be delivered on a later trip
        pickup, delivery = model.arrays.pair.T
        kind[delivery] = kind[pickup]
    for number in range(len(excludes)):
        most = [model.tasks] * model.vehicles
        model.count_in_trips((kind == number).astype(np.int64), most, f"kind {number}")
    counts = [model.dimension(f"kind {number}") for number in range(len(excludes))]
    for one, other in zip(*np.nonzero(np.triu(excludes)), strict=True):
        for over in (*model.reloads, *(end for _, end in model.ends)):
            first, second = counts[one].CumulVar(over), counts[other].CumulVar(over)
            if one == other:
                first.SetMax(1)
            else:
                model.solver.Add((first > 0) + (second > 0) <= 1)


def add_releases(model: RoutingBase) -> None:
    """Let no trip leave before all that it loads is ready."""
    release, horizon = model.arrays.release, int(model.arrays.horizon)
    if not release.any():
        return
    left = _added(
        model,
        zeros(model.tasks),
        horizon if model.reloads else 0,
        [horizon] * model.vehicles,
        "departure of the trip",
        fixed=False,
    )
    moments = model.dimension("time")
    for start in model.starts():
        model.solver.Add(left.CumulVar(start) == moments.CumulVar(start))
    for task, ready in enumerate(release.tolist()):
        left.CumulVar(task).SetMin(min(ready, horizon))
    if model.reloads:
        model.jump_at_reloads_only(left)
        loading = model.arrays.stay[0]
        for node in model.reloads:
            leaves = moments.CumulVar(node) + int(loading[node])
            model.solver.Add(left.CumulVar(node) + left.SlackVar(node) == leaves)
