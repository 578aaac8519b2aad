"""Routes in CVRPLIB's ``.sol`` files: ``Route #1: 31 46 35`` for each route, then ``Cost 27591``.

A depot among the clients, as PyVRP writes it, is where the vehicle loads again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

from o2oroute.formats.academic import Row, Source
from o2oroute.model.part import Id
from o2oroute.model.problem import Problem
from o2oroute.model.solution import AnyVisit, ReloadVisit, Solution, Visit
from o2oroute.model.vehicle import reload_depots

__all__ = ["read_routes"]

_ROUTE: Final = re.compile(r"route\s*#?\s*([0-9]{1,6})\s*:?", re.ASCII | re.IGNORECASE)


def read_routes(path: str | os.PathLike[str], problem: Problem) -> Solution:
    """Read the routes of a ``.sol`` file, for checking or to start from.

    Parameters
    ----------
    path : path-like
    problem : Problem
        The instance, as :func:`~o2oroute.formats.vrplib.read_vrplib` or
        :func:`~o2oroute.formats.solomon.read_solomon` gives it.

    Returns
    -------
    Solution
        Route number ``k`` is driven by vehicle ``"k"``; ``statistics["stated_cost"]`` is the file's cost,
        where it has one, in whatever scale its author chose.

    Raises
    ------
    InputError
        If the file cannot be read, or names a client or vehicle that the problem does not have.
    """
    source = Source.from_file(path)
    visits: dict[Id, AnyVisit] = {order.id: Visit(order.id, order.task) for order in problem.orders}
    for shipment in problem.shipments:
        for kind, stop in (("pickup", shipment.pickup), ("delivery", shipment.delivery)):
            visits[str(stop.properties.get("node"))] = Visit(shipment.id, kind)
    # a depot within a route: the vehicle loads again there
    reloads = {depot for vehicle in problem.vehicles for depot in reload_depots(vehicle)}
    visits |= {depot: ReloadVisit(depot) for depot in reloads}
    vehicles = {vehicle.id for vehicle in problem.vehicles}
    routes: dict[Id, tuple[AnyVisit, ...]] = {}
    statistics: dict[str, float] = {}
    for row in source.rows:
        head, colon, clients = " ".join(row.tokens).partition(":")
        if route := _ROUTE.fullmatch(head):
            vehicle = str(int(route[1]))
            if vehicle not in vehicles or vehicle in routes:
                problem_text = (
                    "comes twice" if vehicle in routes else f"is beyond the {len(vehicles)} vehicles"
                )
                raise source.error(row.line, f"route {vehicle} {problem_text}", "Correct the file")
            routes[vehicle] = _visits(source, Row(row.line, clients.split()), visits)
        elif row.tokens[0].lower().rstrip(":") == "cost" and len(row.tokens) == 2:
            statistics["stated_cost"] = float(source.number(row, 1, "cost"))
        elif not routes and (colon or row.tokens == ["Solution"]) and not head.lower().startswith("route"):
            continue  # who found it, and when
        elif not routes or "stated_cost" not in statistics:  # authors add lines of their own behind the cost
            raise source.error(row.line, f"{head[:40]!r} is no route", 'Write "Route #1: 4 7 2"')
    if not routes:
        raise source.error(None, "there is no route", 'Write a line "Route #1: 4 7 2" for each route')
    return Solution(routes, engine=source.name, statistics=statistics)


def _visits(source: Source, row: Row, visits: Mapping[Id, AnyVisit]) -> tuple[AnyVisit, ...]:
    for client in row.tokens:
        if client not in visits:
            last = sum(isinstance(visit, Visit) for visit in visits.values())
            raise source.error(
                row.line, f"the instance has no client {client[:40]!r}", f"Clients are 1 to {last}"
            )
    return tuple(visits[client] for client in row.tokens)
