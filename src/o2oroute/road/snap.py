"""Snapping: the nearest road position of each point, and its seeds for the routing graph.

Each step of each polyline carries *samples*, so that none of its positions is farther than ``_REACH``
metres from one. The samples nearest to a point, found in a k-d tree over earth-centred coordinates, name
the steps that can be nearest to it; these are measured exactly in the point's own plane. A step at distance
``d`` has a sample within ``hypot(d, _REACH)``, so once the farthest sample looked at lies beyond that, no
nearer step is left. Nothing depends on the other points of the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import as_points, frozen, ranges
from o2oroute.errors import InputError
from o2oroute.optional import load
from o2oroute.road.geometry import E7, earth_centred, metres_per_degree, step_metres

if TYPE_CHECKING:
    from o2oroute.road.network import RoadNetwork

__all__ = ["Snap", "SnapIndex", "snap_points"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_SPACING: Final = 50.0
# half the spacing, and room for the curvature of very long steps
_REACH: Final = 30.0
_FIRST_LOOK: Final = 8
# a plane says little at this distance: what the first look finds is near enough
_FAR: Final = 20_000.0
# the k-d tree measures through the earth, the plane along it: one part in a thousand covers the difference
_SLACK: Final = 1.001
# bounds the memory of one look: points times samples
_PAIRS_AT_ONCE: Final = 1_000_000


@dataclass(frozen=True, eq=False)
class Snap:
    """Positions on the roads for ``n`` points; each point is snapped on its own.

    Attributes
    ----------
    segment : ndarray of int32, shape (n,)
        Directed segment, -1 where no road is within the limit or the coordinate is none.
    fraction : ndarray of float64, shape (n,)
        Position along that segment, by length, from 0 at its start to 1 at its end; NaN where there is no
        segment.
    distance : ndarray of float32, shape (n,)
        Metres from the point to the road, given beyond the limit too; ``inf`` for a bad coordinate.
    lon, lat : ndarray of float64, shape (n,)
        The road position in degrees, given beyond the limit too; NaN for a bad coordinate.
    swapped : ndarray of bool, shape (n,)
        The point is off the roads, but would be on them with lon and lat exchanged.
    seed_first : ndarray of int32, shape (n + 1,)
        Seeds of point ``i``: ``seed_first[i]`` up to ``seed_first[i + 1]``.
    seed_node : ndarray of int32, shape (seeds,)
        Graph nodes of the segment and of its twin.
    seed_ms, seed_dm : ndarray of int32, shape (seeds,)
        Milliseconds and decimetres from the *start* of the node's segment to the position.
    """

    segment: Int32
    fraction: Float64
    distance: npt.NDArray[np.float32]
    lon: Float64
    lat: Float64
    swapped: npt.NDArray[np.bool_]
    seed_first: Int32
    seed_node: Int32
    seed_ms: Int32
    seed_dm: Int32

    def __post_init__(self) -> None:
        for name, array in list(vars(self).items()):
            object.__setattr__(self, name, frozen(array))

    def __len__(self) -> int:
        """Return the number of points."""
        return self.segment.size


class _Nearest(NamedTuple):
    """Nearest step of each point."""

    step: Int64
    #: Position along the step, 0 to 1.
    along: Float64
    metres: Float64


@dataclass(frozen=True, eq=False)
class SnapIndex:
    """The steps of a network's polylines, ready to be searched."""

    #: End points of each step in degrees, shape (steps,).
    lon0: Float64
    lat0: Float64
    lon1: Float64
    lat1: Float64
    #: Lowest directed segment on the step's polyline.
    segment: Int32
    #: Metres from the start of the polyline to the start of the step, and of the step.
    before: Float64
    length: Float64
    #: Metres of the whole polyline.
    whole: Float64
    #: Step of each sample, and the k-d tree over the samples.
    step_of_sample: Int64
    tree: Any

    @classmethod
    def over(cls, network: RoadNetwork) -> SnapIndex:
        """Build the index of a network."""
        lon, lat, first = network.shape_lon, network.shape_lat, network.shape_first
        shape_of_point = np.repeat(np.arange(first.size - 1), np.diff(first))
        point = np.flatnonzero(shape_of_point[:-1] == shape_of_point[1:])
        shape = shape_of_point[point]
        metres = step_metres(lon, lat)
        metres[first[1:-1] - 1] = 0.0  # from one polyline to the next
        reached = np.concatenate(([0.0], np.cumsum(metres)))
        start = reached[first[:-1]]
        # segments are numbered upwards, so the last write of a reversed walk is the lowest
        segment_of_shape = np.empty(first.size - 1, np.int32)
        segment_of_shape[network.segment_shape[::-1]] = np.arange(network.segments, dtype=np.int32)[::-1]
        lon0, lon1 = lon[point] / E7, lon[point + 1] / E7
        lat0, lat1 = lat[point] / E7, lat[point + 1] / E7
        length = metres[point]
        step_of_sample, along = _samples(length)
        lon_of_sample = lon0[step_of_sample] + along * (lon1 - lon0)[step_of_sample]
        lat_of_sample = lat0[step_of_sample] + along * (lat1 - lat0)[step_of_sample]
        tree = load("scipy.spatial").cKDTree(
            earth_centred(lon_of_sample, lat_of_sample), balanced_tree=False, compact_nodes=False
        )
        return cls(
            lon0=lon0,
            lat0=lat0,
            lon1=lon1,
            lat1=lat1,
            segment=segment_of_shape[shape],
            before=reached[point] - start[shape],
            length=length,
            whole=(reached[first[1:] - 1] - start)[shape],
            step_of_sample=step_of_sample,
            tree=tree,
        )

    def nearest(self, points: Float64, *, limit: float) -> _Nearest:
        """Return the nearest step of each point; of equally near ones that of the lowest segment."""
        found = _Nearest(np.zeros(len(points), np.int64), np.zeros(len(points)), np.full(len(points), np.inf))
        todo = np.arange(len(points))
        looked = min(_FIRST_LOOK, self.step_of_sample.size)
        while todo.size:
            open_ = [
                self._look(points, part, looked, max(limit, _FAR), found)
                for part in np.array_split(todo, -(-todo.size * looked // _PAIRS_AT_ONCE))
            ]
            todo = np.concatenate(open_)
            if looked == self.step_of_sample.size:
                break
            looked = min(4 * looked, self.step_of_sample.size)
        return found

    def _look(self, points: Float64, todo: Int64, looked: int, far: float, found: _Nearest) -> Int64:
        """Measure the steps at the nearest samples; return the points that need a wider look."""
        lon, lat = points[todo, 0], points[todo, 1]
        chord, sample = self.tree.query(earth_centred(lon, lat), k=np.arange(1, looked + 1))
        step = self.step_of_sample[sample]
        along, metres = self._measure(lon[:, None], lat[:, None], step)
        # whole millimetres, so that a shared end point is a tie and not a matter of rounding
        order = np.lexsort((step, self.segment[step], np.round(metres * 1000.0)), axis=1)
        best = (np.arange(todo.size), order[:, 0])
        found.step[todo] = step[best]
        found.along[todo] = along[best]
        found.metres[todo] = metres[best]
        unsure = chord[:, -1] <= np.hypot(metres[best], _REACH) * _SLACK + 0.01
        wider: Int64 = todo[unsure & (chord[:, 0] <= far)]
        return wider

    def _measure(self, lon: Float64, lat: Float64, step: Int64) -> tuple[Float64, Float64]:
        """Project points onto steps in the points' own planes: position along the step, and metres to it."""
        per_lon, per_lat = metres_per_degree(lat)
        x0 = _short_way(self.lon0[step] - lon) * per_lon
        y0 = (self.lat0[step] - lat) * per_lat
        dx = _short_way(self.lon1[step] - self.lon0[step]) * per_lon
        dy = (self.lat1[step] - self.lat0[step]) * per_lat
        square = dx * dx + dy * dy
        along = np.clip(-(x0 * dx + y0 * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        return along, np.hypot(x0 + along * dx, y0 + along * dy)


def snap_points(network: RoadNetwork, points: npt.ArrayLike, *, limit: float) -> Snap:
    """Find the nearest road position of each point; see :meth:`RoadNetwork.snap`."""
    points = as_points(points)
    if not limit >= 0:  # NaN too
        raise InputError(f"limit is {limit!r}; it must be a number of metres, zero or more")
    index = network.snap_index
    fits = _is_position(points)
    nearest = index.nearest(points[fits], limit=limit)

    segment = np.full(len(points), -1, np.int32)
    fraction, lon, lat = (np.full(len(points), np.nan) for _ in range(3))
    distance = np.full(len(points), np.inf, np.float32)
    step, along = nearest.step, nearest.along
    near = np.flatnonzero(fits)[nearest.metres <= limit]
    segment[fits] = np.where(nearest.metres <= limit, index.segment[step], -1)
    distance[fits] = nearest.metres
    lon[fits] = _short_way(index.lon0[step] + along * _short_way(index.lon1[step] - index.lon0[step]))
    lat[fits] = index.lat0[step] + along * (index.lat1[step] - index.lat0[step])
    whole = index.whole[step]
    part = np.where(
        whole > 0, (index.before[step] + along * index.length[step]) / np.where(whole > 0, whole, 1), 0
    )
    part = np.clip(part, 0.0, 1.0)
    fraction[fits] = np.where(network.segment_reversed[segment[fits]], 1.0 - part, part)
    fraction[segment < 0] = np.nan

    return Snap(
        segment=segment,
        fraction=fraction,
        distance=distance,
        lon=lon,
        lat=lat,
        swapped=_swapped(index, points, segment, limit=limit),
        **_seeds(network, segment, fraction, near),
    )


def _swapped(index: SnapIndex, points: Float64, segment: Int32, *, limit: float) -> npt.NDArray[np.bool_]:
    exchanged = np.ascontiguousarray(points[:, ::-1])
    swapped = (segment < 0) & _is_position(exchanged)
    swapped[swapped] = index.nearest(exchanged[swapped], limit=limit).metres <= limit
    return swapped


def _seeds(network: RoadNetwork, segment: Int32, fraction: Float64, near: Int64) -> dict[str, Int32]:
    """Return the ``seed_*`` arrays: the nodes of each point's segment, then those of its twin."""
    own = segment[near]
    twin = network.segment_twin[own]
    offset = {
        "ms": _offsets(network.segment_ms, own, twin, fraction[near]),
        "dm": _offsets(network.segment_dm, own, twin, fraction[near]),
    }
    # one entry for each (point, segment or twin), in that order
    pair = np.stack((own, twin), axis=1)
    entry = np.flatnonzero(pair.ravel() >= 0)
    on = pair.ravel()[entry]
    count = np.diff(network.segment_nodes_first)[on]
    source = np.repeat(entry, count)
    seed_node = network.segment_nodes[ranges(network.segment_nodes_first[on], count)]
    seeds_of_point = np.bincount(near[source // 2], minlength=segment.size)
    seed_first = np.concatenate(([0], np.cumsum(seeds_of_point))).astype(np.int32)
    return {
        "seed_first": seed_first,
        "seed_node": seed_node,
        "seed_ms": offset["ms"].ravel()[source],
        "seed_dm": offset["dm"].ravel()[source],
    }


def _offsets(weight: Int32, own: Int32, twin: Int32, fraction: Float64) -> Int32:
    """Return the rounded offsets from the start of the segment and of its twin, shape (n, 2)."""
    w, w_twin = weight[own].astype(np.int64), weight[twin].astype(np.int64)
    offset = np.floor(fraction * w + 0.5)
    # rounding once keeps both directions of a street of one speed at the same place
    back = np.where(w == w_twin, w - offset, np.floor((1.0 - fraction) * w_twin + 0.5))
    return np.stack((offset, back), axis=1).astype(np.int32)


def _samples(length: Float64) -> tuple[Int64, Float64]:
    """Spread samples over steps: the step of each, and its place along it from 0 to 1."""
    # one in the middle of each of the equal parts that the spacing asks for
    parts = np.maximum(np.ceil(length / _SPACING), 1).astype(np.int64)
    step = np.repeat(np.arange(length.size), parts)
    place = ranges(np.zeros_like(parts), parts)
    return step, (place + 0.5) / parts[step]


def _is_position(points: Float64) -> npt.NDArray[np.bool_]:
    # comparisons with NaN are false
    return (np.abs(points[:, 0]) <= 180.0) & (np.abs(points[:, 1]) <= 90.0)


def _short_way(degrees: Float64) -> Float64:
    """Return differences of longitude within half a turn."""
    return (degrees + 180.0) % 360.0 - 180.0
