"""Snapping: the nearest road position of each point, and its seeds for the routing graph.

Every straight step of every polyline stands in a packed R-tree, which is asked for the step nearest to a
point in the point's own plane. Roads where nobody stops have a tree of their own, asked where no other road
is near. Nothing depends on the other points of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute._core import Steps
from o2oroute.arrays import as_points, frozen, ranges
from o2oroute.errors import InputError
from o2oroute.road.geometry import E7, metres_per_degree, step_metres
from o2oroute.road.judge import ROUTES
from o2oroute.road.kerb import KERB, KERB_AUTO, Approach, RoadFlag, approach_codes

if TYPE_CHECKING:
    from o2oroute.road.network import RoadNetwork

__all__ = ["Snap", "SnapIndex", "snap_points"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

#: Metres within which a road where vehicles may stop goes before any other, however near that is.
_NEAR: Final = 100.0

#: Metres to the middle of the road within which a point is on neither side.
_ON_THE_LINE: Final = 0.5


@dataclass(frozen=True, eq=False)
class Snap:
    """Positions on the roads for ``n`` points; each point is snapped on its own.

    Attributes
    ----------
    segment : ndarray of int32, shape (n,)
        Directed segment, -1 where no road is within the limit or the coordinate is none. Where the approach
        fixes the side, it is the one to arrive and to leave on.
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
    network : RoadNetwork
        What the points were snapped to.
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
    network: RoadNetwork

    def __post_init__(self) -> None:
        for name, part in list(vars(self).items()):
            if isinstance(part, np.ndarray):
                object.__setattr__(self, name, frozen(part))

    def __len__(self) -> int:
        """Return the number of points."""
        return self.segment.size

    @property
    def road_class(self) -> tuple[str, ...]:
        """Class of each point's road, such as ``"residential"``; ``""`` where there is none."""
        of_segment, texts = self.network.segment_class, self.network.class_names
        return tuple(texts[of_segment[s]] if s >= 0 else "" for s in self.segment.tolist())

    @property
    def road_name(self) -> tuple[str, ...]:
        """Name of each point's road; ``""`` where it has none, or there is no road."""
        of_segment, texts = self.network.segment_name, self.network.names
        return tuple(texts[of_segment[s]] if s >= 0 else "" for s in self.segment.tolist())


class _Nearest(NamedTuple):
    """Nearest step of each point."""

    step: Int32
    #: Position along the step, 0 to 1.
    along: Float64
    metres: Float64

    def of(self, chosen: npt.NDArray[np.bool_]) -> _Nearest:
        """Return some of them."""
        return _Nearest(self.step[chosen], self.along[chosen], self.metres[chosen])


class _Forest(NamedTuple):
    """Some of the steps, in a tree."""

    step: Int32
    tree: Steps

    @classmethod
    def of(cls, ends: Int32, segment: Int32, chosen: npt.NDArray[np.bool_]) -> _Forest:
        step = np.flatnonzero(chosen).astype(np.int32)
        return cls(step, Steps(np.ascontiguousarray(ends[step]), np.ascontiguousarray(segment[step])))

    def nearest(self, points: Float64) -> _Nearest:
        per_degree = np.stack(metres_per_degree(points[:, 1]), axis=1)
        row, along, metres = self.tree.nearest(np.ascontiguousarray(points), per_degree)
        return _Nearest(self.step[row], along, metres)


@dataclass(frozen=True, eq=False)
class SnapIndex:
    """The steps of a network's polylines, ready to be searched."""

    #: End points of each step in units of 1e-7 degrees, shape (steps, 4): lon, lat, lon, lat.
    ends: Int32
    #: Lowest directed segment on the step's polyline.
    segment: Int32
    #: Metres from the start of the polyline to the start of the step, and of the step.
    before: Float64
    length: Float64
    #: Metres of the whole polyline.
    whole: Float64
    #: Steps of the roads where vehicles may stop.
    stopping: _Forest
    #: Those of the others, and within how many metres any road where vehicles may stop goes before them.
    others: tuple[tuple[float, _Forest], ...]

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
        # over the antimeridian the second end goes on counting; whole turns past the int32 do not occur
        east = lon[point].astype(np.int64)
        onward = east + _short_way(lon[point + 1].astype(np.int64) - east)
        ends = np.stack((east, lat[point], onward, lat[point + 1]), axis=1).astype(np.int32)
        segment = segment_of_shape[shape]
        passing = (network.segment_flags[segment] & RoadFlag.NO_STOP) != 0
        if passing.all():  # then there is nothing that could be preferred
            passing[:] = False
        is_ferry = np.array([name in ROUTES for name in network.class_names], bool)
        ferry = passing & is_ferry[network.segment_class[segment]]
        return cls(
            ends=ends,
            segment=segment,
            before=reached[point] - start[shape],
            length=metres[point],
            whole=(reached[first[1:] - 1] - start)[shape],
            stopping=_Forest.of(ends, segment, ~passing),
            others=tuple(
                (near, _Forest.of(ends, segment, chosen))
                for near, chosen in ((_NEAR, passing & ~ferry), (np.inf, ferry))
                if chosen.any()
            ),
        )

    def nearest(self, points: Float64, *, limit: float = np.inf) -> _Nearest:
        """Return the nearest step of each point; of equally near ones that of the lowest segment.

        Roads where nobody stops count only where no other road is near, ferries where none is within `limit`.
        """
        found = self.stopping.nearest(points)
        for near, forest in self.others:
            far = np.flatnonzero(found.metres > min(near, limit))
            other = forest.nearest(points[far])
            closer = other.metres < found.metres[far]
            far, other = far[closer], other.of(closer)
            found.step[far], found.along[far], found.metres[far] = other
        return found

    def side(self, points: Float64, nearest: _Nearest) -> npt.NDArray[np.int8]:
        """Tell on which side of its polyline each point lies: 1 right, -1 left, 0 on it or not to be told.

        Where the nearest place is a bend, the point lies on the outer side.
        """
        step, along = nearest.step, nearest.along
        per_degree = np.stack(metres_per_degree(points[:, 1]), axis=1)
        x, y = self._vectors(step, per_degree)
        off = points - self.ends[step, :2] / E7
        off[:, 0] = _short_way(off[:, 0], turn=360.0)
        off *= per_degree
        leftwards = (x * off[:, 1] - y * off[:, 0]) / np.maximum(np.hypot(x, y), 1e-9)
        leftwards[(nearest.metres < _ON_THE_LINE) | (np.abs(leftwards) < _ON_THE_LINE)] = 0.0
        for at_end, shift in ((along <= 0.0, -1), (along >= 1.0, 1)):
            beside = np.clip(step + shift, 0, self.segment.size - 1)
            bends = np.flatnonzero(
                at_end
                & (beside != step)
                & (self.segment[beside] == self.segment[step])
                & (nearest.metres >= _ON_THE_LINE)
            )
            other_x, other_y = self._vectors(beside[bends], per_degree[bends])
            # positive where the polyline bends to the left, so that its outer side is the right
            bend = shift * (x[bends] * other_y - y[bends] * other_x)
            sharp = np.abs(bend) > 1e-6
            leftwards[bends[sharp]] = -bend[sharp]
        side: npt.NDArray[np.int8] = -np.sign(leftwards).astype(np.int8)
        return side

    def _vectors(self, step: Int32, per_degree: Float64) -> tuple[Float64, Float64]:
        """Return the steps in metres east and north."""
        ends = self.ends[step] / E7
        return (ends[:, 2] - ends[:, 0]) * per_degree[:, 0], (ends[:, 3] - ends[:, 1]) * per_degree[:, 1]


def snap_points(
    network: RoadNetwork, points: npt.ArrayLike, *, limit: float, approach: Approach | Sequence[Approach]
) -> Snap:
    """Find the nearest road position of each point; see :meth:`RoadNetwork.snap`."""
    points = as_points(points)
    if not limit >= 0:  # NaN too
        raise InputError(f"limit is {limit!r}; it must be a number of metres, zero or more")
    codes = approach_codes(approach, len(points))
    index = network.snap_index
    fits = _is_position(points)
    nearest = index.nearest(points[fits], limit=limit)

    lowest = np.full(len(points), -1, np.int32)
    fraction, lon, lat = (np.full(len(points), np.nan) for _ in range(3))
    distance = np.full(len(points), np.inf, np.float32)
    step, along = nearest.step, nearest.along
    on_road = nearest.metres <= limit
    near = np.flatnonzero(fits)[on_road]
    lowest[fits] = np.where(on_road, index.segment[step], -1)
    distance[fits] = nearest.metres
    ends = index.ends[step] / E7
    lon[fits] = _short_way(ends[:, 0] + along * (ends[:, 2] - ends[:, 0]), turn=360.0)
    lat[fits] = ends[:, 1] + along * (ends[:, 3] - ends[:, 1])
    whole = index.whole[step]
    part = np.where(
        whole > 0, (index.before[step] + along * index.length[step]) / np.where(whole > 0, whole, 1), 0
    )
    part = np.clip(part, 0.0, 1.0)
    fraction[fits] = np.where(network.segment_reversed[lowest[fits]], 1.0 - part, part)
    fraction[lowest < 0] = np.nan

    wrong = _wrong_side(network, index, points[near], nearest.of(on_road), codes[near])
    turned = np.zeros(len(points), bool)
    turned[near] = wrong[:, 0]
    segment = np.where(turned, network.segment_twin[lowest], lowest).astype(np.int32)
    return Snap(
        segment=segment,
        fraction=np.where(turned, 1.0 - fraction, fraction),
        distance=distance,
        lon=lon,
        lat=lat,
        swapped=_swapped(index, points, segment, limit=limit),
        **_seeds(network, lowest, wrong, fraction, near),
        network=network,
    )


def _wrong_side(
    network: RoadNetwork, index: SnapIndex, points: Float64, nearest: _Nearest, codes: npt.NDArray[np.int8]
) -> npt.NDArray[np.bool_]:
    """Tell which of the two directions of its street a point must not be approached on, shape (n, 2)."""
    wrong = np.zeros((len(points), 2), bool)
    if not codes.any():
        return wrong
    own = index.segment[nearest.step]
    flags = network.segment_flags[own]
    strict = (codes == KERB) | ((codes == KERB_AUTO) & ((flags & RoadFlag.WIDE) != 0))
    strict &= network.segment_twin[own] >= 0
    side = index.side(points, nearest)
    side = np.where(network.segment_reversed[own], -side, side)
    side = np.where((flags & RoadFlag.LEFT) != 0, -side, side)
    wrong[:, 0] = strict & (side < 0)
    wrong[:, 1] = strict & (side > 0)
    return wrong


def _swapped(index: SnapIndex, points: Float64, segment: Int32, *, limit: float) -> npt.NDArray[np.bool_]:
    exchanged = np.ascontiguousarray(points[:, ::-1])
    swapped = (segment < 0) & _is_position(exchanged)
    if not swapped.any():
        return swapped
    swapped[swapped] = index.nearest(exchanged[swapped], limit=limit).metres <= limit
    return swapped


def _seeds(
    network: RoadNetwork, segment: Int32, wrong: npt.NDArray[np.bool_], fraction: Float64, near: Int64
) -> dict[str, Int32]:
    """Return the ``seed_*`` arrays: the nodes of each point's segment, then those of its twin."""
    own = segment[near]
    twin = network.segment_twin[own]
    offset = {
        "ms": _offsets(network.segment_ms, own, twin, fraction[near]),
        "dm": _offsets(network.segment_dm, own, twin, fraction[near]),
    }
    # one entry for each (point, segment or twin), in that order
    pair = np.stack((own, twin), axis=1)
    entry = np.flatnonzero((pair >= 0).ravel() & ~wrong.ravel())
    on = pair.ravel()[entry]
    begin = network.segment_nodes_first[on]
    count = network.segment_nodes_first[on + 1] - begin
    source = np.repeat(entry, count)
    seed_node = network.segment_nodes[ranges(begin, count)]
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


def _is_position(points: Float64) -> npt.NDArray[np.bool_]:
    # comparisons with NaN are false
    return (np.abs(points[:, 0]) <= 180.0) & (np.abs(points[:, 1]) <= 90.0)


def _short_way(lon: npt.NDArray[Any], turn: float = 360 * E7) -> npt.NDArray[Any]:
    """Return longitudes, or differences of them, within half a turn."""
    return (lon + turn / 2) % turn - turn / 2
