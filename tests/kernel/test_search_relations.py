"""Relations in the compiled routes, against plain trial on random models."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._search import SETTINGS, UNLIMITED, Improver, Model, Neighbours, Routes
from random_models import model_arrays, route_cost, tasks_of

_, DIFFERENT, IN_ORDER, IN_SEQUENCE = range(4)


@st.composite
def related_arrays(draw, **size):
    """Return keyword arguments of a model with relations, and the relations."""
    arrays = draw(model_arrays(**size))
    tasks = arrays["service"].shape[1]
    relations = []
    for kind in draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)):
        members = draw(st.permutations(range(tasks)))[: draw(st.integers(0, 4))]
        if draw(st.integers(0, 3)) == 0:  # the start of a vehicle goes first
            members = [tasks + draw(st.integers(0, len(arrays["profile"]) - 1)), *members]
        relations.append((kind, members))
    arrays["relation_kind"] = np.array([kind for kind, _ in relations], np.int32)
    arrays["relation_first"] = np.cumsum([0, *(len(members) for _, members in relations)]).astype(np.int32)
    arrays["relation_task"] = np.array([task for _, members in relations for task in members], np.int32)
    return arrays, relations


def kept(arrays, relations, routes):
    """Tell whether routes keep relations."""
    tasks = arrays["service"].shape[1]
    seats = {
        task: (vehicle, position)
        for vehicle, route in enumerate(routes)
        for position, task in enumerate([tasks + vehicle, *route])
    }
    for kind, members in relations:
        served = [seats[task] for task in members if task in seats]
        vehicles = [vehicle for vehicle, _ in served]
        positions = [position for _, position in served]
        right = len(set(vehicles)) == len(vehicles) if kind == DIFFERENT else len(set(vehicles)) <= 1
        if kind == IN_ORDER:
            right = right and positions == sorted(positions)
        if kind == IN_SEQUENCE and positions:
            right = right and positions == list(range(positions[0], positions[0] + len(positions)))
        if not right:
            return False
    return True


def routes_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


def with_request(arrays, route, request):
    """Yield each way to put a request into a route: its positions, and the route."""
    tasks = tasks_of(arrays, request)
    for position in range(len(route) + 1):
        longer = [*route[:position], tasks[0], *route[position:]]
        if len(tasks) == 1:
            yield (position,), longer
            continue
        for second in range(position, len(route) + 1):
            yield (position, second), [*longer[: second + 1], tasks[1], *longer[second + 1 :]]


def places(arrays, relations, current, request):
    """Yield vehicle, positions, route, cost of each place; the cost is None where it breaks a rule."""
    for vehicle, route in enumerate(current):
        for positions, trial in with_request(arrays, route, request):
            cost = route_cost(arrays, vehicle, trial)
            if cost is not None:
                cost -= route_cost(arrays, vehicle, route)
                if not kept(arrays, relations, [*current[:vehicle], trial, *current[vehicle + 1 :]]):
                    cost = None
            yield vehicle, positions, trial, cost


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_insertion_is_allowed_where_trial_allows_it(data):
    arrays, relations = data.draw(related_arrays())
    arrays["fewest_vehicles"] = False
    routes = Routes(Model(**arrays))
    for request in data.draw(st.permutations(range(routes.model.requests))):
        found = list(places(arrays, relations, routes_of(routes), request))
        for vehicle, positions, _, cost in found:
            assert routes.cost_of_insertion(request, vehicle, *positions) == cost
        allowed = [place for place in found if place[3] is not None]
        best = min(((cost, vehicle, *positions) for vehicle, positions, _, cost in allowed), default=None)
        assert routes.cheapest(request) == best
        if allowed and data.draw(st.integers(0, 4)):
            vehicle, positions, trial, _ = data.draw(st.sampled_from(allowed))
            routes.insert(request, vehicle, *positions)
            assert routes.tasks_of(vehicle).tolist() == trial


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_route_is_taken_where_trial_takes_it(data):
    arrays, relations = data.draw(related_arrays(most_singles=2, most_pairs=1))
    routes = Routes(Model(**arrays))
    empty = [[]] * (routes.model.vehicles - 1)
    for count in range(1, routes.model.tasks + 1):
        for tasks in itertools.permutations(range(routes.model.tasks), count):
            right = route_cost(arrays, 0, tasks) is not None and kept(arrays, relations, [tasks, *empty])
            assert routes.assign(0, tasks) == right, tasks


@given(data=st.data(), detour=st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=100, deadline=None)
def test_what_no_place_is_left_for_is_left_out(data, detour):
    arrays, relations = data.draw(related_arrays(most_singles=6, most_pairs=2))
    routes = Routes(Model(**arrays))
    requests = routes.model.requests
    assert routes.insert_all(
        rank=np.zeros(requests, np.int32), worth=np.full(requests, UNLIMITED, np.int64), detour=detour
    )
    assert kept(arrays, relations, routes_of(routes))
    for request in np.flatnonzero(~routes.is_served()).tolist():
        assert all(cost is None for *_, cost in places(arrays, relations, routes_of(routes), request))


@given(related=related_arrays(most_singles=6, most_pairs=3), seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_the_search_keeps_relations(related, seed):
    arrays, relations = related
    model = Model(**arrays)
    routes = Routes(model)
    improver = Improver(
        routes,
        importance=np.ones(model.requests, np.int64),
        prize=np.zeros(model.requests, np.int64),
        ranks=np.tile(np.arange(model.requests, dtype=np.int32), (6, 1)),
        neighbours=Neighbours(model, per_tick=1, per_length=1, waiting=0.2, near=30, wide=100),
        seed=seed,
        settings=SETTINGS | {"polish": 1, "hot": 100},
    )
    improver.run(iterations=200)
    last = [improver.last_tasks_of(vehicle).tolist() for vehicle in range(model.vehicles)]
    for each in (routes_of(routes), last):
        assert kept(arrays, relations, each)
        for vehicle, tasks in enumerate(each):
            assert route_cost(arrays, vehicle, tasks) is not None
    for cost, (vehicle, tasks) in zip(routes.totals()[1], enumerate(routes_of(routes)), strict=True):
        assert cost == route_cost(arrays, vehicle, tasks) + model.per_vehicle * bool(tasks)
