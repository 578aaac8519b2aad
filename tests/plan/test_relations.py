"""The checker on relations between orders and shipments."""

from __future__ import annotations

import pytest

from helpers import line, planned, tiny
from o2oroute.plan.check import check_plan


def _broken(relation, routes, members=("a", "b", "c")):
    problem = tiny(
        line(0, 10, 20, 30, 40, 50),
        orders=[{}, {}, {}],
        shipments=[{}],
        vehicles=[{}, {}],
        relations=[{"type": relation, "requests": members}],
    )
    instance, plan = planned(problem, routes, reasons=False)
    return [(v.code, v.order, v.message.partition(": ")[2]) for v in check_plan(instance, plan)]


@pytest.mark.parametrize(
    ("relation", "routes", "said"),
    [
        ("same_vehicle", {"v0": "cab"}, None),
        ("same_vehicle", {"v0": "ab", "v1": "c"}, ("c", "b and c do not ride together")),
        ("same_vehicle", {"v0": "a", "v1": []}, None),
        ("different_vehicles", {"v0": "a", "v1": "b"}, None),
        ("different_vehicles", {"v0": "a", "v1": "bc"}, ("c", "b and c ride together")),
        ("different_vehicles", {"v0": "ac", "v1": "b"}, ("c", "a and c ride together")),
        ("in_order", {"v0": "abc"}, None),
        ("in_order", {"v0": ["a", "A+", "A-", "c"]}, None),
        ("in_order", {"v0": "acb"}, ("c", "c comes before b")),
        ("in_order", {"v0": "ab", "v1": "c"}, ("c", "b and c do not ride together")),
        ("in_sequence", {"v0": ["A+", "A-", "a", "b", "c"]}, None),
        ("in_sequence", {"v0": ["a", "c"]}, None),
        ("in_sequence", {"v0": ["a", "A+", "A-", "b", "c"]}, ("b", "b does not come directly after a")),
    ],
)
def test_what_is_broken_is_named(relation, routes, said):
    assert _broken(relation, routes) == ([] if said is None else [("RELATION", *said)])


def test_shipments_stand_for_both_stops_or_one_of_them():
    routes = {"v0": ["A+", "a", "A-"]}
    assert _broken("in_order", routes, ["a", "A"]) == [
        ("RELATION", "A", "pickup of A comes before a"),
    ]
    assert _broken("in_order", routes, ["a", {"order": "A", "task": "delivery"}]) == []
    assert _broken("same_vehicle", routes, ["a", "A"]) == []
