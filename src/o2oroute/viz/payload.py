"""A plan as the plain values that the scripts of the page read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from o2oroute.plan.plan import Plan, Position, Route, Stop, Unassigned
from o2oroute.viz.colours import vehicle_colours
from o2oroute.viz.extent import Extent, on_earth
from o2oroute.viz.polyline import encode_lines

__all__ = ["plan_payload"]

#: A stop this far from the road shows on the map where its vehicle halts, metres.
_SHOWN_SNAP: Final = 15.0


def plan_payload(plan: Plan, extent: Extent | None) -> dict[str, Any]:
    """Return what the page shows of a plan, without roads and title.

    Parameters
    ----------
    plan : Plan
    extent : Extent or None
        Box of the map; None for a plan without places, which gets no map.

    Returns
    -------
    dict
        JSON values. Positions are millionths of a degree from ``origin``, times are seconds since the
        problem's midnight; ``clock`` says how to show them.
    """
    colours = vehicle_colours(len(plan.routes))
    return {
        "subtitle": _subtitle(plan),
        "clock": _clock(plan, placed=extent is not None),
        "origin": [0, 0] if extent is None else extent.origin,
        "box": None if extent is None else extent.box(),
        "summary": plan.summary.model_dump(mode="json"),
        "routes": [_route(route, colour, extent) for route, colour in zip(plan.routes, colours, strict=True)],
        "unassigned": [_unassigned(order, extent) for order in plan.unassigned],
    }


def _subtitle(plan: Plan) -> str:
    """Return the day, the time zone and how the search ended, as far as they are known."""
    parts = []
    if plan.date is not None:
        parts += [f"{plan.date:%A}, {plan.date.day} {plan.date:%B %Y}", plan.time_zone]
    if plan.run.engine:
        parts.append(plan.run.engine)
    if plan.run.interrupted:
        parts.append("search interrupted, best plan so far")
    return " · ".join(parts)


def _clock(plan: Plan, *, placed: bool) -> list[tuple[float, float]] | None:
    """Return from when on the clock on the wall is how many seconds ahead of the seconds since midnight.

    That is nothing but on days on which the clock changes, or whose zone counts from another midnight. Plans
    without a date and without places (academic instances) have no clock: their times are plain numbers.
    """
    if plan.date is None:
        return [] if placed else None
    midnight = dt.datetime.combine(plan.date, dt.time())
    shifts: list[tuple[float, float]] = []
    for seconds, iso in sorted(_moments(plan)):
        wall = dt.datetime.fromisoformat(iso).replace(tzinfo=None)
        shift = (wall - midnight).total_seconds() - seconds
        # times finer than a second are rounded in one form and not in the other
        shift = float(round(shift / 60) * 60)
        if shift != (shifts[-1][1] if shifts else 0.0):
            shifts.append((seconds, shift))
    return shifts


def _moments(plan: Plan) -> Iterator[tuple[float, str]]:
    """Yield the moments that the plan gives in both forms."""
    for route in plan.routes:
        for stop in route.stops:
            for seconds, iso in (
                (stop.arrival_seconds, stop.arrival),
                (stop.start_seconds, stop.start),
                (stop.departure_seconds, stop.departure),
            ):
                if iso is not None:
                    yield seconds, iso


def _route(route: Route, colour: str, extent: Extent | None) -> dict[str, Any]:
    """Return what the page shows of a route."""
    line = None
    if extent is not None and route.geometry is not None and len(route.geometry) > 1:
        places = extent.relative(route.geometry)
        line = encode_lines(np.array([0, len(places)]), places[:, 0], places[:, 1])
    return {
        "vehicle": str(route.vehicle),
        "colour": colour,
        "distance": route.distance,
        "line": line,
        "stops": [_stop(stop, extent) for stop in route.stops],
        "properties": _texts(route.properties),
    }


def _stop(stop: Stop, extent: Extent | None) -> dict[str, Any]:
    """Return what the page shows of a stop."""
    far = stop.snap_distance is not None and stop.snap_distance > _SHOWN_SNAP
    return {
        "kind": stop.kind,
        "id": None if stop.id is None else str(stop.id),
        "place": _place(stop.location, extent),
        "halt": _place(stop.snapped, extent) if far else None,
        "arrival": stop.arrival_seconds,
        "start": stop.start_seconds,
        "departure": stop.departure_seconds,
        "waiting": stop.waiting,
        "service": stop.service,
        "windows": stop.windows_seconds,
        "load": stop.load,
        "properties": _texts(stop.properties),
    }


def _unassigned(order: Unassigned, extent: Extent | None) -> dict[str, Any]:
    """Return what the page shows of an order that is left out."""
    return {
        "id": str(order.id),
        "kind": order.kind,
        "place": _place(order.location, extent),
        "reasons": [reason.message for reason in order.reasons],
        "properties": _texts(order.properties),
    }


def _texts(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return properties as texts, so that long numbers keep all their digits (scripts count in doubles)."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in properties.items()
        if value is not None
    }


def _place(position: Position | None, extent: Extent | None) -> list[int] | None:
    """Return a position on the map, or None where it cannot be drawn."""
    if extent is None or position is None or not on_earth(position):
        return None
    place: list[int] = extent.relative(position).tolist()
    return place
