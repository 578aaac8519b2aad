"""Set-up is spent once a place: at the first of the stops that follow each other there."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import line, starts, tiny
from o2oroute.engines.engine import load_engine, solve
from o2oroute.model.problem import Problem
from o2oroute.plan.check import check

SERVED_BY = {"combined", "insertion", "ortools", "search"}

PARCEL = {"setup": 100, "service": 10}


def test_once_for_two_parcels_at_one_door(solved):
    orders = [PARCEL | {"location": {"index": 1}}, PARCEL | {"location": {"index": 1}}, PARCEL]
    plan = solved(tiny(line(0, 50, 50, 60), orders=orders))
    assert plan.summary.service == 2 * 100 + 3 * 10
    # one window for all is met by the beginning of set-up
    assert plan.summary.duration == 230 + 120


def test_again_after_having_been_elsewhere(solved):
    orders = [
        PARCEL | {"location": {"index": 1}, "windows": [(50, 50)]},
        {"windows": [(170, 170)]},
        PARCEL | {"location": {"index": 1}, "windows": [(180, 900)]},
    ]
    plan = solved(tiny(line(0, 50, 60, 50), orders=orders))
    assert starts(plan) == [0, 50, 170, 180, 340]
    assert [stop.service for stop in plan.routes[0].stops] == [0, 110, 0, 110, 0]


def test_windows_bound_the_beginning_of_set_up(solved):
    orders = [PARCEL | {"windows": [(50, 60)]}]
    assert starts(solved(tiny(line(0, 50), orders=orders, vehicles=[{"shift": (10, 900)}]))) == [10, 60, 220]


def test_kept_apart_on_request(solved):
    orders = [PARCEL | {"location": {"index": 1}}, PARCEL | {"location": {"index": 1}}]
    plan = solved(tiny(line(0, 50, 50), orders=orders, join_within=None))
    assert plan.summary.service == 220


def _doors(**fields):
    """Return two parcels for doors 11 m apart."""
    return Problem(
        vehicles=[{"id": "v", "start": (24.94, 60.17), "end": (24.94, 60.17)}],
        orders=[
            {"id": "a", "location": (24.95, 60.17)} | PARCEL,
            {"id": "b", "location": (24.9502, 60.17)} | PARCEL,
        ],
        **fields,
    )


@pytest.mark.parametrize("name", sorted(SERVED_BY))
@pytest.mark.parametrize(("within", "service"), [(None, 220), (0, 220), (10, 220), (12, 120)])
def test_doors_within_some_metres_are_joined(name, within, service):
    problem = _doors(join_within=within)
    assert load_engine(name).supports(problem) == []
    plan = solve(problem, straight_line=36, engine=name, time_limit=5, iterations=60)
    assert plan.summary.service == service
    assert check(problem, plan, straight_line=36) == []


def test_a_route_that_pays_set_up_once_is_found_among_many(solved):
    chance = np.random.default_rng(1)
    doors = [{"location": {"index": int(1 + i % 3)}} | PARCEL for i in chance.permutation(9)]
    plan = solved(tiny(line(0, 50, 60, 70, *[0] * 6), orders=doors))
    assert plan.summary.service == 3 * 100 + 9 * 10
