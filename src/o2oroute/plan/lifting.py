"""Which field of the order file stands against a trial, and what it would have to be."""

from __future__ import annotations

import math
from collections.abc import Iterator

from o2oroute.model.part import Id
from o2oroute.model.problem import Problem
from o2oroute.model.structure import json_pointer
from o2oroute.model.vehicle import Vehicle
from o2oroute.plan.lifting_day import closed_later, lifted_of_the_day
from o2oroute.plan.plan import Repair
from o2oroute.plan.timed_route import Violation
from o2oroute.plan.trial import Trial
from o2oroute.plan.wording import whole

__all__ = ["lesser_relations", "lifted"]


def lifted(problem: Problem, trial: Trial, violation: Violation) -> Iterator[Repair]:
    """Yield the broken limit lifted to what a trial needs.

    Parameters
    ----------
    problem : Problem
        With the vehicle of the trial only.
    trial : Trial
    violation : Violation
        The only rule that it breaks.
    """
    (owner,) = problem.vehicles
    match violation.code:
        case "CAPACITY":
            unit, over = violation.unit or "", violation.margin or 0.0
            capacity = owner.capacity[unit]
            yield Repair(
                pointer=json_pointer("vehicles", 0, "capacity", unit),
                from_=whole(capacity),
                to=whole(round(capacity + over, 3)),
            )
        case "SHIFT" | "MAX_STOPS" | "MAX_DISTANCE" | "MAX_DUTY" | "MAX_TRAVEL" | "MAX_ON_BOARD":
            yield from _wider_limit(owner, trial, violation)
        case "DEPOT_WINDOW":
            yield from _longer_depot(problem, trial)
        case "SKILLS":
            asked = {name for i in trial.tasks for name in problem.requests[problem.tasks[i].request].skills}
            missing = sorted(asked - set(owner.skills))
            yield Repair(pointer="/vehicles/0/skills", from_=list(owner.skills), to=[*owner.skills, *missing])
        case "VEHICLE_CHOICE":
            yield from _another_choice(problem, trial, violation)
        case "WINDOW":
            task = problem.tasks[trial.codes[violation.stop - 1]]
            yield closed_later(task.pointer, task.stop.windows, trial.times.start[violation.stop])
        case _:
            yield from lifted_of_the_day(problem, trial, violation)


def lesser_relations(problem: Problem, number: int, request: Id) -> Iterator[Repair]:
    """Yield changes of a relation that ask for less, the least first.

    Parameters
    ----------
    problem : Problem
    number : int
        Of the relation.
    request : str or int
        Which would have to fit, a member or not.
    """
    relation = problem.relations[number]
    pointer = json_pointer("relations", number)
    # what holds in a sequence holds in order, and what holds in order holds on one vehicle
    weaker = {"in_sequence": ("in_order", "same_vehicle"), "in_order": ("same_vehicle",)}
    for kind in weaker.get(relation.type, ()):
        yield Repair(pointer=f"{pointer}/type", from_=relation.type, to=kind)
    as_file = [r.model_dump(mode="json", exclude_defaults=True) for r in problem.relations]
    members = as_file[number]["requests"]
    kept = [m for m in members if (m.get("order") if isinstance(m, dict) else m) != request]
    if 1 < len(kept) < len(members):
        yield Repair(pointer=f"{pointer}/requests", from_=members, to=kept)
    yield Repair(pointer="/relations", from_=as_file, to=[*as_file[:number], *as_file[number + 1 :]])


def _longer_depot(problem: Problem, trial: Trial) -> Iterator[Repair]:
    (owner,) = problem.vehicles
    for i, depot in enumerate(problem.depots):
        for place, moment in ((owner.start, trial.times.departure[0]), (owner.end, trial.times.start[-1])):
            if depot.id == place and depot.windows:
                yield closed_later(f"/depots/{i}", depot.windows, moment)


def _another_choice(problem: Problem, trial: Trial, violation: Violation) -> Iterator[Repair]:
    """Yield the vehicle taken out of those forbidden, or put among those allowed."""
    for i in trial.tasks:
        task = problem.tasks[i]
        if task.id != violation.order:
            continue
        choice = problem.requests[task.request].vehicles
        owner = violation.vehicle
        pointer = task.pointer.removesuffix("/pickup").removesuffix("/delivery") + "/vehicles"
        if owner in choice.forbidden:
            left = [vehicle for vehicle in choice.forbidden if vehicle != owner]
            yield Repair(pointer=f"{pointer}/forbidden", from_=list(choice.forbidden), to=left)
        elif choice.allowed is not None:
            more = [*choice.allowed, owner]
            yield Repair(pointer=f"{pointer}/allowed", from_=list(choice.allowed), to=more)


def _wider_limit(owner: Vehicle, trial: Trial, violation: Violation) -> Iterator[Repair]:
    margin = violation.margin or 0
    if violation.code == "SHIFT" and owner.shift is not None:
        yield Repair(pointer="/vehicles/0/shift/1", from_=owner.shift[1], to=trial.times.start[-1])
    if violation.code == "MAX_STOPS":
        yield Repair(pointer="/vehicles/0/max_stops", from_=owner.max_stops, to=len(trial.tasks))
    if violation.code == "MAX_ON_BOARD" and owner.max_on_board is not None:
        to = owner.max_on_board + int(margin)
        yield Repair(pointer="/vehicles/0/max_on_board", from_=owner.max_on_board, to=to)
    if violation.code == "MAX_DUTY":
        yield Repair(pointer="/vehicles/0/max_duty", from_=owner.max_duty, to=trial.times.duty)
    if violation.code == "MAX_TRAVEL":
        yield Repair(pointer="/vehicles/0/max_travel", from_=owner.max_travel, to=trial.times.driving)
    if violation.code == "MAX_DISTANCE" and owner.max_distance is not None:
        to = owner.max_distance + math.ceil(margin)
        yield Repair(pointer="/vehicles/0/max_distance", from_=owner.max_distance, to=to)
