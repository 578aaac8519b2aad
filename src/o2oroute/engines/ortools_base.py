"""What all parts of OR-Tools' routing model stand on."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from o2oroute import optional
from o2oroute.engines.routing_arrays import RoutingArrays

__all__ = ["RoutingBase", "load_ortools"]


def load_ortools() -> tuple[Any, Any]:
    """Return the modules of OR-Tools for routing, and for names of its strategies.

    In some versions the first warns while it loads; where warnings are errors, that ends the process.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            optional.load("ortools.constraint_solver.pywrapcp"),
            optional.load("ortools.constraint_solver.routing_enums_pb2"),
        )


class RoutingBase:
    """A routing model without rules. It keeps all it is made of alive: solutions point into it.

    Attributes
    ----------
    cp : module
    arrays : RoutingArrays
    tasks, visits, vehicles : int
        Tasks are the first nodes, and with what stands for loading again they are the visits. None of them is
        a start or an end: so their indices are their nodes.
    routing, solver
        Of OR-Tools.
    ends : list of (int, int)
        Indices of start and end of each vehicle.
    """

    def __init__(self, arrays: RoutingArrays) -> None:
        self.cp, self.enums = load_ortools()
        self.arrays = arrays
        self.tasks, self.vehicles = arrays.task.size, arrays.vehicle.size
        self.visits = self.tasks + arrays.reload_code.size
        self._nodes = int(arrays.transit.shape[1])
        self._manager = self.cp.RoutingIndexManager(
            self._nodes, self.vehicles, arrays.start_node.tolist(), arrays.end_node.tolist()
        )
        self.routing = self.cp.RoutingModel(self._manager)
        self.solver = self.routing.solver()
        self.ends = [(self.routing.Start(v), self.routing.End(v)) for v in range(self.vehicles)]

    @property
    def reloads(self) -> range:
        """Nodes that stand for loading again."""
        return range(self.tasks, self.visits)

    def by_vehicle(self, matrices: Any, rows: Any) -> list[int]:
        """Register matrices over the nodes, and return that of each vehicle."""
        evaluators = [self.routing.RegisterTransitMatrix(matrix.tolist()) for matrix in matrices]
        return [evaluators[row] for row in rows.tolist()]

    def of_nodes(self, values: Any, at_reloads: int = 0) -> int:
        """Register what is counted at tasks, and where vehicles load again, and not at starts and ends."""
        at_visits = [*values.tolist(), *[at_reloads] * len(self.reloads)]
        at_ends = [0] * (self._nodes - self.visits)
        return int(self.routing.RegisterUnaryTransitVector([*at_visits, *at_ends]))

    def dimension(self, name: str) -> Any:
        """Return a dimension."""
        return self.routing.GetMutableDimension(name)

    def count(self, values: Any, most: Sequence[int], name: str) -> None:
        """Count at tasks from the start of each route on."""
        self.routing.AddDimensionWithVehicleCapacity(self.of_nodes(values), 0, list(most), True, name)

    def count_in_trips(self, values: Any, most: Sequence[int], name: str) -> None:
        """Count at tasks from the start of each trip on."""
        if not self.reloads:
            self.count(values, most, name)
            return
        all_ = max(most, default=0)
        self.routing.AddDimensionWithVehicleCapacity(
            self.of_nodes(values, -all_), all_, list(most), True, name
        )
        counted = self.dimension(name)
        self.jump_at_reloads_only(counted)
        for node in self.reloads:
            self.solver.Add(counted.SlackVar(node) == all_ - counted.CumulVar(node))

    def jump_at_reloads_only(self, dimension: Any) -> None:
        """Allow slack in a dimension where vehicles load again, and nowhere else."""
        for index in (*range(self.tasks), *self.starts()):
            dimension.SlackVar(index).SetValue(0)

    def starts(self) -> Iterable[int]:
        """Return the indices of starts."""
        return (start for start, _ in self.ends)


def zeros(size: int) -> Any:
    """Return what is counted where nothing is."""
    return np.zeros(size, np.int64)
