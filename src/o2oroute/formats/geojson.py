"""Plans as GeoJSON (RFC 7946), for any map program: routes as lines, stops and unassigned orders as points.

Colours use the property names of the "simplestyle" convention, which many viewers know.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from o2oroute.plan.plan import Plan, Position, Route, Stop, Unassigned

__all__ = ["plan_features", "write_geojson"]

#: Okabe and Ito's colours for all kinds of vision, and darker and lighter ones in between; then they repeat.
_COLOURS: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#7f3c8d",
    "#8c564b",
    "#1b5e20",
    "#b0a000",
)
_LEFT_OUT: Final = "#666666"


def write_geojson(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan as a GeoJSON file.

    Parameters
    ----------
    plan : Plan
    path : path-like

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> write_geojson(plan, "plan.geojson")  # doctest: +SKIP
    """
    text = json.dumps(plan_features(plan), ensure_ascii=False, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def plan_features(plan: Plan) -> dict[str, Any]:
    """Return a plan as a GeoJSON feature collection.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict
        Features whose property ``kind`` is ``"route"`` (a line, along the roads where the plan knows them,
        else from stop to stop), ``"start"``, ``"order"``, ``"break"``, ``"reload"``, ``"end"`` or
        ``"unassigned"`` (points). What has no place on earth, or is a break on the way, has a null geometry.
    """
    features: list[dict[str, Any]] = []
    for i, route in enumerate(plan.routes):
        colour = _COLOURS[i % len(_COLOURS)]
        features.append(_route(route, colour))
        features += [_stop(route, number, stop, colour) for number, stop in enumerate(route.stops)]
    features += [_unassigned(order) for order in plan.unassigned]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if plan.attribution is not None:
        collection["attribution"] = plan.attribution
    return collection


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _route(route: Route, colour: str) -> dict[str, Any]:
    line = list(route.geometry or _straight(route))
    on_earth = len(line) >= 2 and all(map(_on_earth, line))
    properties = {
        "kind": "route",
        "vehicle": route.vehicle,
        "orders": sum(stop.kind == "order" for stop in route.stops),
        "start": route.stops[0].departure,
        "end": route.stops[-1].start,
        "distance": route.distance,
        "duration": route.duration,
        "driving": route.driving,
        "service": route.service,
        "waiting": route.waiting,
        "cost": route.cost,
        "stroke": colour,
        "stroke-width": 3,
        "properties": route.properties,
    }
    return _feature({"type": "LineString", "coordinates": line} if on_earth else None, properties)


def _straight(route: Route) -> Iterator[Position]:
    """Yield the places of the stops; none at all if one is not known. A break may be had anywhere."""
    stops = [stop for stop in route.stops if stop.kind != "break"]
    if all(stop.location is not None for stop in stops):
        yield from (stop.location for stop in stops if stop.location is not None)


def _stop(route: Route, number: int, stop: Stop, colour: str) -> dict[str, Any]:
    properties = {
        "kind": stop.kind,
        "vehicle": route.vehicle,
        "number": number,
        "id": stop.id,
        "task": stop.task,
        "arrival": stop.arrival,
        "arrival_seconds": stop.arrival_seconds,
        "start": stop.start,
        "start_seconds": stop.start_seconds,
        "departure": stop.departure,
        "departure_seconds": stop.departure_seconds,
        "waiting": stop.waiting,
        "load": stop.load,
        "marker-color": colour,
        "properties": stop.properties,
    }
    return _feature(_point(stop.location), properties)


def _unassigned(order: Unassigned) -> dict[str, Any]:
    properties = {
        "kind": "unassigned",
        "id": order.id,
        "why": order.kind,
        "reasons": [reason.message for reason in order.reasons],
        "importance": order.importance,
        "prize": order.prize,
        "marker-color": _LEFT_OUT,
        "properties": order.properties,
    }
    return _feature(_point(order.location), properties)


def _point(position: Position | None) -> dict[str, Any] | None:
    if position is None or not _on_earth(position):
        return None
    return {"type": "Point", "coordinates": position}


def _on_earth(position: Position) -> bool:
    lon, lat = position
    return -180 <= lon <= 180 and -90 <= lat <= 90
