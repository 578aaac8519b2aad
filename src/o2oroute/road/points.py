"""What stands at junctions: barriers, signals and signs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from o2oroute.osm.records import OsmRecords
from o2oroute.road.judge_node import NodeJudgement
from o2oroute.road.segments import Segments

__all__ = ["JunctionPoints", "closed_points", "junction_points", "points_of_note"]

Bool = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class JunctionPoints:
    """What stands at each junction.

    Attributes
    ----------
    closed : ndarray of bool, shape (junctions,)
        Nobody passes.
    restricted : ndarray of bool, shape (junctions,)
        Passed on the first and the last leg only.
    forward, backward : ndarray of float64, shape (junctions,)
        Seconds lost by those who come along their way, and against it.
    minor : ndarray of bool, shape (junctions,)
        Only those who come by a minor road lose them.
    undirected : ndarray of bool, shape (junctions,)
        A sign for one direction that does not say which.
    """

    closed: Bool
    restricted: Bool
    forward: Float64
    backward: Float64
    minor: Bool
    undirected: Bool


def points_of_note(records: OsmRecords, judgements: Sequence[NodeJudgement]) -> Int64:
    """Return the OpenStreetMap ids of the nodes that close, restrict or delay: a road is split there."""
    of_note = np.array([judgement != NodeJudgement() for judgement in judgements], bool)
    ids: Int64 = records.tagged_id[of_note[records.tagged_tags]]
    return ids


def junction_points(
    segments: Segments, records: OsmRecords, judgements: Sequence[NodeJudgement]
) -> JunctionPoints:
    """Return what stands at the junctions of the segments.

    Parameters
    ----------
    segments : Segments
    records : OsmRecords
    judgements : sequence of NodeJudgement
        One for each of the records' sets of node tags.
    """
    # the last one stands for junctions without tags
    at = np.full(segments.junction_point.size, len(judgements))
    osm_id = records.node_id[segments.junction_point]
    _, junction, tagged = np.intersect1d(osm_id, records.tagged_id, assume_unique=True, return_indices=True)
    at[junction] = records.tagged_tags[tagged]
    every = [*judgements, NodeJudgement()]
    return JunctionPoints(
        closed=np.array([bool(judgement.closed_by) for judgement in every])[at],
        restricted=np.array([judgement.restricted for judgement in every])[at],
        forward=np.array([judgement.forward for judgement in every])[at],
        backward=np.array([judgement.backward for judgement in every])[at],
        minor=np.array([judgement.minor for judgement in every])[at],
        undirected=np.array([judgement.undirected for judgement in every])[at],
    )


def closed_points(
    segments: Segments, records: OsmRecords, judgements: Sequence[NodeJudgement]
) -> Counter[str]:
    """Count the barriers that close a junction, by reason."""
    osm_id = records.node_id[segments.junction_point]
    _, _, tagged = np.intersect1d(osm_id, records.tagged_id, assume_unique=True, return_indices=True)
    count = np.bincount(records.tagged_tags[tagged], minlength=len(judgements)).tolist()
    closed: Counter[str] = Counter()
    for judgement, number in zip(judgements, count, strict=True):
        if judgement.closed_by and number:
            closed[judgement.closed_by] += number
    return closed
