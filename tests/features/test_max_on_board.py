"""So many shipments are on board at once, whatever their load."""

from __future__ import annotations

from helpers import line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

#: Two rides the same way: A from 100 to 300, B from 110 to 310.
TRAVEL = line(0, 100, 300, 110, 310)


def test_one_at_a_time(solved):
    plan = solved(tiny(TRAVEL, shipments=[{}, {}], vehicles=[{"max_on_board": 1}]))
    assert visits(plan)["v0"] in (["A+", "A-", "B+", "B-"], ["B+", "B-", "A+", "A-"])
    assert plan.summary.distance == 300 + 190 + 200 + 310


def test_the_limit_is_allowed(solved):
    plan = solved(tiny(TRAVEL, shipments=[{}, {}], vehicles=[{"max_on_board": 2}]))
    assert plan.summary.distance == 620


def test_none_at_all(solved):
    plan = solved(tiny(line(0, 100, 300), shipments=[{}], vehicles=[{"max_on_board": 0}]))
    assert why(plan) == {"A": ("MAX_ON_BOARD", "IMPOSSIBLE", 1, "shipments")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/0/max_on_board", 0, 1)


def test_orders_are_not_counted(solved):
    plan = solved(tiny(line(0, 50, 60), orders=[{}, {}], vehicles=[{"max_on_board": 0}]))
    assert plan.summary.served == 2
