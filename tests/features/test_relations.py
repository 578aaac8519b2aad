"""Relations between orders and shipments; those that are not served are passed over."""

from __future__ import annotations

import pytest

from helpers import groups, line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

OPEN = [{"end": None}]


def related(kind, *members):
    return [{"type": kind, "requests": members}]


def test_one_vehicle_serves_both(solved):
    vehicles = [{}, {"start": "d1", "end": "d1"}]
    problem = tiny(line(0, 1000, 100, 900), depots=[{}, {}], orders=[{}, {}], vehicles=vehicles)
    assert groups(solved(problem.replace(relations=related("same_vehicle", "a", "b")))) == [["a", "b"]]


def test_a_vehicle_that_is_named_is_like_no_other(solved):
    relations = related("same_vehicle", {"start": "v1"}, "a")
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[{}, {}, {}], relations=relations))
    assert visits(plan) == {"v1": ["a"]}


def test_no_vehicle_serves_two_of_them(solved):
    relations = related("different_vehicles", "a", "b", "c")
    plan = solved(tiny(line(0, 100, 110, 120), orders=[{}] * 3, vehicles=[{}] * 3, relations=relations))
    assert groups(plan) == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (("in_order", "a", "b"), ["a", "c", "b"]),
        (("in_order", "b", "a", "c"), ["b", "a", "c"]),
        (("in_sequence", "a", "b"), ["a", "b", "c"]),
        (("in_sequence", "c", "a"), ["c", "a", "b"]),
    ],
)
def test_stops_follow_each_other(solved, relation, expected):
    plan = solved(tiny(line(0, 100, 310, 200), orders=[{}] * 3, vehicles=OPEN, relations=related(*relation)))
    assert visits(plan) == {"v0": expected}


def test_order_does_not_need_time_to_pass(solved):
    # all are at one place, and take no time
    plan = solved(
        tiny(line(0, 9, 9, 9), orders=[{}] * 3, vehicles=OPEN, relations=related("in_order", "c", "b", "a"))
    )
    assert visits(plan) == {"v0": ["c", "b", "a"]}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("in_order", ["a", "d", "c"]), ("in_sequence", ["a", "c", "d"])],
)
def test_what_is_not_served_is_passed_over(solved, kind, expected):
    orders = [{}, {"windows": [(0, 1)]}, {}, {}]
    plan = solved(
        tiny(
            line(0, 100, 150, 300, 200),
            orders=orders,
            vehicles=[{"end": None, "shift": (0, 2000)}],
            relations=related(kind, "a", "b", "c"),
        )
    )
    assert visits(plan) == {"v0": expected}
    assert why(plan)["b"][:2] == ("WINDOW", "IMPOSSIBLE")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([{"start": "v0"}, "b"], {"v0": ["b", "c", "a"]}),
        ([{"start": "v0"}, "c", "b"], {"v0": ["c", "b", "a"]}),
        ([{"start": "v1"}, "b"], {"v0": ["a"], "v1": ["b", "c"]}),
    ],
)
def test_a_route_begins_with_them(solved, members, expected):
    vehicles = [{"end": None}, {"start": "d1", "end": None}]
    problem = tiny(line(0, 1000, 100, 300, 280), depots=[{}, {}], orders=[{}] * 3, vehicles=vehicles)
    plan = solved(problem.replace(relations=related("in_sequence", *members)))
    assert visits(plan) == expected


def test_a_shipment_stands_for_both_of_its_stops(solved):
    relations = related("in_order", "a", "A")
    problem = tiny(line(0, 200, 100, 300), orders=[{}], shipments=[{}], vehicles=OPEN, relations=relations)
    assert visits(solved(problem)) == {"v0": ["a", "A+", "A-"]}


def test_a_stop_may_stand_for_itself(solved):
    stops = [{"order": "A", "task": task} for task in ("pickup", "delivery")]
    problem = tiny(line(0, 150, 100, 200), orders=[{}], shipments=[{}], vehicles=OPEN)
    direct = problem.replace(relations=related("in_sequence", *stops))
    assert visits(solved(direct)) == {"v0": ["A+", "A-", "a"]}
