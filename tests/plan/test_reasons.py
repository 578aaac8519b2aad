"""Reasons are true: the checker reproduces them, trying every place finds no better, and repairs mend."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpers import FREE, line, planned, repaired, solution, tiny
from o2oroute.model.instance import NO_POINT
from o2oroute.model.legs import Legs
from o2oroute.model.problem import Problem
from o2oroute.plan.check import check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.units import INF
from random_problems import by_id, has_ways, instances, routes_of

thorough = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _reasons(problem, routes=None):
    _, plan = planned(problem, routes or {})
    return {order.id: order for order in plan.unassigned}


def _only(problem, routes=None):
    """Return the one reason of the one unassigned order."""
    ((order,),) = [list(_reasons(problem, routes).values())]
    (reason,) = order.reasons
    assert order.kind == reason.kind
    return reason


def _said(reason):
    return reason.code, reason.kind, reason.margin, reason.unit, reason.position


def _repair(reason):
    return reason.repair and (reason.repair.pointer, reason.repair.from_, reason.repair.to)


def test_too_late_for_its_window():
    problem = tiny(
        line(0, 600), orders=[{"windows": [(0, 100)]}], vehicles=[{"id": "van-3", "shift": (0, 9999)}]
    )
    reason = _only(problem)
    assert _said(reason) == ("WINDOW", "IMPOSSIBLE", 500, "s", 0)
    assert reason.message == (
        "WINDOW: van-3 would reach a 8 min 20 s too late, at 00:10, even with nothing else to do"
    )
    assert _repair(reason) == ("/orders/0/windows/0/1", 100, 600)


def test_in_conflict_with_another_order():
    orders = [{"windows": [(600, 650)], "service": 300}, {"windows": [(600, 640)]}]
    reason = _only(tiny(line(0, 100, 200), orders=orders), {"v0": "a"})
    # behind a it would be 360 s too late; before it, a has to wait 50 s too long
    assert _said(reason) == ("WINDOW", "CONFLICT", 50, "s", 0)
    assert reason.message == "WINDOW: v0 would reach a 50 s too late, at 00:11:40"
    assert _repair(reason) == ("/orders/0/windows/0/1", 650, 700)


def test_capacity_with_its_unit():
    orders = [{"delivery": {"kg": 4}}, {"delivery": {"kg": 2.5}}]
    problem = tiny(line(0, 1, 2), orders=orders, vehicles=[{"capacity": {"kg": 5}}])
    reason = _only(problem, {"v0": "a"})
    assert _said(reason) == ("CAPACITY", "CONFLICT", 1.5, "kg", 0)
    assert _repair(reason) == ("/vehicles/0/capacity/kg", 5, 6.5)
    assert reason.message == "CAPACITY: v0 is overloaded by 1.5 kg: it carries 6.5 kg, at most 5 kg fit"


@pytest.mark.parametrize(
    ("limits", "said", "repair"),
    [
        ({"max_stops": 1}, ("MAX_STOPS", 1, "stops"), ("/vehicles/0/max_stops", 1, 2)),
        ({"max_distance": 30}, ("MAX_DISTANCE", 10, "m"), ("/vehicles/0/max_distance", 30, 40)),
        ({"max_duty": 25}, ("MAX_DUTY", 15, "s"), ("/vehicles/0/max_duty", 25, 40)),
        ({"shift": (0, 33)}, ("SHIFT", 7, "s"), ("/vehicles/0/shift/1", 33, 40)),
    ],
)
def test_limits_of_the_vehicle(limits, said, repair):
    orders = [{}, {}]
    travel = [[0, 10, 10], [10, 0, 20], [10, 20, 0]]
    reason = _only(tiny(travel, orders=orders, vehicles=[limits]), {"v0": "a"})
    assert (reason.code, reason.margin, reason.unit) == said
    assert reason.kind == "CONFLICT"
    assert _repair(reason) == repair


def test_the_depot_closes():
    problem = tiny(line(0, 50), depots=[{"windows": [(0, 10), (20, 60)]}], orders=[{"windows": [(40, 99)]}])
    reason = _only(problem)
    assert _said(reason) == ("DEPOT_WINDOW", "IMPOSSIBLE", 40, "s", 0)
    assert _repair(reason) == ("/depots/0/windows/1/1", 60, 100)


def test_no_way_with_the_rest_of_the_route():
    durations = line(0, 10, 20)
    durations[1, 2] = durations[2, 1] = INF
    problem = tiny(durations, orders=[{}, {}], vehicles=[{"end": None}, {"start": None, "end": None}])
    reasons = {r.vehicle: r for r in _reasons(problem, {"v0": "a", "v1": "a"[:0]})["b"].reasons}
    assert _said(reasons["v0"]) == ("UNREACHABLE", "CONFLICT", None, None, None)
    assert reasons["v1"].kind == "TIME_LIMIT"


def test_a_window_that_is_missed_is_repaired_rather_than_the_shift():
    # the second window is met, but then the day is too long; 5 seconds more on the first do
    order = {"windows": [(0, 95), (500, 600)]}
    problem = tiny(line(0, 100), orders=[order], vehicles=[{"shift": (0, 300)}])
    reason = _only(problem)
    assert _said(reason) == ("SHIFT", "IMPOSSIBLE", 300, "s", 0)
    assert _repair(reason) == ("/orders/0/windows/0/1", 95, 100)


def test_two_broken_rules_have_no_single_repair():
    vehicle = {"capacity": {"kg": 5}, "max_stops": 1}
    orders = [{"delivery": {"kg": 5}}, {"delivery": {"kg": 1}}]
    reason = _only(tiny(line(0, 1, 2), orders=orders, vehicles=[vehicle]), {"v0": "a"})
    assert reason.code == "CAPACITY"
    assert reason.message.endswith("; MAX_STOPS would be broken too")
    assert reason.repair is None


def test_the_time_ran_out():
    _, plan = planned(tiny(line(0, 1, 2), orders=[{}, {}]), {})
    assert plan.summary.out_of_time == 2
    assert {order.kind for order in plan.unassigned} == {"TIME_LIMIT"}
    assert plan.unassigned[0].reasons[0].message == (
        "TIME_LIMIT: v0 could still serve a; the search ended before it was put in"
    )


def test_without_time_each_order_has_the_reason_of_its_closest_vehicle():
    vehicles = [{"shift": (0, end)} for end in (50, 90, 70)]
    problem = tiny(line(0, 100, 200), orders=[{}, {}], vehicles=vehicles)
    instance, plan = planned(problem, {})
    assert [len(order.reasons) for order in plan.unassigned] == [3, 3]
    late = make_plan(instance, plan.solution(), until=0.0)
    assert [[reason.vehicle for reason in order.reasons] for order in late.unassigned] == [["v1"], ["v1"]]
    assert late.unassigned[0].reasons == plan.unassigned[0].reasons[:1]
    hurried = make_plan(instance, plan.solution(), until=0.0, hurry=True)
    assert [(order.kind, order.reasons) for order in hurried.unassigned] == [(None, ()), (None, ())]
    assert (late.summary.out_of_time, hurried.summary.out_of_time) == (0, None)


def test_orders_that_are_set_aside_have_their_findings_without_time():
    problem = tiny(line(0, 1), orders=[{"delivery": {"kg": 9}}, {"location": {"index": 7}}])
    instance, plan = planned(problem, {})
    hurried = make_plan(instance, plan.solution(), until=0.0, hurry=True)
    assert [order.kind for order in hurried.unassigned] == [None, "INPUT"]


def test_an_order_that_is_not_worth_its_prize():
    problem = tiny(line(0, 1000), orders=[{"prize": 1.25}], vehicles=[{"costs": FREE | {"per_km": 1}}])
    reason = _only(problem)
    assert _said(reason) == ("PRIZE", "CHOICE", 0.75, "cost", 0)
    assert _repair(reason) == ("/orders/0/prize", 1.25, 2.0001)
    assert _only(problem.replace(orders=[problem.orders[0].model_copy(update={"prize": 2.5})])).kind == (
        "TIME_LIMIT"
    )


def test_an_optional_order_is_not_worth_another_vehicle():
    problem = tiny(line(0, 1), orders=[{"prize": 99}], objective="fewest_vehicles")
    assert _said(_only(problem)) == ("FEWEST_VEHICLES", "CHOICE", 1, "vehicles", 0)


def test_orders_that_are_set_aside_keep_their_findings():
    problem = tiny(line(0, 1), orders=[{"delivery": {"kg": 9}}], vehicles=[{"capacity": {"kg": 1}}])
    (finding,) = problem.findings
    reason = _only(problem)
    assert (reason.code, reason.kind, reason.vehicle) == (finding.code, "INPUT", None)
    assert finding.message in reason.message


def test_no_place_at_all_is_left():
    problem = tiny(
        line(0, 1), orders=[{"windows": [(0, 0)]}], vehicles=[{"start": None, "end": None, "shift": (1, 9)}]
    )
    assert _only(problem).kind == "INPUT"


def test_the_most_hopeful_reason_comes_first():
    vehicles = [{"max_distance": 10}, {"max_distance": 18}, {"max_stops": 1}, {}]
    problem = tiny(line(0, 10, 1), orders=[{}, {}], vehicles=vehicles)
    order = _reasons(problem, {"v2": "b"})["a"]
    assert [reason.vehicle for reason in order.reasons] == ["v3", "v2", "v1", "v0"]
    assert order.kind == "TIME_LIMIT"


def test_a_route_that_is_late_as_it_stands_takes_nothing_on():
    problem = tiny(line(0, 50, 60), orders=[{"windows": [(0, 20)]}, {}], vehicles=[{"shift": (0, 999)}])
    problem = problem.replace(vehicles=[*problem.vehicles, {"id": "w", "shift": [0, 10]}])
    problem = problem.with_legs(tiny(line(0, 50, 60), orders=[{}, {}]).legs)
    reasons = {r.vehicle: r for r in _reasons(problem, {"v0": "a"})["b"].reasons}
    assert (reasons["v0"].code, reasons["v0"].kind) == ("WINDOW", "CONFLICT")


def test_a_detour_that_mends_a_late_route():
    # over a the vehicle is back in time, straight it is not: a matrix need not be a metric
    travel = [[0, 0, 9], [0, 0, 0], [9, 0, 0]]
    problem = tiny(travel, orders=[{}, {}], vehicles=[{"shift": (0, 17)}])
    reason = _only(problem, {"v0": "b"})
    assert (reason.kind, reason.position) == ("TIME_LIMIT", 0)


def test_where_there_are_very_many_the_closest_vehicles_are_named():
    orders = [{"delivery": {"kg": 2}}] * 600
    vehicles = [{"max_distance": 10 + i} for i in range(20)]
    problem = tiny(line(0, *range(100, 700)), orders=orders, vehicles=vehicles)
    unassigned = _reasons(problem)
    assert {len(order.reasons) for order in unassigned.values()} == {10_000 // 600}
    first = unassigned["o0"].reasons
    assert [reason.vehicle for reason in first[:2]] == ["v19", "v18"]
    assert [reason.repair is not None for reason in first] == [True] * 5 + [False] * 11


def _codes(instance, routes):
    plan = make_plan(instance, solution(by_id(instance, routes)), reasons=False)
    return {(v.code, v.margin, v.unit) for v in check_plan(instance, plan)}, plan


def _put(routes, vehicle, order, position):
    route = routes.get(vehicle, [])
    return routes | {vehicle: [*route[:position], order, *route[position:]]}


@thorough
@given(st.data())
def test_reasons_are_what_the_checker_and_every_other_place_say(data):
    instance = data.draw(instances())
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution(by_id(instance, routes)))
    for unassigned in plan.unassigned:
        order = instance.request_index[unassigned.id]
        aside = instance.task_point[order] == NO_POINT
        assert len(unassigned.reasons) >= 1
        assert aside or len(unassigned.reasons) == len(instance.problem.vehicles)
        for reason in unassigned.reasons:
            if aside:
                assert reason.kind == "INPUT"
                assert reason.code in {f.code for f in instance.findings if f.order == unassigned.id}
            else:
                _is_true(instance, routes, plan, order, reason)


def _is_true(instance, routes, plan, order, reason):
    vehicle = instance.vehicle_index[reason.vehicle]
    alone = {k: v for k, v in routes.items() if k != vehicle}
    possible = has_ways(instance, vehicle, [order]) and not _codes(instance, alone | {vehicle: [order]})[0]
    assert possible == (reason.kind != "IMPOSSIBLE")
    rest = routes if possible else alone
    places = [_put(rest, vehicle, order, p) for p in range(len(rest.get(vehicle, ())) + 1)]
    places = [place for place in places if has_ways(instance, vehicle, place[vehicle])]
    tried = [_codes(instance, place) for place in places]
    feasible = [trial for broken, trial in tried if not broken]
    assert bool(feasible) == (reason.kind in {"TIME_LIMIT", "CHOICE"})
    if reason.code == "UNREACHABLE":
        assert not places
        return
    broken, trial = _codes(instance, _put(rest, vehicle, order, reason.position))
    if reason.kind in {"IMPOSSIBLE", "CONFLICT"}:
        assert (reason.code, reason.margin, reason.unit) in broken
        return
    assert not broken
    if reason.code == "PRIZE":
        dearer = [other.summary.cost - plan.summary.cost for other in feasible]
        assert reason.margin == pytest.approx(min(dearer), abs=1e-9)
        assert reason.margin == pytest.approx(trial.summary.cost - plan.summary.cost, abs=1e-9)
        assert reason.margin >= 0
    elif reason.code == "TIME_LIMIT" and instance.problem.orders[order].prize is not None:
        assert trial.summary.cost < plan.summary.cost


@thorough
@given(st.data())
def test_repairs_let_the_order_in_and_less_does_not(data):
    instance = data.draw(instances())
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution(by_id(instance, routes)))
    repairs = [
        (instance.request_index[order.id], reason)
        for order in plan.unassigned
        for reason in order.reasons
        if reason.repair is not None
    ]
    assume(repairs)
    for order, reason in repairs:
        vehicle = instance.vehicle_index[reason.vehicle]
        rest = routes
        if reason.kind == "IMPOSSIBLE":
            rest = {k: v for k, v in routes.items() if k != vehicle}
        trial = _put(rest, vehicle, order, reason.position)
        repair = reason.repair
        mended = repaired(instance.problem, repair)
        broken, served = _codes(mended, trial)
        assert not broken
        if reason.code == "PRIZE":
            assert served.summary.cost < _codes(mended, rest)[1].summary.cost
        else:
            less = repair.to - (0.001 if "capacity" in repair.pointer else 1)
            nearly = repaired(instance.problem, repair, less)
            assert _codes(nearly, trial)[0]


@pytest.mark.parametrize(
    ("times", "repaired"),
    [
        ((0, 400), 402),
        (("00:00", "00:06:40"), "00:06:42"),
        (("2026-11-23T00:00:00+09:00", "2026-11-23T00:06:40+09:00"), "2026-11-23T00:06:42+09:00"),
    ],
)
def test_repairs_write_times_as_the_file_does(times, repaired):
    problem = Problem(
        date="2026-11-23",
        time_zone="Asia/Seoul",
        vehicles=[{"id": "v", "start": {"index": 0}, "end": {"index": 0}, "shift": times}],
        orders=[{"id": "a", "location": {"index": 1}}],
    )
    legs = Legs(line(0, 201).astype("int32"), line(0, 201).astype("int32"))
    _, plan = planned(problem.with_legs({"car": legs}), {})
    repair = plan.unassigned[0].reasons[0].repair
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/0/shift/1", times[1], repaired)
