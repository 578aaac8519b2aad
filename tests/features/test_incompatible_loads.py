"""Kinds of load that exclude each other are never in one trip."""

from __future__ import annotations

from helpers import groups, line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

FOOD, PAINT = {"kind_of_load": "food"}, {"kind_of_load": "paint"}
APART = {"incompatible_loads": [("paint", "food")]}


def test_two_vehicles_go(solved):
    plan = solved(tiny(line(0, 100, 110, 120), orders=[FOOD, PAINT, FOOD], vehicles=[{}, {}], **APART))
    assert groups(plan) == [["a", "c"], ["b"]]


def test_other_kinds_ride_along(solved):
    plan = solved(tiny(line(0, 100, 110), orders=[FOOD, {"kind_of_load": "books"}], **APART))
    assert groups(plan) == [["a", "b"]]


def test_what_is_left_is_told_why(solved):
    orders = [FOOD | {"importance": 2}, PAINT]
    plan = solved(tiny(line(0, 100, 110), orders=orders, **APART))
    assert visits(plan) == {"v0": ["a"]}
    assert why(plan) == {"b": ("INCOMPATIBLE_LOADS", "CONFLICT", None, None)}


def test_a_kind_may_exclude_itself(solved):
    plan = solved(
        tiny(
            line(0, 100, 110),
            orders=[PAINT, PAINT],
            vehicles=[{}, {}],
            incompatible_loads=[("paint", "paint")],
        )
    )
    assert groups(plan) == [["a"], ["b"]]


def test_shipments_have_kinds_too(solved):
    plan = solved(tiny(line(0, 10, 20, 30), orders=[FOOD], shipments=[PAINT], vehicles=[{}, {}], **APART))
    assert sorted(visits(plan).values()) == [["A+", "A-"], ["a"]]
