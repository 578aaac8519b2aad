"""Prices beside duty and length: hours of service, set-up by type, and matrices of costs."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import FREE, line, planned, tiny
from o2oroute.errors import InputError
from o2oroute.model.legs import Legs
from o2oroute.plan.check import check_plan


def test_service_is_paid_by_the_hour_with_the_set_up_of_the_vehicles_type():
    orders = [{"service": 100, "setup": 50}, {"service": 200, "setup": 70, "setup_by_type": {"bike": 30}}]
    vehicles = [{"type": kind, "costs": FREE | {"per_service_hour": 36}} for kind in ("van", "bike")]
    problem = tiny(line(0, 10, 20), orders=orders, vehicles=vehicles)
    for vehicle, service in (("v0", 420), ("v1", 380)):
        instance, plan = planned(problem, {vehicle: "ab"})
        assert check_plan(instance, plan) == []
        (route,) = plan.routes
        assert (route.service, route.costs.service, route.cost) == (service, service / 100, service / 100)


def test_a_wrong_price_of_service_is_found():
    problem = tiny(
        line(0, 10), orders=[{"service": 100}], vehicles=[{"costs": FREE | {"per_service_hour": 36}}]
    )
    instance, plan = planned(problem, {"v0": "a"})
    route = plan.routes[0]
    cheap = route.model_copy(update={"costs": route.costs.model_copy(update={"service": 0.5})})
    (violation,) = check_plan(instance, plan.model_copy(update={"routes": (cheap,)}))
    assert (violation.code, violation.pointer) == ("FIGURE", "/routes/0/costs/service")


def test_costs_of_legs_take_the_place_of_lengths_and_lengths_stay_lengths():
    problem = tiny(line(0, 10, 20), orders=[{}, {}], vehicles=[{"costs": FREE | {"per_km": 1000}}])
    (legs,) = problem.legs.values()
    costs = np.array([[0, 7, 9], [1, 0, 2], [30, 4, 0]], np.int32)
    problem = problem.with_legs({"car": Legs(legs.durations, legs.distances, costs=costs)})
    for order, cost in (("ab", 7 + 2 + 30), ("ba", 9 + 4 + 1)):
        instance, plan = planned(problem, {"v0": order})
        assert check_plan(instance, plan) == []
        assert plan.summary.cost == cost
        assert plan.summary.distance == 40


def test_costs_of_legs_have_their_shape():
    square = np.zeros((2, 2), np.int32)
    with pytest.raises(InputError, match=r"costs \(3, 3\)"):
        Legs(square, square, costs=np.zeros((3, 3), np.int32))
    assert Legs(square, square, costs=square + 5).between(np.array([1])).priced.tolist() == [[5]]
