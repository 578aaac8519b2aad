"""The breaks of all vehicles as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.model.duty import Break, DrivingBreak
from o2oroute.model.vehicle import Vehicle
from o2oroute.model.windows import Windows, merge_windows, packed_windows
from o2oroute.units import thousandths

__all__ = ["BreakTable", "break_table"]


class BreakTable(NamedTuple):
    """Breaks by vehicle: those of vehicle ``v`` are ``first[v]`` up to ``first[v + 1]``, driving breaks last.

    Arrays of shape (breaks,) if not said otherwise.
    """

    #: As they stand in the problem.
    parts: tuple[Break | DrivingBreak, ...]
    #: int32, shape (vehicles + 1,).
    first: npt.NDArray[np.int32]
    #: Ticks.
    duration: npt.NDArray[np.int64]
    #: When each may begin.
    windows: Windows
    paid: npt.NDArray[np.bool_]
    #: Whether it may be left out of the visits of a route that is over before it, or begins after it.
    off_duty: npt.NDArray[np.bool_]
    #: Ticks of driving after which a driving break is due; -1 for other breaks.
    after_driving: npt.NDArray[np.int64]
    #: Most on board in thousandths, shape (breaks, units); `unlimited` where not named.
    max_load: npt.NDArray[np.int64]


def break_table(vehicles: Sequence[Vehicle], units: Sequence[str], unlimited: int) -> BreakTable:
    """Return the breaks of vehicles.

    Parameters
    ----------
    vehicles : sequence of Vehicle
    units : sequence of str
        Columns of the largest loads.
    unlimited : int
        Stands for no limit.
    """
    by_vehicle: list[tuple[Break | DrivingBreak, ...]]
    by_vehicle = [(*vehicle.breaks, *vehicle.driving_breaks) for vehicle in vehicles]
    parts = tuple(part for of_vehicle in by_vehicle for part in of_vehicle)
    ordinary = [part if isinstance(part, Break) else None for part in parts]
    loads = [{} if part is None else part.max_load for part in ordinary]
    limits = [[thousandths(load[u]) if u in load else unlimited for u in units] for load in loads]
    return BreakTable(
        parts=parts,
        first=frozen(np.cumsum([0, *map(len, by_vehicle)]).astype(np.int32)),
        duration=frozen(np.array([part.duration for part in parts], np.int64)),
        windows=packed_windows([merge_windows(part.windows if part else ()) for part in ordinary]),
        paid=frozen(np.array([part.paid for part in parts], np.bool_)),
        off_duty=frozen(np.array([part is None or part.off_duty for part in ordinary], np.bool_)),
        after_driving=frozen(
            np.array([p.after_driving if isinstance(p, DrivingBreak) else -1 for p in parts], np.int64)
        ),
        max_load=frozen(np.array(limits, np.int64).reshape(len(parts), len(units))),
    )
