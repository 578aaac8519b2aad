"""Insertion on 1,000 orders, to be compared as ratios between two versions."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from o2oroute._search import UNLIMITED, Routes
from o2oroute.engines.compiled import compiled_model
from o2oroute.engines.insertion import construct
from o2oroute.engines.routing_arrays import routing_arrays
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem

ORDERS, VEHICLES = 1000, 60


@cache
def town(windows):
    """A town with two-hour windows; or each of them cut in two, so that duties take a walk."""
    chance = np.random.default_rng(1)
    places = np.round(np.array([9.1, 45.4]) + chance.uniform(0, 0.15, (ORDERS, 2)), 6)
    opens = (chance.integers(16, 32, ORDERS) * 1800).tolist()
    orders = [
        {
            "id": i,
            "location": place,
            "delivery": {"kg": 1},
            "service": 120,
            "windows": [(first, first + 7200)]
            if windows == 1
            else [(first, first + 1800), (first + 5400, first + 7200)],
        }
        for i, (place, first) in enumerate(zip(places.tolist(), opens, strict=True))
    ]
    vehicle = {"start": "hub", "end": "hub", "shift": (25_200, 75_600), "capacity": {"kg": 100}}
    problem = Problem(
        depots=[{"id": "hub", "location": (9.175, 45.475)}],
        vehicles=[vehicle | {"id": f"van-{i}"} for i in range(VEHICLES)],
        orders=orders,
    )
    return build_instance(problem, straight_line=30)


def insert_all(model):
    routes = Routes(model)
    routes.insert_all(rank=np.zeros(ORDERS, np.int32), worth=np.full(ORDERS, UNLIMITED, np.int64), detour=0.3)
    return routes


@pytest.mark.parametrize("windows", [1, 2], ids=["one window", "two windows"])
def test_insert_all(benchmark, windows):
    model = compiled_model(town(windows))
    routes = benchmark.pedantic(insert_all, (model,), rounds=5, warmup_rounds=1)
    assert routes.is_served().all()


def test_all_variants(benchmark):
    found = benchmark.pedantic(construct, (town(1),), rounds=5, warmup_rounds=1)
    assert found.value.unserved_importance == 0


def test_cheapest_place_of_one_order(benchmark):
    routes = insert_all(compiled_model(town(1)))
    (vehicle,) = (v for v in range(VEHICLES) if 7 in routes.tasks_of(v))
    assert routes.assign(vehicle, [i for i in routes.tasks_of(vehicle).tolist() if i != 7])
    cost, _, _ = benchmark(routes.cheapest, 7)
    assert cost > 0


def test_arrays_for_a_solver(benchmark):
    arrays = benchmark(routing_arrays, town(1))
    assert arrays.transit.shape == (1, ORDERS + 1, ORDERS + 1)
