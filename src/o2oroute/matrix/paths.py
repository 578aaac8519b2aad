"""The ways behind the cells of a travel matrix: arcs, segments and the line on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute._core import PathMemory, Seeds, Workspace, dijkstra_path, hierarchy_nodes, hierarchy_path
from o2oroute.arrays import frozen
from o2oroute.errors import InputError, RoutingError
from o2oroute.matrix.hierarchy import metric_of, seeds_of
from o2oroute.road.geometry import E7, step_metres
from o2oroute.road.kerb import Approach
from o2oroute.road.network import Progress, RoadNetwork
from o2oroute.road.snap import Snap

__all__ = ["Path", "PathFinder", "Route", "find_route"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

#: A corner this near (as a part of the segment) to the end of a way is that end.
_SAME_PLACE: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Path:
    """The fastest way between two points; of equally fast ways the shortest.

    Attributes
    ----------
    ms, dm : int
        Milliseconds and decimetres: the cell of the raw matrix.
    segments : ndarray of int32, shape (k,)
        Directed segments in driving order, the first and the last driven in part.
    arcs : ndarray of int32, shape (k - 1,)
        Arcs of the routing graph between them; none where the target lies ahead on the same segment.
    start, end : float
        Position on the first and on the last segment, from 0 at its start to 1 at its end.
    geometry : ndarray of float64, shape (p, 2)
        Longitude and latitude in degrees from the first road position to the last; at least two rows.
    """

    ms: int
    dm: int
    segments: Int32
    arcs: Int32
    start: float
    end: float
    geometry: Float64

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.ms / 1000.0

    @property
    def distance(self) -> float:
        """Metres."""
        return self.dm / 10.0


@dataclass(frozen=True, eq=False)
class Route:
    """The way through several points, one after the other.

    Attributes
    ----------
    legs : tuple of Path
        From each point to the next.
    """

    legs: tuple[Path, ...]

    @property
    def duration(self) -> float:
        """Seconds of all legs, without any stop."""
        return sum(leg.ms for leg in self.legs) / 1000.0

    @property
    def distance(self) -> float:
        """Metres of all legs."""
        return sum(leg.dm for leg in self.legs) / 10.0

    @cached_property
    def geometry(self) -> Float64:
        """Longitude and latitude of the whole line in degrees, shape (p, 2)."""
        # a leg begins where the one before ends
        lines = [leg.geometry if i == 0 else leg.geometry[1:] for i, leg in enumerate(self.legs)]
        return frozen(np.concatenate(lines) if lines else np.empty((0, 2)))


class PathFinder:
    """Ways between the points of one set, each found when asked for.

    Parameters
    ----------
    network : RoadNetwork
    points : array_like of float, shape (n, 2)
        Longitude and latitude in degrees.
    limit : float
        Farthest distance in metres from a point to a road.
    approach : {"any", "kerb", "kerb_auto"}, or one of them for each point
        From which side of a two-way road the points are reached and left; see :meth:`RoadNetwork.snap`.

    Notes
    -----
    Each question is a climb from both ends through the network's hierarchy. A finder serves one thread.
    """

    def __init__(
        self,
        network: RoadNetwork,
        points: npt.ArrayLike,
        *,
        limit: float = 1000.0,
        approach: Approach | Sequence[Approach] = "any",
    ) -> None:
        self.network: Final = network
        self.snap: Final[Snap] = network.snap(points, limit=limit, approach=approach)
        metric = metric_of(network)
        self._seeds: Final[Seeds] = seeds_of(metric.graph, self.snap)
        self._memory: Final = PathMemory(metric)

    def path(self, source: int, target: int) -> Path | None:
        """Return the way from one point to another, or None if there is none.

        Raises
        ------
        InputError
            If a point is out of range.
        RoutingError
            If the way is too long for int32 milliseconds or decimetres.
        """
        try:
            found = hierarchy_path(self._seeds, source, self._seeds, target, self._memory)
        except RoutingError:  # too long for packed labels
            workspace = Workspace(self._seeds.graph)
            found = dijkstra_path(self._seeds, source, self._seeds, target, workspace)
        if found is None:
            return None
        ms, dm, arcs, source_seed, _ = found
        nodes = np.concatenate([self.snap.seed_node[[source_seed]], self.network.head[arcs]])
        segments = self.network.segment_of_node[nodes]
        start, end = self._fractions(np.array([source, target]), segments[[0, -1]]).tolist()
        geometry = self._line(np.array([source, target]), np.array([0, nodes.size]), nodes)
        return Path(ms, dm, frozen(segments), frozen(arcs), start, end, frozen(geometry))

    def line(self, points: Sequence[int]) -> Float64 | None:
        """Return the line of the way through some points, or None if there is none.

        Parameters
        ----------
        points : sequence of int
            What is named twice in a row counts once.

        Returns
        -------
        ndarray of float64, shape (p, 2), or None
            Longitude and latitude in degrees; no rows where all points are one.
        """
        visited = np.array(points, np.int32)
        visited = visited[np.append(True, visited[1:] != visited[:-1])]
        if visited.size < 2:
            return np.empty((0, 2))
        first, nodes = hierarchy_nodes(self._seeds, visited, self._memory)
        if (np.diff(first) > 0).all():
            return self._line(visited, first, nodes)
        ways = [self.path(int(tail), int(head)) for tail, head in pairwise(visited)]
        found = [way.geometry for way in ways if way is not None]
        return np.concatenate(found) if len(found) == len(ways) else None

    def _line(self, points: Int32, first: Int64, nodes: Int32) -> Float64:
        """Return the line through some points; the nodes of way ``k`` begin at ``first[k]``."""
        segments = self.network.segment_of_node[nodes]
        starts = self._fractions(points[:-1], segments[first[:-1]])
        ends = self._fractions(points[1:], segments[first[1:] - 1])
        corners, way = _corners(self.network, segments, first, starts, ends)
        line = np.empty((points.size + len(corners), 2))
        place = np.arange(points.size) + np.searchsorted(way, np.arange(points.size))
        line[place, 0], line[place, 1] = self.snap.lon[points], self.snap.lat[points]
        line[np.arange(len(corners)) + way + 1] = corners
        return line

    def _fractions(self, points: Int64 | Int32, segments: Int32) -> Float64:
        """Return where points lie on segments, from 0 at their starts to 1 at their ends."""
        fractions = self.snap.fraction[points]
        # the twin runs backwards
        return np.where(segments == self.snap.segment[points], fractions, 1.0 - fractions)


def find_route(
    network: RoadNetwork,
    points: npt.ArrayLike,
    *,
    limit: float = 1000.0,
    approach: Approach | Sequence[Approach] = "any",
    progress: Progress | None = None,
) -> Route:
    """Return the way through consecutive points; see :meth:`RoadNetwork.route`."""
    finder = PathFinder(network, points, limit=limit, approach=approach)
    total = len(finder.snap) - 1
    if total < 1:
        raise InputError(f"points has {total + 1} rows; a route needs at least 2")
    legs = []
    for i in range(total):
        leg = finder.path(i, i + 1)
        if leg is None:
            raise RoutingError(_why_no_way(finder.snap, i, i + 1, limit=limit))
        legs.append(leg)
        if progress is not None:
            progress(i + 1, total)
    return Route(tuple(legs))


def _why_no_way(snap: Snap, source: int, target: int, *, limit: float) -> str:
    for point in (source, target):
        if not np.isfinite(snap.distance[point]):
            return f"point {point} is no position: lon and lat must be numbers within 180 and 90 degrees"
        if snap.segment[point] < 0:
            return (
                f"point {point} is {snap.distance[point]:.0f} m from the nearest road; at most {limit:.0f} m "
                "are allowed; correct the point or raise limit"
            )
    return f"there is no way from point {source} to point {target}: they lie in separate parts of the network"


def _corners(
    network: RoadNetwork, segments: Int32, first: Int64, starts: Float64, ends: Float64
) -> tuple[Float64, Int64]:
    """Return the corners strictly between the two ends of each of some ways, and whose each one is.

    Parameters
    ----------
    network : RoadNetwork
    segments : ndarray of int32
        Those of way ``k`` begin at ``first[k]``.
    first : ndarray of int64, shape (ways + 1,)
    starts, ends : ndarray of float64, shape (ways,)
        Positions on the first and on the last segment of each way.
    """
    shape = network.segment_shape[segments]
    begin, after = network.shape_first[shape], network.shape_first[shape + 1]
    count = after - begin
    owner = np.repeat(np.arange(segments.size), count)
    place = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    backwards = network.segment_reversed[segments][owner] != 0
    corner = np.where(backwards, (after - 1)[owner] - place, begin[owner] + place)
    lon, lat = network.shape_lon[corner], network.shape_lat[corner]

    is_first, is_last = np.zeros(segments.size, bool), np.zeros(segments.size, bool)
    is_first[first[:-1]], is_last[first[1:] - 1] = True, True
    way = np.repeat(np.arange(starts.size), np.diff(first))[owner]
    along = _along(lon, lat, np.append(np.flatnonzero(place == 0), owner.size))
    keep = (place > 0) | is_first[owner]  # a segment begins where the one before ends
    keep &= ~is_first[owner] | (along > starts[way] + _SAME_PLACE)
    keep &= ~is_last[owner] | (along < ends[way] - _SAME_PLACE)
    return np.stack((lon[keep], lat[keep]), axis=1) / E7, way[keep]


def _along(lon: Int32, lat: Int32, first: Int64) -> Float64:
    """Return the position of each corner of some lines, from 0 at its line's start to 1 at its end.

    The corners of line ``k`` begin at ``first[k]``.
    """
    reached = np.concatenate(([0.0], np.cumsum(step_metres(lon, lat))))
    reached -= np.repeat(reached[first[:-1]], np.diff(first))
    length = np.repeat(reached[first[1:] - 1], np.diff(first))
    np.divide(reached, length, out=reached, where=length > 0)
    return reached
