"""One route on an instance of its own: quick to change and to try."""

from __future__ import annotations

from collections.abc import Sequence

from o2oroute.model.instance import Instance

__all__ = ["route_apart"]


def route_apart(instance: Instance, vehicle: int, codes: Sequence[int]) -> tuple[Instance, list[int]]:
    """Return the instance of one vehicle and what it visits, and its route in the numbers of that.

    Parameters
    ----------
    instance : Instance
    vehicle : int
    codes : sequence of int
        Visits: tasks, breaks and reloads.
    """
    requests = sorted({int(instance.task_request[code]) for code in codes if code >= 0})
    part = instance.part([vehicle], requests)

    def renumbered(code: int) -> int:
        depot, pause = instance.reload_of(code), instance.break_of(code)
        if depot is not None:
            return part.reload_code(depot)
        if pause is not None:
            return -1 - (pause - int(instance.breaks.first[vehicle]))
        visit = instance.problem.tasks[code]
        return part.task_index[visit.id, visit.kind]

    return part, [renumbered(code) for code in codes]
