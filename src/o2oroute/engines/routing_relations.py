"""Relations between tasks in OR-Tools' routing model.

Members that are not served are passed over: so each relation is one between all pairs of its members that
holds where both are served.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from o2oroute.model.instance import Instance
from o2oroute.model.related import RELATION_TYPES

if TYPE_CHECKING:
    from o2oroute.engines.routing_arrays import RoutingArrays

__all__ = ["add_relations", "relations_of_nodes"]

Int32 = npt.NDArray[np.int32]

#: What OR-Tools calls the vehicle of a task that is not served.
_NOBODY: Final = -1


def relations_of_nodes(instance: Instance, task: Int32, vehicle: Int32) -> dict[str, Any]:
    """Return relations over the nodes of some tasks and vehicles, by the names that arrays have for them.

    The start of a vehicle comes behind the tasks; that of one that takes no part is -1.
    """
    node = {number: i for i, number in enumerate(task.tolist())}
    starts = len(instance.problem.tasks)
    node |= {starts + v: -1 for v in range(len(instance.problem.vehicles))}
    node |= {starts + v: len(task) + i for i, v in enumerate(vehicle.tolist())}
    first, members = instance.relation_first.tolist(), instance.relation_task.tolist()
    kinds, nodes = [], []
    for number, kind in enumerate(instance.relation_kind.tolist()):
        present = [node[t] for t in members[first[number] : first[number + 1]] if t in node]
        if len(present) > 1:
            kinds.append(kind)
            nodes.append(present)
    return {
        "relation_kind": np.array(kinds, np.int32),
        "relation_first": np.cumsum([0, *map(len, nodes)]).astype(np.int32),
        "relation_node": np.array([i for present in nodes for i in present], np.int32),
    }


def add_relations(routing: Any, arrays: RoutingArrays) -> None:
    """Hold a routing model, whose first indices are the tasks, to the relations of its arrays."""
    if not arrays.relation_kind.size:
        return
    starts = [routing.Start(vehicle) for vehicle in range(arrays.vehicle.size)]
    model = _Related(routing, arrays.task.size + arrays.reload_code.size)
    index = [*range(arrays.task.size), *starts]
    first, nodes = arrays.relation_first.tolist(), arrays.relation_node.tolist()
    for number, kind in enumerate(arrays.relation_kind.tolist()):
        members = [index[node] if node >= 0 else node for node in nodes[first[number] : first[number + 1]]]
        if members[0] >= 0:
            getattr(model, RELATION_TYPES[kind])(members)
        elif RELATION_TYPES[kind] != "different_vehicles":
            model.nowhere(members[1:])


class _Related:
    """Adds relations to a routing model; its methods have the names of the relations."""

    def __init__(self, routing: Any, visits: int) -> None:
        self._routing, self._solver, self._visits = routing, routing.solver(), visits
        self._rank: Any = None

    def nowhere(self, members: list[int]) -> None:
        """Serve none of the members: they belong to a vehicle that takes no part."""
        for member in members:
            self._routing.ActiveVar(member).SetValue(0)

    def same_vehicle(self, members: list[int]) -> None:
        for one, other in combinations(members, 2):
            together = self._routing.VehicleVar(one) == self._routing.VehicleVar(other)
            self._solver.Add(together >= self._both(one, other))

    def different_vehicles(self, members: list[int]) -> None:
        vehicles = [self._routing.VehicleVar(member) for member in members]
        self._solver.Add(self._solver.AllDifferentExcept(vehicles, _NOBODY))

    def in_order(self, members: list[int]) -> None:
        self.same_vehicle(members)
        rank = self._ranks()
        for one, other in combinations(members, 2):
            behind = rank.CumulVar(other) - rank.CumulVar(one)
            farthest = self._visits + 2  # two ranks are never so far apart
            self._solver.Add(behind >= 1 - farthest + farthest * self._both(one, other))

    def in_sequence(self, members: list[int]) -> None:
        for i, j in combinations(range(len(members)), 2):
            follows = self._routing.NextVar(members[i]) == members[j]
            between = [self._routing.ActiveVar(member) for member in members[i + 1 : j]]
            apart = self._solver.Sum(between) if between else 0
            self._solver.Add(follows >= self._both(members[i], members[j]) - apart)

    def _both(self, one: int, other: int) -> Any:
        """Return an expression that is 1 where both are served, and less elsewhere."""
        return self._routing.ActiveVar(one) + self._routing.ActiveVar(other) - 1

    def _ranks(self) -> Any:
        """Return the dimension that counts the stops of each route: times of stops may be equal."""
        if self._rank is None:
            self._routing.AddConstantDimension(1, self._visits + 1, True, "rank")
            self._rank = self._routing.GetDimensionOrDie("rank")
        return self._rank
