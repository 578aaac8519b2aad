"""Each state that the compiled search goes on from, held to clock and checker."""

from __future__ import annotations

import gc
import sys

import numpy as np

from o2oroute._search import Improver, Routes
from o2oroute.engines.compiled import write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.search import search_task
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.units import cost_units

#: Parameters with which vehicles change often, and routes of two orders are long enough to be split.
CHANGING = {"route_splits": 0.2, "vehicle_changes": 0.2, "longest_string": 1}


def audit(instance, *, seed, iterations, settings=None):
    """Search, and assert that it agrees with the checker on each state; return how many there were."""
    routes = construct(instance).routes
    task = search_task(instance, routes, settings or {}, deadline=None)
    improver = Improver(
        routes, **task.of_requests, neighbours=task.neighbours, seed=seed, settings=dict(task.settings)
    )
    held = 0

    def compare():
        nonlocal held
        held += 1
        assert_alike(instance, routes.model, improver)

    improver.run(iterations=iterations, watch=compare)
    return held


def grows(work, *, times=20, attempts=30):
    """Tell whether each call of `work` leaves memory behind, be it a single block of Python's allocator.

    Caches grow at first, too, but less and less; what leaks does so every time.
    """
    for _ in range(attempts):
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times):
            work()
        gc.collect()
        if sys.getallocatedblocks() - before < times / 2:
            return False
    return True


def assert_alike(instance, model, improver):
    """Assert that the routes gone on from are worth what a plan of them states, and break no rule."""
    assert model.cost_unit == 1
    importance, cost = improver.last_value
    routes = Routes(model)
    for vehicle in range(model.vehicles):
        assert routes.assign(vehicle, improver.last_tasks_of(vehicle))
    plan = make_plan(instance, Solution(write_routes(instance, routes)), reasons=False)
    assert check_plan(instance, plan) == []
    units = cost_units(instance.problem.ticks_per_second)
    left = [instance.request_index[request.id] for request in plan.unassigned]
    # what is set aside is no business of the search; and no prize is worth another vehicle to it
    left = [request for request in left if not instance.is_set_aside[request]]
    prizes = [prize for prize in instance.request_prize[left].tolist() if prize >= 0]
    if model.per_vehicle:
        prizes = [min(prize, model.per_vehicle - 1) for prize in prizes]
    mandatory = [request for request in left if instance.request_prize[request] < 0]
    assert importance == sum(int(instance.request_importance[request]) for request in mandatory)
    of_vehicles = model.per_vehicle * plan.summary.vehicles
    stated = round(plan.summary.routes_cost * units) + of_vehicles + sum(prizes)
    if all(is_exact(instance, vehicle) for vehicle in range(model.vehicles)):
        assert cost == stated
    # the clock may find a cheaper schedule of the same route, see docs/concepts/search.md
    elif instance.problem.objective != "earliest_finish":
        assert cost >= stated


def is_exact(instance, vehicle):
    """Tell whether the kernel's costs are exact: where duty does not bend, or each stop has one window.

    Nor may limits lie on what detours to depots take, or two breaks be taken in another order.
    """
    owner = instance.problem.vehicles[vehicle]
    if instance.problem.objective == "earliest_finish":
        return False
    many = (np.diff(instance.window_first) > 1).any() or any(
        (np.diff(windows.first) > 1).any() for windows in (instance.start_windows, instance.end_windows)
    )
    reloads = bool(instance.reload_depots(vehicle))
    convex = not (many or owner.breaks or reloads)
    limited = (
        owner.max_distance is not None or owner.max_travel is not None or not is_metric(instance, vehicle)
    )
    if instance.has_ride_limits and instance.soft.moment.size:
        return False
    bends = owner.max_duty is not None or owner.overtime is not None
    return (convex or not bends) and len(owner.breaks) < 2 and not (reloads and (limited or owner.breaks))


def is_metric(instance, vehicle):
    """Tell whether the kernel's quick tests of times are right: no way round is faster than the way."""
    legs = instance.vehicle_legs(vehicle).durations.astype(np.int64)
    return bool((legs[:, None, :] <= legs[:, :, None] + legs[None, :, :]).all())
