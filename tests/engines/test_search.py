"""The compiled search: its limits, its interrupts, what it gains, and wrong input at its door."""

from __future__ import annotations

import _thread
import time
from threading import Timer

import numpy as np
import pytest

from o2oroute._search import SETTINGS, Improver, Neighbours, Routes
from o2oroute.engines.compiled import compiled_model, plan_value, write_routes
from o2oroute.engines.engine import solve
from o2oroute.engines.insertion import construct
from o2oroute.engines.search import SearchEngine, improve
from o2oroute.errors import InputError
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.units import cost_units
from towns import town


@pytest.fixture(scope="module")
def instance():
    return build_instance(town(120), straight_line=30)


def test_it_finds_clearly_cheaper_routes_than_insertion(instance):
    start = construct(instance)
    figures = improve(instance, start.routes, iterations=5000)
    after = plan_value(instance, start.routes)
    assert after.unserved_importance == start.value.unserved_importance == 0
    assert after.cost < 0.95 * start.value.cost
    assert figures["iterations"] == 5000
    assert 0 < figures["improved"] <= figures["accepted"] <= 5000
    # the trace ends with what the plan costs
    costs = [row["cost"] for row in figures["trace"]]
    assert costs == sorted(costs, reverse=True)
    assert len(costs) > 2


def test_fewest_vehicles_come_before_cost():
    problem = town(60, vehicles=12)
    plans = {
        objective: solve(
            problem.replace(objective=objective),
            straight_line=30,
            engine="search",
            iterations=4000,
            time_limit=60,
        )
        for objective in ("cost", "fewest_vehicles")
    }
    assert plans["fewest_vehicles"].summary.served == 60
    # 60 kg in vehicles of at most 22 kg take three
    assert len(plans["fewest_vehicles"].routes) == 3


def test_what_nobody_has_room_for_does_not_make_the_rest_dear():
    instance = build_instance(town(66, vehicles=2), straight_line=30)  # 66 kg, room for 41
    found = {}
    for share in (1, SETTINGS["insist_share"]):
        start = construct(instance)
        improve(instance, start.routes, iterations=10_000, settings={"insist_share": share})
        found[share] = plan_value(instance, start.routes)
    insisting, default = found.values()
    assert insisting.unserved_importance == default.unserved_importance == 25
    assert default.cost < 0.96 * insisting.cost


def test_a_tight_fleet_serves_what_insertion_leaves_out():
    problem = town(66, vehicles=3, seed=5)  # 66 kg, room for 63
    instance = build_instance(problem, straight_line=30)
    start = construct(instance)
    improve(instance, start.routes, iterations=5000)
    assert plan_value(instance, start.routes).unserved_importance == 3


def test_an_order_with_a_prize_is_served_only_for_less():
    orders = [
        {"id": "near", "location": [126.951, 37.54], "prize": 5},
        {"id": "far", "location": [126.99, 37.6], "prize": 5},
    ]
    vehicle = {"id": "v", "start": "hub", "end": "hub", "costs": {"fixed": 1, "per_hour": 0, "per_km": 1}}
    problem = town(1, vehicles=1).replace(vehicles=[vehicle], orders=orders)
    plan = solve(problem, straight_line=30, engine="search", iterations=200, time_limit=60)
    assert [stop.id for stop in plan.routes[0].stops if stop.kind == "order"] == ["near"]


def test_large_vehicles_take_over_from_many_small_ones():
    def vans(name, count, room, fixed):
        costs = {"fixed": fixed, "per_hour": 0, "per_km": 0.5}
        van = {"start": "hub", "end": "hub", "capacity": {"kg": room}, "costs": costs}
        return [{"id": f"{name}-{i}", **van} for i in range(count)]

    vehicles = vans("small", 20, room=5, fixed=8) + vans("large", 4, room=30, fixed=16)
    instance = build_instance(town(60).replace(vehicles=vehicles), straight_line=30)
    costs = {}
    for share in (0, SETTINGS["vehicle_changes"]):
        starts = [construct(instance) for _ in range(3)]
        for seed, start in enumerate(starts):
            improve(instance, start.routes, iterations=5000, seed=seed, settings={"vehicle_changes": share})
        costs[share] = sum(plan_value(instance, start.routes).cost for start in starts)
    without, default = costs.values()
    assert default < 0.9 * without


def test_a_vehicle_is_sent_to_prizes_that_pay_for_it_only_together():
    orders = [
        {"id": i, "location": [127.2 + 0.002 * (i % 5), 37.7 + 0.002 * (i // 5)], "prize": 6}
        for i in range(15)
    ]
    instance = build_instance(town(1, vehicles=3).replace(orders=orders), straight_line=30)
    served = {}
    for share in (0, SETTINGS["route_openings"]):
        routes = construct(instance).routes
        for vehicle in range(3):
            routes.assign(vehicle, [])
        improve(instance, routes, iterations=2000, settings={"route_openings": share})
        served[share] = int(routes.is_served().sum())
    assert list(served.values()) == [0, 15]


def test_the_deadline_holds(instance):
    begin = time.monotonic()
    solution = SearchEngine().solve(instance, deadline=begin + 1.0)
    assert solution.statistics["iterations"] > 0
    assert solution.statistics["trace"][-1]["seconds"] <= 1.0


def test_no_time_is_enough_for_the_construction(instance):
    solution = SearchEngine().solve(instance, deadline=time.monotonic())
    assert solution.statistics["iterations"] == 0
    assert sum(map(len, solution.routes.values())) == 120


def test_progress_is_told_in_iterations_or_milliseconds(instance):
    told = []
    improve(instance, construct(instance).routes, iterations=60_000, progress=lambda *at: told.append(at))
    assert all(0 < done <= total == 60_000 for done, total in told)
    assert told == sorted(told)


def test_threads_change_nothing_where_steps_are_counted(instance):
    found = []
    for threads in (1, 2, 4):
        routes = construct(instance).routes
        figures = improve(instance, routes, iterations=2000, seed=5, threads=threads)
        assert figures["iterations"] == 2000
        found.append([routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)])
    assert found[0] == found[1] == found[2]


def test_threads_share_what_they_find_until_the_deadline(instance):
    start = construct(instance)
    begin = time.monotonic()
    figures = improve(instance, start.routes, deadline=begin + 1.0, threads=3)
    assert (figures["parts"], figures["rounds"], figures["interrupted"]) == (1, 0, False)
    values = [(row["unserved_importance"], row["cost"]) for row in figures["trace"]]
    assert values == sorted(values, reverse=True)
    after = plan_value(instance, start.routes)
    assert after.cost < 0.95 * start.value.cost
    assert values[-1] == (0, pytest.approx(after.cost / cost_units(1)))
    plan = make_plan(instance, Solution(write_routes(instance, start.routes)), reasons=False)
    assert check_plan(instance, plan) == []


def test_an_interrupt_of_several_threads_keeps_the_best(instance):
    timer = Timer(0.5, _thread.interrupt_main)
    start = construct(instance)
    timer.start()
    figures = improve(instance, start.routes, deadline=time.monotonic() + 600, threads=3)
    assert figures["interrupted"]
    assert figures["iterations"] > 0
    assert plan_value(instance, start.routes) < start.value
    improve(instance, start.routes, iterations=100)  # and the routes are free again


def test_an_interrupt_keeps_the_best(instance):
    timer = Timer(0.5, _thread.interrupt_main)
    timer.start()
    start = construct(instance)
    figures = improve(instance, start.routes, iterations=10**9)
    assert figures["interrupted"]
    assert 0 < figures["iterations"] < 10**9
    assert plan_value(instance, start.routes) < start.value


def test_an_error_in_a_callback_comes_through_and_leaves_good_routes(instance):
    def fail(done, total):
        raise ZeroDivisionError

    start = construct(instance)
    with pytest.raises(ZeroDivisionError):
        improve(instance, start.routes, iterations=10**9, progress=fail)
    assert plan_value(instance, start.routes) <= start.value
    improve(instance, start.routes, iterations=10)  # and the routes are free again


def door(instance, **changes):
    model = compiled_model(instance)
    given = {
        "importance": instance.request_importance,
        "prize": np.zeros(model.requests, np.int64),
        "ranks": np.zeros((6, model.requests), np.int32),
        "neighbours": Neighbours(model, per_tick=1, per_length=0, waiting=0.2, near=30, wide=100),
        "seed": 1,
    }
    return Improver(Routes(model), **(given | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**64}, "seed is"),
        ({"importance": np.zeros(3, np.int64)}, "importance"),
        ({"prize": np.full(120, -1, np.int64)}, "prize"),
        ({"ranks": np.zeros((6, 5), np.int32)}, "ranks"),
        ({"ranks": np.zeros((6, 120), np.int64)}, "ranks"),
        ({"settings": {"blink": 0}}, "parameter blink .* from 1"),
        ({"settings": {"wink": 1}}, "no parameter 'wink'"),
    ],
)
def test_wrong_input_is_said(instance, changes, words):
    with pytest.raises(InputError, match=words):
        door(instance, **changes)


def test_a_search_needs_an_end(instance):
    with pytest.raises(InputError, match="needs an end"):
        door(instance).run()


def test_routes_serve_one_search_at_a_time(instance):
    improver = door(instance)

    def intrude(done, total):
        improver.routes.tasks_of(0)

    with pytest.raises(RuntimeError, match="being worked on"):
        improver.run(iterations=10**9, progress=intrude)


def test_every_parameter_is_explained(request):
    page = (request.config.rootpath / "docs" / "concepts" / "search.md").read_text()
    for name, value in SETTINGS.items():
        assert f"| `{name}` | {value} |" in page
