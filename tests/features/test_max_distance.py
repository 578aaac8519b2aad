"""A route is at most so long."""

from __future__ import annotations

from helpers import groups, line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

ORDERS = [{"importance": 2}, {}]


def test_what_is_too_far_is_left_out(solved):
    plan = solved(tiny(line(0, 100, -60), orders=ORDERS, vehicles=[{"max_distance": 300}]))
    assert groups(plan) == [["a"]]
    assert why(plan) == {"b": ("MAX_DISTANCE", "CONFLICT", 20, "m")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/0/max_distance", 300, 320)


def test_the_limit_is_allowed(solved):
    plan = solved(tiny(line(0, 100, -60), orders=ORDERS, vehicles=[{"max_distance": 320}]))
    assert groups(plan) == [["a", "b"]]


def test_lengths_count_and_not_times(solved):
    # by time a is near, by length b is
    times, lengths = [[0, 1, 99], [1, 0, 99], [99, 99, 0]], [[0, 99, 1], [99, 0, 99], [1, 99, 0]]
    plan = solved(tiny(times, distances=lengths, orders=[{}, {}], vehicles=[{"max_distance": 2}]))
    assert visits(plan) == {"v0": ["b"]}
    assert why(plan)["a"] == ("MAX_DISTANCE", "IMPOSSIBLE", 196, "m")
