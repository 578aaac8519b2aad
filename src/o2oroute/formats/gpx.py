"""Plans as GPX 1.1, for satnavs and map programs: stops in their order as routes, ways as tracks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from o2oroute.formats.people import is_on_earth, printable, stop_label, stop_note
from o2oroute.plan.plan import Plan, Position, Route, Stop

__all__ = ["plan_gpx", "write_gpx"]

_NAMESPACE: Final = "http://www.topografix.com/GPX/1/1"


def write_gpx(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan as a GPX file.

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
    >>> write_gpx(plan, "plan.gpx")  # doctest: +SKIP
    """
    Path(path).write_bytes(plan_gpx(plan))


def plan_gpx(plan: Plan) -> bytes:
    """Return a plan as GPX.

    Each vehicle is a ``rte`` whose points are its stops (those that have a place on earth), with the arrival
    as ``time`` where the plan has a date, what is to be done as ``desc``, and ``type`` the kind of stop.
    Where the plan knows the way on the roads it is a ``trk`` of the same name.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    bytes
        XML in UTF-8.
    """
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(_tag("gpx"), {"version": "1.1", "creator": "o2oroute"})
    if plan.attribution is not None:
        metadata = ET.SubElement(root, _tag("metadata"))
        _text(metadata, "desc", plan.attribution)
    # the schema wants all routes before all tracks
    for route in plan.routes:
        _add_route(root, route)
    for route in plan.routes:
        if route.geometry:
            _add_track(root, route, route.geometry)
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _tag(name)).text = printable(text)


def _add_route(root: ET.Element, route: Route) -> None:
    element = ET.SubElement(root, _tag("rte"))
    _text(element, "name", str(route.vehicle))
    number = 0
    before: Mapping[str, float] = {}
    for stop in route.stops:
        number += stop.kind == "order"
        if stop.location is not None and is_on_earth(stop.location):
            _add_stop(element, number, stop, stop.location, before)
        before = stop.load


def _add_stop(
    parent: ET.Element, number: int, stop: Stop, place: Position, before: Mapping[str, float]
) -> None:
    point = ET.SubElement(parent, _tag("rtept"), _place(place))
    if stop.arrival is not None:
        _text(point, "time", stop.arrival)
    name = stop_label(stop)
    _text(point, "name", f"{number} {name}" if stop.kind == "order" else name)
    if note := stop_note(stop, before):
        _text(point, "desc", note)
    _text(point, "type", stop.task or stop.kind)


def _add_track(root: ET.Element, route: Route, line: Sequence[Position]) -> None:
    element = ET.SubElement(root, _tag("trk"))
    _text(element, "name", str(route.vehicle))
    segment = ET.SubElement(element, _tag("trkseg"))
    for place in line:
        ET.SubElement(segment, _tag("trkpt"), _place(place))


def _place(place: Position) -> dict[str, str]:
    lon, lat = place
    return {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
