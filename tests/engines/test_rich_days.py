"""The compiled engines on random days with soft times, overtime and breaks, held to clock and checker."""

from __future__ import annotations

import itertools
import time

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from o2oroute._search import Routes
from o2oroute.engines.compiled import SERVED, compiled_model, plan_value, write_routes
from o2oroute.engines.day_arrays import visits_of
from o2oroute.engines.insertion import InsertionEngine, construct
from o2oroute.engines.search import SearchEngine, improve
from o2oroute.model.features import asked
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.costs import route_costs
from o2oroute.plan.schedule import make_plan, solution_codes
from o2oroute.plan.trial import _judged
from random_problems import has_ways, instances, rich_instances
from search_audit import is_exact

#: Rules of days that the compiled engines serve.
DAY = ("breaks", "trips", "overtime")


def served(max_orders):
    """Return instances of problems that ask for nothing that the compiled engines do not serve."""
    return st.one_of(
        instances(max_orders=max_orders, day=DAY),
        rich_instances(max_orders=max_orders // 2, max_shipments=max_orders // 3, day=DAY),
        rich_instances(
            max_orders=max_orders // 4, max_shipments=max_orders // 2, day=("overtime", "max_ride")
        ),
    )


def least_cost(instance, vehicle, tasks):
    """Return what a route costs with breaks and reloads where they are best, or None if it breaks a rule."""
    table = instance.breaks
    pauses = range(table.first[vehicle], table.first[vehicle + 1])
    reloads = [None, *(instance.reload_code(depot) for depot in instance.reload_depots(vehicle))]
    costs = []
    for chosen in itertools.product(reloads, repeat=len(tasks) - 1):
        behind = [
            [tasks[0]],
            *([*([code] if code else []), task] for code, task in zip(chosen, tasks[1:], strict=True)),
        ]
        stops = [code for group in behind for code in group]
        for order in itertools.permutations(pauses):
            for places in itertools.product([None, *range(len(stops) + 1)], repeat=len(pauses)):
                known = [place for place in places if place is not None]
                if known == sorted(known):
                    costs.append(_cost(instance, vehicle, _with_breaks(stops, order, places)))
    return min((cost for cost in costs if cost is not None), default=None)


def _with_breaks(stops, pauses, places):
    codes = list(stops)
    for pause, place in reversed(list(zip(pauses, places, strict=True))):
        if place is not None:
            codes.insert(place, -1 - pause)
    return codes


def _cost(instance, vehicle, codes):
    if not has_ways(instance, vehicle, codes):
        return None
    trial = _judged(instance, vehicle, codes)
    if trial.broken:
        return None
    return sum(route_costs(instance, vehicle, codes, trial.times).values())


@given(data=st.data(), instance=served(max_orders=4))
@settings(max_examples=400, deadline=None)
def test_a_route_costs_what_clock_and_checker_say(data, instance):
    model = compiled_model(instance)
    assert model.cost_unit == 1
    planned = np.flatnonzero(~instance.is_set_aside[instance.task_request]).tolist()
    if not planned:
        return
    vehicle = data.draw(st.integers(0, model.vehicles - 1))
    assert SERVED.issuperset(asked(instance.problem))
    tasks = data.draw(st.permutations(planned))[: data.draw(st.integers(1, min(len(planned), 4)))]
    routes = Routes(model)
    expected = least_cost(instance, vehicle, tasks)
    found = routes.assign(vehicle, tasks)
    assert not found or expected is not None
    if found:
        cost = routes.totals()[1][vehicle] - model.per_vehicle
        codes = visits_of(instance, routes, vehicle)
        assert expected <= _cost(instance, vehicle, codes) <= cost
        event(f"gap: {cost > expected}")
    if is_exact(instance, vehicle):
        assert found == (expected is not None)
        assert not found or cost == expected
    elif not found:
        event(f"infeasible, though it may be done: {expected is not None}")


def routes_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


@given(instance=served(max_orders=6), seed=st.integers(0, 2**31 - 1))
@settings(max_examples=100, deadline=None)
def test_whatever_comes_back_passes_the_checker(instance, seed):
    found = construct(instance)
    assert found.finished
    for request in range(found.routes.model.requests):
        if not found.routes.is_served()[request] and instance.request_prize[request] < 0:
            assert instance.is_set_aside[request] or found.routes.cheapest(request) is None
    improve(instance, found.routes, iterations=100, seed=seed)
    assert plan_value(instance, found.routes) <= found.value
    written = Solution(write_routes(instance, found.routes))
    for vehicle, codes in solution_codes(instance, written).items():
        trial = _judged(instance, vehicle, codes)
        cost = found.routes.totals()[1][vehicle] - found.routes.model.per_vehicle
        assert not trial.broken
        assert cost >= sum(route_costs(instance, vehicle, codes, trial.times).values())
    solution = SearchEngine().solve(instance, deadline=1e18, seed=seed, iterations=50)
    assert check_plan(instance, make_plan(instance, solution, reasons=False)) == []


def last_end(plan):
    return max((route.stops[-1].start_seconds for route in plan.routes), default=0)


def left_out(plan, instance):
    """Return the importance of what is mandatory and not served."""
    requests = instance.problem.requests
    indices = (instance.request_index[each.id] for each in plan.unassigned)
    return sum(requests[i].importance for i in indices if requests[i].prize is None)


@given(instance=served(max_orders=6), seed=st.integers(0, 2**31 - 1))
@settings(max_examples=60, deadline=None)
def test_the_last_vehicle_is_back_early(instance, seed):
    instance = build_instance(instance.problem.replace(objective="earliest_finish"))
    first = make_plan(instance, Solution(write_routes(instance, construct(instance).routes)), reasons=False)
    for engine in (InsertionEngine(), SearchEngine()):
        found = engine.solve(instance, deadline=time.monotonic() + 60, seed=seed, iterations=100)
        plan = make_plan(instance, found, reasons=False)
        assert check_plan(instance, plan) == []
        value = left_out(plan, instance), last_end(plan)
        assert value <= (left_out(first, instance), last_end(first))
