"""Plans as a whole: exact small ones, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import FREE, line, planned, solution, tiny
from o2oroute.errors import InputError
from o2oroute.formats.plan_json import parse_plan
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.plan import Run
from o2oroute.plan.rules import RULE_CODES
from o2oroute.plan.schedule import make_plan
from random_problems import instances, routes_of, solution_of

thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _two_orders(**fields):
    return tiny(
        line(0, 600, 900),
        orders=[
            {"delivery": {"kg": 2.5}, "service": 60, "windows": [(3600, 7200)], "properties": {"phone": "1"}},
            {"delivery": {"boxes": 2}, "service": 30},
        ],
        depots=[{"windows": [(0, 9000)]}],
        vehicles=[{"costs": {"fixed": 5, "per_hour": 20, "per_km": 0.3}, "properties": {"driver": "A"}}],
        **fields,
    )


def test_a_plan_in_full():
    problem = _two_orders(date="2026-11-23", time_zone="Asia/Seoul")
    instance, plan = planned(problem, {"v0": "ab"})
    (route,) = plan.routes
    assert [(s.kind, s.task, s.id) for s in route.stops] == [
        ("start", None, "d0"),
        ("order", "delivery", "a"),
        ("order", "delivery", "b"),
        ("end", None, "d0"),
    ]
    assert [s.arrival_seconds for s in route.stops] == [3000, 3600, 3960, 4890]
    assert [s.start_seconds for s in route.stops] == [3000, 3600, 3960, 4890]
    assert [s.departure_seconds for s in route.stops] == [3000, 3660, 3990, 4890]
    assert route.stops[1].arrival == "2026-11-23T01:00:00+09:00"
    assert [s.load for s in route.stops] == [
        {"boxes": 2, "kg": 2.5},
        {"boxes": 2, "kg": 0},
        {"boxes": 0, "kg": 0},
        {"boxes": 0, "kg": 0},
    ]
    assert [s.leg_distance for s in route.stops] == [0, 600, 300, 900]
    assert route.stops[1].windows_seconds == ((3600, 7200),)
    assert route.stops[0].windows_seconds == ((0, 9000),)
    assert route.stops[1].properties == {"phone": "1"}
    assert route.properties == {"driver": "A"}
    assert (route.distance, route.duration, route.driving, route.service) == (1800, 1890, 1800, 90)
    assert route.costs.fixed == 5
    assert route.costs.duty == 10.5
    assert route.costs.distance == 0.54
    assert route.cost == plan.summary.cost == 16.04
    assert (plan.summary.served, plan.summary.unassigned, plan.summary.vehicles) == (2, 0, 1)
    assert check_plan(instance, plan) == []


def test_without_a_date_there_are_seconds_only():
    _, plan = planned(_two_orders(), {"v0": "a"})
    assert plan.routes[0].stops[1].arrival is None
    assert plan.routes[0].stops[1].arrival_seconds == 3600


def test_ticks_are_told_in_seconds():
    _, plan = planned(tiny(line(0, 15), orders=[{"service": 10}], ticks_per_second=10), {"v0": "a"})
    assert [s.arrival_seconds for s in plan.routes[0].stops] == [0, 1.5, 4]
    assert plan.routes[0].duration == 4


def test_academic_lengths_are_told_in_their_unit():
    vehicle = {"costs": FREE | {"per_km": 1000}}
    problem = tiny(line(0, 15), orders=[{}], vehicles=[vehicle], per_metre=10, ticks_per_second=10)
    _, plan = planned(problem, {"v0": "a"})
    assert plan.routes[0].distance == plan.summary.cost == 3


def test_open_ends_are_where_the_orders_are():
    places = [(126.90, 37.55), (126.94, 37.56), (126.95, 37.57)]
    problem = tiny(line(0, 5, 9), orders=[{}, {}], vehicles=[{"start": None, "end": None}])
    problem = problem.replace(
        orders=[order.model_copy(update={"location": places[i]}) for i, order in enumerate(problem.orders)],
        depots=[problem.depots[0].model_copy(update={"location": places[2]})],
    )
    instance = build_instance(problem, straight_line=36)
    plan = make_plan(instance, solution({"v0": "ab"}))
    stops = plan.routes[0].stops
    assert [s.location for s in stops] == [places[0], places[0], places[1], places[1]]
    assert (stops[0].id, stops[-1].id) == (None, None)
    assert stops[0].leg_distance == stops[-1].leg_distance == 0
    assert plan.routes[0].geometry is None
    assert check_plan(instance, plan) == []


def test_unserved_prizes_are_a_cost_and_unserved_importance_is_counted():
    orders = [{}, {"prize": 2.5}, {"importance": 3}, {"importance": 9, "prize": 0.25}]
    instance, plan = planned(tiny(line(0, 500, 600, 700, 800), orders=orders), {"v0": "a"})
    assert (plan.summary.routes_cost, plan.summary.prizes, plan.summary.cost) == (1, 2.75, 3.75)
    assert plan.summary.unserved_importance == 3
    assert [order.id for order in plan.unassigned] == ["b", "c", "d"]
    assert check_plan(instance, plan) == []


def test_how_the_plan_came_about_is_kept():
    run = Run(engine="x", seed=3, interrupted=True, seconds={"search": 1.5}, statistics={"rounds": [1, 2]})
    _, plan = planned(tiny(line(0, 1), orders=[{}]), {"v0": "a"}, run=run)
    assert plan.run == run


def test_progress_is_told():
    told = []
    problem = tiny(line(0, 1, 2, 3), orders=[{}, {}, {"importance": 2}], vehicles=[{}, {}])
    planned(problem, {"v0": "a"}, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ({"v9": "a"}, "'v9', which is no vehicle"),
        ({"v0": "z"}, "'z', which is no order"),
        ({"v0": "aa"}, "'a' is visited twice"),
        ({"v0": "b"}, "'b', which is set aside"),
    ],
)
def test_a_solution_that_does_not_fit_the_problem(routes, message):
    problem = tiny(line(0, 1, 2), orders=[{}, {"delivery": {"kg": 9}}], vehicles=[{"capacity": {"kg": 1}}])
    with pytest.raises(InputError, match=message):
        planned(problem, routes)


def test_an_empty_solution_leaves_everything():
    instance, plan = planned(tiny(line(0, 1), orders=[{}]), {"v0": ""})
    assert plan.routes == ()
    assert plan.summary.out_of_time == 1
    assert check_plan(instance, plan) == []


either = pytest.mark.parametrize("day", [False, True])


@either
@thorough
@given(st.data())
def test_a_plan_that_breaks_no_rule_passes_the_checker(day, data):
    instance = data.draw(instances(day=day))
    visits = solution_of(instance, data.draw(routes_of(instance, feasible=True)))
    plan = make_plan(instance, visits)
    assert check_plan(instance, plan) == []
    assert plan.solution().routes == visits.routes


@either
@thorough
@given(st.data())
def test_of_any_plan_the_checker_names_broken_rules_and_nothing_else(day, data):
    instance = data.draw(instances(day=day))
    visits = solution_of(instance, data.draw(routes_of(instance, feasible=False)))
    plan = make_plan(instance, visits, reasons=False)
    codes = {violation.code for violation in check_plan(instance, plan)}
    assert codes <= set(RULE_CODES) - {"TRAVEL", "SERVICE", "WAITING"}


@either
@thorough
@given(st.data())
def test_a_plan_written_is_a_plan_that_reads_back_equal(day, data):
    instance = data.draw(instances(day=day))
    visits = solution_of(instance, data.draw(routes_of(instance, feasible=False)))
    plan = make_plan(instance, visits)
    again = parse_plan(plan.model_dump_json(by_alias=True))
    assert again == plan
    assert parse_plan(plan.to_dict()) == plan
    assert make_plan(instance, again.solution(), run=plan.run) == plan
