"""The compiled routes against plain trial, on random models in which all rules of the door mix."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute._search import SETTINGS, UNLIMITED, Improver, Model, Neighbours, Routes
from random_models import model_arrays, route_cost, tasks_of


def routes_of(routes):
    return [routes.tasks_of(vehicle).tolist() for vehicle in range(routes.model.vehicles)]


def figures(routes):
    return [column.tolist() for column in routes.totals()]


def fill(data, arrays, routes):
    """Put some requests where they fit; return those that are left."""
    left = []
    for request in data.draw(st.permutations(range(routes.model.requests))):
        vehicle = data.draw(st.integers(0, routes.model.vehicles - 1))
        route = routes.tasks_of(vehicle).tolist()
        trials = [
            (positions, trial)
            for positions, trial in with_request(arrays, route, request)
            if route_cost(arrays, vehicle, trial) is not None
        ]
        if trials and data.draw(st.integers(0, 3)):
            positions, trial = data.draw(st.sampled_from(trials))
            routes.insert(request, vehicle, *positions)
            assert routes.tasks_of(vehicle).tolist() == trial
        else:
            left.append(request)
    return left


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


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_route_keeps_the_rules_and_costs_what_trial_says(data):
    arrays = data.draw(model_arrays(most_singles=2, most_pairs=1))
    model = Model(**arrays)
    routes = Routes(model)
    for count in range(model.tasks + 1):
        for tasks in itertools.permutations(range(model.tasks), count):
            expected = route_cost(arrays, 0, tasks)
            assert routes.assign(0, tasks) == (expected is not None), tasks
            cost = routes.totals()[1][0] - (model.per_vehicle if routes.tasks_of(0).size else 0)
            assert cost == (expected or 0)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_an_insertion_costs_what_the_route_costs_more(data):
    arrays = data.draw(model_arrays())
    model = Model(**arrays)
    routes = Routes(model)
    for request in fill(data, arrays, routes):
        places = []
        for vehicle in range(model.vehicles):
            route = routes.tasks_of(vehicle).tolist()
            before = route_cost(arrays, vehicle, route)
            for positions, trial in with_request(arrays, route, request):
                after = route_cost(arrays, vehicle, trial)
                expected = None
                if after is not None:
                    expected = after - before + (0 if route else model.per_vehicle)
                    places.append((expected, vehicle, *positions))
                assert routes.cost_of_insertion(request, vehicle, *positions) == expected
        assert routes.cheapest(request) == min(places, default=None)


@given(data=st.data(), detour=st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=150, deadline=None)
def test_every_request_that_an_insertion_could_serve_is_served(data, detour):
    arrays = data.draw(model_arrays(most_singles=6, most_pairs=3))
    model = Model(**arrays)
    routes = Routes(model)
    left = fill(data, arrays, routes)
    worth = np.array(
        [data.draw(st.sampled_from([0, 30, UNLIMITED])) for _ in range(model.requests)], np.int64
    )
    assert routes.insert_all(rank=np.zeros(model.requests, np.int32), worth=worth, detour=detour)
    for request in left:
        cheapest = None if routes.is_served()[request] else routes.cheapest(request)
        assert cheapest is None or cheapest[0] > worth[request]
    assert_exact(arrays, routes)
    before = sum(figures(routes)[1])
    dropped = routes.drop_unworthy(worth=worth)
    assert_exact(arrays, routes)
    assert dropped == 0 or sum(figures(routes)[1]) < before


def assert_exact(arrays, routes):
    """Hold routes to trial, and to what comes out anew."""
    totals = figures(routes)
    for vehicle, tasks in enumerate(routes_of(routes)):
        cost = route_cost(arrays, vehicle, tasks)
        assert cost is not None, (vehicle, tasks)
        assert totals[1][vehicle] == cost + (routes.model.per_vehicle if tasks else 0)
        assert routes.assign(vehicle, tasks)
    assert figures(routes) == totals


PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "short_route": st.just(0),
        "near": st.just(1),
        "close": st.just(1),
        "polish": st.just(1),
        "route_ruins": st.just(0.5),
        "route_splits": st.just(0.5),
        "vehicle_changes": st.just(0.5),
        "route_openings": st.just(0.5),
        "opening": st.sampled_from([0, 1]),
        "hot": st.just(100),
        "mean_removed": st.sampled_from([1, 100]),
        "longest_string": st.sampled_from([1, 100]),
        "blink": st.sampled_from([1, 2]),
    },
)


@given(
    arrays=model_arrays(most_singles=6, most_pairs=4), seed=st.integers(0, 2**64 - 1), parameters=PARAMETERS
)
@settings(max_examples=300, deadline=None)
def test_the_search_keeps_all_rules_and_its_sums(arrays, seed, parameters):
    found = []
    for _ in range(2):
        model = Model(**arrays)
        routes = Routes(model)
        improver = Improver(
            routes,
            importance=np.ones(model.requests, np.int64),
            prize=np.zeros(model.requests, np.int64),
            ranks=np.tile(np.arange(model.requests, dtype=np.int32), (6, 1)),
            neighbours=Neighbours(
                model,
                per_tick=1.0,
                per_length=1.0,
                waiting=0.2,
                near=int(parameters.get("near", SETTINGS["near"])),
                wide=int(SETTINGS["wide"]),
            ),
            seed=seed,
            settings=parameters,
        )
        improver.run(iterations=100)
        assert_exact(arrays, routes)
        found.append(routes_of(routes))
        served = routes.is_served()
        improver.run(iterations=100)
        assert_exact(arrays, routes)
        assert routes.is_served().sum() >= served.sum()
    assert found[0] == found[1]  # the seed decides
