"""Given routes, without what breaks a rule where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from o2oroute.errors import Finding, RoutingError
from o2oroute.model.instance import Instance
from o2oroute.plan.relations import broken_relations
from o2oroute.plan.trial import tried

__all__ = ["kept_routes", "with_requests"]


def kept_routes(
    instance: Instance, routes: Mapping[int, Sequence[int]]
) -> tuple[dict[int, list[int]], list[Finding]]:
    """Drop from routes what breaks a rule.

    Parameters
    ----------
    instance : Instance
    routes : mapping of int to sequence of int
        Visits by vehicle: tasks, shipments as a whole, and breaks and reloads.

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
    for vehicle, codes in routes.items():
        if _trouble(instance, vehicle, codes) is None:
            kept[vehicle] = list(codes)
            continue
        standing: set[int] = set()
        for request in dict.fromkeys(int(instance.task_request[code]) for code in codes if code >= 0):
            trouble = _trouble(instance, vehicle, with_requests(instance, codes, standing | {request}))
            if trouble is None:
                standing.add(request)
            else:
                findings.append(_dropped(instance, vehicle, request, trouble))
        kept[vehicle] = with_requests(instance, codes, standing)
    while broken := next(broken_relations(instance, kept), None):
        request = int(instance.task_request[broken.task])
        vehicle = next(v for v, codes in kept.items() if broken.task in codes)
        findings.append(_dropped(instance, vehicle, request, str(broken)))
        on_it = {int(instance.task_request[code]) for code in kept[vehicle] if code >= 0}
        left = with_requests(instance, kept[vehicle], on_it - {request})
        # a detour may have been what made the rest possible: then it goes, too
        again, more = kept_routes(instance, {vehicle: left}) if left else ({}, [])
        kept[vehicle] = again.get(vehicle, [])
        findings += more
    return {vehicle: codes for vehicle, codes in kept.items() if codes}, findings


def with_requests(instance: Instance, codes: Sequence[int], requests: Collection[int]) -> list[int]:
    """Return a route with some requests only; breaks and reloads stay while there are any."""
    left = [code for code in codes if code < 0 or int(instance.task_request[code]) in requests]
    return left if any(code >= 0 for code in left) else []


def _trouble(instance: Instance, vehicle: int, codes: Sequence[int]) -> str | None:
    """Return the first rule that a route breaks, in words."""
    try:
        trial = tried(instance, vehicle, codes)
    except RoutingError as error:
        return str(error)
    return trial.broken[0].message if trial.broken else None


def _dropped(instance: Instance, vehicle: int, request: int, trouble: str) -> Finding:
    id_, owner = instance.problem.requests[request].id, instance.problem.vehicles[vehicle].id
    message = f"{id_} cannot stay where the plan has it, on {owner}: {trouble}."
    return Finding("START_BROKEN", "", message, "It is planned anew.", level="note", order=id_)
