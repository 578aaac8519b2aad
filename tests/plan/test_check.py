"""The checker names what is broken: each field of a plan, and each rule of a problem, one at a time."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest

from helpers import FREE, line, planned, solution, tiny
from o2oroute.errors import InputError
from o2oroute.formats.plan_json import parse_plan
from o2oroute.matrix.travel_matrix import TravelMatrix
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.plan.check import check, check_plan
from o2oroute.plan.schedule import make_plan
from o2oroute.units import INF

PLACES = {"d0": 0, "d1": 3000, "a": 600, "b": 900, "c": 2000, "d": 1200, "e": 50}
VEHICLE = {
    "start": "d0",
    "end": "d0",
    "costs": {"fixed": 2, "per_hour": 20, "per_km": 0.3},
    "shift": (0, 20_000),
    "capacity": {"kg": 5, "boxes": 4},
    "max_duty": 4000,
    "max_distance": 4000,
    "max_stops": 2,
}


def _problem(**changes):
    """Return the problem of the plan below, with fields of its parts changed: ``v0={...}``, ``a={...}``."""
    orders = {
        "a": {"delivery": {"kg": 2.5}, "service": 60, "windows": [(3600, 7200), (9000, 9900)]},
        "b": {"delivery": {"boxes": 2, "kg": 1}, "service": 30, "windows": [(3900, 4500)]},
        "c": {"delivery": {"kg": 1}, "properties": {"phone": "1"}},
        "d": {"importance": 3},
        "e": {"prize": 2.5},
    }
    depots = {"d0": {"windows": [(0, 15_000)]}, "d1": {}}
    return tiny(
        line(*PLACES.values()),
        depots=[depot | changes.get(name, {}) for name, depot in depots.items()],
        vehicles=[
            VEHICLE | changes.get("v0", {}),
            VEHICLE | {"start": None, "end": "d1", "properties": {"driver": "B"}} | changes.get("v1", {}),
        ],
        orders=[order | changes.get(name, {}) for name, order in orders.items()],
        **({"date": "2026-11-23", "time_zone": "Asia/Seoul"} | changes.get("problem", {})),
    )


ROUTES = {"v0": "ab", "v1": "c"}
INSTANCE, PLAN = planned(_problem(), ROUTES)
DATA = PLAN.to_dict()


def _codes(plan, instance=INSTANCE):
    return {violation.code for violation in check_plan(instance, plan)}


def test_nothing_is_broken():
    assert check_plan(INSTANCE, PLAN) == []


def _leaves(part, pointer=""):
    steps = part.items() if isinstance(part, dict) else enumerate(part)
    for step, value in steps:
        if isinstance(value, dict | list):
            yield from _leaves(value, f"{pointer}/{step}")
        else:
            yield f"{pointer}/{step}", value


def _with(pointer, value, data=None):
    """Return the data of the plan with one value changed."""
    data = copy.deepcopy(DATA if data is None else data)
    *path, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    part = data
    for step in path:
        part = part[step]
    part[last] = value
    return data


#: What the checker says, by field; what it does not look at has none.
FIELDS = {
    r"/date|/time_zone": {"DAY"},
    r"/routes/\d/vehicle": {"UNKNOWN_VEHICLE"},
    r"/routes/\d/profile": {"PLACE"},
    r"/routes/\d/stops/\d/kind": {"STOPS", "UNKNOWN_ORDER", "MISSING_ORDER"},
    r"/routes/\d/stops/\d/task": {"TASK"},
    r"/routes/0/stops/[03]/id|/routes/1/stops/[02]/id": {"PLACE"},
    r"/routes/\d/stops/\d/id": {"UNKNOWN_ORDER", "STOPS", "MISSING_ORDER"},
    r"/routes/\d/stops/\d/(arrival|start|departure)": {"TIMES"},
    r"/routes/\d/stops/\d/arrival_seconds": {"TRAVEL", "WAITING", "TIMES", "FIGURE"},
    r"/routes/\d/stops/\d/start_seconds": {"SERVICE", "WAITING", "WINDOW", "TIMES", "FIGURE"},
    r"/routes/\d/stops/\d/departure_seconds": {"SERVICE", "TRAVEL", "TIMES", "FIGURE"},
    r"/routes/\d/stops/\d/(waiting|service|leg_distance|windows_seconds.*|load.*)": {"FIGURE"},
    r"/routes/\d/(distance|duration|driving|service|waiting|cost|costs/.*)": {"FIGURE"},
    r"/unassigned/\d/id": {"UNKNOWN_ORDER", "MISSING_ORDER", "FIGURE"},
    r"/unassigned/\d/(importance|prize)": {"FIGURE"},
    r"/summary/(?!out_of_time).*": {"FIGURE"},
    r"/schema_version|/attribution|/run/.*|/summary/out_of_time": set(),
    r"/routes/\d/(geometry|properties.*)|/routes/\d/stops/\d/(snap.*|location|properties.*)": set(),
    r"/unassigned/\d/(kind|location|reasons.*|properties.*)": set(),
}


def _other(value):
    if isinstance(value, str) and re.match(r"\d{4}-", value):
        return value.replace("2026", "2025")
    return "x" if value is None or isinstance(value, str) else value + 1


@pytest.mark.parametrize(("pointer", "value"), list(_leaves(DATA)))
def test_each_field_that_is_not_so_is_named(pointer, value):
    expected = next(codes for pattern, codes in FIELDS.items() if re.fullmatch(pattern, pointer))
    for other in ("delivery", "service", "end", "order", _other(value)):
        if other == value:
            continue
        try:
            plan = parse_plan(_with(pointer, other))
        except InputError:
            continue  # that no plan may say
        violations = check_plan(INSTANCE, plan)
        assert bool(violations) == bool(expected)
        assert {violation.code for violation in violations} <= expected
        if expected == {"FIGURE"} and "/unassigned" not in pointer:
            assert [pointer.startswith(violation.pointer) for violation in violations] == [True]


@pytest.mark.parametrize(
    ("changes", "code", "margin", "unit", "pointer"),
    [
        ({"v0": {"capacity": {"kg": 3, "boxes": 4}}}, "CAPACITY", 0.5, "kg", "/routes/0"),
        ({"v0": {"capacity": {"kg": 5, "boxes": 1}}}, "CAPACITY", 1, "boxes", "/routes/0"),
        ({"v0": {"max_stops": 1}}, "MAX_STOPS", 1, "stops", "/routes/0"),
        ({"v0": {"max_distance": 1700}}, "MAX_DISTANCE", 100, "m", "/routes/0"),
        ({"v0": {"max_duty": 1800}}, "MAX_DUTY", 90, "s", "/routes/0"),
        ({"v0": {"shift": (0, 4800)}}, "SHIFT", 90, "s", "/routes/0/stops/3/start_seconds"),
        ({"v0": {"shift": (3100, 9000)}}, "SHIFT", 100, "s", "/routes/0/stops/0/departure_seconds"),
    ],
)
def test_each_rule_that_is_broken_is_named_with_its_margin(changes, code, margin, unit, pointer):
    (violation,) = check_plan(build_instance(_problem(**changes)), PLAN)
    assert (violation.code, violation.margin, violation.unit) == (code, margin, unit)
    assert violation.pointer == pointer
    assert violation.vehicle == "v0"


@pytest.mark.parametrize(
    ("changes", "code", "margin", "order"),
    [
        ({"a": {"windows": [(0, 3500)]}}, "WINDOW", 100, "a"),
        ({"a": {"windows": [(3650, 4000)]}}, "WINDOW", 50, "a"),
        ({"a": {"windows": [(0, 3590), (3620, 4000)]}}, "WINDOW", 20, "a"),
        ({"d0": {"windows": [(0, 2900), (4000, 9000)]}}, "DEPOT_WINDOW", 1000, None),
        ({"d0": {"windows": [(0, 4000)]}}, "DEPOT_WINDOW", 890, None),
    ],
)
def test_windows_that_are_missed(changes, code, margin, order):
    violations = check_plan(build_instance(_problem(**changes)), PLAN)
    (violation,) = [violation for violation in violations if violation.code != "FIGURE"]
    assert (violation.code, violation.margin, violation.order) == (code, margin, order)
    # the plan also states the windows as they were
    assert {v.pointer.split("/")[-1] for v in violations if v.code == "FIGURE"} == {"windows_seconds"}


def test_a_way_that_is_gone():
    problem = _problem()
    legs = problem.legs["car"]
    durations = legs.durations.copy()
    durations[2, 3] = INF
    problem = problem.with_legs({"car": type(legs)(durations, legs.distances)})
    assert _codes(PLAN, build_instance(problem)) == {"UNREACHABLE"}


def test_a_prize_that_the_problem_does_not_have():
    violations = check_plan(build_instance(_problem(e={"prize": None})), PLAN)
    assert [(v.code, v.pointer) for v in violations] == [
        ("FIGURE", "/unassigned/1/prize"),
        ("FIGURE", "/summary/cost"),
        ("FIGURE", "/summary/prizes"),
        ("FIGURE", "/summary/unserved_importance"),
    ]


def test_orders_that_are_lost_doubled_or_foreign():
    lost = PLAN.model_copy(update={"unassigned": PLAN.unassigned[:1]})
    assert ("MISSING_ORDER", "e") in {(v.code, v.order) for v in check_plan(INSTANCE, lost)}
    doubled = PLAN.model_copy(update={"unassigned": PLAN.unassigned * 2})
    assert ("DUPLICATE_ORDER", "d") in {(v.code, v.order) for v in check_plan(INSTANCE, doubled)}
    served = parse_plan(_with("/unassigned/0/id", "a"))
    assert ("DUPLICATE_ORDER", "a") in {(v.code, v.order) for v in check_plan(INSTANCE, served)}


def test_a_vehicle_with_two_routes():
    plan = PLAN.model_copy(update={"routes": (*PLAN.routes, PLAN.routes[0])})
    found = {(v.code, v.vehicle) for v in check_plan(INSTANCE, plan)}
    assert ("DUPLICATE_VEHICLE", "v0") in found


def test_an_order_that_is_set_aside_has_no_place_on_a_route():
    violations = check_plan(build_instance(_problem(c={"delivery": {"kg": 99}})), PLAN)
    assert [(v.code, v.order, v.pointer) for v in violations] == [("SET_ASIDE", "c", "/routes/1/stops/1/id")]


def test_stops_in_the_wrong_place():
    route = PLAN.routes[0]
    for stops in (route.stops[:2], route.stops[1:], route.stops[:-1], route.stops[::-1]):
        plan = PLAN.model_copy(update={"routes": (route.model_copy(update={"stops": stops}), PLAN.routes[1])})
        assert "STOPS" in _codes(plan)


def test_locations_are_those_of_the_problem():
    places = [[126.95, 37.55], [126.94, 37.56]]
    problem = Problem(
        vehicles=[{"id": "v", "start": places[0], "end": places[0], "costs": FREE}],
        orders=[{"id": 1, "location": places[1]}],
    )
    instance = build_instance(problem, straight_line=30)
    plan = make_plan(instance, solution({"v": [1]}))
    assert check_plan(instance, plan) == []
    data = _with("/routes/0/stops/1/location", [126.941, 37.56], plan.to_dict())
    assert [(v.code, v.pointer) for v in check_plan(instance, parse_plan(data))] == [
        ("PLACE", "/routes/0/stops/1/location")
    ]


def test_times_that_are_no_whole_ticks():
    plan = parse_plan(_with("/routes/0/stops/1/arrival_seconds", 3600.25))
    assert _codes(plan) == {"TIMES"}


@pytest.mark.parametrize("name", ["arrival", "start", "departure"])
def test_times_beyond_any_date(name):
    plan = parse_plan(_with(f"/routes/0/stops/1/{name}_seconds", 2**52))
    assert "TIMES" in _codes(plan)


def test_the_public_door_brings_its_travel():
    times = np.array(line(0, 60, 90), float)
    problem = Problem(
        vehicles=[{"id": "v", "start": {"index": 0}, "end": {"index": 0}}],
        orders=[{"id": i, "location": {"index": i}} for i in (1, 2)],
    )
    matrix = TravelMatrix(times, times)
    plan = make_plan(build_instance(problem, matrix=matrix), solution({"v": [1, 2]}))
    assert check(problem, plan, matrix=matrix) == []
    other = {violation.code for violation in check(problem, plan, matrix=TravelMatrix(times * 2, times))}
    assert other == {"TRAVEL"}
    with pytest.raises(InputError, match="--matrix"):
        check(problem, plan)


def test_violations_read_as_one_line():
    (violation,) = check_plan(build_instance(_problem(v0={"max_stops": 1})), PLAN)
    assert str(violation) == "MAX_STOPS /routes/0: v0 makes 2 stops, 1 more than its 1"
