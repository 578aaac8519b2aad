"""Reading OpenStreetMap files: ``.osm.pbf``, ``.osm``, ``.osm.gz`` and ``.osm.bz2``.

libosmium does the work on nodes and filters by tag; Python sees only the ways and nodes that are of interest,
and the turn restrictions. Asking a way for a tag costs as much as handing over one of its nodes, and most of
the tags that matter are rare. So a first pass, without positions, asks the ways that have such a tag at all.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from o2oroute.errors import InputError
from o2oroute.optional import load
from o2oroute.osm.records import MISSING, Box, OsmRecords, Restriction, cut_ways
from o2oroute.osm.restriction_tags import RESTRICTION_TYPES, restriction_tags

__all__ = ["read_osm"]

#: What libosmium calls the formats, by the end of the file name.
_FORMATS: Final = {".pbf": "pbf", ".osm": "osm", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2"}

_METRES_PER_DEGREE: Final = 111_000.0

_Values = tuple[str | None, ...]
_Pairs = tuple[tuple[str, str], ...]

#: Tags that so many ways have that they are asked for on all.
_FREQUENT: Final = frozenset(
    {"highway", "route", "oneway", "maxspeed", "junction", "service", "access", "lanes"}
)


def read_osm(
    path: str | os.PathLike[str],
    *,
    ways: Mapping[str, Collection[str]],
    keys: Collection[str],
    nodes: Collection[str] = (),
    node_keys: Collection[str] = (),
    bbox: Box | None = None,
    buffer: float = 1000.0,
) -> OsmRecords:
    """Read ways, tagged nodes and turn restrictions.

    Parameters
    ----------
    path : path-like
        File name ending in ``.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    ways : mapping of str to collection of str
        A way is read if it has one of these tags: ``{"highway": ["primary", "residential"]}``.
    keys : collection of str
        Tags of the ways to keep, besides the name.
    nodes : collection of str
        A node's tags are read if it has one of these keys.
    node_keys : collection of str
        Tags of the nodes to keep.
    bbox : (float, float, float, float), optional
        West, south, east, north in degrees; roads beyond it and its buffer are cut off.
    buffer : float
        Metres around `bbox` within which roads are kept too, so that routes may leave the box a little.

    Returns
    -------
    OsmRecords

    Raises
    ------
    InputError
        If the file is missing, empty, truncated, or no OpenStreetMap file; if it has no such way; or if the
        box is none.

    Examples
    --------
    >>> read_osm("city.osm.pbf", ways={"highway": ["primary"]}, keys=["oneway"])  # doctest: +SKIP
    """
    path = Path(path)
    box = None if bbox is None else _widened(bbox, buffer)
    file_format = _checked_format(path)
    reader = _Reader(ways, tuple(keys), tuple(node_keys))
    osmium = load("osmium")
    # absolute, because libosmium takes "-" for standard input and "http..." for an address
    file = osmium.io.File(str(path.absolute()), _FORMATS[file_format])
    try:
        for way in _ways_with_rare_tags(osmium, file, ways, reader.rare):
            reader.add_rare_tags(way)
        for thing in _things(osmium, file, ways, nodes):
            if thing.is_way():
                reader.add_way(thing)
            elif thing.is_node():
                reader.add_node(thing)
            else:
                reader.add_restriction(thing)
    # pyosmium hands on whatever libosmium, expat and zlib throw, and has kinds of error of its own
    except Exception as error:
        raise InputError(
            f"{path} cannot be read as an OpenStreetMap file ({_FORMATS[file_format]}): {error}; it may be "
            "truncated, damaged or something else: get it again, or name it after its true format"
        ) from error
    return reader.records(path, box)


def _checked_format(path: Path) -> str:
    name = path.name.lower()
    endings = [ending for ending in _FORMATS if name.endswith(ending)]
    if not endings:
        raise InputError(
            f"{path} is not named like an OpenStreetMap file; it must end in one of {', '.join(_FORMATS)}"
        )
    if not path.exists():
        raise InputError(f"{path} does not exist; give the path of an OpenStreetMap file")
    if not path.is_file():
        raise InputError(f"{path} is not a file; give the path of an OpenStreetMap file")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); get the file again")
    return endings[0]


def _widened(bbox: Box, buffer: float) -> Box:
    try:
        west, south, east, north = (float(edge) for edge in bbox)
    except (TypeError, ValueError):
        raise InputError(f"bbox is {bbox!r}; it must be four numbers: west, south, east, north") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InputError(
            f"bbox is {bbox!r}; it must be west, south, east, north in degrees, "
            "with west < east and south < north"
        )
    if not 0 <= buffer < math.inf:
        raise InputError(f"buffer is {buffer!r}; it must be a number of metres, zero or more")
    up = buffer / _METRES_PER_DEGREE
    across = up / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return (
        max(west - across, -180.0),
        max(south - up, -90.0),
        min(east + across, 180.0),
        min(north + up, 90.0),
    )


def _ways_with_rare_tags(
    osmium: Any, file: Any, ways: Mapping[str, Collection[str]], rare: Collection[str]
) -> Iterator[Any]:
    if not rare:
        return iter(())
    processor = osmium.FileProcessor(file, osmium.osm.WAY)
    processor.with_filter(osmium.filter.TagFilter(*_pairs(ways)))
    processor.with_filter(osmium.filter.KeyFilter(*rare))
    return iter(processor)


def _things(
    osmium: Any, file: Any, ways: Mapping[str, Collection[str]], nodes: Collection[str]
) -> Iterator[Any]:
    osm, only = osmium.osm, osmium.filter
    processor = osmium.FileProcessor(file, osm.NODE | osm.WAY | osm.RELATION)
    processor.with_locations("flex_mem")
    if nodes:
        processor.with_filter(only.KeyFilter(*nodes).enable_for(osm.NODE))
    else:
        processor.with_filter(only.EntityFilter(osm.WAY | osm.RELATION))
    processor.with_filter(only.TagFilter(*_pairs(ways)).enable_for(osm.WAY))
    processor.with_filter(only.TagFilter(*_pairs({"type": RESTRICTION_TYPES})).enable_for(osm.RELATION))
    return iter(processor)


def _pairs(ways: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    return [(key, value) for key, values in ways.items() for value in values]


def _tags(keys: tuple[str, ...], values: _Values) -> dict[str, str]:
    return {key: value for key, value in zip(keys, values, strict=True) if value is not None}


class _Reader:
    """Collects what is copied out of libosmium's objects, which live for one step of the iteration only."""

    def __init__(
        self, ways: Mapping[str, Collection[str]], keys: tuple[str, ...], node_keys: tuple[str, ...]
    ) -> None:
        self.wanted = {key: frozenset(values) for key, values in ways.items()}
        self.frequent = tuple(key for key in keys if key in _FREQUENT)
        self.rare = frozenset(keys) - _FREQUENT
        self.node_keys = node_keys
        self.rare_tags: dict[int, _Pairs] = {}
        self.way_id: list[int] = []
        self.way_first = [0]
        self.way_tags: list[int] = []
        self.way_name: list[int] = []
        self.node_id: list[int] = []
        self.lon: list[int] = []
        self.lat: list[int] = []
        self.tag_sets: dict[tuple[_Values, _Pairs], int] = {}
        self.tagged_id: list[int] = []
        self.tagged_tags: list[int] = []
        self.node_tag_sets: dict[_Values, int] = {}
        self.names: dict[str, int] = {"": 0}
        self.restrictions: list[Restriction] = []

    def add_rare_tags(self, way: Any) -> None:
        rare = self.rare
        self.rare_tags[way.id] = tuple(sorted([(key, value) for key, value in way.tags if key in rare]))

    def add_way(self, way: Any) -> None:
        if way.deleted:
            return
        tag = way.tags.get
        tags = (tuple(map(tag, self.frequent)), self.rare_tags.get(way.id, ()))
        self.way_id.append(way.id)
        self.way_tags.append(self.tag_sets.setdefault(tags, len(self.tag_sets)))
        self.way_name.append(self.names.setdefault(tag("name") or tag("ref") or "", len(self.names)))
        node_id, lon, lat = self.node_id.append, self.lon.append, self.lat.append
        for node in way.nodes:
            location = node.location
            node_id(node.ref)
            if location.valid():
                lon(location.x)
                lat(location.y)
            else:
                lon(MISSING)
                lat(MISSING)
        self.way_first.append(len(self.node_id))

    def add_node(self, node: Any) -> None:
        if node.deleted:
            return
        tags = tuple(map(node.tags.get, self.node_keys))
        self.tagged_id.append(node.id)
        self.tagged_tags.append(self.node_tag_sets.setdefault(tags, len(self.node_tag_sets)))

    def add_restriction(self, relation: Any) -> None:
        if relation.deleted:
            return
        members: dict[tuple[str, str], list[int]] = {}
        for member in relation.members:
            members.setdefault((member.role, member.type), []).append(member.ref)
        self.restrictions.append(
            Restriction(
                id=relation.id,
                tags=restriction_tags({tag.k: tag.v for tag in relation.tags}),
                from_ways=tuple(members.get(("from", "w"), ())),
                via_nodes=tuple(members.get(("via", "n"), ())),
                via_ways=tuple(members.get(("via", "w"), ())),
                to_ways=tuple(members.get(("to", "w"), ())),
            )
        )

    def records(self, path: Path, box: Box | None) -> OsmRecords:
        if not self.way_id:
            wanted = "; ".join(f"{key} = {', '.join(sorted(values))}" for key, values in self.wanted.items())
            raise InputError(f"{path} has no usable road ({wanted}); give an extract with roads")
        node_id = np.array(self.node_id, np.int64)
        lon, lat = np.array(self.lon, np.int32), np.array(self.lat, np.int32)
        missing = np.unique(node_id[lon == MISSING]).size
        nodes = int(np.unique(node_id).size)
        way, way_first, node = cut_ways(np.array(self.way_first), node_id, lon, lat, box=box)
        if not way.size:
            raise InputError(
                f"{path} has no road inside the box with its buffer; check the order west, south, east, north"
                if box is not None and missing < node_id.size
                else f"{path} has ways but not the nodes that they name, or nodes behind the ways; "
                "get an extract with nodes first (osmium sort mends the order)"
            )
        tagged_id, first = np.unique(np.array(self.tagged_id, np.int64), return_index=True)
        return OsmRecords(
            source=path.name,
            way_id=np.array(self.way_id, np.int64)[way],
            way_first=way_first,
            way_tags=np.array(self.way_tags, np.int32)[way],
            way_name=np.array(self.way_name, np.int32)[way],
            node_id=node_id[node],
            lon=lon[node],
            lat=lat[node],
            tag_sets=tuple(_tags(self.frequent, frequent) | dict(rare) for frequent, rare in self.tag_sets),
            tagged_id=tagged_id,
            tagged_tags=np.array(self.tagged_tags, np.int32)[first],
            node_tag_sets=tuple(_tags(self.node_keys, values) for values in self.node_tag_sets),
            names=tuple(self.names),
            restrictions=tuple(self.restrictions),
            counts={
                "ways": len(self.way_id),
                "nodes": nodes,
                "missing_nodes": int(missing),
                "restrictions": len(self.restrictions),
            },
        )
