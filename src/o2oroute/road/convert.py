"""From OSMnx graphs to the records that networks are built from."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from o2oroute.errors import InputError
from o2oroute.optional import load
from o2oroute.osm.records import OsmRecords
from o2oroute.road.geometry import E7

__all__ = ["records_from_osmnx"]

_Points = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Way:
    """A road between two nodes of the graph, open in the direction of its points or in both."""

    ends: tuple[int, int]
    points: _Points
    attributes: dict[str, Any]
    both_directions: bool = False


def records_from_osmnx(
    graph: Any, *, keys: Collection[str], node_keys: Collection[str] = (), source: str = "OSMnx graph"
) -> OsmRecords:
    """Turn an OSMnx graph back into ways.

    The edges say which directions are open; everything else is read from their tags. Lengths are measured
    along the geometry. Such graphs hold no turn restrictions.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Unprojected, simplified or not, made by OSMnx or loaded from GraphML (by OSMnx, or by networkx,
        where every value is a text).
    keys : collection of str
        Tags of the ways to keep.
    node_keys : collection of str
        Tags of the nodes to keep.
    source : str
        What messages and reports call the graph.

    Returns
    -------
    OsmRecords

    Raises
    ------
    InputError
        If it is no directed graph, is projected or has no edges, or if a position, a geometry or an id in
        it is none.
    """
    if not hasattr(graph, "edges") or not graph.is_directed():
        raise InputError(
            f"{source} is of type {type(graph).__name__}; it must be a directed graph as OSMnx makes them"
        )
    _check_crs(graph, source)
    ways = _ways(graph, source)
    if not ways:
        raise InputError(f"{source} has no edges; download or load a graph with roads")

    node_id: list[int] = []
    points: list[tuple[int, int]] = []
    way_first = [0]
    way_tags, way_name = [], []
    tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
    names = {"": 0}
    unused_id = min(0, *(end for way in ways for end in way.ends)) - 1
    for way in ways:
        inner = len(way.points) - 2
        node_id += [way.ends[0], *range(unused_id, unused_id - inner, -1), way.ends[1]]
        unused_id -= inner
        points += way.points
        way_first.append(len(node_id))
        tags = _tags(way, keys)
        way_tags.append(tag_sets.setdefault(tuple(tags.items()), len(tag_sets)))
        name = _text(way.attributes, "name") or _text(way.attributes, "ref") or ""
        way_name.append(names.setdefault(name, len(names)))
    way_ids = [_whole(_text(way.attributes, "osmid") or "0", source) for way in ways]
    lon, lat = np.array(points, np.int32).T
    tagged, node_tag_sets = _tagged_nodes(graph, node_keys, source)
    return OsmRecords(
        source=source,
        way_id=np.array(way_ids, np.int64),
        way_first=np.array(way_first, np.int64),
        way_tags=np.array(way_tags, np.int32),
        way_name=np.array(way_name, np.int32),
        node_id=np.array(node_id, np.int64),
        lon=lon,
        lat=lat,
        tag_sets=tuple(dict(tags) for tags in tag_sets),
        tagged_id=np.array(list(tagged), np.int64),
        tagged_tags=np.array(list(tagged.values()), np.int32),
        node_tag_sets=tuple(dict(tags) for tags in node_tag_sets),
        names=tuple(names),
        restrictions=(),
        counts={"ways": len(set(way_ids)), "nodes": len(set(node_id)), "missing_nodes": 0, "restrictions": 0},
    )


def _tagged_nodes(
    graph: Any, keys: Collection[str], source: str
) -> tuple[dict[int, int], dict[tuple[tuple[str, str], ...], int]]:
    """Return the number of the set of tags of each node that has any, by ascending id; and the sets."""
    tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
    tagged: dict[int, int] = {}
    for node, attributes in graph.nodes(data=True):
        tags = tuple((key, text) for key in keys if (text := _text(attributes, key)) is not None)
        if tags:
            tagged[_whole(str(node), source)] = tag_sets.setdefault(tags, len(tag_sets))
    return dict(sorted(tagged.items())), tag_sets


def _check_crs(graph: Any, source: str) -> None:
    crs = graph.graph.get("crs", "epsg:4326")
    known = str(crs).lower() in {"epsg:4326", "4326", "ogc:crs84"}
    if not known and not (hasattr(crs, "to_epsg") and crs.to_epsg() == 4326):
        raise InputError(
            f"{source} has crs {str(crs)[:80]!r}; it must be unprojected (epsg:4326): "
            "osmnx.project_graph(graph, to_latlong=True)"
        )


def _ways(graph: Any, source: str) -> list[_Way]:
    """Join each pair of opposite edges of one geometry into one way."""
    position = {node: _position(node, attributes, source) for node, attributes in graph.nodes(data=True)}
    number = {node: _whole(str(node), source) for node in position}
    # edges that run as their way was drawn come first, so that its tags keep their direction
    edges = sorted(graph.edges(data=True), key=lambda edge: str(edge[2].get("reversed")) == "True")
    ways: list[_Way] = []
    waiting: dict[tuple[Any, Any, _Points], list[_Way]] = {}
    for start, end, attributes in edges:
        points = _points(attributes.get("geometry"), position[start], position[end], source)
        opposite = waiting.get((end, start, points[::-1]))
        if opposite:
            opposite.pop().both_directions = True
            continue
        way = _Way((number[start], number[end]), points, attributes)
        waiting.setdefault((start, end, points), []).append(way)
        ways.append(way)
    return ways


def _position(node: Any, attributes: dict[str, Any], source: str) -> tuple[int, int]:
    try:
        return _e7(float(attributes["x"]), float(attributes["y"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{source}: node {node} has x = {attributes.get('x')!r} and y = {attributes.get('y')!r}; "
            "they must be lon and lat in degrees"
        ) from error


def _points(geometry: Any, start: tuple[int, int], end: tuple[int, int], source: str) -> _Points:
    if geometry is None or geometry == "":
        return (start, end)
    try:
        if isinstance(geometry, str):
            geometry = load("shapely").from_wkt(geometry)
        inner = [_e7(lon, lat) for lon, lat, *_ in geometry.coords][1:-1]
    # shapely's own kind of error derives from Exception alone
    except Exception as error:
        raise InputError(
            f"{source}: an edge has geometry {str(geometry)[:80]!r}; it must be a LineString"
        ) from error
    return (start, *inner, end)


def _e7(lon: float, lat: float) -> tuple[int, int]:
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # NaN too
        raise ValueError("no position on earth")
    return round(lon * E7), round(lat * E7)


def _tags(way: _Way, keys: Collection[str]) -> dict[str, str]:
    tags = {key: text for key in keys if (text := _text(way.attributes, key)) is not None}
    limits = _values(way.attributes.get("maxspeed"))
    if "maxspeed" in tags and len(limits) > 1:
        tags["maxspeed"] = ";".join(map(str, limits))
    # the edges have the last word on directions
    tags = {key: text for key, text in tags.items() if not key.startswith("oneway")}
    tags["oneway"] = "no" if way.both_directions else "yes"
    return tags


def _text(attributes: dict[str, Any], key: str) -> str | None:
    """Return the first value of an attribute as OpenStreetMap would write it."""
    values = _values(attributes.get(key))
    if not values:
        return None
    return {True: "yes", False: "no"}[values[0]] if isinstance(values[0], bool) else str(values[0])


def _values(value: Any) -> list[Any]:
    """Return the values of an attribute: OSMnx merges edges into lists, and GraphML makes texts of those."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [value]
    if isinstance(value, list | tuple | set):
        return list(value)
    return [] if value is None or (isinstance(value, float) and math.isnan(value)) else [value]


def _whole(text: str, source: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 2**63
    if abs(number) >= 2**62:
        raise InputError(f"{source}: id {text!r} is no OpenStreetMap id; it must be a whole number")
    return number
