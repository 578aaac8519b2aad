"""On every routes that the search goes on from, it knows the cost that clock and checker find."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from o2oroute.engines.compiled import compiled_model
from o2oroute.engines.search import SearchEngine
from o2oroute.model.instance import build_instance
from random_problems import instances, rich_instances
from search_audit import CHANGING, assert_alike, audit, grows
from towns import town


@given(
    instance=st.one_of(instances(max_orders=8), rich_instances(max_orders=5, max_shipments=3)),
    seed=st.integers(0, 2**31 - 1),
    parameters=st.sampled_from([{}, CHANGING]),
)
@settings(max_examples=150, deadline=None)
def test_every_accepted_state_costs_what_the_checker_says(instance, seed, parameters):
    assume(not SearchEngine().supports(instance.problem))
    audit(instance, seed=seed, iterations=20, settings=parameters)


def test_states_of_many_orders_too():
    assert audit(build_instance(town(60, vehicles=8), straight_line=30), seed=1, iterations=300) > 50


def test_a_wrong_cost_is_seen():
    instance = build_instance(town(20), straight_line=30)

    model = compiled_model(instance)
    right = SimpleNamespace(last_value=(20, 0), last_tasks_of=lambda _: [])
    assert_alike(instance, model, right)
    for value in (20, 1), (19, 0):
        with pytest.raises(AssertionError):
            assert_alike(instance, model, SimpleNamespace(last_value=value, last_tasks_of=lambda _: []))


def test_no_memory_is_left_behind():
    instance = build_instance(town(4), straight_line=30)

    assert not grows(lambda: audit(instance, seed=1, iterations=3))


def test_memory_that_is_left_behind_is_seen():
    left = []

    assert grows(lambda: left.append(object()), attempts=2)
