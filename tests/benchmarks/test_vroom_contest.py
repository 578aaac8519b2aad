"""The contest with VROOM: each side's plans, judged by the other, are what they say they are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from vroom_inputs import vroom_input

pytest.importorskip("vroom")
PEERS = Path(__file__).resolve().parents[2] / "benchmarks" / "peers"


@pytest.fixture(scope="module")
def contest():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("vroom_contest", PEERS / "vroom_contest.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["vroom_contest"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["vroom_contest"]


@pytest.mark.parametrize("seed", range(50))
def test_vrooms_plans_are_the_same_in_our_clock(contest, seed):
    world = vroom_input(seed)
    assert contest.faults_of_theirs(world, contest.solve_with_vroom(world, 5, exploration=1)) == []


def test_a_plan_that_breaks_a_rule_is_seen(contest):
    world = vroom_input(1)
    found = contest.solve_with_vroom(world, 5, exploration=1)
    hurried = {**world, "vehicles": [{**vehicle, "max_tasks": 1} for vehicle in world["vehicles"]]}
    faults = contest.faults_of_theirs(hurried, found)
    assert any("MAX_STOPS" in fault for fault in faults)


@pytest.mark.parametrize("seed", range(0, 50, 5))
def test_our_plans_break_nothing_in_vrooms_plan_mode(contest, seed):
    world = vroom_input(seed)
    case = contest.read_vroom(world)
    plan = contest.o2.solve(case.problem, engine="insertion")
    assert contest.faults_of_ours(world, contest.answer(case, plan)) == []


def test_outcomes_count_priority_before_tasks_and_tasks_before_cost(contest):
    figures = dict.fromkeys(contest.FIGURES, 0) | {"priority": 10, "unassigned": 2, "cost": 100}

    def outcome(**ours):
        return contest.Match(0, 5, 1, figures, figures | ours, 0.0, 0.0, []).outcome

    assert outcome() == "equal"
    assert (
        outcome(cost=99) == outcome(unassigned=1, cost=200) == outcome(priority=11, unassigned=3) == "better"
    )
    assert outcome(cost=101) == outcome(unassigned=3, cost=1) == outcome(priority=9, unassigned=0) == "worse"
