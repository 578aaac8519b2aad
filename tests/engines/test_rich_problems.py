"""The compiled engines on random problems in which the rules of requests mix, held to clock and checker."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._search import Routes
from o2oroute.engines.compiled import compiled_model, plan_value, read_routes, write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.search import SearchEngine, improve
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.costs import route_costs
from o2oroute.plan.schedule import make_plan
from o2oroute.plan.trial import tried
from random_problems import has_ways, rich_instances


def judged(instance, vehicle, tasks):
    """Return the cost units of a route by clock and checker, or None if it breaks a rule."""
    if not has_ways(instance, vehicle, tasks):
        return None
    trial = tried(instance, vehicle, tasks)
    return None if trial.broken else sum(route_costs(instance, vehicle, tasks, trial.times).values())


@given(instance=rich_instances(max_orders=2, max_shipments=1))
@settings(max_examples=60, deadline=None)
def test_a_route_is_feasible_and_costs_as_clock_and_checker_say(instance):
    model = compiled_model(instance)
    assert model.cost_unit == 1
    planned = [
        task for task, request in enumerate(instance.task_request) if not instance.is_set_aside[request]
    ]
    for vehicle in range(model.vehicles):
        for count in range(1, len(planned) + 1):
            for tasks in itertools.permutations(planned, count):
                routes = Routes(model)
                expected = judged(instance, vehicle, list(tasks))
                assert routes.assign(vehicle, tasks) == (expected is not None), (vehicle, tasks)
                if expected is not None:
                    assert routes.totals()[1][vehicle] - model.per_vehicle == expected


def routes_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


def assert_exact(instance, routes):
    for vehicle, tasks in enumerate(routes_of(routes)):
        if tasks:
            cost = routes.totals()[1][vehicle] - routes.model.per_vehicle
            assert cost == judged(instance, vehicle, tasks)


@given(instance=rich_instances(max_orders=6, max_shipments=4), seed=st.integers(0, 2**31 - 1))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_back_passes_the_checker(instance, seed):
    keeps_all_rules(instance, seed)


@given(instance=rich_instances(max_orders=6, max_shipments=3, relations=True), seed=st.integers(0, 2**31 - 1))
@settings(max_examples=100, deadline=None)
def test_whatever_comes_back_keeps_relations(instance, seed):
    keeps_all_rules(instance, seed)


def keeps_all_rules(instance, seed):
    found = construct(instance)
    assert found.finished
    assert_exact(instance, found.routes)
    for request in range(found.routes.model.requests):
        if not found.routes.is_served()[request] and instance.request_prize[request] < 0:
            assert instance.is_set_aside[request] or found.routes.cheapest(request) is None
    improve(instance, found.routes, iterations=100, seed=seed)
    assert plan_value(instance, found.routes) <= found.value
    assert_exact(instance, found.routes)
    plans = []
    for _ in range(2):
        solution = SearchEngine().solve(instance, deadline=1e18, seed=seed, iterations=50)
        plans.append(solution.routes)
        assert check_plan(instance, make_plan(instance, solution, reasons=False)) == []
    assert plans[0] == plans[1]


@given(instance=rich_instances())
@settings(max_examples=60, deadline=None)
def test_routes_are_read_as_they_were_written(instance):
    found = construct(instance)
    written = Solution(write_routes(instance, found.routes))
    read = Routes(found.routes.model)
    read_routes(instance, read, written)
    assert routes_of(read) == routes_of(found.routes)
    # of a route that breaks a rule, what can stay stays
    swapped = {vehicle: visits[::-1] for vehicle, visits in written.routes.items()}
    read = Routes(found.routes.model)
    read_routes(instance, read, Solution(swapped))
    assert_exact(instance, read)
