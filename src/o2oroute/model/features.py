"""What a problem asks for beyond the plain rules, by the names that engines say what they cannot do in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from o2oroute.model.problem import Problem
from o2oroute.model.relation import RouteStart
from o2oroute.model.vehicle import reload_depots

__all__ = ["FEATURES", "asked"]

#: Whether a problem asks for a feature, by its name.
FEATURES: Final[Mapping[str, Callable[[Problem], bool]]] = {
    "shipments": lambda problem: bool(problem.shipments),
    "pickups": lambda problem: any(order.pickup for order in problem.orders),
    "max_on_board": lambda problem: any(v.max_on_board is not None for v in problem.vehicles),
    "incompatible_loads": lambda problem: bool(problem.incompatible_loads),
    "release": lambda problem: any(order.release is not None for order in problem.orders),
    "setup": lambda problem: any(task.stop.setup or task.stop.setup_by_type for task in problem.tasks),
    "setup_by_type": lambda problem: any(task.stop.setup_by_type for task in problem.tasks),
    "service_by_type": lambda problem: any(task.stop.service_by_type for task in problem.tasks),
    "skills": lambda problem: any(request.skills for request in problem.requests),
    "allowed or forbidden vehicles": lambda problem: any(
        request.vehicles.allowed is not None or request.vehicles.forbidden for request in problem.requests
    ),
    "preferred vehicles": lambda problem: any(request.vehicles.preferred for request in problem.requests),
    "speed_factor": lambda problem: any(vehicle.speed_factor != 1 for vehicle in problem.vehicles),
    "max_travel": lambda problem: any(vehicle.max_travel is not None for vehicle in problem.vehicles),
    "per_travel_hour": lambda problem: any(vehicle.costs.per_travel_hour for vehicle in problem.vehicles),
    "per_service_hour": lambda problem: any(vehicle.costs.per_service_hour for vehicle in problem.vehicles),
    "per_stop": lambda problem: any(vehicle.costs.per_stop for vehicle in problem.vehicles),
    "max_distance beside a matrix of costs": lambda problem: any(
        vehicle.max_distance is not None and legs is not None and legs.costs is not None
        for vehicle in problem.vehicles
        for legs in [problem.legs.get(vehicle.profile)]
    ),
    "breaks": lambda problem: any(vehicle.breaks for vehicle in problem.vehicles),
    "driving_breaks": lambda problem: any(vehicle.driving_breaks for vehicle in problem.vehicles),
    "trips": lambda problem: any(reload_depots(vehicle) for vehicle in problem.vehicles),
    "preferred times": lambda problem: any(
        task.stop.preferred is not None and (task.stop.per_minute_early or task.stop.per_minute_late)
        for task in problem.tasks
    ),
    "urgency": lambda problem: any(request.urgency for request in problem.requests),
    "overtime": lambda problem: any(vehicle.overtime is not None for vehicle in problem.vehicles),
    "max_ride": lambda problem: any(shipment.max_ride is not None for shipment in problem.shipments),
    "max_ride beside breaks or trips": lambda problem: (
        any(shipment.max_ride is not None for shipment in problem.shipments)
        and any(v.breaks or v.driving_breaks or reload_depots(v) for v in problem.vehicles)
    ),
    "earliest_finish": lambda problem: problem.objective == "earliest_finish",
    "relations": lambda problem: bool(problem.relations),
    "relations from a start": lambda problem: any(
        isinstance(relation.requests[0], RouteStart) for relation in problem.relations
    ),
}


def asked(problem: Problem) -> list[str]:
    """Return the names of the features that a problem asks for.

    Examples
    --------
    >>> asked(Problem(vehicles=[{"id": 1, "speed_factor": 0.8}], orders=[]))
    ['speed_factor']
    """
    return [name for name, is_asked in FEATURES.items() if is_asked(problem)]
