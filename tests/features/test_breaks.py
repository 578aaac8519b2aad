"""A used vehicle takes its breaks, anywhere between two stops or off duty."""

from __future__ import annotations

import pytest

from helpers import FREE, line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

HOURLY = FREE | {"per_hour": 3600}


def lunch(*windows, duration=30, **fields):
    return {"breaks": [{"id": "lunch", "windows": windows, "duration": duration} | fields]}


def test_a_break_interrupts_the_way(solved):
    problem = tiny(line(0, 100), orders=[{}], vehicles=[lunch((40, 60)) | {"shift": (0, 230)}])
    plan = solved(problem)
    assert starts(plan) == [0, 40, 130, 230]
    assert [stop.kind for stop in plan.routes[0].stops] == ["start", "break", "order", "end"]


def test_it_is_had_where_it_costs_least(solved):
    orders = [{"windows": [(100, 100)]}, {"windows": [(200, 200)]}]
    vehicle = lunch((120, 300), duration=50, off_duty=False) | {"costs": HOURLY}
    # between the two, where the vehicle waits anyway
    assert starts(solved(tiny(line(0, 100, 120), orders=orders, vehicles=[vehicle]))) == [
        0,
        100,
        120,
        200,
        320,
    ]


@pytest.mark.parametrize(("last", "stops"), [(300, ["a"]), (299, [])])
def test_it_may_fall_behind_the_end(solved, last, stops):
    orders = [{"windows": [(200, 200)]}]
    vehicle = lunch((250, last), duration=500) | {"shift": (0, 700)}
    assert visits(solved(tiny(line(0, 100), orders=orders, vehicles=[vehicle]))).get("v0", []) == stops


def test_it_is_not_had_with_too_much_on_board(solved):
    orders = [{"delivery": {"kg": 2}}, {"delivery": {"kg": 2}}]
    vehicle = lunch(off_duty=False, max_load={"kg": 1}) | {"capacity": {"kg": 9}}
    plan = solved(tiny(line(0, 100, 200), orders=orders, vehicles=[vehicle]))
    assert [stop.kind for stop in plan.routes[0].stops] == ["start", "order", "order", "break", "end"]


def test_there_is_no_time_for_it(solved):
    vehicle = lunch((0, 250), off_duty=False) | {"shift": (0, 229)}
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle]))
    assert visits(plan) == {}
    assert why(plan) == {"a": ("SHIFT", "IMPOSSIBLE", 1, "s")}


def test_unpaid_breaks_cost_nothing_and_paid_ones_do(solved):
    for paid, cost in ((True, 230), (False, 200)):
        vehicle = lunch(off_duty=False, paid=paid) | {"costs": HOURLY}
        assert solved(tiny(line(0, 100), orders=[{}], vehicles=[vehicle])).summary.cost == cost


def test_several_breaks_in_one_leg(solved):
    breaks = [
        {"id": "coffee", "windows": [(20, 30)], "duration": 10, "off_duty": False},
        {"id": "lunch", "windows": [(60, 70)], "duration": 40, "off_duty": False},
    ]
    plan = solved(tiny(line(0, 100), orders=[{}], vehicles=[{"breaks": breaks, "shift": (0, 250)}]))
    assert starts(plan) == [0, 20, 60, 150, 250]


def test_no_time_is_left_for_an_order(solved):
    for last, left in ((180, None), (179, ("WINDOW", "CONFLICT", 1, "s"))):
        orders = [{"windows": [(100, 100)], "service": 10, "importance": 2}, {"windows": [(0, last)]}]
        plan = solved(
            tiny(line(0, 50, 90), orders=orders, vehicles=[lunch((130, 140)) | {"shift": (0, 999)}])
        )
        assert why(plan) == ({} if left is None else {"b": left})
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/orders/1/windows/0/1", 179, 180)
