"""Relations between requests, held against who serves what in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from o2oroute.model.instance import Instance
from o2oroute.model.relation import Relation

__all__ = ["BrokenRelation", "broken_relations"]


class BrokenRelation(NamedTuple):
    """A relation that routes do not keep, told at one of its tasks."""

    relation: int
    #: What it is called: its ``name`` among the properties, or its number.
    name: str
    task: int
    message: str

    def __str__(self) -> str:
        """Return the sentence that violations and reasons say."""
        return f"{self.name} is broken: {self.message}"


class _Seat(NamedTuple):
    """Where a task is served."""

    task: int
    vehicle: int
    position: int


def broken_relations(
    instance: Instance, routes: Mapping[int, Sequence[int]], *, vehicle: int | None = None
) -> Iterator[BrokenRelation]:
    """Yield the relations that routes break, each once. What is not served is passed over.

    Parameters
    ----------
    instance : Instance
    routes : mapping of int to sequence of int
        Visits by vehicle; breaks and reloads between tasks do not count.
    vehicle : int, optional
        Only relations of what this vehicle visits.
    """
    if not instance.problem.relations:
        return
    first, members = instance.relation_first.tolist(), instance.relation_task.tolist()
    related = set(members)
    seats = {
        task: _Seat(task, owner, position)
        for owner, codes in routes.items()
        for position, task in enumerate(code for code in codes if code >= 0)
        if task in related
    }
    starts = len(instance.problem.tasks)
    seats |= {start: _Seat(start, start - starts, -1) for start in related if start >= starts}
    for number, relation in enumerate(instance.problem.relations):
        served = [seats[task] for task in members[first[number] : first[number + 1]] if task in seats]
        if vehicle is not None and all(seat.vehicle != vehicle for seat in served):
            continue
        for k, seat in enumerate(served[1:], start=1):
            message = _broken(instance, relation, served[:k], seat)
            if message:
                name = str(relation.properties.get("name") or f"relation {number}")
                yield BrokenRelation(number, name, seat.task, message)
                break


def _broken(instance: Instance, relation: Relation, earlier: Sequence[_Seat], seat: _Seat) -> str | None:
    """Say how a member and those before it, of those that are served, do not keep a relation."""
    before, other = earlier[-1], _name(instance, seat.task)
    if relation.type == "different_vehicles":
        double = next((_name(instance, s.task) for s in earlier if s.vehicle == seat.vehicle), None)
        return f"{double} and {other} ride together" if double else None
    one = _name(instance, before.task)
    if before.vehicle != seat.vehicle:
        return f"{one} and {other} do not ride together"
    if relation.type == "in_order" and seat.position < before.position:
        return f"{other} comes before {one}"
    if relation.type == "in_sequence" and seat.position != before.position + 1:
        return f"{other} does not come directly after {one}"
    return None


def _name(instance: Instance, task: int) -> str:
    if task >= len(instance.problem.tasks):
        return f"the start of {instance.problem.vehicles[task - len(instance.problem.tasks)].id}"
    visit = instance.problem.tasks[task]
    return str(visit.id) if visit.request < len(instance.problem.orders) else f"{visit.kind} of {visit.id}"
