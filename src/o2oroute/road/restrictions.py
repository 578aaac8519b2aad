"""Turn restrictions, resolved to the segments that they forbid to follow one another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from o2oroute.arrays import ranges
from o2oroute.osm.records import OsmRecords, Restriction
from o2oroute.road.segments import Segments

__all__ = ["Bans", "resolve_restrictions"]

Int64 = npt.NDArray[np.int64]

_FORBIDS: Final = "no_"
_ALLOWS_ONLY: Final = "only_"


@dataclass(frozen=True, eq=False)
class Bans:
    """What restrictions forbid.

    Attributes
    ----------
    forbidden, only : ndarray of int64
        Turns that are forbidden, and turns that are the only ones from their tail, as
        ``tail * segments + head``.
    sequences : list of tuple of int
        Segments, at least three, that may not be driven one after the other.
    outcome : Counter of str
        How many restrictions were ``applied``, and why others were not.
    left_out : dict of str to list of int
        OpenStreetMap ids of those that were not applied, by reason.
    """

    forbidden: Int64
    only: Int64
    sequences: list[tuple[int, ...]]
    outcome: Counter[str]
    left_out: dict[str, list[int]] = field(default_factory=dict)


class _Rule(NamedTuple):
    """A restriction that applies to the profile, with one value."""

    restriction: Restriction
    only: bool
    u_turn: bool


def resolve_restrictions(segments: Segments, records: OsmRecords, *, vehicles: Sequence[str]) -> Bans:
    """Find what turn restrictions forbid to a vehicle.

    Parameters
    ----------
    segments : Segments
    records : OsmRecords
    vehicles : sequence of str
        Vehicle kinds of the profile, for ``restriction:<kind>`` and ``except``.

    Returns
    -------
    Bans
    """
    left_out: dict[str, list[int]] = {}
    rules = [rule for restriction in records.restrictions for rule in _rules(restriction, vehicles, left_out)]
    at_node = [rule for rule in rules if not rule.restriction.via_ways]
    forbidden, only, done = _turns_at_nodes(segments, records, at_node)
    applied = {at_node[number].restriction.id for number in done}
    over_ways = [rule for rule in rules if rule.restriction.via_ways]
    sequences: list[tuple[int, ...]] = []
    if over_ways:
        finder = _Sequences(segments, records)
        for rule in over_ways:
            found = finder.forbidden(rule)
            sequences += found
            if found:
                applied.add(rule.restriction.id)
    for number in dict.fromkeys(rule.restriction.id for rule in rules):
        if number not in applied:
            left_out.setdefault("without effect", []).append(number)
    outcome = Counter({reason: len(ids) for reason, ids in left_out.items()})
    outcome["applied"] = len(applied)
    return Bans(forbidden, only, sorted(set(sequences)), outcome, left_out)


def _rules(restriction: Restriction, vehicles: Sequence[str], left_out: dict[str, list[int]]) -> list[_Rule]:
    """Return what a restriction says to the profile's vehicle, or note why it says nothing."""
    tags = restriction.tags
    exempt = {kind.strip() for kind in tags.get("except", "").split(";")}
    keys = [*(f"restriction:{vehicle}" for vehicle in vehicles), "restriction"]
    text = next((tags[key] for key in keys if key in tags), None)
    kinds = [kind.strip() for kind in (text or "").split(";")]
    kinds = [kind for kind in kinds if kind.startswith((_FORBIDS, _ALLOWS_ONLY)) and "@" not in kind]
    if text is None:
        conditional = any(key.endswith(":conditional") for key in tags)
        reason = "conditional" if conditional else "other vehicles"
    elif exempt.intersection(vehicles):
        reason = "other vehicles"
    elif not kinds:
        reason = "not understood"
    elif not restriction.from_ways or not restriction.to_ways or not _has_via(restriction):
        reason = "incomplete"
    else:
        return [
            _Rule(restriction, only=kind.startswith(_ALLOWS_ONLY), u_turn=kind.endswith("u_turn"))
            for kind in kinds
        ]
    left_out.setdefault(reason, []).append(restriction.id)
    return []


def _has_via(restriction: Restriction) -> bool:
    return bool(restriction.via_ways) or len(restriction.via_nodes) == 1


# --- over a node ----------------------------------------------------------------------------------------


def _turns_at_nodes(
    segments: Segments, records: OsmRecords, rules: Sequence[_Rule]
) -> tuple[Int64, Int64, Int64]:
    """Return the turns that are forbidden, those that are the only ones, and which rules found any."""
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
    only = np.array([rule.only for rule in rules], bool)[rule]
    return turn[~only], turn[only], np.unique(rule)


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


# --- over ways ------------------------------------------------------------------------------------------


class _Sequences:
    """Finds the segments that lead from the first member over the via ways to the last."""

    def __init__(self, segments: Segments, records: OsmRecords) -> None:
        self.tail, self.head, self.twin = segments.tail, segments.head, segments.twin
        way_id = records.way_id[segments.way]
        self.order = np.argsort(way_id, kind="stable")
        self.way_id = way_id[self.order]
        self.by_tail = np.argsort(segments.tail, kind="stable")
        self.tails = segments.tail[self.by_tail]

    def forbidden(self, rule: _Rule) -> list[tuple[int, ...]]:
        """Return the sequences that a rule forbids; those of "only" leave it at its last turn."""
        befores, vias, behinds = (
            self._of_ways(ways)
            for ways in (rule.restriction.from_ways, rule.restriction.via_ways, rule.restriction.to_ways)
        )
        goals = {int(self.tail[segment]) for segment in behinds}
        found: list[tuple[int, ...]] = []
        for before in befores:
            chain = self._over(before, vias, goals)
            if chain is None:
                continue
            end = int(self.head[chain[-1]])
            wanted = [segment for segment in behinds if self.tail[segment] == end]
            ends = (
                [segment for segment in self._leaving(end) if segment not in wanted] if rule.only else wanted
            )
            found += [(before, *chain, segment) for segment in ends if segment != self.twin[chain[-1]]]
        return found

    def _of_ways(self, ways: Sequence[int]) -> list[int]:
        bounds = (
            (np.searchsorted(self.way_id, way), np.searchsorted(self.way_id, way, side="right"))
            for way in ways
        )
        return [segment for low, high in bounds for segment in self.order[low:high].tolist()]

    def _leaving(self, junction: int) -> list[int]:
        low, high = np.searchsorted(self.tails, junction), np.searchsorted(self.tails, junction, side="right")
        leaving: list[int] = self.by_tail[low:high].tolist()
        return leaving

    def _over(self, before: int, vias: list[int], goals: set[int]) -> tuple[int, ...] | None:
        """Return the shortest chain of via segments behind `before` that ends where a last member begins."""
        by_tail: dict[int, list[int]] = {}
        for via in vias:
            by_tail.setdefault(int(self.tail[via]), []).append(via)
        waiting: deque[tuple[int, tuple[int, ...]]] = deque([(before, ())])
        seen = {before}
        while waiting:
            last, chain = waiting.popleft()
            for via in by_tail.get(int(self.head[last]), ()):
                if via in seen or via == self.twin[last]:
                    continue
                seen.add(via)
                if int(self.head[via]) in goals:
                    return (*chain, via)
                waiting.append((via, (*chain, via)))
        return None
