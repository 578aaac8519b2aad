"""From leaving its pickup, what rides is on board no longer than allowed."""

from __future__ import annotations

import pytest

from helpers import FREE, line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

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


def test_waiting_comes_before_the_pickup(solved):
    orders = [{"windows": [(0, 100)]}]
    shipment = {"max_ride": 100, "delivery": {"windows": [(500, 900)]}}
    plan = solved(
        tiny(
            line(0, 100, 100, 200),
            orders=orders,
            shipments=[shipment],
            vehicles=[{"costs": FREE | {"per_hour": 3600}}],
        )
    )
    assert visits(plan) == {"v0": ["a", "A+", "A-"]}
    assert starts(plan) == [0, 100, 400, 500, 700]


def test_the_short_ride_goes_first(solved):
    long, short = {}, {"max_ride": 50}
    plan = solved(tiny(line(0, 100, 300, 110, 160), shipments=[long, short]))
    stops = visits(plan)["v0"]
    assert stops.index("B-") == stops.index("B+") + 1


def test_two_rides_share_the_way_if_both_are_short_enough(solved):
    for longest, together in ((110, True), (109, False)):
        shipments = [{"max_ride": longest, "delivery": {"windows": [(500, 500)]}}, {}]
        problem = tiny(line(0, 100, 210, 150, 210), shipments=shipments, vehicles=[{"shift": (0, 9999)}])
        stops = visits(solved(problem)).get("v0", [])
        assert ("A+" in stops) == together
