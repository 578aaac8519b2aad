"""OR-Tools in its child process: no worse than its start, whatever happens to the child."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import line, tiny
from o2oroute._search import Routes
from o2oroute.engines import ortools
from o2oroute.engines.child import Child
from o2oroute.engines.compiled import compiled_model, plan_value, read_routes, write_routes
from o2oroute.engines.insertion import construct
from o2oroute.engines.judge import Judge
from o2oroute.engines.ortools import OrtoolsEngine, first_routes, read_back, search
from o2oroute.engines.ortools_base import load_ortools
from o2oroute.engines.routing_arrays import RoutingArrays, routing_arrays
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.schedule import solution_codes
from o2oroute.units import cost_units
from random_problems import instances


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Load OR-Tools before time counts."""
    load_ortools()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_it_takes_every_start_and_breaks_no_rule(data):
    """In this process, where a crash would be seen."""
    instance = data.draw(instances())
    start = solution_codes(instance, Solution(write_routes(instance, construct(instance).routes)))
    judge = Judge(instance)
    arrays = routing_arrays(instance)
    found = []
    if arrays.task.size and arrays.vehicle.size:
        figures = search(
            RoutingArrays.from_bytes(arrays.to_bytes()),
            first_routes(start, arrays),
            found.append,
            until=time.time() + 0.3,
            iterations=30,
            seed=1,
        )
        timed_out = figures["status"] == 4  # on a busy machine, before it began
        assert figures["start_taken"] or timed_out
        assert found or timed_out
    judged = [judge.routes(read_back(arrays, nodes)) for nodes in found]
    assert None not in judged
    if found:
        # one number of the solver stands for importance, vehicles and cost; rounding may cost it a tie
        assert judge.value(judged[-1])[:2] <= judge.value(judge.routes(start))[:2]


@pytest.fixture(scope="module")
def town():
    """Forty orders in windows that ten vans can serve."""
    chance = np.random.default_rng(5)
    travel = line(*chance.integers(0, 3000, 41).tolist())
    opens = chance.integers(0, 6000, 40).tolist()
    problem = tiny(
        travel,
        vehicles=[{"capacity": {"kg": 8}, "costs": {"fixed": 1, "per_hour": 20, "per_km": 0.3}}] * 10,
        orders=[{"delivery": {"kg": 1}, "windows": [(at, at + 3000)], "service": 60} for at in opens],
    )
    return build_instance(problem)


def solved(instance, seconds, **settings):
    return OrtoolsEngine().solve(instance, deadline=time.monotonic() + seconds, **settings)


def value_of(instance, solution):
    routes = Routes(compiled_model(instance))
    read_routes(instance, routes, solution)
    return plan_value(instance, routes)


def test_it_finds_better_routes_than_insertion(town):
    solution = solved(town, 30, iterations=60)
    assert solution.statistics["found_by"] == "ortools"
    assert solution.statistics["ortools"]["start_taken"]
    assert value_of(town, solution) < construct(town).value
    costs = [entry["cost"] for entry in solution.statistics["trace"]]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == pytest.approx(value_of(town, solution).cost / cost_units(1), abs=1e-4)


def test_the_same_seed_and_iterations_give_the_same_routes(town):
    first, second = (solved(town, 30, iterations=40, seed=7) for _ in range(2))
    assert first.routes == second.routes
    assert first.statistics["ortools"]["solutions"] == second.statistics["ortools"]["solutions"]


def test_it_begins_with_the_routes_that_are_given(town):
    start = solved(town, 30, iterations=60)
    assert value_of(town, solved(town, 0.3, start=start)) <= value_of(town, start)


@pytest.mark.parametrize("name", ["no_such_module", "engine"])
def test_a_child_that_dies_leaves_the_routes_of_insertion(town, monkeypatch, name):
    """One cannot be imported, the other ends at once without a word."""
    monkeypatch.setattr(
        ortools, "Child", lambda _, settings, data: Child(f"o2oroute.engines.{name}", settings, data)
    )
    solution = solved(town, 30)
    assert solution.routes
    assert value_of(town, solution) == construct(town).value
    assert "process died: exit code" in solution.statistics["ortools"]["failed"]


def test_a_child_that_cannot_start_leaves_the_routes_of_insertion(town, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/interpreter")
    solution = solved(town, 30)
    assert value_of(town, solution) == construct(town).value
    assert "could not be started" in solution.statistics["ortools"]["failed"]


def test_routes_that_break_a_rule_are_refused(town):
    arrays = routing_arrays(town)
    everything = [list(range(arrays.task.size)), *[[]] * (arrays.vehicle.size - 1)]
    assert Judge(town).routes(read_back(arrays, everything)) is None


@pytest.mark.parametrize(
    ("orders", "vehicles"),
    [
        ([], [{}]),
        ([{"windows": [(0, 1)]}], [{"shift": (0, 900)}]),
        ([{}], [{"max_stops": 0}]),
        ([{}], [{"max_duty": 1}]),
        ([{"windows": [(0, 1)]}], [{"start": None, "end": None, "shift": (5, 9)}]),
    ],
    ids=["no orders", "no order in time", "no vehicle that takes orders", "no order within duty", "no place"],
)
def test_nothing_to_search_is_no_trouble(orders, vehicles):
    instance = build_instance(tiny(line(0, 50), orders=orders, vehicles=vehicles))
    solution = solved(instance, 1)
    assert solution.routes == {}
    assert "failed" not in solution.statistics["ortools"]


def test_large_problems_are_left_to_insertion():
    instance = build_instance(tiny(line(*range(2002)), orders=[{}] * 2001))
    solution = solved(instance, 30)
    assert sum(map(len, solution.routes.values())) == 2001
    assert "2001 stops" in solution.statistics["ortools"]["skipped"]


def test_importance_and_fewest_vehicles_stand_above_any_cost():
    orders = [{"importance": importance, "windows": [(0, 100)]} for importance in (1, 3, 2)]
    for objective in ("cost", "fewest_vehicles"):
        problem = tiny(line(0, 90, 5000, 90), orders=orders, vehicles=[{}, {}], objective=objective)
        arrays = routing_arrays(build_instance(problem))
        dearest = arrays.leg_cost.max() * (len(orders) + 2) + arrays.per_tick.sum() * arrays.horizon
        assert (np.diff(arrays.penalty[np.argsort(problem_importance(arrays, orders))]) > dearest).all()
        assert (arrays.fixed > dearest).all() == (objective == "fewest_vehicles")
        assert arrays.penalty.sum() + arrays.fixed.sum() + dearest < 2**53


def problem_importance(arrays, orders):
    return [orders[i]["importance"] for i in arrays.task.tolist()]
