"""Annealing in parts and rounds: on threads, with Ctrl-C, with few vehicles and many left over."""

from __future__ import annotations

import _thread
import time
from threading import Timer

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from o2oroute._search import Neighbours, Routes, cut_legs
from o2oroute.engines import rounds, search, stages
from o2oroute.engines.compiled import compiled_model, model_arrays, plan_value
from o2oroute.engines.insertion import construct
from o2oroute.engines.parts import Part, cut, divide, in_plane
from o2oroute.engines.search_run import Outcome, Run
from o2oroute.errors import InputError
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from random_problems import instances, rich_instances
from towns import town


@pytest.fixture
def small_parts(monkeypatch):
    """Divide also what is small."""
    monkeypatch.setattr(rounds, "PART_SIZE", 20)
    monkeypatch.setattr(rounds, "PART_ROUTES", 2)
    monkeypatch.setattr(rounds, "ROUND_ITERATIONS", 50)
    monkeypatch.setattr(stages, "PART_ITERATIONS", 500)


@pytest.fixture(scope="module")
def instance():
    return build_instance(town(120, vehicles=14), straight_line=30)


def orders_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


@pytest.mark.usefixtures("small_parts")
def test_threads_change_nothing(instance):
    found = []
    for threads in (1, 2, 4):
        start = construct(instance)
        figures = search.improve(instance, start.routes, iterations=6000, seed=3, threads=threads)
        assert figures["parts"] == 4
        assert figures["rounds"] == 30
        assert figures["iterations"] == pytest.approx(6000, abs=60)
        del figures["trace"]
        found.append((orders_of(start.routes), figures))
    assert found[0] == found[1] == found[2]


@pytest.mark.usefixtures("small_parts")
def test_threads_change_nothing_where_fewer_vehicles_are_tried(instance, monkeypatch):
    monkeypatch.setattr(stages, "TRIAL_ITERATIONS", 100)
    monkeypatch.setattr(rounds, "TRIAL_ROUTES", 1)
    models = []
    monkeypatch.setattr(rounds, "cut", lambda *args: models.append(cut(*args)) or models[-1])
    found = []
    for threads in (1, 2, 4):
        models.clear()
        start = construct(instance)
        figures = search.improve(instance, start.routes, iterations=20_000, seed=3, threads=threads)
        assert figures["iterations"] == pytest.approx(20_000, abs=400)
        # one round tries fewer vehicles, and does each part twice
        assert sum(model.per_vehicle > 0 for model in models) == figures["parts"]
        assert len(models) == figures["parts"] * (figures["rounds"] + 1)
        found.append((orders_of(start.routes), plan_value(instance, start.routes)))
    assert found[0] == found[1] == found[2]
    assert found[0][1] < construct(instance).value


@pytest.mark.usefixtures("small_parts")
def test_prizes_count_in_parts_what_they_count_in_the_whole():
    # so dear a day that the whole counts its costs in coarser units than its parts
    cheap = town(120, vehicles=14)
    costs = {"per_stop": 2e7}
    dear = cheap.changed(
        vehicles=tuple(
            vehicle.model_copy(update={"costs": vehicle.costs.model_copy(update=costs)})
            for vehicle in cheap.vehicles
        ),
        orders=tuple(order.model_copy(update={"prize": 3e7}) for order in cheap.orders),
    )
    instance = build_instance(dear, straight_line=30)
    start = construct(instance)
    served = int(start.routes.is_served().sum())
    for vehicle in range(3):
        start.routes.assign(vehicle, [])
    assert start.routes.model.cost_unit > 1
    search.improve(instance, start.routes, iterations=6000)
    assert start.routes.is_served().sum() >= served > 100


@pytest.mark.usefixtures("small_parts")
def test_it_finds_clearly_cheaper_routes_than_insertion(instance):
    start = construct(instance)
    figures = search.improve(instance, start.routes, iterations=20_000)
    after = plan_value(instance, start.routes)
    assert after.unserved_importance == 0
    assert after.cost < 0.95 * start.value.cost
    assert figures["trace"][-1]["cost"] == pytest.approx(after.cost / 180_000_000)
    assert figures["trace"][-1]["unassigned"] == 0
    assert figures["trace"][-1]["routes"] == sum(map(bool, orders_of(start.routes)))


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("changes", [{"vehicles": 4}, {"objective": "fewest_vehicles"}])
def test_plans_keep_all_rules_with_few_vehicles(changes):
    instance = build_instance(town(120, **({"vehicles": 20} | changes)), straight_line=30)
    start = construct(instance)
    search.improve(instance, start.routes, iterations=5000, threads=2)
    assert plan_value(instance, start.routes) <= start.value
    plan = make_plan(instance, search.Solution(search.write_routes(instance, start.routes)), reasons=False)
    assert check_plan(instance, plan) == []


@pytest.mark.usefixtures("small_parts")
def test_the_deadline_holds(instance):
    begin = time.monotonic()
    figures = search.improve(instance, construct(instance).routes, deadline=begin + 1.0, threads=2)
    assert figures["rounds"] >= 2
    assert figures["trace"][-1]["seconds"] <= 1.1


@pytest.mark.usefixtures("small_parts")
def test_nothing_is_begun_when_the_time_is_over(instance):
    start = construct(instance)
    before = orders_of(start.routes)
    task = search.search_task(instance, start.routes, {}, None)
    outcome = Outcome(start.routes)
    rounds.improve_in_rounds(task, Run(1, None, time.monotonic() - 1, None), outcome, threads=2)
    assert (outcome.iterations, orders_of(start.routes)) == (0, before)
    figures = search.improve(instance, start.routes, deadline=time.monotonic() - 1)
    assert (figures["iterations"], figures["rounds"], orders_of(start.routes)) == (0, 0, before)


def test_a_part_is_cut_out_without_reading_all_legs():
    """To read a matrix of thousands of points for each part takes longer than to improve it."""
    legs = np.arange(10_000, dtype=np.int32).reshape(100, 100)

    class Watched(np.ndarray):
        def min(self, *_, **__):
            raise AssertionError("all legs are read")

    chosen = np.array([3, 97], np.int32)
    assert cut_legs(legs.view(Watched), chosen).tolist() == [[303, 397], [9703, 9797]]


@pytest.mark.usefixtures("small_parts")
def test_an_interrupt_keeps_the_best(instance):
    start = construct(instance)
    timer = Timer(0.5, _thread.interrupt_main)
    timer.start()
    figures = search.improve(instance, start.routes, iterations=10**9, threads=2)
    assert figures["interrupted"]
    assert 0 < figures["iterations"] < 10**9
    assert plan_value(instance, start.routes) < start.value
    search.improve(instance, start.routes, iterations=100)  # and the routes are free again


@pytest.mark.usefixtures("small_parts")
def test_an_error_in_a_callback_comes_through_and_leaves_good_routes(instance):
    def fail(done, total):
        raise ZeroDivisionError

    start = construct(instance)
    with pytest.raises(ZeroDivisionError):
        search.improve(instance, start.routes, iterations=10**9, progress=fail)
    assert plan_value(instance, start.routes) <= start.value


@given(
    instance=st.one_of(instances(max_orders=8), rich_instances(max_orders=4, max_shipments=4)), data=st.data()
)
@settings(max_examples=300, deadline=None)
def test_a_part_is_the_same_problem(instance, data):
    # what a vehicle counts besides, where the fewest are wanted, is each model's own
    whole = Routes(compiled_model(instance))
    assume(whole.model.per_vehicle == 0)
    requests = data.draw(st.sets(st.integers(0, whole.model.requests - 1)))
    vehicles = data.draw(st.sets(st.integers(0, whole.model.vehicles - 1), min_size=1))
    part = Part(np.array(sorted(requests), np.int32), np.array(sorted(vehicles), np.int32))
    piece = Routes(cut(model_arrays(instance), part))
    for request, of_whole in enumerate(part.requests.tolist()):
        if instance.is_set_aside[of_whole]:
            continue
        best = piece.cheapest(request)
        if best is None:
            assert all(
                whole.cost_of_insertion(of_whole, vehicle, *places) is None
                for vehicle in part.vehicles.tolist()
                for places in places_on(whole, vehicle, of_whole)
            )
            continue
        costs = [
            whole.cost_of_insertion(of_whole, vehicle, *places)
            for vehicle in part.vehicles.tolist()
            for places in places_on(whole, vehicle, of_whole)
        ]
        known = [cost * whole.model.cost_unit for cost in costs if cost is not None]
        assert best[0] * piece.model.cost_unit == min(known)
        vehicle = int(part.vehicles[best[1]])
        assert whole.cost_of_insertion(of_whole, vehicle, *best[2:]) == best[0]
        piece.insert(request, *best[1:])
        whole.insert(of_whole, vehicle, *best[2:])


def places_on(routes, vehicle, request):
    """Return all positions of a request on a route: pairs of them for a shipment."""
    count = len(routes.tasks_of(vehicle)) + 1
    if request < 2 * routes.model.requests - routes.model.tasks:
        return [(place,) for place in range(count)]
    return [(first, second) for first in range(count) for second in range(first, count)]


def test_groups_are_compact_and_of_about_equal_weight():
    chance = np.random.default_rng(1)
    places = chance.uniform(0, 1, (900, 2))
    weights = chance.integers(1, 10, 900)
    groups = divide(places, weights, 6, np.random.default_rng(2))
    assert sorted(np.concatenate(groups).tolist()) == list(range(900))
    assert all(abs(weights[group].sum() / weights.sum() - 1 / 6) < 0.02 for group in groups)
    # a sixth of the square is nowhere near as wide as the square
    assert max(np.ptp(places[group], axis=0).prod() for group in groups) < 0.75
    assert [group.tolist() for group in divide(places[:1], weights[:1], 4, chance)] == [[0]]


def test_places_in_the_plane_are_as_far_apart_as_travel_takes():
    places = np.random.default_rng(1).uniform(0, 10_000, (200, 2))
    away = np.linalg.norm(places[:, None] - places, axis=2)
    plane = in_plane(away.round().astype(np.int32))
    assert np.abs(np.linalg.norm(plane[:, None] - plane, axis=2) - away).max() < 20
    assert in_plane(np.zeros((0, 0), np.int32)).shape == (0, 2)
    assert in_plane(np.zeros((3, 3), np.int32)).tolist() == [[0, 0]] * 3
    island = np.array([[0, 2**30 - 1], [2**30 - 1, 0]], np.int32)
    assert np.isfinite(in_plane(island)).all()


def neighbours_of(model, **changes):
    return Neighbours(
        model, **({"per_tick": 1, "per_length": 0, "waiting": 0.2, "near": 30, "wide": 100} | changes)
    )


def test_a_part_of_neighbours_is_theirs_within_the_part(instance):
    model = compiled_model(instance)
    everyone = np.arange(120, dtype=np.int32)
    neighbours = neighbours_of(model, near=120, wide=120)
    chosen = np.array([7, 3, 90, 44], np.int32)
    part = neighbours.part(chosen)
    assert (part.tasks, part.near, part.wide) == (4, 120, 120)
    assert part.link_cost.tolist() == neighbours.link_cost[chosen].tolist()
    assert neighbours.part(everyone).rows("around").tolist() == neighbours.rows("around").tolist()
    for name in ("before", "behind", "around"):
        for i, order in enumerate(chosen.tolist()):
            whole = [other for other in neighbours.rows(name)[order].tolist() if other in chosen]
            kept = [chosen[other] for other in part.rows(name)[i].tolist() if other >= 0]
            assert kept == whole
    with pytest.raises(InputError, match="orders"):
        neighbours.part(np.array([120], np.int32))


def test_the_grid_finds_nearly_all_neighbours_of_many_orders():
    problem = town(3200, vehicles=2)
    instance = build_instance(problem, straight_line=30)
    model = compiled_model(instance)
    plane = in_plane(instance.vehicle_legs(0).durations)
    exact, close = neighbours_of(model), neighbours_of(model, plane=plane)
    for name, share in (("around", 0.99), ("before", 0.9), ("behind", 0.9)):
        pairs = zip(exact.rows(name), close.rows(name), strict=True)
        assert np.mean([np.isin(whole, found).mean() for whole, found in pairs]) > share
    assert close.rows("around")[:, 0].tolist() == list(range(3200))


def test_neighbours_after_the_deadline_are_none(instance):
    neighbours = neighbours_of(compiled_model(instance), deadline=time.monotonic() - 1)
    assert (neighbours.rows("around") == -1).all()
    start = construct(instance)
    assert search.improve(instance, start.routes, deadline=time.monotonic() - 1)["iterations"] == 0


@pytest.mark.parametrize("changes", [{"near": 0}, {"wide": 2**31}])
def test_wrong_widths_of_neighbours_are_said(instance, changes):
    with pytest.raises(InputError, match=next(iter(changes))):
        neighbours_of(compiled_model(instance), **changes)
