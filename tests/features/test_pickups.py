"""Pickups for the depot beside deliveries from it: what is on board fits at every moment."""

from __future__ import annotations

from helpers import FREE, groups, line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

FULL = {"capacity": {"kg": 4}}


def test_room_is_made_before_it_is_taken(solved):
    # on the way out the van is full; so the nearer pickup waits until something is delivered
    orders = [{"pickup": {"kg": 4}}, {"delivery": {"kg": 4}}]
    plan = solved(tiny(line(0, 100, 200), orders=orders, vehicles=[FULL]))
    assert visits(plan) == {"v0": ["b", "a"]}
    assert [stop.load for stop in plan.routes[0].stops] == [{"kg": 4}, {"kg": 0}, {"kg": 4}, {"kg": 4}]
    assert [stop.task for stop in plan.routes[0].stops] == [None, "delivery", "pickup", None]


def test_one_order_brings_and_takes(solved):
    orders = [{"delivery": {"kg": 4}, "pickup": {"kg": 3}}, {"pickup": {"kg": 1}}]
    plan = solved(tiny(line(0, 100, 50), orders=orders, vehicles=[FULL]))
    assert visits(plan) == {"v0": ["a", "b"]}
    assert [stop.load["kg"] for stop in plan.routes[0].stops] == [4, 3, 4, 4]


def test_what_is_picked_up_does_not_become_what_is_delivered(solved):
    # if the parcel that a gives were the one that b gets, all would fit
    orders = [{"pickup": {"kg": 3}}, {"delivery": {"kg": 3}, "importance": 2}]
    windows = [{"windows": [(100, 100)]}, {"windows": [(200, 200)]}]
    both = [order | window for order, window in zip(orders, windows, strict=True)]
    plan = solved(tiny(line(0, 100, 200), orders=both, vehicles=[FULL]))
    assert visits(plan) == {"v0": ["b"]}
    assert why(plan) == {"a": ("CAPACITY", "CONFLICT", 2, "kg")}
    assert plan.unassigned[0].reasons[0].repair.to == 6


def test_the_limit_is_allowed(solved):
    orders = [{"pickup": {"kg": 2}}, {"delivery": {"kg": 2}}, {"pickup": {"kg": 2}}]
    van = FULL | {"costs": FREE | {"per_km": 1}}
    assert groups(solved(tiny(line(0, 100, 200, 300), orders=orders, vehicles=[van]))) == [["a", "b", "c"]]
