"""What is urgent is served early."""

from __future__ import annotations

import pytest

from helpers import FREE, line, starts, tiny, visits

SERVED_BY = {"combined", "insertion", "ortools", "search"}

OPEN = {"end": None, "shift": (0, 9000)}


def test_the_urgent_one_goes_first(solved):
    orders = [{}, {"urgency": 3600}]
    assert visits(solved(tiny(line(0, 100, 150), orders=orders, vehicles=[OPEN]))) == {"v0": ["a", "b"]}
    assert visits(solved(tiny(line(0, 100, -50), orders=orders, vehicles=[OPEN]))) == {"v0": ["b", "a"]}


def test_it_is_weighed_against_the_way(solved):
    # first to the near one costs 30 more a way, but the other waits for less than it is worth
    orders = [{"urgency": 36}, {"urgency": 360000}]
    plan = solved(tiny(line(0, 10, 40), orders=orders, vehicles=[OPEN]))
    assert visits(plan) == {"v0": ["a", "b"]}


def test_the_route_starts_as_early_as_it_can(solved):
    plan = solved(tiny(line(0, 100), orders=[{"urgency": 1}], vehicles=[{"shift": (50, 9000)}]))
    assert starts(plan) == [50, 150, 250]
    assert plan.summary.cost == pytest.approx(0.2 + 100 / 3600)


def test_of_a_shipment_the_delivery_counts(solved):
    shipments = [{"urgency": 3600}]
    plan = solved(tiny(line(0, 100, 150), shipments=shipments, vehicles=[OPEN | {"costs": FREE}]))
    assert starts(plan)[:3] == [0, 100, 150]
    assert plan.summary.cost == 150


@pytest.mark.parametrize(("per_hour", "first"), [(35, 150), (37, 490)])
def test_it_is_weighed_against_waiting(solved, per_hour, first):
    orders = [{"urgency": 36, "windows": [(0, 900)]}, {"windows": [(500, 600)]}]
    vehicle = {"costs": FREE | {"per_hour": per_hour}}
    problem = tiny(line(0, 50, 60), orders=orders, vehicles=[vehicle], depots=[{"windows": [(100, 560)]}])
    assert starts(solved(problem))[1] == first
