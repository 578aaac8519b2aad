"""Clock, checker, reasons and plan files on 1,000 orders, to be compared as ratios between two versions."""

from __future__ import annotations

import numpy as np
import pytest

from o2oroute.formats.plan_json import parse_plan
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution, Visit
from o2oroute.plan.check import check_plan
from o2oroute.plan.clock import schedule_route
from o2oroute.plan.reasons import explain
from o2oroute.plan.schedule import make_plan

ORDERS, LEFT, VEHICLES = 1000, 50, 25


@pytest.fixture(scope="module")
def instance():
    """A town with two-hour windows, some orders with two of them, and vehicles with every kind of limit."""
    chance = np.random.default_rng(1)
    places = np.round(np.array([9.1, 45.4]) + chance.uniform(0, 0.1, (ORDERS + LEFT, 2)), 6)
    opens = np.sort(chance.integers(8, 16, ORDERS + LEFT)) * 3600
    orders = [
        {
            "id": i,
            "location": place,
            "delivery": {"kg": 1},
            "service": 60,
            "windows": [(first, first + 7200)] + [(64_800, 68_400)] * (i % 10 == 0),
        }
        for i, (place, first) in enumerate(zip(places.tolist(), opens.tolist(), strict=True))
    ]
    vehicle = {
        "start": "hub",
        "end": "hub",
        "shift": (25_200, 75_600),
        "capacity": {"kg": 50},
        "max_duty": 50_000,
        "max_distance": 500_000,
        "max_stops": 45,
    }
    problem = Problem(
        date="2026-11-23",
        time_zone="Europe/Rome",
        depots=[{"id": "hub", "location": (9.15, 45.45)}],
        vehicles=[vehicle | {"id": f"van-{i}"} for i in range(VEHICLES)],
        orders=orders,
    )
    return build_instance(problem, straight_line=30)


@pytest.fixture(scope="module")
def routes():
    """Orders by the opening of their windows, dealt out in turn."""
    served = np.random.default_rng(2).permutation(ORDERS + LEFT)[:ORDERS]
    return {v: np.sort(served)[v::VEHICLES].tolist() for v in range(VEHICLES)}


@pytest.fixture(scope="module")
def solution(routes):
    return Solution({f"van-{v}": tuple(Visit(i) for i in orders) for v, orders in routes.items()})


def test_clock(benchmark, instance, routes):
    times = benchmark(lambda: [schedule_route(instance, v, orders) for v, orders in routes.items()])
    assert len(times) == VEHICLES


def test_make_plan(benchmark, instance, solution):
    plan = benchmark(make_plan, instance, solution, reasons=False)
    assert plan.summary.served == ORDERS


def test_check(benchmark, instance, solution):
    plan = make_plan(instance, solution, reasons=False)
    benchmark(check_plan, instance, plan)


def test_reasons(benchmark, instance, routes):
    served = {order for orders in routes.values() for order in orders}
    left = [i for i in range(ORDERS + LEFT) if i not in served]
    reasons = benchmark.pedantic(explain, args=(instance, routes, left), rounds=3)
    assert len(reasons) == LEFT


def test_plan_file(benchmark, instance, solution):
    text = make_plan(instance, solution, reasons=False).model_dump_json(by_alias=True)
    assert benchmark(parse_plan, text).summary.served == ORDERS
