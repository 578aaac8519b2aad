"""From a problem to a checked plan: arguments, engines, Ctrl-C, and input on which a bare solver dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import o2oroute as o2
from helpers import visits
from o2oroute.engines import engine as engine_module
from o2oroute.engines.engine import ENGINES, load_engine, solve_instance
from o2oroute.errors import EngineError, InputError
from o2oroute.model.instance import build_instance
from o2oroute.model.legs import Legs
from o2oroute.model.solution import Solution, Visit
from o2oroute.plan.check import check_plan
from random_problems import instances

PLACES = [[126.95 + 0.002 * i, 37.55 + 0.003 * (i % 7)] for i in range(40)]


def town(**changes):
    fields = {
        "depots": [{"id": "hub", "location": PLACES[0]}],
        "vehicles": [
            {"id": f"van-{i}", "start": "hub", "end": "hub", "shift": ["08:00", "18:00"]} for i in range(5)
        ],
        "orders": [
            {"id": i, "location": place, "service": 120, "windows": [[28800 + 600 * i, 32400 + 600 * i]]}
            for i, place in enumerate(PLACES[1:], start=1)
        ],
    }
    fields["vehicles"] = [dict(v, shift=[28800, 64800]) for v in fields["vehicles"]]
    return o2.Problem(**fields | changes)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_plan_of_insertion_passes_the_checker(data):
    instance = data.draw(instances())
    plan = solve_instance(instance, engine="insertion")
    assert check_plan(instance, plan) == []
    assert not any(reason.kind == "TIME_LIMIT" for order in plan.unassigned for reason in order.reasons)


@given(data=st.data())
@settings(max_examples=4, deadline=None)
def test_every_plan_of_ortools_passes_the_checker(data):
    instance = data.draw(instances())
    plan = solve_instance(instance, engine="ortools", time_limit=1.0, iterations=10)
    assert check_plan(instance, plan) == []
    assert not any(reason.kind == "TIME_LIMIT" for order in plan.unassigned for reason in order.reasons)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_a_plan_says_how_it_came_about(name):
    plan = o2.solve(town(), straight_line=30, engine=name, time_limit=1, seed=3, iterations=20)
    assert plan.summary.served == 39
    assert (plan.run.engine, plan.run.seed, plan.run.time_limit, plan.run.iterations) == (name, 3, 1, 20)
    assert not plan.run.interrupted
    assert set(plan.run.seconds) == {"travel", "search", "plan", "check"}
    json.dumps(plan.to_dict())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"engine": "vroom"}, r"no engine 'vroom'; there are 'combined', 'ortools', 'search', 'insertion'"),
        ({"time_limit": -1}, r"time_limit is -1; .* 0 or more"),
        ({"time_limit": float("nan")}, "time_limit is nan"),
        ({"time_limit": float("inf")}, "time_limit is inf"),
        ({"time_limit": "30"}, "time_limit is '30'"),
        ({"time_limit": True}, "time_limit is True"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**31}, "seed is 2147483648"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"iterations": 0}, "iterations is 0"),
        ({"iterations": 2.0}, "iterations is 2.0"),
    ],
    ids=str,
)
def test_wrong_arguments_are_named(arguments, said):
    with pytest.raises(InputError, match=said):
        o2.solve(town(), straight_line=30, **arguments)


def test_strict_raises_for_orders_that_cannot_be_planned():
    orders = [{"id": "near", "location": PLACES[1]}, {"id": "far", "location": [8.0, 95.0]}]
    problem = town(orders=orders)
    assert [order.id for order in o2.solve(problem, straight_line=30, engine="insertion").unassigned] == [
        "far"
    ]
    with pytest.raises(InputError) as caught:
        o2.solve(problem, straight_line=30, engine="insertion", strict=True)
    assert [finding.order for finding in caught.value.findings] == ["far"]


def test_an_engine_that_lacks_a_rule_is_not_asked(monkeypatch):
    monkeypatch.setattr(
        "o2oroute.engines.insertion.InsertionEngine.supports", lambda *_: ["flying", "diving"]
    )
    with pytest.raises(
        InputError, match="'insertion' cannot do flying, diving; choose 'combined' or 'ortools' or 'search'"
    ):
        o2.solve(town(), straight_line=30, engine="insertion")


def test_a_plan_that_breaks_a_rule_never_leaves(monkeypatch):
    problem = town(vehicles=[{"id": "van", "start": "hub", "max_stops": 1}])
    both = Solution({"van": (Visit(1, "service"), Visit(2, "service"))}, "insertion")
    monkeypatch.setattr("o2oroute.engines.insertion.InsertionEngine.solve", lambda *_, **__: both)
    with pytest.raises(EngineError, match=r"breaks \d+ rules.*MAX_STOPS"):
        o2.solve(problem, straight_line=30, engine="insertion")


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_progress_is_told(name):
    told = []
    o2.solve(
        town(),
        straight_line=30,
        engine=name,
        time_limit=1,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told
    assert all(done >= 0 for done, _ in told)


@pytest.mark.parametrize(
    ("name", "moment"),
    [("insertion", 1), ("ortools", 1), ("ortools", 3)],
    ids=["insertion", "start", "child"],
)
def test_ctrl_c_during_the_search_gives_the_best_plan_so_far(name, moment):
    instance = build_instance(town(), straight_line=30)
    calls = []

    def interrupt(done, total):
        calls.append(done)
        if len(calls) == moment:
            raise KeyboardInterrupt

    plan = solve_instance(instance, engine=name, time_limit=20, progress=interrupt)
    assert plan.run.interrupted
    assert check_plan(instance, plan) == []
    assert plan.summary.served == 39


def test_ctrl_c_while_the_plan_is_made_loses_only_the_trimmings(monkeypatch):
    calls = []
    make_plan = engine_module.make_plan

    def interrupted_once(*arguments, **settings):
        calls.append(settings)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return make_plan(*arguments, **settings)

    monkeypatch.setattr(engine_module, "make_plan", interrupted_once)
    plan = o2.solve(town(), straight_line=30, engine="insertion")
    assert plan.run.interrupted
    assert plan.summary.served == 39


@pytest.fixture
def asked_of_plans(monkeypatch):
    """Return what plans are made with; ways are not looked for."""
    asked = []
    make_plan = engine_module.make_plan

    def noted(instance, solution, *, networks=None, **settings):
        asked.append({"networks": networks, **settings})
        return make_plan(instance, solution, **settings)

    monkeypatch.setattr(engine_module, "make_plan", noted)
    return asked


@pytest.mark.parametrize(("seconds", "has_ways"), [(1e-9, True), (1.0, False)])
def test_after_ctrl_c_ways_are_looked_for_where_that_is_quick(monkeypatch, asked_of_plans, seconds, has_ways):
    def interrupt(done, total):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine_module, "_WAY_SECONDS", seconds)
    instance = build_instance(town(), straight_line=30)
    plan = solve_instance(instance, roads={}, engine="insertion", progress=interrupt)
    assert plan.run.interrupted
    (asked,) = asked_of_plans
    assert (asked["networks"] is not None, asked["hurry"]) == (has_ways, True)


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_each_order_left_out_gets_a_reason_if_that_takes_not_too_long(monkeypatch, asked_of_plans, seconds):
    monkeypatch.setattr(engine_module, "_ALL_REASONS", seconds)
    late = [{"id": 1, "location": PLACES[1], "windows": [[28800, 28801]]}]
    plan = o2.solve(town(orders=late), straight_line=30, engine="insertion")
    assert plan.summary.unassigned == 1
    assert asked_of_plans[0]["hurry"] == (seconds == 0.0)


SCRIPT = """
import sys, json, threading
import o2oroute as o2
problem = o2.read_problem(json.load(sys.stdin))
def tell(done, total):
    if done >= 1500:
        print("searching", file=sys.stderr, flush=True)
plan = o2.solve(problem, straight_line=30, time_limit=120, progress=tell)
print(json.dumps({"served": plan.summary.served, "run": plan.run.model_dump(mode="json")}))
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process there")
def test_sigint_ends_the_search_with_a_plan():
    """To the whole group of processes, as a terminal sends it."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        process.stdin.write(json.dumps(town().model_dump(mode="json")))
        process.stdin.close()
        assert process.stderr.readline() == "searching\n"
        os.killpg(process.pid, signal.SIGINT)
        said = process.stdout.read()
        process.stderr.read()
    assert process.returncode == 0
    result = json.loads(said)
    assert result["served"] == 39
    assert result["run"]["interrupted"]
    assert "failed" not in result["run"]["statistics"].get("ortools", {})
    assert result["run"]["seconds"]["search"] < 120


def test_time_that_runs_out_at_once_still_gives_a_whole_plan():
    plan = o2.solve(town(), straight_line=30, time_limit=0)
    assert plan.summary.served == 39
    assert plan.run.statistics["iterations"] == 0
    plan = o2.solve(town(), straight_line=30, time_limit=0, engine="ortools")
    assert plan.summary.served == 39
    assert plan.run.statistics["ortools"] == {"skipped": "there was no time left"}


def matrix(*shape):
    return o2.TravelMatrix(durations=np.ones(shape, np.float32), distances=np.ones(shape, np.float32))


def one_van(**changes):
    return {"id": "van", "start": {"index": 0}, "end": {"index": 0}} | changes


CRASHES = {
    "no vehicles": lambda: o2.Problem(vehicles=[], orders=[{"id": 1, "location": {"index": 1}}]),
    "matrix of no places": lambda: (o2.Problem(vehicles=[one_van()], orders=[]), matrix(0, 0)),
    "depot beyond the matrix": lambda: (
        o2.Problem(vehicles=[one_van(start={"index": 5})], orders=[{"id": 1, "location": {"index": 1}}]),
        matrix(3, 3),
    ),
    "negative depot": lambda: o2.Problem(vehicles=[one_van(start={"index": -1})], orders=[]),
    "unknown depot": lambda: o2.Problem(vehicles=[one_van(start="moon")], orders=[]),
    "matrix that is not square": lambda: (o2.Problem(vehicles=[one_van()], orders=[]), matrix(2, 3)),
    "ragged matrix": lambda: o2.TravelMatrix(durations=[[0, 1], [1]]),
    "matrix of text": lambda: o2.TravelMatrix(durations=[["0", "soon"], ["1", "0"]]),
    "negative travel": lambda: o2.TravelMatrix(durations=[[0.0, -1.0], [1.0, 0.0]]),
    "legs with NaN": lambda: o2.TravelMatrix(durations=[[0.0, float("nan")], [1.0, 0.0]]),
}


@pytest.mark.parametrize("crash", CRASHES.values(), ids=CRASHES)
def test_what_kills_a_bare_solver_is_a_clear_error(crash):
    def attempt():
        problem, travel = crash()
        o2.solve(problem, matrix=travel, time_limit=1)

    with pytest.raises(InputError) as caught:
        attempt()
    assert str(caught.value)


EDGES = {
    "no orders": {"orders": []},
    "an order beyond the matrix": {"orders": [{"id": 1, "location": {"index": 99}}]},
    "an order heavier than any van": {
        "orders": [{"id": 1, "location": {"index": 1}, "delivery": {"kg": 9}}],
        "vehicles": [one_van(capacity={"kg": 1})],
    },
    "orders at the depot": {"orders": [{"id": i, "location": {"index": 0}} for i in range(3)]},
    "largest numbers": {
        "orders": [
            {
                "id": i,
                "location": {"index": 1},
                "importance": 1_000_000,
                "service": 2**29,
                "delivery": {"kg": 1e9},
                "prize": 1e9 if i else None,
            }
            for i in range(3)
        ],
        "vehicles": [
            one_van(id=i, costs={"fixed": 1e7, "per_hour": 1e6, "per_km": 1e6}, capacity={"kg": 1e9})
            for i in range(3)
        ],
    },
}


@pytest.mark.parametrize("objective", ["cost", "fewest_vehicles"])
@pytest.mark.parametrize("name", sorted(ENGINES))
@pytest.mark.parametrize("edge", EDGES.values(), ids=EDGES)
def test_the_edges_of_what_is_allowed_give_a_plan(edge, name, objective):
    problem = o2.Problem(**{"vehicles": [one_van()], "objective": objective} | edge)
    plan = o2.solve(problem, matrix=matrix(3, 3), engine=name, time_limit=1)
    assert plan.summary.served + plan.summary.unassigned == len(problem.orders)
    assert "failed" not in plan.run.statistics.get("ortools", {})


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_ways_that_are_missing_are_never_driven(name):
    """Two islands with a van each."""
    no_way = 2**30 - 1
    ticks = np.array([[0, 9, no_way], [9, 0, no_way], [no_way, no_way, 0]], np.int32)
    problem = o2.Problem(
        vehicles=[one_van(), one_van(id="boat", start={"index": 2}, end=None)],
        orders=[{"id": i, "location": {"index": i}} for i in (1, 2)],
    )
    plan = o2.solve(problem.with_legs({"car": Legs(ticks, ticks)}), engine=name, time_limit=1)
    assert visits(plan) == {"van": [1], "boat": [2]}


def test_engines_are_found_by_name():
    for name in ENGINES:
        assert load_engine(name).name == name
