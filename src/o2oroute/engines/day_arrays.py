"""What the compiled search takes of a vehicle's day: costs of moments, overtime, breaks, trips, rides."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from o2oroute._search import UNLIMITED, Routes
from o2oroute.model.instance import Instance
from o2oroute.model.windows import Windows

__all__ = ["day_arrays", "pause_numbers", "visits_of"]


def day_arrays(instance: Instance) -> dict[str, Any]:
    """Return arguments of a :class:`~o2oroute._search.Model`; none where nothing of it is asked for."""
    rides = {"max_ride": np.minimum(instance.max_ride, UNLIMITED)} if instance.has_ride_limits else {}
    return _soft(instance) | _overtime(instance) | _pauses(instance) | _reloads(instance) | rides


def pause_numbers(instance: Instance) -> npt.NDArray[np.int32]:
    """Return the breaks in the order in which each vehicle takes them, as numbers in ``instance.breaks``.

    Breaks that are due after driving are left out.
    """
    table = instance.breaks
    first, opens, closes = table.windows.first, table.windows.open, table.windows.close
    found: list[int] = []
    for vehicle in range(len(instance.problem.vehicles)):
        numbers = range(table.first[vehicle], table.first[vehicle + 1])
        ordinary = [number for number in numbers if table.after_driving[number] < 0]
        found += sorted(ordinary, key=lambda number: (opens[first[number]], closes[first[number + 1] - 1]))
    return np.array(found, np.int32)


def visits_of(instance: Instance, routes: Routes, vehicle: int) -> list[int]:
    """Return a vehicle's route with its breaks and reloads, as numbers of visits."""
    codes: list[int] = routes.tasks_of(vehicle).tolist()
    detours = routes.detours_of(vehicle)
    if detours:
        numbers = pause_numbers(instance)
        owner = np.searchsorted(instance.breaks.first, numbers, side="right") - 1
        pauses, depots = numbers[owner == vehicle].tolist(), instance.reload_depots(vehicle)
        for position, is_reload, which in reversed(detours):
            codes.insert(position, instance.reload_code(depots[which]) if is_reload else -1 - pauses[which])
    return codes


def _soft(instance: Instance) -> dict[str, Any]:
    soft = instance.soft
    if not soft.moment.size:
        return {}
    return {
        "soft_first": soft.first,
        "soft_moment": soft.moment,
        "soft_before": soft.before,
        "soft_after": soft.after,
    }


def _overtime(instance: Instance) -> dict[str, Any]:
    if not instance.overtime_per_tick.any():
        return {}
    return {
        "overtime_after": np.minimum(instance.overtime_after, UNLIMITED),
        "overtime_per_tick": instance.overtime_per_tick,
    }


def _pauses(instance: Instance) -> dict[str, Any]:
    numbers, table = pause_numbers(instance), instance.breaks
    if not numbers.size:
        return {}
    owner = np.searchsorted(table.first, numbers, side="right") - 1
    windows = _selected(table.windows, numbers)
    return {
        "pause_first": np.searchsorted(owner, np.arange(table.first.size)).astype(np.int32),
        "pause_duration": table.duration[numbers],
        "pause_paid": table.paid[numbers],
        "pause_dispensable": table.off_duty[numbers],
        "pause_load": np.minimum(_with_on_board(instance, table.max_load[numbers]), UNLIMITED),
        "pause_window_first": windows.first,
        "pause_window_open": windows.open,
        "pause_window_close": windows.close,
    }


def _reloads(instance: Instance) -> dict[str, Any]:
    by_vehicle = [instance.reload_depots(v) for v in range(len(instance.problem.vehicles))]
    depots = np.array([depot for of_vehicle in by_vehicle for depot in of_vehicle], np.int32)
    if not depots.size:
        return {}
    windows = _selected(instance.reload_windows, depots)
    return {
        "reload_first": np.cumsum([0, *map(len, by_vehicle)]).astype(np.int32),
        "reload_point": instance.depot_point[depots],
        "reload_loading": instance.depot_loading[depots],
        "reload_window_first": windows.first,
        "reload_window_open": windows.open,
        "reload_window_close": windows.close,
        "max_trips": np.minimum(instance.max_trips, UNLIMITED),
    }


def _with_on_board(instance: Instance, loads: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return loads with a column for shipments on board where the instance counts them."""
    more = instance.capacity.shape[1] - loads.shape[1]
    return np.column_stack((loads, np.full((len(loads), more), UNLIMITED, np.int64)))


def _selected(windows: Windows, numbers: npt.NDArray[np.int32]) -> Windows:
    counts = np.diff(windows.first)[numbers]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    flat = np.repeat(windows.first[numbers] - first[:-1], counts) + np.arange(first[-1])
    return Windows(first=first, open=windows.open[flat], close=windows.close[flat])
