"""A plan for a problem to which rules were added, in the words of the problem itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from o2oroute.model.instance import Instance
from o2oroute.model.part import Id, Window
from o2oroute.model.problem import Problem
from o2oroute.plan.changing import path_of, value_at
from o2oroute.plan.plan import Plan, Reason, Repair, Route, Stop, Summary, Unassigned
from o2oroute.plan.wording import whole
from o2oroute.units import cost_units, fixed_cost

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
    routes, left = tuple(map(asked.route, plan.routes)), tuple(map(asked.unassigned, plan.unassigned))
    changes = {"routes": routes, "unassigned": left, "summary": asked.summary(plan.summary, left)}
    return plan.model_copy(update=changes)


class _Asked:
    def __init__(self, problem: Problem, instance: Instance) -> None:
        self._problem, self._added, self._instance = problem, instance.problem, instance

    def route(self, route: Route) -> Route:
        """Return a route whose orders, breaks and depots have their windows."""
        owner = self._problem.vehicles[self._instance.vehicle_index[route.vehicle]]
        breaks = {pause.id: pause.windows for pause in owner.breaks}
        return route.model_copy(update={"stops": tuple(self._stop(stop, breaks) for stop in route.stops)})

    def _stop(self, stop: Stop, breaks: Mapping[Id, Sequence[Window]]) -> Stop:
        if stop.kind == "order" and stop.id is not None and stop.task is not None:
            windows = self._problem.tasks[self._instance.task_index[stop.id, stop.task]].stop.windows
        elif stop.kind == "break" and stop.id is not None and stop.id in breaks:
            windows = tuple(breaks[stop.id])
        elif stop.kind in {"start", "end", "reload"} and stop.id is not None:
            windows = self._problem.depots[self._instance.depot_index[stop.id]].windows
        else:
            return stop
        per_second = self._problem.ticks_per_second
        seconds = tuple((whole(first / per_second), whole(last / per_second)) for first, last in windows)
        return stop.model_copy(update={"windows_seconds": seconds})

    def unassigned(self, order: Unassigned) -> Unassigned:
        """Return an unassigned order with its reasons and what it counts for as its file has them."""
        request = self._problem.requests[self._instance.request_index[order.id]]
        reasons = tuple(self._reason(order.id, reason) for reason in order.reasons)
        counts = {"importance": request.importance, "prize": request.prize}
        return order.model_copy(update={"reasons": reasons, **counts})

    def summary(self, summary: Summary, left: Sequence[Unassigned]) -> Summary:
        """Return the figures with what unassigned orders count for in the file."""
        per_second = self._problem.ticks_per_second
        prizes = sum(fixed_cost(order.prize, per_second) for order in left if order.prize is not None)
        units = cost_units(per_second)
        changes = {
            "cost": (round(summary.routes_cost * units) + prizes) / units,
            "prizes": prizes / units,
            "unserved_importance": sum(order.importance for order in left if order.prize is None),
        }
        return summary.model_copy(update=changes)

    def _reason(self, order: Id, reason: Reason) -> Reason:
        """Return a reason that says what has happened, with a repair of what stands in the file only."""
        changes: dict[str, Any] = {}
        if reason.repair is not None and not self._stands(reason.repair):
            changes["repair"] = None
        if reason.vehicle is not None:
            request = self._instance.request_index[order]
            vehicle = self._instance.vehicle_index[reason.vehicle]
            stopped = self._added.requests[request].vehicles.forbidden
            if reason.code == "VEHICLE_CHOICE" and reason.vehicle in stopped:
                if reason.vehicle not in self._problem.requests[request].vehicles.forbidden:
                    changes["message"] = f"VEHICLE_CHOICE: {reason.vehicle} has left without {order}"
            elif reason.code == "MAX_STOPS" and (
                self._added.vehicles[vehicle].max_stops != self._problem.vehicles[vehicle].max_stops
            ):
                changes["message"] = f"MAX_STOPS: {reason.vehicle} is at the end of its day"
        return reason.model_copy(update=changes) if changes else reason

    def _stands(self, repair: Repair) -> bool:
        path = path_of(repair.pointer)
        try:
            return bool(value_at(self._problem, path) == value_at(self._added, path))
        except LookupError:
            return False
