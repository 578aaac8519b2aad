"""Ways and turn restrictions of an OpenStreetMap file as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges

__all__ = ["MISSING", "Box", "OsmRecords", "Restriction", "cut_ways"]

#: Coordinate of a node that a way names but the file does not have.
MISSING: Final = 2**31 - 1

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction relation, as it stands in the file.

    Attributes
    ----------
    id : int
        OpenStreetMap id of the relation.
    tags : mapping of str to str
        Its ``restriction``, ``restriction:*`` and ``except`` tags.
    from_ways, via_nodes, via_ways, to_ways : tuple of int
        OpenStreetMap ids of the members by role.
    """

    id: int
    tags: Mapping[str, str]
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class OsmRecords:
    """What a road builder needs from an OpenStreetMap file: decoded, not judged.

    A way that is cut (a node is missing, or the way leaves the box) stands here as several ways of one id.

    Attributes
    ----------
    source : str
        Name of the file or place, for messages.
    way_id : ndarray of int64, shape (ways,)
    way_first : ndarray of int64, shape (ways + 1,)
        Nodes of way ``i``: ``way_first[i]`` up to ``way_first[i + 1]``, at least two.
    way_tags : ndarray of int32, shape (ways,)
        Tags of the way, an index into `tag_sets`.
    way_name : ndarray of int32, shape (ways,)
        Name of the way, an index into `names`.
    node_id : ndarray of int64, shape (way nodes,)
    lon, lat : ndarray of int32, shape (way nodes,)
        Units of 1e-7 degrees.
    tag_sets : tuple of mapping
        Each combination of the kept tags once; ways share them by the thousand.
    tagged_id : ndarray of int64, shape (tagged nodes,)
        OpenStreetMap ids of the nodes that have tags of interest, ascending.
    tagged_tags : ndarray of int32, shape (tagged nodes,)
        Their tags, an index into `node_tag_sets`.
    node_tag_sets : tuple of mapping
        Each combination of the kept tags of nodes once.
    names : tuple of str
        ``names[0]`` is ``""``.
    restrictions : tuple of Restriction
    counts : mapping of str to int
        ``ways`` read, ``nodes`` on them, way nodes ``missing_nodes`` from the file, ``restrictions`` read.
    """

    source: str
    way_id: npt.NDArray[np.int64]
    way_first: npt.NDArray[np.int64]
    way_tags: npt.NDArray[np.int32]
    way_name: npt.NDArray[np.int32]
    node_id: npt.NDArray[np.int64]
    lon: npt.NDArray[np.int32]
    lat: npt.NDArray[np.int32]
    tag_sets: tuple[Mapping[str, str], ...]
    tagged_id: npt.NDArray[np.int64]
    tagged_tags: npt.NDArray[np.int32]
    node_tag_sets: tuple[Mapping[str, str], ...]
    names: tuple[str, ...]
    restrictions: tuple[Restriction, ...]
    counts: Mapping[str, int]


def cut_ways(
    way_first: npt.NDArray[np.int64],
    node_id: npt.NDArray[np.int64],
    lon: npt.NDArray[np.int32],
    lat: npt.NDArray[np.int32],
    *,
    box: Box | None = None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cut ways where a node is missing and where they leave a box.

    A step between two nodes stays if its own bounding box meets the box, so that no road is cut inside.

    Parameters
    ----------
    way_first : ndarray of int64, shape (ways + 1,)
    node_id, lon, lat : ndarray, shape (way nodes,)
        ``lon`` and ``lat`` in units of 1e-7 degrees, :data:`MISSING` where the file does not have the node.
    box : tuple of float, optional

    Returns
    -------
    tuple of ndarray
        The original way of each piece, the bounds of the pieces, and the index of each remaining way node.
    """
    way = np.repeat(np.arange(way_first.size - 1), np.diff(way_first))
    # a node named twice in a row is one node
    repeated = (way[1:] == way[:-1]) & (node_id[1:] == node_id[:-1])
    kept = np.flatnonzero(np.concatenate((np.ones(min(way.size, 1), bool), ~repeated)))
    way, lon, lat = way[kept], lon[kept], lat[kept]

    there = lon != MISSING
    step = (way[1:] == way[:-1]) & there[1:] & there[:-1]
    if box is not None:
        west, south, east, north = (round(edge * 1e7) for edge in box)
        step &= (np.minimum(lon[1:], lon[:-1]) <= east) & (np.maximum(lon[1:], lon[:-1]) >= west)
        step &= (np.minimum(lat[1:], lat[:-1]) <= north) & (np.maximum(lat[1:], lat[:-1]) >= south)
    # steps that follow each other belong to one piece: between them lies a node, and the way is the same
    edge = np.diff(np.concatenate(([False], step, [False])).astype(np.int8))
    start, end = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    nodes = end - start + 1
    return way[start], np.concatenate(([0], np.cumsum(nodes))), kept[ranges(start, nodes)]
