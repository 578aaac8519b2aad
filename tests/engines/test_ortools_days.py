"""OR-Tools on random days in which all rules mix, held to clock and checker."""

from __future__ import annotations

import time

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from helpers import line, tiny
from o2oroute.engines import trial_insertion
from o2oroute.engines.best_routes import BestRoutes
from o2oroute.engines.ortools import OrtoolsEngine, first_routes, read_back, search
from o2oroute.engines.ortools_base import load_ortools
from o2oroute.engines.routing_arrays import RoutingArrays, routing_arrays
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from random_problems import instances, rich_instances

DAY = ("breaks", "driving_breaks", "trips", "overtime", "max_ride", "earliest_finish")


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Load OR-Tools before time counts."""
    load_ortools()


@given(instance=st.one_of(instances(day=True), rich_instances(relations=True, day=DAY)))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_back_passes_the_checker(instance):
    """In this process, where a crash would be seen."""
    best = BestRoutes(instance, Solution({}), "start", time.monotonic())
    best.insert_the_rest(time.monotonic() + 60)
    assert check_plan(instance, make_plan(instance, best.solution(), reasons=False)) == []
    first, arrays = best.value, routing_arrays(instance)
    if not (arrays.task.size and arrays.vehicle.size):
        return
    found = []
    figures = search(
        RoutingArrays.from_bytes(arrays.to_bytes()),
        first_routes(best.codes, arrays),
        found.append,
        until=time.time() + 0.3,
        iterations=30,
        seed=1,
    )
    event(f"start taken: {figures['start_taken']}")
    for nodes in found:
        event(f"better: {best.offer(read_back(arrays, nodes), 'ortools')}")
    assert best.value <= first
    assert check_plan(instance, make_plan(instance, best.solution(), reasons=False)) == []


def test_ctrl_c_keeps_what_was_inserted(monkeypatch):
    rule = {"id": "rest", "after_driving": 150, "duration": 40}
    problem = tiny(line(0, 10, 20, 30), orders=[{}] * 3, vehicles=[{"driving_breaks": [rule]}])
    spot, tried = trial_insertion.spot, []

    def interrupted(*arguments, **settings):
        tried.append(arguments)
        if len(tried) == 3:
            raise KeyboardInterrupt
        return spot(*arguments, **settings)

    monkeypatch.setattr(trial_insertion, "spot", interrupted)
    solution = OrtoolsEngine().solve(build_instance(problem), deadline=time.monotonic() + 30)
    assert solution.statistics["interrupted"]
    assert solution.statistics["found_by"] == "insertion"
    assert sum(map(len, solution.routes.values())) == 2
