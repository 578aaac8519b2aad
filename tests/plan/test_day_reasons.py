"""Why orders are left out of a working day, and the smallest change that would let them in."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from helpers import line, planned, repaired, tiny
from o2oroute.model.solution import ReloadVisit
from o2oroute.plan.schedule import make_plan
from o2oroute.plan.trial import tried
from random_problems import has_ways, instances, routes_of, solution_of

HUB = ReloadVisit("d0")
THREE = {"delivery": {"kg": 3}}
RULE = {"id": "rest", "after_driving": 150, "duration": 40}


def _lunch(*windows, duration=30, **fields):
    return {"breaks": [{"id": "lunch", "windows": windows, "duration": duration, "off_duty": False} | fields]}


@pytest.mark.parametrize(
    ("problem", "routes", "code", "repair"),
    [
        (
            tiny(line(0, 100), orders=[{}], vehicles=[_lunch((0, 9)) | {"shift": (10, 900)}]),
            {},
            ("BREAK_WINDOW", "IMPOSSIBLE", 1),
            ("/vehicles/0/breaks/0/windows/0/1", 9, 10),
        ),
        (
            tiny(
                line(0, 100),
                orders=[THREE | {"windows": [(200, 300)]}],
                vehicles=[_lunch((100, 150), max_load={"kg": 1}) | {"shift": (60, 900)}],
            ),
            {},
            ("BREAK_LOAD", "IMPOSSIBLE", 2),
            ("/vehicles/0/breaks/0/max_load/kg", 1, 3),
        ),
        (
            tiny(
                line(0, 100),
                orders=[{"windows": [(0, 120)]}],
                depots=[{"departures": [50, 400]}],
            ),
            {},
            ("WINDOW", "IMPOSSIBLE", 30),
            ("/orders/0/windows/0/1", 120, 150),
        ),
        (
            tiny(line(0, 10, 100), shipments=[{"max_ride": 89}]),
            {},
            ("RIDE_TIME", "IMPOSSIBLE", 1),
            ("/shipments/0/max_ride", 89, 90),
        ),
        (
            tiny(
                line(0, 100),
                orders=[{}],
                vehicles=[{"driving_breaks": [RULE], "shift": (0, 230)}],
            ),
            {},
            ("SHIFT", "IMPOSSIBLE", 10),
            ("/vehicles/0/shift/1", 230, 240),
        ),
        (
            tiny(
                line(0, 50, 80, 20),
                orders=[THREE] * 3,
                vehicles=[{"capacity": {"kg": 3}, "trips": {"max": 2}}],
            ),
            {"v0": ["a", HUB, "b"]},
            ("CAPACITY", "CONFLICT", 3),
            ("/vehicles/0/capacity/kg", 3, 6),
        ),
    ],
    ids=["window of a break", "load in a break", "waves", "ride", "driving break", "trips"],
)
def test_the_smallest_repair(problem, routes, code, repair):
    _, plan = planned(problem, routes)
    reason = plan.unassigned[0].reasons[0]
    assert (reason.code, reason.kind, reason.margin) == code
    assert (reason.repair.pointer, reason.repair.from_, reason.repair.to) == repair


def _trials(instance, routes, request, reason):
    """Yield the trials that a reason may stand for: with a reload before the order, or without."""
    vehicle = instance.vehicle_index[reason.vehicle]
    route = [] if reason.kind == "IMPOSSIBLE" else routes.get(vehicle, [])
    before, after = route[: reason.position], route[reason.position :]
    loads = [[], *([instance.reload_code(depot)] for depot in instance.reload_depots(vehicle))]
    for load in loads:
        codes = [*before, *load, *instance.tasks_of(request), *after]
        if has_ways(instance, vehicle, codes):
            yield tried(instance, vehicle, codes)


@given(st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
def test_reasons_are_what_a_trial_shows_and_repairs_mend_it(data):
    instance = data.draw(instances(day=True, max_orders=4))
    routes = data.draw(routes_of(instance, feasible=True))
    plan = make_plan(instance, solution_of(instance, routes))
    for unassigned in plan.unassigned:
        request = instance.request_index[unassigned.id]
        for reason in unassigned.reasons:
            if reason.position is None:
                continue
            event(f"{reason.code} {reason.kind}{' repaired' * (reason.repair is not None)}")
            trials = list(_trials(instance, routes, request, reason))
            if reason.kind in {"IMPOSSIBLE", "CONFLICT"}:
                told = [{(v.code, v.margin, v.unit) for v in trial.broken} for trial in trials]
                assert any((reason.code, reason.margin, reason.unit) in broken for broken in told)
            else:
                assert any(not trial.broken for trial in trials)
            if reason.repair is not None and reason.code != "PRIZE":
                mended = repaired(instance.problem, reason.repair)
                assert any(not trial.broken for trial in _trials(mended, routes, request, reason))


def test_a_break_that_is_missing_is_put_in_before_a_rule_is_named():
    problem = tiny(line(0, 100), orders=[{}], vehicles=[_lunch((40, 60)) | {"shift": (0, 229)}])
    reason = planned(problem, {})[1].unassigned[0].reasons[0]
    assert (reason.code, reason.margin, reason.unit) == ("SHIFT", 1, "s")
