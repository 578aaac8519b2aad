"""A plan that keeps all rules, and one field changed so that it breaks one: the checker names that rule."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import line, planned, tiny, with_field
from o2oroute.model.instance import build_instance
from o2oroute.model.legs import Legs
from o2oroute.model.solution import BreakVisit, ReloadVisit
from o2oroute.plan.check import check_plan
from o2oroute.plan.rules import RULE_CODES
from o2oroute.units import INF

#: Two trips with a break and a ride in the first; another vehicle has the third order.
ROUTES = {"v0": ["a", "A+", BreakVisit("lunch"), "A-", ReloadVisit("d0"), "b"], "v1": ["c"]}
A, PICKUP, LUNCH, DELIVERY, RELOAD = range(1, 6)


@st.composite
def problems(draw):
    """Return a problem in which all rules are at home and none is tight."""
    services = draw(st.lists(st.integers(0, 9), min_size=5, max_size=5))
    loads = draw(st.lists(st.integers(6, 9), min_size=4, max_size=4))
    van = {
        "capacity": {"kg": 999},
        "trips": {"max": 2},
        "breaks": [{"id": "lunch", "duration": draw(st.integers(0, 9)), "max_load": {"kg": 999}}],
        "driving_breaks": [{"id": "rest", "after_driving": 9999, "duration": 10}],
    }
    return tiny(
        line(0, 0, *draw(st.lists(st.integers(10, 60), min_size=5, max_size=5, unique=True))),
        depots=[{"loading": draw(st.integers(0, 9))}, {}],
        vehicles=[van, {"trips": {"depots": ["d0", "d1"]}, "skills": ["cold"]}],
        orders=[
            {"service": services[0], "delivery": {"kg": loads[0]}, "kind_of_load": "food"},
            {"service": services[1], "delivery": {"kg": loads[1]}, "pickup": {"kg": loads[2]}},
            {"service": services[2], "windows": [(0, 9999)]},
        ],
        shipments=[
            {
                "pickup": {"service": services[3]},
                "delivery": {"service": services[4]},
                "load": {"kg": loads[3]},
                "kind_of_load": "soap",
            }
        ],
    )


def _seconds(plan, stop, name="start"):
    return getattr(plan.routes[0].stops[stop], f"{name}_seconds")


def _departures(plan, by):
    """Return waves at which both trips leave, the first one later."""
    return [_seconds(plan, 0, "departure") + by, _seconds(plan, RELOAD, "departure") + 500]


#: Pointer and value, by rule, of what breaks it.
FIELDS = {
    "SKILLS": ("/orders/0/skills", ["cold"]),
    "VEHICLE_CHOICE": ("/orders/0/vehicles", {"forbidden": ["v0"]}),
    "RELATION": ("/relations", [{"type": "same_vehicle", "requests": ["a", "c"]}]),
    "INCOMPATIBLE_LOADS": ("/incompatible_loads", [["food", "soap"]]),
    "MAX_ON_BOARD": ("/vehicles/0/max_on_board", 0),
    "MAX_TRIPS": ("/vehicles/0/trips/max", 1),
    "RELOAD_DEPOT": ("/vehicles/0/trips/depots", ["d1"]),
    "BREAK": ("/vehicles/0/breaks/0/off_duty", False),
}


def _limits(plan, by):
    """Return pointer and value, by rule, of what breaks it by so much."""
    route, van = plan.routes[0], "/vehicles/0"
    lunch = route.stops[LUNCH]
    return {
        "CAPACITY": (f"{van}/capacity/kg", max(stop.load["kg"] for stop in route.stops) - by),
        "MAX_STOPS": (f"{van}/max_stops", 4 - by),
        "MAX_DISTANCE": (f"{van}/max_distance", route.distance - by),
        "MAX_TRAVEL": (f"{van}/max_travel", route.driving - by),
        "MAX_DUTY": (f"{van}/max_duty", route.duration - by),
        "SHIFT": (f"{van}/shift", [0, _seconds(plan, -1) - by]),
        "BREAK_LOAD": (f"{van}/breaks/0/max_load/kg", lunch.load["kg"] - by),
        "BREAK_WINDOW": (f"{van}/breaks/0/windows", [[_seconds(plan, LUNCH) + by, 9999]]),
        "DRIVING_TIME": (f"{van}/driving_breaks/0/after_driving", route.driving - by),
        "RIDE_TIME": (
            "/shipments/0/max_ride",
            _seconds(plan, DELIVERY) - _seconds(plan, PICKUP, "departure") - by,
        ),
        "RELEASE": ("/orders/1/release", _seconds(plan, RELOAD, "departure") + by),
        "DEPOT_WINDOW": ("/depots/0/windows", [[0, _seconds(plan, -1) - by]]),
        "WAVE": (
            "/depots/0/departures",
            [_seconds(plan, 0, "departure") + by, _seconds(plan, RELOAD, "departure")],
        ),
        "WINDOW": ("/orders/0/windows", [[0, _seconds(plan, A) - by]]),
        "SERVICE": ("/orders/0/setup", by),
    }


def _without(routes, stop, *, vehicle="v0"):
    return routes | {vehicle: [visit for k, visit in enumerate(routes[vehicle], 1) if k != stop]}


def _moved(plan, stop, name, by):
    """Return the plan with one moment of a stop changed."""
    (route, *others), stops = plan.routes, list(plan.routes[0].stops)
    moment = f"{name}_seconds"
    stops[stop] = stops[stop].model_copy(update={moment: getattr(stops[stop], moment) + by, name: None})
    return plan.model_copy(update={"routes": (route.model_copy(update={"stops": tuple(stops)}), *others)})


#: Rules that no field of a problem breaks: what has to change in the plan.
MOMENTS = {
    "TRAVEL": (DELIVERY, "arrival", -1),
    "WAITING": (A, "arrival", 1),
    "SERVICE": (DELIVERY, "departure", 1),
}


LIMITS = sorted(set(RULE_CODES) - {*FIELDS, *MOMENTS} - {"PAIR", "UNREACHABLE"} | {"SERVICE"})


def _named(code, instance, plan):
    """Return what the checker says of one rule."""
    return [violation for violation in check_plan(instance, plan) if violation.code == code]


@pytest.mark.parametrize("code", FIELDS)
@given(problem=problems())
@settings(max_examples=15, deadline=None)
def test_one_field_breaks_one_rule(code, problem):
    # off duty there is a moment for the break anyway
    routes = _without(ROUTES, LUNCH) if code == "BREAK" else ROUTES
    instance, plan = planned(problem, routes, reasons=False)
    assert check_plan(instance, plan) == []
    assert _named(code, with_field(problem, *FIELDS[code]), plan)


@pytest.mark.parametrize("code", LIMITS)
@given(problem=problems(), by=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_one_limit_breaks_one_rule_by_so_much(code, problem, by):
    instance, plan = planned(problem, ROUTES, reasons=False)
    assert check_plan(instance, plan) == []
    pointer, value = _limits(plan, by)[code]
    assume(not isinstance(value, int) or value >= 0)
    broken = _named(code, with_field(problem, pointer, value), plan)
    assert by in {violation.margin for violation in broken}


@pytest.mark.parametrize("code", MOMENTS)
@given(problem=problems(), by=st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_one_moment_breaks_one_rule(code, problem, by):
    instance, plan = planned(problem, ROUTES, reasons=False)
    stop, name, sign = MOMENTS[code]
    broken = _named(code, instance, _moved(plan, stop, name, sign * by))
    assert by in {violation.margin for violation in broken}


@given(problem=problems())
@settings(max_examples=15, deadline=None)
def test_a_delivery_before_its_pickup(problem):
    visits = ["a", "A-", "A+", ReloadVisit("d0"), "b"]
    assert _named("PAIR", *planned(problem, ROUTES | {"v0": visits}, reasons=False))


@given(problem=problems(), leg=st.integers(0, 4))
@settings(max_examples=15, deadline=None)
def test_no_way(problem, leg):
    """Each leg of the route in turn."""
    _, plan = planned(problem, ROUTES, reasons=False)
    points = [0, 2, 5, 6, 0, 3, 0]
    tail, head = list(pairwise(points))[leg]
    times = problem.legs["car"].durations.copy()
    times[tail, head] = INF
    closed = build_instance(problem.with_legs({"car": Legs(times, problem.legs["car"].distances)}))
    assert _named("UNREACHABLE", closed, plan)
