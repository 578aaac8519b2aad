"""Which turns are allowed: all but U-turns, save at dead ends, and what restrictions forbid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.osm.records import OsmRecords, Restriction
from o2oroute.road.segments import Segments

__all__ = ["Turns", "allowed_turns", "strong_components"]

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

_FORBIDS: Final = "no_"
_ALLOWS_ONLY: Final = "only_"


@dataclass(frozen=True, eq=False)
class Turns:
    """Allowed turns, sorted by the segment that they leave, then by the one that they enter.

    Attributes
    ----------
    tail, head : ndarray of int64, shape (turns,)
        Segments left and entered.
    is_u_turn : ndarray of bool, shape (turns,)
    restrictions : Counter of str
        How many restrictions were ``applied``, and why others were not.
    """

    tail: Int64
    head: Int64
    is_u_turn: Bool
    restrictions: Counter[str]


class _Rule(NamedTuple):
    """A restriction that applies to the profile, with one value."""

    restriction: Restriction
    only: bool
    u_turn: bool


def allowed_turns(segments: Segments, records: OsmRecords, *, vehicles: Sequence[str]) -> Turns:
    """Find the allowed turns from each segment onto the next.

    Turning round is allowed at dead ends only: where no other allowed turn is on a way that ever leads back.

    Parameters
    ----------
    segments : Segments
    records : OsmRecords
        For the restrictions.
    vehicles : sequence of str
        Vehicle kinds of the profile, for ``restriction:<kind>`` and ``except``.

    Returns
    -------
    Turns
    """
    order = np.argsort(segments.tail, kind="stable")
    junctions = segments.junction_point.size
    out_first = np.concatenate(([0], np.cumsum(np.bincount(segments.tail, minlength=junctions))))
    count = np.diff(out_first)[segments.head]
    tail = np.repeat(np.arange(segments.size), count)
    head = order[ranges(out_first[segments.head], count)]
    is_u_turn = segments.twin[tail] == head

    outcome: Counter[str] = Counter()
    forbidden, only = _resolved(segments, records, vehicles, outcome)
    turn = tail * segments.size + head
    allowed = ~np.isin(turn, forbidden)
    allowed &= ~np.isin(tail, only // segments.size) | np.isin(turn, only)

    component = strong_components(segments.tail, segments.head, junctions)
    leads_back = component[segments.tail] == component[segments.head]
    ways_on = np.bincount(tail, weights=allowed & ~is_u_turn & leads_back[head], minlength=segments.size)
    allowed &= ~is_u_turn | (ways_on == 0)[tail]
    return Turns(tail[allowed], head[allowed], is_u_turn[allowed], outcome)


def strong_components(
    tail: npt.NDArray[np.integer], head: npt.NDArray[np.integer], nodes: int
) -> npt.NDArray[np.int32]:
    """Return the strongly connected component of each node of a directed graph."""
    # scipy loads at first use: it takes as long as the whole package
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    graph = csr_array((np.ones(tail.size, np.int8), (tail, head)), shape=(nodes, nodes))
    component: npt.NDArray[np.int32] = connected_components(graph, directed=True, connection="strong")[1]
    return component


def _resolved(
    segments: Segments, records: OsmRecords, vehicles: Sequence[str], outcome: Counter[str]
) -> tuple[Int64, Int64]:
    """Return the turns that are forbidden and those that are the only ones, as ``tail * segments + head``."""
    rules = [rule for restriction in records.restrictions for rule in _rules(restriction, vehicles, outcome)]
    osm_id = records.node_id[segments.junction_point]  # ascending
    via = np.array([rule.restriction.via_nodes[0] for rule in rules], np.int64)
    junction = np.minimum(np.searchsorted(osm_id, via), osm_id.size - 1)
    junction = np.where(osm_id[junction] == via, junction, -1)

    way_id = records.way_id[segments.way]
    from_rule, from_segment = _members(
        [rule.restriction.from_ways for rule in rules], junction, segments.head, way_id
    )
    to_rule, to_segment = _members(
        [rule.restriction.to_ways for rule in rules], junction, segments.tail, way_id
    )
    # all pairs of one rule; both sides come sorted by rule
    first = np.searchsorted(to_rule, from_rule)
    count = np.searchsorted(to_rule, from_rule, side="right") - first
    rule = np.repeat(from_rule, count)
    tail = np.repeat(from_segment, count)
    head = to_segment[ranges(first, count)]
    # A way that runs on through the junction is both before and behind it; a ban on turning round on one way
    # means that way's opposite direction, not straight on.
    round_ = np.array([rule.u_turn for rule in rules], bool)[rule]
    fits = ~round_ | (way_id[tail] != way_id[head]) | (segments.twin[tail] == head)
    rule, turn = rule[fits], (tail * segments.size + head)[fits]

    outcome["applied"] += np.unique(rule).size
    outcome["without effect"] += len(rules) - np.unique(rule).size
    only = np.array([rule.only for rule in rules], bool)[rule]
    return turn[~only], turn[only]


def _members(
    ways: Sequence[Sequence[int]], junction: Int64, end: npt.NDArray[np.int32], way_id: Int64
) -> tuple[Int64, Int64]:
    """Return (rule, segment) for each segment of a member way that has its `end` at the rule's junction."""
    rule = np.repeat(np.arange(len(ways)), [len(members) for members in ways])
    member = np.array([way for members in ways for way in members], np.int64)
    order = np.argsort(end, kind="stable")
    first = np.searchsorted(end, junction[rule], sorter=order)
    count = np.searchsorted(end, junction[rule], side="right", sorter=order) - first
    segment = order[ranges(first, count)]
    fits = way_id[segment] == np.repeat(member, count)
    return np.repeat(rule, count)[fits], segment[fits]


def _rules(restriction: Restriction, vehicles: Sequence[str], outcome: Counter[str]) -> list[_Rule]:
    """Return what a restriction says to the profile's vehicle, or note why it says nothing."""
    tags = restriction.tags
    exempt = {kind.strip() for kind in tags.get("except", "").split(";")}
    keys = [*(f"restriction:{vehicle}" for vehicle in vehicles), "restriction"]
    text = next((tags[key] for key in keys if key in tags), None)
    if text is None:
        conditional = any(key.endswith(":conditional") for key in tags)
        outcome["conditional" if conditional else "other vehicles"] += 1
        return []
    if exempt.intersection(vehicles):
        outcome["other vehicles"] += 1
        return []
    kinds = [kind.strip() for kind in text.split(";")]
    kinds = [kind for kind in kinds if kind.startswith((_FORBIDS, _ALLOWS_ONLY)) and "@" not in kind]
    if not kinds:
        outcome["not understood"] += 1
    elif restriction.via_ways:
        outcome["via a way"] += 1
    elif len(restriction.via_nodes) != 1 or not restriction.from_ways or not restriction.to_ways:
        outcome["incomplete"] += 1
    else:
        return [
            _Rule(restriction, only=kind.startswith(_ALLOWS_ONLY), u_turn=kind.endswith("u_turn"))
            for kind in kinds
        ]
    return []
