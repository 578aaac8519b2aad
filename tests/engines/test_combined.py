"""The default engine: who finds the plan, and what OR-Tools is asked for."""

from __future__ import annotations

import time

import pytest

from o2oroute.engines import combined
from o2oroute.engines.combined import CombinedEngine
from o2oroute.engines.engine import solve
from o2oroute.engines.ortools import OrtoolsEngine
from o2oroute.engines.search import SearchEngine
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from towns import town


@pytest.fixture(scope="module")
def instance():
    return build_instance(town(40, vehicles=4), straight_line=30)


def test_the_search_finds_the_plan_and_ortools_takes_it_over(instance, monkeypatch):
    monkeypatch.setattr(combined, "_LEAST_SECONDS", 0.0)
    monkeypatch.setattr(combined, "_POLISHING", 0.5)
    found = CombinedEngine().solve(instance, deadline=time.monotonic() + 6)
    assert found.engine == "combined"
    assert found.statistics["found_by"] in {"search", "ortools"}
    assert found.statistics["iterations"] > 0
    assert found.statistics["ortools"]["refused"] == 0
    # its own model of the problem holds the routes of the search
    polished = OrtoolsEngine().solve(instance, deadline=time.monotonic() + 60, start=found, iterations=5)
    assert polished.statistics["ortools"]["start_taken"] is True


def test_the_better_of_both_plans_is_returned(instance, monkeypatch):
    monkeypatch.setattr(combined, "_LEAST_SECONDS", 0.0)
    poor = SearchEngine().solve(instance, deadline=time.monotonic())
    good = SearchEngine().solve(instance, deadline=time.monotonic() + 9, iterations=5000)
    monkeypatch.setattr(SearchEngine, "solve", lambda *_, **__: poor)
    monkeypatch.setattr(
        OrtoolsEngine,
        "solve",
        lambda *_, **__: Solution(good.routes, "ortools", {"found_by": "ortools", "interrupted": False}),
    )
    found = CombinedEngine().solve(instance, deadline=time.monotonic() + 1)
    assert found.routes == good.routes
    assert found.statistics["found_by"] == "ortools"


@pytest.mark.parametrize("limits", [{"iterations": 200}, {"time_limit": 0.5}])
def test_ortools_is_not_asked_with_an_end_by_iterations_or_little_time(limits):
    plan = solve(town(40, vehicles=4), straight_line=30, **({"time_limit": 60} | limits))
    assert plan.run.engine == "combined"
    assert plan.run.statistics["found_by"] == "search"
    assert "ortools" not in plan.run.statistics


def test_ortools_does_what_the_search_cannot(instance, monkeypatch):
    monkeypatch.setattr(SearchEngine, "supports", lambda *_: ["flying"])
    assert CombinedEngine().supports(instance.problem) == OrtoolsEngine().supports(instance.problem)
    found = CombinedEngine().solve(instance, deadline=time.monotonic() + 2)
    assert found.statistics["found_by"] in {"insertion", "ortools"}
    monkeypatch.setattr(OrtoolsEngine, "supports", lambda *_: ["flying", "diving"])
    assert CombinedEngine().supports(instance.problem) == ["flying"]


def test_the_plan_tells_how_it_came_about():
    plan = solve(town(60, vehicles=6), straight_line=30, iterations=3000, time_limit=60, seed=5)
    trace = plan.run.statistics["trace"]
    assert set(trace[0]) == {"seconds", "iterations", "unserved_importance", "cost", "routes", "unassigned"}
    assert trace[-1]["cost"] == pytest.approx(plan.summary.cost, abs=1e-3)
    assert trace[-1]["routes"] == len(plan.routes)
    assert trace[-1]["unassigned"] == len(plan.unassigned)
