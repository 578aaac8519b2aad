"""A route may start at its first order, or end at its last."""

from __future__ import annotations

import pytest

from helpers import groups, line, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

ORDERS = [{}, {}]


@pytest.mark.parametrize(
    ("start", "end", "order", "distance"),
    [("d0", None, ["a", "b"], 1100), (None, "d0", ["b", "a"], 1100)],
)
def test_one_open_end(solved, start, end, order, distance):
    plan = solved(tiny(line(0, 1000, 1100), orders=ORDERS, vehicles=[{"start": start, "end": end}]))
    assert visits(plan) == {"v0": order}
    assert plan.summary.distance == distance
    stops = plan.routes[0].stops
    assert [stop.id for stop in (stops[0], stops[-1])] == [start, end]


def test_both_ends_open(solved):
    plan = solved(tiny(line(0, 1000, 1100), orders=ORDERS, vehicles=[{"start": None, "end": None}]))
    assert groups(plan) == [["a", "b"]]
    assert plan.summary.distance == 100


def test_nothing_is_driven_for_a_single_order(solved):
    plan = solved(tiny(line(0, 1000), orders=[{"service": 5}], vehicles=[{"start": None, "end": None}]))
    assert (plan.summary.distance, plan.summary.duration, plan.summary.cost) == (0, 5, 0)


def test_a_start_that_is_no_depot(solved):
    plan = solved(tiny(line(0, 100, 500), orders=[{}], vehicles=[{"start": {"index": 2}}]))
    assert plan.summary.distance == 400 + 100
    assert plan.routes[0].stops[0].id is None
