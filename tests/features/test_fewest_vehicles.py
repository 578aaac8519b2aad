"""With the objective "fewest_vehicles" a vehicle less is better than any cost."""

from __future__ import annotations

from helpers import FREE, groups, line, tiny, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

VAN = {"costs": FREE | {"per_hour": 3.6}}
ORDERS = [{"windows": [(100, 100)]}, {"windows": [(3700, 3700)]}]


def test_one_vehicle_waits_where_two_would_be_cheaper(solved):
    problem = tiny(line(0, 10, 10), orders=ORDERS, vehicles=[VAN, VAN], objective="fewest_vehicles")
    plan = solved(problem)
    assert groups(plan) == [["a", "b"]]
    assert plan.summary.cost == 3.62


def test_importance_comes_before_it(solved):
    orders = [{"windows": [(100, 100)]}, {"windows": [(100, 100)]}]
    problem = tiny(line(0, 10, -10), orders=orders, vehicles=[VAN, VAN], objective="fewest_vehicles")
    assert solved(problem).summary.vehicles == 2


def test_an_optional_order_takes_no_vehicle_of_its_own(solved):
    orders = [{"windows": [(100, 100)]}, {"windows": [(100, 100)], "prize": 50}]
    problem = tiny(line(0, 10, -10), orders=orders, vehicles=[VAN, VAN], objective="fewest_vehicles")
    plan = solved(problem)
    assert groups(plan) == [["a"]]
    assert why(plan) == {"b": ("FEWEST_VEHICLES", "CHOICE", 1, "vehicles")}
