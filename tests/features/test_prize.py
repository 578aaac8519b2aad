"""An order with a prize is optional: it is served if that costs less."""

from __future__ import annotations

from helpers import line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_worth_it(solved):
    plan = solved(tiny(line(0, 1000), orders=[{"prize": 2.01}]))
    assert visits(plan) == {"v0": ["a"]}
    assert plan.summary.cost == 2


def test_not_worth_it(solved):
    plan = solved(tiny(line(0, 1000), orders=[{"prize": 1.5, "importance": 9}]))
    assert visits(plan) == {}
    assert (plan.summary.cost, plan.summary.prizes, plan.summary.unserved_importance) == (1.5, 1.5, 0)
    assert why(plan) == {"a": ("PRIZE", "CHOICE", 0.5, "cost")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/orders/0/prize", 1.5, 2.0001)


def test_worth_it_on_the_way(solved):
    # alone b would cost 2, behind a it costs 0.2
    plan = solved(tiny(line(0, 1000, 1100), orders=[{}, {"prize": 0.25}]))
    assert plan.summary.served == 2


def test_never_instead_of_a_mandatory_order(solved):
    orders = [{"prize": 1000}, {}]
    plan = solved(tiny(line(0, 100, -100), orders=orders, vehicles=[{"shift": (0, 250)}]))
    assert visits(plan) == {"v0": ["b"]}
    assert plan.summary.cost == 1000.2
    assert why(plan)["a"][:2] == ("SHIFT", "CONFLICT")
