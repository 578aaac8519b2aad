"""The arrays of a road network, and what each must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import InputError

__all__ = ["LAYOUT", "ArrayKind", "NetworkArrays"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]


class ArrayKind(NamedTuple):
    """What an array of the network must look like."""

    #: Name of the element type.
    dtype: str
    #: What there is one element for; arrays of one kind have one length.
    per: str
    #: Elements beyond one for each (1 for the bounds of a CSR layout).
    extra: int = 0


#: Every array of a :class:`~o2oroute.road.network.RoadNetwork`; building, saving, loading and checking all go
#: by this table.
LAYOUT: Final[Mapping[str, ArrayKind]] = {
    "junction_lon": ArrayKind("int32", "junction"),
    "junction_lat": ArrayKind("int32", "junction"),
    "junction_osm_id": ArrayKind("int64", "junction"),
    "segment_tail": ArrayKind("int32", "segment"),
    "segment_head": ArrayKind("int32", "segment"),
    "segment_ms": ArrayKind("int32", "segment"),
    "segment_dm": ArrayKind("int32", "segment"),
    "segment_way": ArrayKind("int64", "segment"),
    "segment_twin": ArrayKind("int32", "segment"),
    "segment_class": ArrayKind("uint8", "segment"),
    "segment_flags": ArrayKind("uint8", "segment"),
    "segment_name": ArrayKind("int32", "segment"),
    "segment_shape": ArrayKind("int32", "segment"),
    "segment_reversed": ArrayKind("uint8", "segment"),
    "segment_nodes_first": ArrayKind("int32", "segment", 1),
    "segment_nodes": ArrayKind("int32", "node"),
    "shape_first": ArrayKind("int32", "shape", 1),
    "shape_lon": ArrayKind("int32", "shape point"),
    "shape_lat": ArrayKind("int32", "shape point"),
    "first_out": ArrayKind("int32", "node", 1),
    "head": ArrayKind("int32", "arc"),
    "weight_ms": ArrayKind("int32", "arc"),
    "node_ms": ArrayKind("int32", "node"),
    "node_dm": ArrayKind("int32", "node"),
    "segment_of_node": ArrayKind("int32", "node"),
    "junction_tail": ArrayKind("int32", "node"),
    "junction_head": ArrayKind("int32", "node"),
    "rank": ArrayKind("int32", "node"),
    "kept_map": ArrayKind("uint8", "byte of the map"),
}


@dataclass(frozen=True, eq=False, repr=False)
class NetworkArrays:
    """Read-only arrays that describe the roads of one profile.

    Attributes
    ----------
    profile : str
        Name of the profile that judged the roads.
    meta : dict
        Where the network comes from: ``source``, ``attribution``, ``bbox`` (W, S, E, N in degrees),
        ``counts`` and ``report`` (what was used and what was left out, and why).
    class_names, names : tuple of str
        Texts that ``segment_class`` and ``segment_name`` point into; ``names[0]`` is ``""``.
    junction_lon, junction_lat : ndarray of int32, shape (junctions,)
        Position in units of 1e-7 degrees, as OpenStreetMap stores it.
    junction_osm_id : ndarray of int64, shape (junctions,)
    segment_tail, segment_head : ndarray of int32, shape (segments,)
        Junctions where the segment starts and ends.
    segment_ms, segment_dm : ndarray of int32, shape (segments,)
        Milliseconds (at least 1) and decimetres from start to end.
    segment_way : ndarray of int64, shape (segments,)
        OpenStreetMap id of the way.
    segment_twin : ndarray of int32, shape (segments,)
        The same stretch in the opposite direction, or -1.
    segment_class : ndarray of uint8, shape (segments,)
    segment_flags : ndarray of uint8, shape (segments,)
        Where nobody stops, what is hard to cross, and where traffic keeps to the left: values of
        :class:`~o2oroute.road.kerb.RoadFlag`.
    segment_name : ndarray of int32, shape (segments,)
    segment_shape : ndarray of int32, shape (segments,)
        Polyline of the segment; twins share it.
    segment_reversed : ndarray of uint8, shape (segments,)
        1 where the segment runs against its shape.
    segment_nodes_first, segment_nodes : ndarray of int32, shapes (segments + 1,) and (nodes,)
        Graph nodes of segment ``s``: ``segment_nodes[segment_nodes_first[s]:segment_nodes_first[s + 1]]``.
    shape_first, shape_lon, shape_lat : ndarray of int32, shapes (shapes + 1,) and (shape points,)
        Polylines, end points included, in units of 1e-7 degrees.
    first_out, head, weight_ms : ndarray of int32, shapes (nodes + 1,) and (arcs,)
        Arcs out of node ``u``: ``first_out[u]`` up to ``first_out[u + 1]``.
    node_ms, node_dm, segment_of_node, junction_tail, junction_head : ndarray of int32, shape (nodes,)
        Time, length, number, start and end of the node's segment.
    rank : ndarray of int32, shape (nodes,)
        Elimination order of the nodes for the hierarchy in ``matrix/``; it depends on the map alone, not on
        weights.
    kept_map : ndarray of uint8
        The map and the profile as bytes, where conditional tags make roads differ with the hour; otherwise
        empty. See :func:`~o2oroute.road.conditional.kept_map`.
    """

    profile: str
    meta: dict[str, Any]
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    junction_lon: Int32 = field(kw_only=True)
    junction_lat: Int32 = field(kw_only=True)
    junction_osm_id: Int64 = field(kw_only=True)
    segment_tail: Int32 = field(kw_only=True)
    segment_head: Int32 = field(kw_only=True)
    segment_ms: Int32 = field(kw_only=True)
    segment_dm: Int32 = field(kw_only=True)
    segment_way: Int64 = field(kw_only=True)
    segment_twin: Int32 = field(kw_only=True)
    segment_class: UInt8 = field(kw_only=True)
    segment_flags: UInt8 = field(kw_only=True)
    segment_name: Int32 = field(kw_only=True)
    segment_shape: Int32 = field(kw_only=True)
    segment_reversed: UInt8 = field(kw_only=True)
    segment_nodes_first: Int32 = field(kw_only=True)
    segment_nodes: Int32 = field(kw_only=True)
    shape_first: Int32 = field(kw_only=True)
    shape_lon: Int32 = field(kw_only=True)
    shape_lat: Int32 = field(kw_only=True)
    first_out: Int32 = field(kw_only=True)
    head: Int32 = field(kw_only=True)
    weight_ms: Int32 = field(kw_only=True)
    node_ms: Int32 = field(kw_only=True)
    node_dm: Int32 = field(kw_only=True)
    segment_of_node: Int32 = field(kw_only=True)
    junction_tail: Int32 = field(kw_only=True)
    junction_head: Int32 = field(kw_only=True)
    rank: Int32 = field(kw_only=True)
    kept_map: UInt8 = field(kw_only=True, default_factory=lambda: np.empty(0, np.uint8))

    def __post_init__(self) -> None:
        lengths: dict[str, tuple[int, str]] = {}
        for name, kind in LAYOUT.items():
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.dtype != kind.dtype or array.ndim != 1:
                found = (
                    f"{array.dtype} of shape {array.shape}"
                    if isinstance(array, np.ndarray)
                    else type(array).__name__
                )
                raise InputError(f"{name} is {found}; it must be an array of {kind.dtype} of one dimension")
            length, first = lengths.setdefault(kind.per, (array.size - kind.extra, name))
            if array.size - kind.extra != length:
                raise InputError(
                    f"{name} has {array.size} elements; with {length} {kind.per}s (from {first}) "
                    f"it must have {length + kind.extra}"
                )
            object.__setattr__(self, name, frozen(np.ascontiguousarray(array)))
