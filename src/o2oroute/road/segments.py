"""From ways to directed segments: split at junctions, measured, timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.osm.records import OsmRecords
from o2oroute.road.geometry import step_metres
from o2oroute.road.judge import Judgement

__all__ = ["LONGEST_DM", "LONGEST_MS", "Segments", "directed_segments"]

# Paths are refused beyond 2**29 ms (6 days) and 2**24 dm (1,677 km); a segment that fills a path alone is a
# mistake.
LONGEST_MS: Final = 2**29
LONGEST_DM: Final = 2**24

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Segments:
    """All directed segments that a profile may use, before anything is said about turns.

    A *stretch* is a piece of one way between two junctions, without direction; it gives one segment for
    each direction that is open.

    Attributes
    ----------
    tail, head : ndarray of int32, shape (segments,)
        Junctions.
    ms, dm : ndarray of int32, shape (segments,)
    twin : ndarray of int32, shape (segments,)
        The other direction of the stretch, or -1.
    stretch : ndarray of int32, shape (segments,)
        Ascending; the forward direction comes first.
    reversed : ndarray of uint8, shape (segments,)
        1 where the segment runs against its stretch.
    way : ndarray of int64, shape (segments,)
        Row of the way in the records.
    judgement : ndarray of int32, shape (segments,)
        What the profile says of the way, an index into the judgements.
    restricted : ndarray of bool, shape (segments,)
        Open to the first and the last leg only.
    stretch_first : ndarray of int64, shape (stretches + 1,)
        Points of stretch ``i``: ``stretch_point[stretch_first[i]:stretch_first[i + 1]]``.
    stretch_point : ndarray of int64
        Rows of way nodes in the records.
    junction_point : ndarray of int64, shape (junctions,)
        Row of a way node that is the junction; in ascending order of the OpenStreetMap node ids.
    too_long : int
        Segments left out because they are longer than any path may be.
    """

    tail: Int32
    head: Int32
    ms: Int32
    dm: Int32
    twin: Int32
    stretch: Int32
    reversed: npt.NDArray[np.uint8]
    way: Int64
    judgement: Int32
    restricted: npt.NDArray[np.bool_]
    stretch_first: Int64
    stretch_point: Int64
    junction_point: Int64
    too_long: int

    @property
    def size(self) -> int:
        """Number of directed segments."""
        return self.tail.size


def directed_segments(
    records: OsmRecords, judgements: Sequence[Judgement], way_judgement: Int32, cut_at: Int64
) -> Segments:
    """Split the usable ways at junctions and give each open direction a segment.

    A junction is a node where ways meet, where a way meets itself, where a way ends, or one to `cut_at`.

    Parameters
    ----------
    records : OsmRecords
    judgements : sequence of Judgement
    way_judgement : ndarray of int32, shape (ways,)
        Index of each way of the records into the judgements.
    cut_at : ndarray of int64
        OpenStreetMap ids of further nodes that are junctions: where something is lost or closed.

    Returns
    -------
    Segments
    """
    forward = np.array([judgement.forward for judgement in judgements])[way_judgement]
    backward = np.array([judgement.backward for judgement in judgements])[way_judgement]
    way = np.flatnonzero((forward > 0) | (backward > 0))

    nodes = np.diff(records.way_first)[way]
    point = ranges(records.way_first[way], nodes)
    last = np.cumsum(nodes) - 1
    node_id, first_of_node, node = np.unique(records.node_id[point], return_index=True, return_inverse=True)
    is_junction = (np.bincount(node, minlength=first_of_node.size) > 1) | np.isin(node_id, cut_at)
    is_junction[node[last]] = True
    is_junction[node[last - nodes + 1]] = True
    junction_of_node = (np.cumsum(is_junction) - 1).astype(np.int32)

    # a stretch runs from each junction along a way to the next, the last one of the way excepted
    at_junction = np.flatnonzero(is_junction[node])
    is_last = np.zeros(point.size, bool)
    is_last[last] = True
    starts = ~is_last[at_junction[:-1]]
    start, end = at_junction[:-1][starts], at_junction[1:][starts]
    size = end - start + 1
    stretch_first = np.concatenate(([0], np.cumsum(size)))
    stretch_point = point[ranges(start, size)]
    stretch_way = np.repeat(way, nodes)[start]

    steps = step_metres(records.lon[stretch_point], records.lat[stretch_point])
    # what lies between two stretches is no step; each sum starts behind such a gap
    steps[stretch_first[1:-1] - 1] = 0.0
    metres = np.add.reduceat(steps, stretch_first[:-1]) if start.size else np.empty(0)

    # where a tag says how long the whole way takes, each stretch takes its part
    told = np.array([judgement.seconds for judgement in judgements])[way_judgement]
    whole = np.bincount(stretch_way, weights=metres, minlength=told.size)
    kmh = np.where(told > 0, whole * 3.6 / np.where(told > 0, told, 1.0), 0.0)
    forward, backward = (np.where((kmh > 0) & (speed > 0), kmh, speed) for speed in (forward, backward))

    # direction d of stretch s is entry 2 * s + d
    speed = np.stack((forward[stretch_way], backward[stretch_way]), axis=1).ravel()
    restricted = np.array(
        [(judgement.forward_restricted, judgement.backward_restricted) for judgement in judgements], bool
    )[way_judgement[stretch_way]].ravel()
    is_open = speed > 0
    both_metres = np.repeat(metres, 2)
    ms = np.maximum(np.floor(both_metres * 3600.0 / np.where(is_open, speed, 1.0) + 0.5), 1.0)
    dm = np.floor(both_metres * 10.0 + 0.5)
    fits = (ms < LONGEST_MS) & (dm < LONGEST_DM)
    entry = np.flatnonzero(is_open & fits)
    stretch, against = entry // 2, entry % 2
    number = np.full(speed.size, -1, np.int32)
    number[entry] = np.arange(entry.size)
    start_junction, end_junction = junction_of_node[node[start]], junction_of_node[node[end]]
    return Segments(
        tail=np.where(against, end_junction[stretch], start_junction[stretch]),
        head=np.where(against, start_junction[stretch], end_junction[stretch]),
        ms=ms[entry].astype(np.int32),
        dm=dm[entry].astype(np.int32),
        twin=number[entry ^ 1],
        stretch=stretch.astype(np.int32),
        reversed=against.astype(np.uint8),
        way=stretch_way[stretch],
        judgement=way_judgement[stretch_way[stretch]],
        restricted=restricted[entry],
        stretch_first=stretch_first,
        stretch_point=stretch_point,
        junction_point=point[first_of_node[is_junction]],
        too_long=int(np.count_nonzero(is_open & ~fits)),
    )
