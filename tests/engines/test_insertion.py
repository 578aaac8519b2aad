"""The compiled insertion against the clock, on random problems in which every rule comes up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._search import UNLIMITED, Routes
from o2oroute.engines import insertion, insertion_parts
from o2oroute.engines.compiled import compiled_model, plan_value, worth, write_routes
from o2oroute.engines.insertion import construct
from o2oroute.errors import RoutingError
from o2oroute.model.instance import build_instance
from o2oroute.model.solution import Solution
from o2oroute.plan.check import check_plan
from o2oroute.plan.clock import schedule_route
from o2oroute.plan.costs import route_costs
from o2oroute.plan.route_track import route_length
from o2oroute.plan.schedule import make_plan
from random_problems import instances, rich_instances
from towns import town

DETOURS = st.sampled_from([0.0, 0.3, 1.0])


def planned(instance):
    """Orders that are not set aside."""
    return np.flatnonzero(instance.task_point >= 0).tolist()


def clock_cost(instance, vehicle, orders):
    """Return the cost units of a route by the clock, or None if it breaks a rule."""
    orders = list(orders)
    if not orders:
        return 0
    try:
        times = schedule_route(instance, vehicle, orders)
    except RoutingError:
        return None
    length = route_length(instance, vehicle, orders)
    load = instance.task_delivery[orders].sum(axis=0)
    breaks = (
        not times.on_time
        or length > instance.max_length[vehicle]
        or len(orders) > instance.max_stops[vehicle]
        or (load > instance.capacity[vehicle]).any()
    )
    if breaks:
        return None
    return sum(route_costs(instance, vehicle, orders, times).values())


def some_routes(data, instance, routes):
    """Draw routes; of those that break a rule the vehicle stays empty."""
    left = planned(instance)
    for vehicle in range(len(instance.problem.vehicles)):
        drawn = data.draw(st.lists(st.sampled_from(left), unique=True, max_size=4)) if left else []
        if routes.assign(vehicle, drawn):
            left = [order for order in left if order not in drawn]
    return left


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_route_is_feasible_and_costs_as_the_clock_says(data):
    instance = data.draw(instances(max_orders=3))
    model = compiled_model(instance)
    assert model.cost_unit == 1
    orders = planned(instance)
    for vehicle in range(len(instance.problem.vehicles)):
        for count in range(1, len(orders) + 1):
            for visits in itertools.permutations(orders, count):
                routes = Routes(model)
                expected = clock_cost(instance, vehicle, visits)
                assert routes.assign(vehicle, visits) == (expected is not None), (vehicle, visits)
                stops, cost, duty, distance = (figures[vehicle] for figures in routes.totals())
                if expected is None:
                    assert (stops, cost, duty, distance) == (0, 0, 0, 0)
                else:
                    assert stops == count
                    assert cost - model.per_vehicle == expected
        break  # vehicles differ enough from one instance to the next


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_insertion_costs_what_the_route_costs_more(data):
    instance = data.draw(instances())
    model = compiled_model(instance)
    routes = Routes(model)
    for order in some_routes(data, instance, routes):
        places = []
        for vehicle in range(len(instance.problem.vehicles)):
            route = routes.tasks_of(vehicle).tolist()
            before = clock_cost(instance, vehicle, route)
            for position in range(len(route) + 1):
                after = clock_cost(instance, vehicle, [*route[:position], order, *route[position:]])
                expected = None
                if after is not None:
                    expected = after - before + (0 if route else model.per_vehicle)
                    places.append((expected, vehicle, position))
                assert routes.cost_of_insertion(order, vehicle, position) == expected
        assert routes.cheapest(order) == min(places, default=None)


@given(data=st.data(), detour=DETOURS)
@settings(max_examples=150, deadline=None)
def test_every_order_that_an_insertion_could_serve_is_served(data, detour):
    instance = data.draw(instances())
    model = compiled_model(instance)
    most = worth(instance, model)
    routes = Routes(model)
    some_routes(data, instance, routes)
    given_orders = routes.is_served()
    assert routes.insert_all(rank=np.zeros(len(most), np.int32), worth=most, detour=detour)
    assert routes.is_served()[given_orders].all()
    costs = []
    for vehicle, total in enumerate(routes.totals()[1].tolist()):
        cost = clock_cost(instance, vehicle, routes.tasks_of(vehicle))
        assert cost is not None
        assert total == cost + (model.per_vehicle if routes.tasks_of(vehicle).size else 0)
        costs.append(cost)
    for order in planned(instance):
        if not routes.is_served()[order]:
            cheapest = routes.cheapest(order)
            assert cheapest is None or cheapest[0] > most[order]
    left_out = [i for i in planned(instance) if not routes.is_served()[i]]
    prizes = sum(int(instance.request_prize[i]) for i in left_out if instance.request_prize[i] >= 0)
    assert plan_value(instance, routes).cost == sum(costs) + prizes


@given(data=st.data(), detour=DETOURS)
@settings(max_examples=100, deadline=None)
def test_tasks_of_lower_rank_go_first(data, detour):
    """Whatever is served when only the lower rank has a chance is served when the other has one, too."""
    instance = data.draw(instances())
    model = compiled_model(instance)
    rank = np.array([data.draw(st.integers(0, 1)) for _ in range(model.requests)], np.int32)
    any_cost = np.full(model.requests, UNLIMITED, np.int64)
    both, first = Routes(model), Routes(model)
    both.insert_all(rank=rank, worth=any_cost, detour=detour)
    first.insert_all(rank=rank, worth=np.where(rank == 0, any_cost, 0), detour=detour)
    free = {order for order in planned(instance) if rank[order] == 1 and first.is_served()[order]}
    if not free:  # else orders of rank 1 that cost nothing came in between
        assert both.is_served()[first.is_served()].all()


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_dropping_what_is_not_worth_its_cost_never_costs(data):
    instance = data.draw(instances())
    model = compiled_model(instance)
    most = worth(instance, model)
    routes = Routes(model)
    routes.insert_all(rank=np.zeros(len(most), np.int32), worth=np.full_like(most, UNLIMITED))
    before, served = plan_value(instance, routes), routes.is_served()
    dropped = routes.drop_unworthy(worth=most)
    after = plan_value(instance, routes)
    gone = served & ~routes.is_served()
    assert gone.sum() == dropped
    assert (instance.request_prize[gone] >= 0).all()
    if dropped:
        assert after < before or model.per_vehicle  # there are vehicles to save, whatever the cost
    for vehicle in range(len(instance.problem.vehicles)):
        assert clock_cost(instance, vehicle, routes.tasks_of(vehicle)) is not None
    assert routes.drop_unworthy(worth=most) == 0


@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_the_same_problem_gives_the_same_routes(data):
    instance = data.draw(instances())
    model = compiled_model(instance)
    rank, most = np.zeros(len(instance.problem.orders), np.int32), worth(instance, model)
    found = []
    for _ in range(2):
        routes = Routes(model)
        routes.insert_all(rank=rank, worth=most, detour=0.3)
        found.append([routes.tasks_of(v).tolist() for v in range(model.vehicles)])
    assert found[0] == found[1]


@given(instance=st.one_of(instances(max_orders=9), rich_instances(max_orders=5, max_shipments=4)))
@settings(max_examples=150, deadline=None)
def test_many_orders_are_inserted_in_parts_first_and_then_everywhere(instance):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(insertion, "_MANY_ORDERS", 1)
        patch.setattr(insertion_parts, "_PART_SIZE", 2)
        found = construct(instance)
    assert found.finished
    for request in np.flatnonzero(~found.routes.is_served() & ~instance.is_set_aside).tolist():
        assert instance.request_prize[request] >= 0 or found.routes.cheapest(request) is None
    plan = make_plan(instance, Solution(write_routes(instance, found.routes)), reasons=False)
    assert check_plan(instance, plan) == []


def test_parts_of_a_town_share_its_vehicles():
    instance = build_instance(town(300, vehicles=40), straight_line=30)
    whole = construct(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(insertion, "_MANY_ORDERS", 100)
        patch.setattr(insertion_parts, "_PART_SIZE", 75)
        found = construct(instance)
    assert found.variants == 1
    assert found.value.unserved_importance == 0
    assert found.value.cost < 1.1 * whole.value.cost
