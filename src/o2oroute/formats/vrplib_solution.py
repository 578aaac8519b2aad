"""Routes in CVRPLIB's ``.sol`` files: ``Route #1: 31 46 35`` for each route, then ``Cost 27591``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final

from o2oroute.formats.academic import Row, Source
from o2oroute.model.problem import Problem
from o2oroute.model.solution import Solution, Visit

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
    visits = {order.id: Visit(order.id, order.task) for order in problem.orders}
    for shipment in problem.shipments:
        for kind, stop in (("pickup", shipment.pickup), ("delivery", shipment.delivery)):
            visits[str(stop.properties.get("node"))] = Visit(shipment.id, kind)
    vehicles = {vehicle.id for vehicle in problem.vehicles}
    routes: dict[str | int, tuple[Visit, ...]] = {}
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


def _visits(source: Source, row: Row, visits: Mapping[str | int, Visit]) -> tuple[Visit, ...]:
    for client in row.tokens:
        if client not in visits:
            raise source.error(
                row.line, f"the instance has no client {client[:40]!r}", f"Clients are 1 to {len(visits)}"
            )
    return tuple(visits[client] for client in row.tokens)
