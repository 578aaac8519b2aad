"""After so much driving a break is due, as often as it takes."""

from __future__ import annotations

from helpers import line, starts, tiny, why

SERVED_BY = {"combined", "ortools"}

RULE = {"id": "rest", "after_driving": 150, "duration": 40}


def _ids(plan):
    return [stop.id for stop in plan.routes[0].stops]


def test_as_late_as_the_rule_lets_it(solved):
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[{"driving_breaks": [RULE]}]))
    assert _ids(plan) == ["d0", "a", "rest", "d0"]
    assert starts(plan) == [0, 100, 150, 240]


def test_as_often_as_it_takes(solved):
    plan = solved(tiny(line(0, 400), orders=[{}], vehicles=[{"driving_breaks": [RULE]}]))
    assert _ids(plan) == ["d0", "rest", "rest", "a", "rest", "rest", "rest", "d0"]
    assert starts(plan) == [0, 150, 340, 480, 530, 720, 910, 1000]


def test_a_break_that_is_long_enough_counts(solved):
    lunch = {"id": "lunch", "windows": [(90, 110)], "duration": 40, "off_duty": False}
    vehicle = {"driving_breaks": [RULE], "breaks": [lunch], "shift": (0, 999)}
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle]))
    assert "rest" not in _ids(plan)
    assert plan.routes[0].duration == 240


def test_no_time_is_left_for_the_break(solved):
    vehicle = {"driving_breaks": [RULE], "shift": (0, 239)}
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle]))
    assert why(plan) == {"a": ("SHIFT", "IMPOSSIBLE", 1, "s")}


def test_other_breaks_are_had_where_they_cost_least(solved):
    lunch = {"id": "lunch", "windows": [(0, 200)], "duration": 30, "off_duty": False}
    vehicle = {"driving_breaks": [RULE | {"after_driving": 900}], "breaks": [lunch], "shift": (0, 999)}
    orders = [{"preferred": (0, 100), "per_minute_late": 60}]
    plan = solved(tiny(line(0, 100), orders=orders, vehicles=[vehicle]))
    assert _ids(plan) == ["d0", "a", "lunch", "d0"]
