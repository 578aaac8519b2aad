"""Relations in OR-Tools' model: it takes a set of routes if, and only if, they keep them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import line, tiny
from o2oroute.engines.judge import Judge
from o2oroute.engines.ortools import first_routes, read_back, search
from o2oroute.engines.ortools_base import load_ortools
from o2oroute.engines.routing_arrays import routing_arrays
from o2oroute.model.instance import build_instance
from o2oroute.plan.relations import broken_relations
from random_problems import related, rich_instances, routes_of


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Load OR-Tools before time counts."""
    load_ortools()


def searched(instance, routes, *, seconds=0.3, iterations=20):
    arrays = routing_arrays(instance)
    found = []
    figures = search(
        arrays,
        first_routes(routes, arrays),
        found.append,
        until=time.time() + seconds,
        iterations=iterations,
        seed=1,
    )
    return figures, [read_back(arrays, nodes) for nodes in found]


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_it_takes_what_keeps_them_and_nothing_else(data):
    # nothing else can be broken; some places are one, so that times do not tell who comes first
    places = data.draw(st.lists(st.integers(0, 2), min_size=7, max_size=7))
    problem = tiny(line(*places), orders=[{}] * 4, shipments=[{}], vehicles=[{}, {}])
    instance = build_instance(problem.replace(relations=data.draw(related(problem))))
    routes = data.draw(routes_of(instance, feasible=True))
    figures, _ = searched(instance, routes, iterations=1)
    assert figures["start_taken"] == (Judge(instance).routes(routes) is not None)


@given(instance=rich_instances(relations=True))
@settings(max_examples=60, deadline=None)
def test_whatever_it_finds_keeps_them(instance):
    if routing_arrays(instance).task.size and routing_arrays(instance).vehicle.size:
        _, found = searched(instance, {})
        assert all(not list(broken_relations(instance, routes)) for routes in found)
