"""The road network of one profile: junctions, directed segments, and the routing graph over them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, overload

import numpy.typing as npt

from o2oroute.errors import InputError
from o2oroute.osm.records import Box
from o2oroute.road.kerb import KERB_KEYS, Approach
from o2oroute.road.layout import NetworkArrays
from o2oroute.road.snap import Snap, SnapIndex, snap_points

if TYPE_CHECKING:
    from datetime import datetime

    import networkx as nx

    from o2oroute.matrix.paths import Route
    from o2oroute.matrix.travel_matrix import RawMatrix, TravelMatrix
    from o2oroute.road.profile import Profile

__all__ = ["Progress", "RoadNetwork"]

#: Called as ``progress(done, total)``.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False, repr=False)
class RoadNetwork(NetworkArrays):
    """The roads that one profile may use, as read-only arrays.

    A *segment* is a stretch of one way between two junctions in one direction. It is one node of the routing
    graph, or several where it matters what came before (restrictions over ways, roads for the first and the
    last leg), so always go through ``segment_of_node`` and ``segment_nodes``. Each allowed turn between two
    nodes is one arc. The label of a node is the time at the *start* of its segment; the arc from ``u`` to
    ``v`` weighs the time along the segment of ``u`` plus the turn, and is ``node_dm[u]`` long.

    Use :meth:`from_osm`, :meth:`from_place`, :meth:`from_osmnx` or
    :func:`~o2oroute.formats.network_file.load_network` to get one.

    Its arrays are those of :class:`~o2oroute.road.layout.NetworkArrays`.
    """

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

    def at(self, when: datetime) -> RoadNetwork:
        """Return the roads as they are at a moment: with the conditional tags that hold then.

        Without this, roads and turns are as they are where no condition holds.

        Parameters
        ----------
        when : datetime
            Without a time zone, by the clocks of the place. One moment counts for whole routes: nothing
            changes on the way.

        Returns
        -------
        RoadNetwork
            The network itself if nothing on it depends on the time; otherwise one of its own, whose junctions
            and segments may differ, and whose :meth:`at` answers for other moments.

        Raises
        ------
        InputError
            If `when` is no datetime, or the profile can use no road at that moment.

        Examples
        --------
        >>> network.at(datetime(2026, 11, 25, 8, 0)).matrix(points)  # doctest: +SKIP
        """
        from o2oroute.road.build import network_at

        return network_at(self, when)

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

        Motorways and tunnels for motor vehicles count only where no other road is within 100 m, ferries only
        where none is within `limit`.

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
