"""From leaving its pickup, what rides is on board no longer than allowed."""

from __future__ import annotations

import pytest

from helpers import line, tiny, visits, why

SERVED_BY = {"combined", "ortools"}

#: Depot, pickup and delivery of A, and those of B, which lie between them.
PLACES = line(0, 10, 100, 20, 30)


@pytest.mark.parametrize(
    ("longest", "order"), [(100, ["A+", "B+", "B-", "A-"]), (99, ["A+", "A-", "B+", "B-"])]
)
def test_a_ride_that_would_be_too_long_is_driven_alone(solved, longest, order):
    shipments = [{"max_ride": longest}, {"max_ride": 70, "delivery": {"service": 10}}]
    assert visits(solved(tiny(PLACES, shipments=shipments))) == {"v0": order}


def test_the_pickup_waits_for_the_delivery(solved):
    shipment = {"max_ride": 95, "delivery": {"windows": [(500, 600)]}}
    plan = solved(tiny(line(0, 10, 100), shipments=[shipment]))
    left, served = plan.routes[0].stops[1].departure_seconds, plan.routes[0].stops[2].start_seconds
    assert (served, left >= 405) == (500, True)


def test_too_long_a_way(solved):
    plan = solved(tiny(line(0, 10, 100), shipments=[{"max_ride": 89}]))
    assert why(plan) == {"A": ("RIDE_TIME", "IMPOSSIBLE", 1, "s")}
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/shipments/0/max_ride", 89, 90)
