"""What a problem says about loads, as arrays of its instance."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.columns import UNLIMITED, limits
from o2oroute.model.problem import Problem
from o2oroute.units import thousandths

__all__ = ["LoadTables"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


class LoadTables:
    """The part of an :class:`~o2oroute.model.instance.Instance` that is about what is on board."""

    problem: Problem

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Names of the load units that requests use, sorted."""
        loads = [load for order in self.problem.orders for load in (order.delivery, order.pickup)]
        loads += [shipment.load for shipment in self.problem.shipments]
        return tuple(sorted({unit for load in loads for unit in load}))

    @cached_property
    def task_delivery(self) -> Int64:
        """Load that is on board from the start for each task, in thousandths, shape (tasks, columns).

        Columns are the :attr:`units`, and after them, if any vehicle limits them, shipments on board.
        """
        orders = self._loads([order.delivery for order in self.problem.orders], absent=0)
        nothing = np.zeros((2 * len(self.problem.shipments), len(self.units)), np.int64)
        return frozen(self._with_on_board(np.vstack((orders, nothing)), 0))

    @cached_property
    def task_change(self) -> Int64:
        """By how much the load changes at each task, in thousandths, shape (tasks, columns)."""
        pickups = self._loads([order.pickup for order in self.problem.orders], absent=0)
        orders = self.task_delivery[: len(pickups), : len(self.units)]
        loads = self._loads([shipment.load for shipment in self.problem.shipments], absent=0)
        pairs = np.stack((loads, -loads), axis=1).reshape(2 * len(loads), len(self.units))
        on_board = np.zeros(len(pickups) + len(pairs), np.int64)
        on_board[len(pickups) :: 2], on_board[len(pickups) + 1 :: 2] = 1000, -1000
        return frozen(self._with_on_board(np.vstack((pickups - orders, pairs)), on_board))

    @cached_property
    def capacity(self) -> Int64:
        """Capacity in thousandths, shape (vehicles, columns); :data:`UNLIMITED` where not named."""
        capacity = self._loads([vehicle.capacity for vehicle in self.problem.vehicles], absent=UNLIMITED)
        on_board = (vehicle.max_on_board for vehicle in self.problem.vehicles)
        limit = limits(None if most is None else 1000 * most for most in on_board)
        return frozen(self._with_on_board(capacity, limit))

    def _with_on_board(self, columns: Int64, on_board: Int64 | int) -> Int64:
        """Append the column of shipments on board, if any vehicle limits them."""
        if all(vehicle.max_on_board is None for vehicle in self.problem.vehicles):
            return columns
        return np.column_stack((columns, np.broadcast_to(on_board, len(columns))))

    @cached_property
    def _kinds(self) -> dict[str, int]:
        pairs = self.problem.incompatible_loads
        return {name: i for i, name in enumerate(sorted({name for pair in pairs for name in pair}))}

    @cached_property
    def request_kind(self) -> Int32:
        """Kind of load of each request, shape (requests,); -1 where it excludes nothing."""
        kinds = [self._kinds.get(request.kind_of_load or "", -1) for request in self.problem.requests]
        return frozen(np.array(kinds, np.int32))

    @cached_property
    def kind_excludes(self) -> npt.NDArray[np.bool_]:
        """Which kinds of load are never in one trip, shape (kinds, kinds), symmetric."""
        excludes = np.zeros((len(self._kinds), len(self._kinds)), np.bool_)
        for one, other in self.problem.incompatible_loads:
            excludes[self._kinds[one], self._kinds[other]] = True
        return frozen(excludes | excludes.T)

    def _loads(self, amounts: list[dict[str, float]], absent: int) -> Int64:
        rows = [[thousandths(loads[u]) if u in loads else absent for u in self.units] for loads in amounts]
        return frozen(np.array(rows, dtype=np.int64).reshape(len(amounts), len(self.units)))
