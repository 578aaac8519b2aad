"""The compiled door of routes: whatever goes in wrong is a clear error, and no order of calls does harm."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from o2oroute import units
from o2oroute._search import ANY_TIME, MAX_TIME, UNLIMITED, Model, Routes
from o2oroute.errors import InputError
from spoilt_arrays import SPOILT


def int32(*values):
    return np.array(values, np.int32)


def int64(*values):
    return np.array(values, np.int64)


def square(*rows):
    return np.array(rows, np.int32)


def model_arrays(**changes):
    """Three orders on a line 10, 20 and 30 from the depot, and two vehicles for at most two of them."""
    legs = square([0, 10, 20, 30], [10, 0, 10, 20], [20, 10, 0, 10], [30, 20, 10, 0])
    arrays = {
        "durations": [legs],
        "distances": [legs],
        "node_point": int32(1, 2, 3, 0, 0, 0, 0),
        "service": int64(1, 1, 1).reshape(1, 3),
        "window_first": np.arange(8, dtype=np.int32),
        "window_open": int64(0, 0, 0, 0, 0, 0, 0),
        "window_close": int64(90, 90, 90, 100, 100, 100, 100),
        "delivery": int64(1, 1, 1).reshape(3, 1),
        "capacity": int64(2, 2).reshape(2, 1),
        "profile": int32(0, 0),
        "fixed": int64(1000, 1000),
        "per_tick": int64(1, 1),
        "per_length": int64(2, 2),
        "max_distance": int64(UNLIMITED, UNLIMITED),
        "max_duty": int64(UNLIMITED, UNLIMITED),
        "max_stops": int64(UNLIMITED, UNLIMITED),
    }
    return arrays | changes


@pytest.fixture
def routes():
    return Routes(Model(**model_arrays()))


def insert_all(routes, **changes):
    settings = {"rank": np.zeros(3, np.int32), "worth": np.full(3, UNLIMITED, np.int64)}
    return routes.insert_all(**settings | changes)


def figures(routes):
    return [column.tolist() for column in routes.totals()]


def test_what_is_right_is_computed(routes):
    assert insert_all(routes)
    assert routes.is_served().all()
    # two near ones share a vehicle, or the two far ones: out and back, a tick for each service
    assert sorted(routes.tasks_of(v).size for v in range(2)) == [1, 2]
    stops, cost, duty, distance = routes.totals()
    assert (cost == 1000 + duty + 2 * distance).all()
    assert (duty == distance + stops).all()


def test_an_unused_vehicle_costs_nothing(routes):
    assert figures(routes) == [[0, 0]] * 4


def test_sentinels_are_those_of_the_units():
    assert ANY_TIME == 2**30
    assert units.INF < ANY_TIME < MAX_TIME < UNLIMITED


ARRAYS = [name for name, value in model_arrays().items() if isinstance(value, np.ndarray)]


def spoilt_arrays():
    """Yield each array in each of the ways in which it can be spoilt."""
    for name in ARRAYS:
        array = model_arrays()[name]
        for kind, spoil in SPOILT.items():
            with suppress(ValueError):  # not every array can be made so
                spoilt = spoil(array)
                if not is_right(spoilt, array):
                    yield pytest.param(name, spoilt, id=f"{name}-{kind}")


def is_right(spoilt, array):
    """Tell whether an array came out of it unharmed."""
    return (
        isinstance(spoilt, np.ndarray)
        and (spoilt.dtype, spoilt.shape) == (array.dtype, array.shape)
        and (spoilt == array).all()
        and spoilt.flags.c_contiguous
        and spoilt.flags.aligned
    )


@pytest.mark.parametrize(
    ("kind", "first", "task", "message"),
    [
        ([4], [0, 2], [0, 1], "relation_kind"),
        ([0], [0, 1], [5], "relation_task"),
        ([0], [0, 3], [0, 1], "relation_first"),
        ([0], [1, 2], [0, 1], "must ascend from 0 to 2"),
        ([0, 3], [0, 1, 3], [0, 1, 1], "names a task twice"),
    ],
)
def test_relations_that_are_none_are_named(kind, first, task, message):
    with pytest.raises(InputError, match=message):
        Model(
            **model_arrays(
                relation_kind=int32(*kind), relation_first=int32(*first), relation_task=int32(*task)
            )
        )


@pytest.mark.parametrize(("name", "spoilt"), list(spoilt_arrays()))
def test_arrays_of_the_wrong_kind_are_named(name, spoilt):
    with pytest.raises(InputError, match=f"{name}|shape|profiles"):
        Model(**model_arrays(**{name: spoilt}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"node_point": int32(1, 2, 4, 0, 0, 0, 0)}, r"node_point at \(2,\) is 4; it must be from -1 to 3"),
        ({"node_point": int32(1, 2, -2, 0, 0, 0, 0)}, r"node_point at \(2,\) is -2"),
        ({"profile": int32(0, 1)}, r"profile at \(1,\) is 1; it must be from 0 to 0"),
        ({"service": int64(1, -1, 1).reshape(1, 3)}, r"service at \(0, 1\) is -1"),
        ({"delivery": int64(1, -1, 1).reshape(3, 1)}, "delivery"),
        ({"max_stops": int64(-1, 1)}, "max_stops"),
        ({"per_tick": int64(1, 2**61)}, "per_tick"),
        ({"window_first": int32(0, 1, 2, 3, 4, 5, 6, 6)}, "window_first must ascend"),
        ({"window_first": int32(0, 1, 1, 3, 4, 5, 6, 7)}, "window_first must ascend"),
        (
            {"window_close": int64(90, -1, 90, 100, 100, 100, 100)},
            "window 1 closes at -1, before it opens at 0",
        ),
        ({"window_open": int64(-MAX_TIME - 1, 0, 0, 0, 0, 0, 0)}, "window_open"),
        ({"distances": []}, "durations of 1 profiles and distances of 0"),
        ({"durations": [], "distances": []}, "profile"),
        ({"durations": [square([0, 1])]}, r"durations\[0\] has shape \(1, 2\); it must be \(1, 1\)"),
        ({"distances": [square([0])]}, r"distances\[0\]"),
        ({"durations": [square(*[[-1] * 4] * 4)]}, "is -1"),
        ({"durations": [square(*[[2**30] * 4] * 4)]}, "is 1073741824"),
    ],
    ids=str,
)
def test_values_that_do_not_fit_are_named(changes, said):
    with pytest.raises(InputError, match=said):
        Model(**model_arrays(**changes))


def test_windows_of_a_node_must_ascend():
    changes = {
        "window_first": int32(0, 2, 3, 4, 5, 6, 7, 8),
        "window_open": int64(0, 20, 0, 0, 0, 0, 0, 0),
        "window_close": int64(20, 30, 90, 90, 100, 100, 100, 100),
    }
    with pytest.raises(InputError, match="window 0 closes at 20; the next of its node opens no later, at 20"):
        Model(**model_arrays(**changes))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda routes: routes.tasks_of(2), "vehicle is 2; it must be from 0 to 1"),
        (lambda routes: routes.tasks_of(-1), "vehicle is -1"),
        (lambda routes: routes.assign(0, [3]), "task is 3; it must be from 0 to 2"),
        (lambda routes: routes.assign(0, [1, 1]), "not all different"),
        (lambda routes: routes.assign(0, [0]), "task 0 is already on the route of another vehicle"),
        (lambda routes: routes.assign(5, [1]), "vehicle is 5"),
        (lambda routes: routes.cheapest(0), "request 0 is already on the route of vehicle 1"),
        (lambda routes: routes.cheapest(2**31), "request is 2147483648"),
        (lambda routes: routes.insert(1, 1, 2), "position is 2; it must be from 0 to 1"),
        (lambda routes: routes.insert(1, 1, -1), "position is -1"),
        (lambda routes: routes.cost_of_insertion(0, 0, 0), "request 0 is already"),
        (lambda routes: insert_all(routes, rank=np.zeros(2, np.int32)), r"rank has shape \(2,\)"),
        (lambda routes: insert_all(routes, worth=int64(0, 0, -1)), r"worth at \(2,\) is -1"),
        (lambda routes: routes.drop_unworthy(worth=int64(0)), r"worth has shape \(1,\)"),
    ],
)
def test_wrong_calls_are_named_and_change_nothing(routes, call, said):
    assert routes.assign(1, [0])
    before = figures(routes)
    with pytest.raises(InputError, match=said):
        call(routes)
    assert figures(routes) == before
    assert routes.tasks_of(1).tolist() == [0]


def test_an_insertion_that_breaks_a_rule_is_refused(routes):
    routes.assign(0, [0, 1])
    assert routes.cost_of_insertion(2, 0, 0) is None
    with pytest.raises(InputError, match="request 2 breaks a rule at position 0 of vehicle 0"):
        routes.insert(2, 0, 0)
    assert routes.tasks_of(0).tolist() == [0, 1]


def test_an_order_that_is_set_aside_stays_so():
    routes = Routes(Model(**model_arrays(node_point=int32(1, -1, 3, 0, 0, 0, 0))))
    insert_all(routes)
    assert routes.is_served().tolist() == [True, False, True]
    with pytest.raises(InputError, match="request 1 is set aside"):
        routes.cheapest(1)


def test_costs_that_would_not_fit_are_counted_in_a_larger_unit():
    model = Model(**model_arrays(fixed=int64(2**59, 0)))
    assert model.cost_unit > 1
    routes = Routes(model)
    routes.assign(0, [0])
    assert abs(figures(routes)[1][0] * model.cost_unit - 2**59) < 2**40


def test_fewest_vehicles_are_cheaper_than_anything():
    model = Model(**model_arrays(fixed=int64(0, 0), capacity=int64(3, 3).reshape(2, 1), fewest_vehicles=True))
    assert model.per_vehicle > 0
    routes = Routes(model)
    insert_all(routes)
    assert sorted(figures(routes)[0]) == [0, 3]


def test_vehicles_that_differ_in_nothing_are_known():
    assert Model(**model_arrays()).next_alike.tolist() == [1, -1]
    assert Model(**model_arrays(max_duty=int64(5, 6))).next_alike.tolist() == [-1, -1]
    assert Model(**model_arrays(node_point=int32(1, 2, 3, 0, 0, 0, 1))).next_alike.tolist() == [-1, -1]


def test_a_deadline_that_has_passed_stops_before_the_first_order(routes):
    assert not insert_all(routes, deadline=0.0)
    assert not routes.is_served().any()


def test_an_interrupt_leaves_routes_that_keep_all_rules(routes):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        insert_all(routes, progress=interrupt)
    assert figures(routes)[0] == [routes.tasks_of(v).size for v in range(2)]
    assert insert_all(routes)
    assert routes.is_served().all()


def test_routes_that_are_being_worked_on_cannot_be_touched(routes):
    told = []

    def touch(done, total):
        for call in (lambda: routes.assign(0, []), routes.totals, lambda: insert_all(routes)):
            with pytest.raises(RuntimeError, match="being worked on"):
                call()
        told.append(done)

    insert_all(routes, progress=touch)
    assert told


def test_the_model_lives_as_long_as_its_routes():
    routes = Routes(Model(**model_arrays()))
    gc.collect()
    assert insert_all(routes)
    assert routes.model.requests == 3


def test_routes_of_one_model_are_built_in_many_threads():
    model = Model(**model_arrays())
    found = []

    def build():
        routes = Routes(model)
        for _ in range(200):
            for vehicle in range(2):
                routes.assign(vehicle, [])
            insert_all(routes)
        found.append([routes.tasks_of(v).tolist() for v in range(2)])

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_arrays_of_any_kind_do_harm(data):
    """Random values of the right kinds: a clear error, or routes within their rules."""
    extremes = st.sampled_from([-(2**63), -1, 0, 1, 3, 2**30, 2**40, 2**60, 2**62, 2**63 - 1])
    arrays = model_arrays()
    for name in data.draw(st.lists(st.sampled_from(ARRAYS), min_size=1, max_size=3)):
        array = arrays[name]
        values = st.integers(-2, 100) | extremes
        drawn = data.draw(hnp.arrays(object, array.shape, elements=values))
        with suppress(OverflowError):
            arrays[name] = drawn.astype(array.dtype)
    with suppress(InputError):
        routes = Routes(Model(**arrays))
        insert_all(routes, detour=data.draw(st.floats()))
        for order in np.flatnonzero(~routes.is_served()).tolist():
            assert routes.cheapest(order) is None
        # what this takes off may make room for others: only the routes that stay have to be right
        routes.drop_unworthy(worth=int64(0, 1, UNLIMITED))
