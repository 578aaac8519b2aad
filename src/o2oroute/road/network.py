"""The road network of one profile: junctions, directed segments, and the routing graph over them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import frozen
from o2oroute.errors import InputError
from o2oroute.osm.records import Box
from o2oroute.road.kerb import KERB_KEYS, Approach
from o2oroute.road.snap import Snap, SnapIndex, snap_points

if TYPE_CHECKING:
    import networkx as nx

    from o2oroute.matrix.paths import Route
    from o2oroute.matrix.travel_matrix import RawMatrix, TravelMatrix
    from o2oroute.road.profile import Profile

__all__ = ["LAYOUT", "ArrayKind", "Progress", "RoadNetwork"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]

#: Called as ``progress(done, total)``.
Progress = Callable[[int, int], None]


class ArrayKind(NamedTuple):
    """What an array of the network must look like."""

    #: Name of the element type.
    dtype: str
    #: What there is one element for; arrays of one kind have one length.
    per: str
    #: Elements beyond one for each (1 for the bounds of a CSR layout).
    extra: int = 0


#: Every array of a :class:`RoadNetwork`; building, saving, loading and checking all go by this table.
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
}


@dataclass(frozen=True, eq=False, repr=False)
class RoadNetwork:
    """The roads that one profile may use, as read-only arrays.

    A *segment* is a stretch of one way between two junctions in one direction. Each segment is one node of
    the routing graph (later kinds of restriction may need several nodes for a segment, so always go through
    ``segment_of_node`` and ``segment_nodes``), and each allowed turn is one arc. The label of a node is the
    time at the *start* of its segment; the arc from ``u`` to ``v`` weighs the time along the segment of
    ``u`` plus the turn, and is ``node_dm[u]`` long.

    Use :meth:`from_osm`, :meth:`from_place`, :meth:`from_osmnx` or
    :func:`~o2oroute.formats.network_file.load_network` to get one.

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

    def __repr__(self) -> str:
        """Return the profile and the sizes."""
        return (
            f"RoadNetwork(profile={self.profile!r}, junctions={self.junction_lon.size}, "
            f"segments={self.segments}, arcs={self.head.size})"
        )

    @classmethod
    def from_osm(
        cls,
        path: str | os.PathLike[str],
        *,
        profile: str | os.PathLike[str] | Profile = "car",
        bbox: Box | None = None,
        buffer: float = 1000.0,
        progress: Progress | None = None,
    ) -> RoadNetwork:
        """Build the network of an OpenStreetMap file.

        Parameters
        ----------
        path : path-like
            File name ending in ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
        profile : str, path-like or Profile
            ``"car"``, the path of a profile file (``.toml``), or a profile.
        bbox : (float, float, float, float), optional
            West, south, east, north in degrees: only the roads there.
        buffer : float
            Metres around `bbox` within which roads are kept too.
        progress : callable, optional
            Called as ``progress(done, total)``.

        Raises
        ------
        InputError
            If the file or the profile is missing or wrong, or holds no road that the profile may use.

        Examples
        --------
        >>> network = RoadNetwork.from_osm("city.osm.pbf")  # doctest: +SKIP
        """
        from o2oroute.osm.pbf import read_osm
        from o2oroute.road.build import build_network
        from o2oroute.road.profile import load_profile

        judge = load_profile(profile)
        records = read_osm(
            path,
            ways=judge.ways,
            keys=(*judge.keys, *KERB_KEYS),
            nodes=judge.nodes,
            node_keys=judge.node_keys,
            bbox=bbox,
            buffer=buffer,
        )
        return build_network(records, judge, progress=progress)

    @classmethod
    def from_place(
        cls,
        name: str,
        *,
        profile: str | os.PathLike[str] | Profile = "car",
        cache: str | os.PathLike[str] | None = None,
    ) -> RoadNetwork:
        """Build the network of a named place, downloaded through OSMnx.

        OSMnx brings no turn restrictions; where they matter, use an extract and :meth:`from_osm`.

        Parameters
        ----------
        name : str
            As one would type it into a map search.
        profile : str, path-like or Profile
        cache : path-like, optional
            Folder where downloads are kept; by default in the user's cache folder.

        Raises
        ------
        InputError
            If the place is not found, the service cannot be reached, or no road there is of use.

        Examples
        --------
        >>> network = RoadNetwork.from_place("Mapo-gu, Seoul")  # doctest: +SKIP
        """
        from o2oroute.osm.place import download_place
        from o2oroute.road.build import build_network
        from o2oroute.road.convert import records_from_osmnx
        from o2oroute.road.profile import load_profile

        judge = load_profile(profile)
        graph = download_place(name, ways=judge.ways, keys=(*judge.keys, *KERB_KEYS), cache=cache)
        records = records_from_osmnx(
            graph, keys=(*judge.keys, *KERB_KEYS), node_keys=judge.node_keys, source=name
        )
        return build_network(records, judge)

    @classmethod
    def from_osmnx(
        cls, graph: nx.MultiDiGraph, *, profile: str | os.PathLike[str] | Profile = "car"
    ) -> RoadNetwork:
        """Build the network of an OSMnx graph.

        Speeds follow from the profile and the tags of the edges, directions from the edges themselves;
        lengths are measured along the geometry. Such graphs hold no turn restrictions.

        Parameters
        ----------
        graph : networkx.MultiDiGraph
            Unprojected, simplified or not.
        profile : str, path-like or Profile

        Raises
        ------
        InputError
            If the graph is none of OSMnx's kind, or has no road that the profile may use.

        Examples
        --------
        >>> network = RoadNetwork.from_osmnx(osmnx.load_graphml("city.graphml"))  # doctest: +SKIP
        """
        from o2oroute.road.build import build_network
        from o2oroute.road.convert import records_from_osmnx
        from o2oroute.road.profile import load_profile

        judge = load_profile(profile)
        records = records_from_osmnx(graph, keys=(*judge.keys, *KERB_KEYS), node_keys=judge.node_keys)
        return build_network(records, judge)

    @property
    def segments(self) -> int:
        """Number of directed segments."""
        return self.segment_tail.size

    @cached_property
    def snap_index(self) -> SnapIndex:
        """Spatial index over the segments, built at first use."""
        return SnapIndex.over(self)

    def snap(
        self,
        points: npt.ArrayLike,
        *,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
    ) -> Snap:
        """Find the nearest road position of each point.

        Ferries, motorways and tunnels for motor vehicles count only where no other road is within 100 m.

        Parameters
        ----------
        points : array_like of float, shape (n, 2)
            Positions as lon, lat in degrees.
        limit : float
            Farthest distance in metres that still counts as being on the network.
        approach : {"any", "kerb", "kerb_auto"}, or one of them for each point
            From which side of a two-way road: ``"any"``; only so that the point is on the side of the road
            that the vehicle drives on (``"kerb"``); or so only where nobody should cross the road on foot
            (``"kerb_auto"``, see :func:`~o2oroute.road.kerb.road_flags`). A point within half a metre of the
            middle of the road is on both sides.

        Returns
        -------
        Snap
            A point that is farther than `limit` from any road, or no position at all, has ``segment`` -1;
            it is never an error.

        Raises
        ------
        InputError
            If `points`, `limit` or `approach` is none.
        """
        return snap_points(self, points, limit=limit, approach=approach)

    @overload
    def matrix(
        self,
        points: npt.ArrayLike,
        targets: npt.ArrayLike | None = None,
        *,
        distances: bool = True,
        threads: int = 0,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
        target_approach: Approach | Sequence[Approach] = "any",
        raw: Literal[False] = False,
        folder: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> TravelMatrix: ...

    @overload
    def matrix(
        self,
        points: npt.ArrayLike,
        targets: npt.ArrayLike | None = None,
        *,
        distances: bool = True,
        threads: int = 0,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
        target_approach: Approach | Sequence[Approach] = "any",
        raw: Literal[True],
        progress: Progress | None = None,
    ) -> RawMatrix: ...

    def matrix(
        self,
        points: npt.ArrayLike,
        targets: npt.ArrayLike | None = None,
        *,
        distances: bool = True,
        threads: int = 0,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
        target_approach: Approach | Sequence[Approach] = "any",
        raw: bool = False,
        folder: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> TravelMatrix | RawMatrix:
        """Compute exact travel times and lengths from all points to all targets.

        Parameters
        ----------
        points : array_like of float, shape (n, 2)
            Positions as lon, lat in degrees.
        targets : array_like of float, shape (m, 2), optional
            None: the points.
        distances : bool
            Compute lengths too; the times are the same either way.
        threads : int
            0: one for each processor at hand. The result is the same for any number.
        limit : float
            Farthest distance in metres from a point to a road.
        approach, target_approach : {"any", "kerb", "kerb_auto"}, or one of them for each point
            From which side of a two-way road points and targets are reached and left, see :meth:`snap`.
            `target_approach` is for `targets`.
        raw : bool
            Return the exact integers: int32 milliseconds and decimetres.
        folder : path-like, optional
            Write the cells to ``durations.npy`` and ``distances.npy`` in this folder and map them, for
            matrices beyond the memory. Not with `raw`.
        progress : callable, optional
            Called as ``progress(done, total)`` with numbers of rows.

        Returns
        -------
        TravelMatrix or RawMatrix
            Shape ``(n, m)``. Each cell is the fastest way from the point's road position to the target's, and
            of equally fast ways the shortest; ``inf`` (raw: ``INF``) where there is none, and for a point off
            the roads, which is no error: see ``snap_distance``.
        """
        from o2oroute.matrix import many_to_many

        if raw:
            if folder is not None:
                raise InputError("raw=True and folder do not go together; leave one of them out")
            return many_to_many.raw_matrix(
                self,
                points,
                targets,
                distances=distances,
                threads=threads,
                limit=limit,
                approach=approach,
                target_approach=target_approach,
                progress=progress,
            )
        return many_to_many.travel_matrix(
            self,
            points,
            targets,
            distances=distances,
            threads=threads,
            limit=limit,
            approach=approach,
            target_approach=target_approach,
            folder=folder,
            progress=progress,
        )

    def route(
        self,
        points: npt.ArrayLike,
        *,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
        progress: Progress | None = None,
    ) -> Route:
        """Find the way through consecutive points.

        Parameters
        ----------
        points : array_like of float, shape (n, 2)
            At least two positions as lon, lat in degrees.
        limit : float
            Farthest distance in metres from a point to a road.
        approach : {"any", "kerb", "kerb_auto"}, or one of them for each point
            From which side of a two-way road the points are reached and left, see :meth:`snap`.
        progress : callable, optional
            Called as ``progress(done, total)`` with numbers of legs.

        Returns
        -------
        Route
            One leg from each point to the next, whose times and lengths are the cells of :meth:`matrix`, and
            the line on the map.

        Raises
        ------
        RoutingError
            If a point is not on the roads, or there is no way to the next.
        """
        from o2oroute.matrix.paths import find_route

        return find_route(self, points, limit=limit, approach=approach, progress=progress)
