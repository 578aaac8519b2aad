"""A plan for a problem to which rules were added, in the words of the problem itself."""

from __future__ import annotations

from o2oroute.model.instance import Instance
from o2oroute.model.problem import Problem
from o2oroute.plan.changing import path_of, value_at
from o2oroute.plan.plan import Plan, Repair, Stop, Unassigned
from o2oroute.plan.wording import whole

__all__ = ["as_asked"]


def as_asked(problem: Problem, instance: Instance, plan: Plan) -> Plan:
    """Return a plan with the windows of its problem, and repairs only of what stands in its file.

    Parameters
    ----------
    problem : Problem
    instance : Instance
        Of the problem with rules added, which the plan was made for; all numbers are the same.
    plan : Plan
    """
    if instance.problem is problem:
        return plan
    asked = _Asked(problem, instance)
    routes = tuple(
        route.model_copy(update={"stops": tuple(map(asked.stop, route.stops))}) for route in plan.routes
    )
    return plan.model_copy(
        update={"routes": routes, "unassigned": tuple(map(asked.unassigned, plan.unassigned))}
    )


class _Asked:
    def __init__(self, problem: Problem, instance: Instance) -> None:
        self._problem, self._added, self._index = problem, instance.problem, instance.task_index
        self._depots = {depot.id: depot.windows for depot in problem.depots}

    def stop(self, stop: Stop) -> Stop:
        """Return a stop with the windows that its order or depot has."""
        if stop.id is None or (stop.kind == "order" and stop.task is None):
            return stop
        windows = self._depots.get(stop.id, ())
        if stop.kind == "order" and stop.task is not None:
            windows = self._problem.tasks[self._index[stop.id, stop.task]].stop.windows
        per_second = self._problem.ticks_per_second
        seconds = tuple((whole(first / per_second), whole(last / per_second)) for first, last in windows)
        return stop.model_copy(update={"windows_seconds": seconds})

    def unassigned(self, order: Unassigned) -> Unassigned:
        """Return an unassigned order without repairs of fields that its file does not have like that."""
        reasons = tuple(
            reason
            if reason.repair is None or self._stands(reason.repair)
            else reason.model_copy(update={"repair": None})
            for reason in order.reasons
        )
        return order.model_copy(update={"reasons": reasons})

    def _stands(self, repair: Repair) -> bool:
        path = path_of(repair.pointer)
        try:
            return bool(value_at(self._problem, path) == value_at(self._added, path))
        except LookupError:
            return False
