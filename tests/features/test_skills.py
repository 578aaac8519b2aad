"""A vehicle has all skills that an order asks for."""

from __future__ import annotations

from helpers import line, tiny, visits, why

SERVED_BY = {"combined", "insertion", "ortools", "search"}

VEHICLES = [{"skills": ["lift", "fridge"]}, {"skills": ["fridge"]}, {}]


def test_each_goes_with_one_that_can(solved):
    orders = [{"skills": ["fridge", "lift"]}, {"skills": ["fridge"]}, {}]
    vehicles = [vehicle | {"max_stops": 1} for vehicle in VEHICLES]
    plan = solved(tiny(line(0, 100, 110, 120), orders=orders, vehicles=vehicles))
    assert visits(plan) == {"v0": ["a"], "v1": ["b"], "v2": ["c"]}


def test_what_is_lacking_is_named(solved):
    orders = [{"skills": ["lift"], "importance": 1}, {"skills": ["lift"], "importance": 2}]
    vehicles = [{"skills": ["lift"], "max_stops": 1}, {"skills": ["fridge"]}]
    plan = solved(tiny(line(0, 100, 110), orders=orders, vehicles=vehicles))
    assert visits(plan) == {"v0": ["b"]}
    codes = {reason.vehicle: (reason.code, reason.kind) for reason in plan.unassigned[0].reasons}
    assert codes == {"v0": ("MAX_STOPS", "CONFLICT"), "v1": ("SKILLS", "IMPOSSIBLE")}
    assert why(plan)["a"][0] == "MAX_STOPS"
    repair = {reason.vehicle: reason.repair for reason in plan.unassigned[0].reasons}["v1"]
    assert (repair.pointer, repair.from_, repair.to) == ("/vehicles/1/skills", ["fridge"], ["fridge", "lift"])


def test_shipments_ask_for_skills_too(solved):
    plan = solved(
        tiny(line(0, 100, 110), shipments=[{"skills": ["lift"]}], vehicles=[{}, {"skills": ["lift"]}])
    )
    assert visits(plan) == {"v1": ["A+", "A-"]}
