"""Relations in arrays, and those of a part of the requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.part import Id
from o2oroute.model.relation import Relation, RelationTask, RouteStart

__all__ = ["RELATION_TYPES", "RelationArrays", "part_of_relations", "relation_arrays"]

Int32 = npt.NDArray[np.int32]

#: Types of relations by the number that arrays have for them.
RELATION_TYPES: Final = ("same_vehicle", "different_vehicles", "in_order", "in_sequence")


class RelationArrays(NamedTuple):
    """Relations as a CSR layout over tasks, and starts of routes behind all tasks."""

    #: int32, shape (relations,).
    kind: Int32
    #: int32, shape (relations + 1,).
    first: Int32
    #: int32, shape (members,).
    task: Int32


def relation_arrays(
    relations: Sequence[Relation],
    task_index: Mapping[tuple[Id, str], int],
    request_index: Mapping[Id, int],
    vehicle_index: Mapping[Id, int],
    tasks_of: Callable[[int], range],
) -> RelationArrays:
    """Return relations over tasks.

    Parameters
    ----------
    relations : sequence of Relation
    task_index, request_index, vehicle_index, tasks_of
        Numbers of tasks, requests and vehicles, as an instance has them.
    """
    members: list[list[int]] = []
    for relation in relations:
        ordered = relation.type in {"in_order", "in_sequence"}
        tasks: list[int] = []
        for member in relation.requests:
            if isinstance(member, RouteStart):
                tasks.append(len(task_index) + vehicle_index[member.start])
            elif isinstance(member, RelationTask):
                tasks.append(task_index[member.order, member.task])
            else:
                of_request = tasks_of(request_index[member])
                tasks.extend(of_request if ordered else of_request[:1])
        members.append(tasks)
    return RelationArrays(
        kind=frozen(np.array([RELATION_TYPES.index(r.type) for r in relations], np.int32)),
        first=frozen(np.cumsum([0, *map(len, members)]).astype(np.int32)),
        task=frozen(np.array([task for tasks in members for task in tasks], np.int32)),
    )


def part_of_relations(
    relations: Sequence[Relation], requests: Collection[Id], vehicles: Collection[Id]
) -> tuple[Relation, ...]:
    """Return what relations say of some requests and vehicles only: others are passed over."""
    found = []
    for relation in relations:
        members = tuple(
            member
            for member in relation.requests
            if (
                member.start in vehicles
                if isinstance(member, RouteStart)
                else _request_of(member) in requests
            )
        )
        if len(members) == len(relation.requests):
            found.append(relation)
        elif len(members) > 1:
            found.append(relation.model_copy(update={"requests": members}))
    return tuple(found)


def _request_of(member: Id | RelationTask) -> Id:
    return member.order if isinstance(member, RelationTask) else member
