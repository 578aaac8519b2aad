"""Shipments: picked up and then delivered by one vehicle, as a whole or not at all."""

from __future__ import annotations

from helpers import line, starts, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}


def test_pickup_comes_before_delivery(solved):
    # the delivery lies on the way to the pickup
    plan = solved(
        tiny(line(0, 200, 100), shipments=[{"load": {"kg": 2}}], vehicles=[{"capacity": {"kg": 2}}])
    )
    assert visits(plan) == {"v0": ["A+", "A-"]}
    assert starts(plan) == [0, 200, 300, 400]
    assert [stop.load for stop in plan.routes[0].stops] == [{"kg": 0}, {"kg": 2}, {"kg": 0}, {"kg": 0}]
    assert (plan.summary.served, plan.summary.distance) == (1, 400)


def test_two_at_a_time_where_both_fit(solved):
    shipments = [{"load": {"seats": 1}}, {"load": {"seats": 1}}]
    shipments[0]["delivery"] = {"windows": [(0, 300)]}
    travel = line(0, 100, 300, 110, 310)
    plan = solved(tiny(travel, shipments=shipments, vehicles=[{"capacity": {"seats": 2}, "shift": (0, 999)}]))
    assert visits(plan) == {"v0": ["A+", "B+", "A-", "B-"]}
    assert plan.summary.distance == 620


def test_one_after_the_other_where_they_do_not(solved):
    shipments = [{"load": {"seats": 1}}, {"load": {"seats": 1}}]
    plan = solved(
        tiny(line(0, 100, 300, 310, 110), shipments=shipments, vehicles=[{"capacity": {"seats": 1}}])
    )
    assert visits(plan) == {"v0": ["A+", "A-", "B+", "B-"]}


def test_beside_orders(solved):
    orders = [{"delivery": {"kg": 3}}]
    van = {"capacity": {"kg": 4}}
    plan = solved(
        tiny(line(0, 200, 100, 300), orders=orders, shipments=[{"load": {"kg": 2}}], vehicles=[van])
    )
    # with the order on board there is no room for the shipment
    assert visits(plan) == {"v0": ["a", "A+", "A-"]}
    assert plan.summary.distance == 200 + 100 + 200 + 300


def test_not_by_halves(solved):
    # the delivery cannot be reached in time; so the pickup, which could, is left as well
    shipments = [{"delivery": {"windows": [(0, 349)]}, "properties": {"name": "A."}}]
    plan = solved(tiny(line(0, 200, 50), shipments=shipments, vehicles=[{"shift": (0, 900)}]))
    assert visits(plan) == {}
    assert why(plan) == {"A": ("WINDOW", "IMPOSSIBLE", 1, "s")}
    (left,) = plan.unassigned
    assert left.properties == {"name": "A."}
    repair = left.reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/shipments/0/delivery/windows/0/1", 349, 350)


def test_the_conflict_is_named(solved):
    shipments = [{"importance": 2}, {"importance": 1}]
    plan = solved(tiny(line(0, 100, 200, -100, -200), shipments=shipments, vehicles=[{"shift": (0, 790)}]))
    assert visits(plan) == {"v0": ["A+", "A-"]}
    assert why(plan) == {"B": ("SHIFT", "CONFLICT", 10, "s")}


def test_an_optional_one_pays_or_stays(solved):
    assert visits(solved(tiny(line(0, 500, 1000), shipments=[{"prize": 2.01}]))) == {"v0": ["A+", "A-"]}
    plan = solved(tiny(line(0, 500, 1000), shipments=[{"prize": 1.5}]))
    assert why(plan) == {"A": ("PRIZE", "CHOICE", 0.5, "cost")}
    assert plan.unassigned[0].reasons[0].repair.pointer == "/shipments/0/prize"


def test_open_ends(solved):
    vehicles = [{"start": None, "end": None}]
    plan = solved(tiny(line(0, 500, 800), shipments=[{}], vehicles=vehicles))
    assert plan.summary.distance == 300
