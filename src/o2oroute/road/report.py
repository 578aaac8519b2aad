"""What of an OpenStreetMap file became roads, what was left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from o2oroute.osm.records import OsmRecords
    from o2oroute.road.judge import Judgement
    from o2oroute.road.restrictions import Bans
    from o2oroute.road.segments import Segments

__all__ = ["closed_ways", "count_use", "report_text"]

#: Ids that the text lists for a reason; all of them are in the network's ``meta``.
_LISTED: Final = 20

_CLOSED_WAYS: Final = {
    "access": "an access tag closes it",
    "area": "it is an area",
    "axle_load": "the vehicle's axles are too heavy",
    "class": "the profile has no speed for its class, or no tag opens it",
    "construction": "it is not built yet, or impassable",
    "height": "the vehicle is too high",
    "length": "the vehicle is too long",
    "motorroad": "it is for faster vehicles",
    "reversible": "its direction changes with the hour",
    "service": "the profile closes this kind of service road",
    "surface": "the profile closes this surface",
    "weight": "the vehicle is too heavy",
    "width": "the vehicle is too wide",
}

_RESTRICTIONS: Final = {
    "conditional": "it holds at certain times only",
    "incomplete": "members are missing from it",
    "not understood": "its kind is not known",
    "other vehicles": "it is for other vehicles",
    "without effect": "its members do not meet here, or the turn is not there anyway",
}

_NO_WAY: Final = "from there or to there is no way"


def closed_ways(
    records: OsmRecords, way_judgement: npt.NDArray[np.int32], judgements: Sequence[Judgement]
) -> Counter[str]:
    """Count the ways that the profile may not use, by reason; a way that is cut counts once."""
    reasons = sorted({judgement.closed_by for judgement in judgements})
    number = np.array([reasons.index(judgement.closed_by) for judgement in judgements], np.intp)
    _, first = np.unique(records.way_id, return_index=True)
    counts = np.bincount(number[way_judgement[first]], minlength=len(reasons)).tolist()
    return +Counter({reason: count for reason, count in zip(reasons, counts, strict=True) if reason})


def count_use(
    records: OsmRecords,
    closed: Counter[str],
    segments: Segments,
    bans: Bans,
    barriers: Counter[str],
    *,
    used: npt.NDArray[np.bool_],
    core: npt.NDArray[np.bool_],
    components: int,
) -> dict[str, Any]:
    """Return how much was read, used and left out: the ``counts`` of a network's ``meta``.

    Parameters
    ----------
    records : OsmRecords
    closed : Counter of str
        Of ways, by reason.
    segments : Segments
    bans : Bans
    barriers : Counter of str
        That close a road, by kind.
    used, core : ndarray of bool, shape (segments,)
        Segments that are kept, and those of them that one may drive through.
    components : int
        Connected parts.
    """
    ways_here = int(np.unique(records.way_id).size)
    ways_used = int(np.unique(records.way_id[segments.way[used]]).size)
    stretches = np.unique(segments.stretch[used])
    ends = np.union1d(segments.tail[used], segments.head[used]).size
    # what lies between two junctions is on one road only
    inner = int((np.diff(segments.stretch_first)[stretches] - 2).sum())
    return {
        **records.counts,
        "ways_used": ways_used,
        "ways_closed": dict(sorted(closed.items())),
        "ways_unconnected": ways_here - closed.total() - ways_used,
        "ways_without_nodes": records.counts["ways"] - ways_here,
        "nodes_used": ends + inner,
        "junctions": ends,
        "segments_open": segments.size + segments.too_long,
        "segments_kept": int(used.sum()),
        "segments_in_fringe": int((used & ~core).sum()),
        "segments_outside_core": int((~used).sum()),
        "segments_too_long": segments.too_long,
        "components": components,
        "barriers_closed": dict(sorted(barriers.items())),
        "restrictions_by_outcome": dict(sorted((+bans.outcome).items())),  # + drops what counts zero
    }


def report_text(
    source: str,
    profile: str,
    counts: Mapping[str, Any],
    restrictions_left_out: Mapping[str, Sequence[int]],
    conditions_left_out: Mapping[str, int],
) -> str:
    """Return the counts as lines of text, with a reason for everything that is left out.

    Parameters
    ----------
    source, profile : str
        Names.
    counts : mapping
        Of :func:`count_use`.
    restrictions_left_out : mapping of str to sequence of int
        OpenStreetMap ids by reason.
    conditions_left_out : mapping of str to int
        Conditional tags that are not understood, and how many there are of each.
    """
    return "\n".join(_lines(source, profile, counts, restrictions_left_out, conditions_left_out))


def _lines(
    source: str,
    profile: str,
    counts: Mapping[str, Any],
    restrictions_left_out: Mapping[str, Sequence[int]],
    conditions_left_out: Mapping[str, int],
) -> Iterator[str]:
    yield f"{source} for profile {profile}"
    yield _total("ways", counts["ways"], counts["ways_used"])
    for reason, count in counts["ways_closed"].items():
        yield from _left_out(count, _CLOSED_WAYS.get(reason, reason))
    yield from _left_out(counts["ways_unconnected"], _NO_WAY)
    yield from _left_out(counts["ways_without_nodes"], "it is outside the box, or the file lacks its nodes")
    yield _total("nodes", counts["nodes"], counts["nodes_used"])
    missing = counts["missing_nodes"]
    yield from _left_out(missing, "the file does not have it; roads are cut there")
    others = counts["nodes"] - missing - counts["nodes_used"]
    yield from _left_out(others, "no road that is used runs over it")
    yield _total("directed segments", counts["segments_open"], counts["segments_kept"])
    yield from _left_out(counts["segments_outside_core"], _NO_WAY)
    yield from _left_out(counts["segments_too_long"], "no path may be so long")
    yield f"  {counts['segments_in_fringe']:,} used for the first and the last leg only"
    yield f"  {counts['components']:,} connected part{'s' if counts['components'] > 1 else ''}"
    barriers = counts["barriers_closed"]
    yield f"barriers: {sum(barriers.values()):,} closed" + (f" ({_listed(barriers)})" if barriers else "")
    outcomes = counts["restrictions_by_outcome"]
    yield _total("turn restrictions", counts["restrictions"], outcomes.get("applied", 0))
    for outcome, count in outcomes.items():
        if outcome != "applied":
            ids = restrictions_left_out.get(outcome, ())
            yield from _left_out(count, _RESTRICTIONS.get(outcome, outcome), ids)
    conditions = counts["conditional_tags"]
    if conditions:
        yield _total("conditional tags", conditions, conditions - sum(conditions_left_out.values()))
        for tag, count in conditions_left_out.items():
            yield from _left_out(count, f"a part of it is not understood: {tag}")


def _total(what: str, read: int, used: int) -> str:
    return f"{what}: {read:,} read, {used:,} used, {read - used:,} left out"


def _left_out(count: int, why: str, ids: Sequence[int] = ()) -> Iterator[str]:
    if count:
        more = f" and {len(ids) - _LISTED:,} more" if len(ids) > _LISTED else ""
        listed = f": {', '.join(map(str, ids[:_LISTED]))}{more}" if ids else ""
        yield f"  {count:,} left out: {why}{listed}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {count:,}" for key, count in sorted(counts.items()))
