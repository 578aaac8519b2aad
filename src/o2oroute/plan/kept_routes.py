"""Given routes, without what breaks a rule where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from o2oroute.errors import Finding, RoutingError
from o2oroute.model.instance import Instance
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.trial import tried

__all__ = ["kept_routes"]


def kept_routes(
    instance: Instance, routes: Mapping[int, Sequence[int]]
) -> tuple[dict[int, list[int]], list[Finding]]:
    """Drop from routes what breaks a rule.

    Parameters
    ----------
    instance : Instance
    routes : mapping of int to sequence of int
        Tasks that vehicles visit, both as positions in the problem; shipments as a whole.

    Returns
    -------
    routes : dict of int to list of int
        A route that keeps all rules is as it was. Of one that does not, one request after the other is put in
        where it stands, if the route then keeps them.
    findings : list of Finding
        One for each request that is dropped, with the rule that it would break.
    """
    kept: dict[int, list[int]] = {}
    findings = []
    for vehicle, tasks in routes.items():
        if _trouble(instance, vehicle, tasks) is None:
            kept[vehicle] = list(tasks)
            continue
        standing: set[int] = set()
        for request in dict.fromkeys(int(instance.task_request[task]) for task in tasks):
            trial = [t for t in tasks if int(instance.task_request[t]) in standing | {request}]
            trouble = _trouble(instance, vehicle, trial)
            if trouble is None:
                standing.add(request)
            else:
                findings.append(_dropped(instance, vehicle, request, trouble))
        kept[vehicle] = [t for t in tasks if int(instance.task_request[t]) in standing]
    while broken := next(broken_relations(instance, kept), None):
        request = int(instance.task_request[broken.task])
        vehicle = next(v for v, tasks in kept.items() if broken.task in tasks)
        findings.append(_dropped(instance, vehicle, request, str(broken)))
        left = [t for t in kept[vehicle] if instance.task_request[t] != request]
        # a detour may have been what made the rest possible: then it goes, too
        again, more = kept_routes(instance, {vehicle: left}) if left else ({}, [])
        kept[vehicle] = again.get(vehicle, [])
        findings += more
    return {vehicle: tasks for vehicle, tasks in kept.items() if tasks}, findings


def _trouble(instance: Instance, vehicle: int, tasks: Sequence[int]) -> str | None:
    """Return the first rule that a route breaks, in words."""
    try:
        trial = tried(instance, vehicle, tasks)
    except RoutingError as error:
        return str(error)
    return trial.broken[0].message if trial.broken else None


def _dropped(instance: Instance, vehicle: int, request: int, trouble: str) -> Finding:
    id_, owner = instance.problem.requests[request].id, instance.problem.vehicles[vehicle].id
    message = f"{id_} cannot stay where the plan has it, on {owner}: {trouble}."
    return Finding("START_BROKEN", "", message, "It is planned anew.", level="note", order=id_)
