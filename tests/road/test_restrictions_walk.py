"""Every complete restriction of real extracts, read straight from the file and walked on the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium
import pytest

from o2oroute.matrix.paths import PathFinder
from o2oroute.road.geometry import E7
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile


def complete_restrictions(
    path: Path, *, timed: bool = False
) -> Iterator[tuple[str, set[int], int, set[int]]]:
    """Yield kind, from, via and to of the node-via restrictions that apply to cars, always or at times."""
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        kind = relation.tags.get("restriction", "")
        if relation.tags.get("type") != "restriction":  # such as restriction:hgv
            continue
        # one relation of Milan has "7.00 - 17.00" as its hour, which is no time of day, and holds always
        if ("." not in relation.tags.get("hour_on", ".")) != timed:
            continue
        if "motorcar" in relation.tags.get("except", "") or not kind.startswith(("no_", "only_")):
            continue
        members = [(member.role, member.type, member.ref) for member in relation.members]
        before, behind = (
            {ref for role, kind, ref in members if (role, kind) == (end, "w")} for end in ("from", "to")
        )
        via = [ref for role, kind, ref in members if (role, kind) == ("via", "n")]
        over_ways = any((role, kind) == ("via", "w") for role, kind, _ in members)
        if before and behind and len(via) == 1 and not over_ways:
            yield kind, before, via[0], behind


def around(network: RoadNetwork, ends: Any, ways: set[int], node: int) -> list[int]:
    at_node = np.flatnonzero(network.junction_osm_id == node)
    there = np.flatnonzero(np.isin(ends, at_node))
    return there[np.isin(network.segment_way[there], list(ways))].tolist()


class Members:
    """What the file says of members of restrictions: whether a car gets to a junction, or away."""

    def __init__(self, path: Path) -> None:
        car = load_profile("car")
        self.there = {node.id for node in osmium.FileProcessor(str(path), osmium.osm.NODE)}
        self.ways = {}
        for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
            tags = {tag.k: tag.v for tag in way.tags}
            if any(tags.get(key) in values for key, values in car.ways.items()):
                self.ways[way.id] = ([node.ref for node in way.nodes], car.judge(tags))

    def drivable(self, ways: set[int], junction: int, *, arriving: bool) -> bool:
        return any(self._leads(way, junction, arriving=arriving) for way in ways)

    def _leads(self, way: int, junction: int, *, arriving: bool) -> bool:
        nodes, judgement = self.ways.get(way, ((), None))
        steps = [(one, two, judgement.forward) for one, two in pairwise(nodes)]
        steps += [(two, one, judgement.backward) for one, two in pairwise(nodes)]
        return any(
            speed and step[arriving] == junction and self.there.issuperset(step) for *step, speed in steps
        )


@pytest.mark.parametrize(
    ("extract", "restrictions", "not_drivable", "outside"),
    [
        # in Liechtenstein, for one, two first members are closed to cars, and one turn is outside the network
        ("monaco.osm.pbf", 45, 3, 5),
        ("liechtenstein.osm.pbf", 76, 2, 1),
        ("baltimore_reisterstown.osm.pbf", 35, 2, 1),
        ("heidelberg.osm.pbf", 476, 25, 32),
        ("milan.osm.pbf", 1302, 78, 19),
        ("malta.osm.pbf", 180, 129, 14),
        ("porto.osm.pbf", 342, 6, 8),
    ],
)
def test_forbidden_turns_are_no_arcs_and_the_others_are(
    shared: Path, extract, restrictions, not_drivable, outside
):
    network = RoadNetwork.from_osm(shared / "osm" / extract)
    members = Members(shared / "osm" / extract)
    by_tags = Counter()
    tails = np.repeat(network.segment_of_node, np.diff(network.first_out))
    arcs = set(zip(tails.tolist(), network.segment_of_node[network.head].tolist(), strict=True))
    forbidden: set[tuple[int, int]] = set()
    only: dict[int, set[int]] = {}
    way = network.segment_way
    for kind, from_ways, via, to_ways in complete_restrictions(shared / "osm" / extract):
        before = around(network, network.segment_head, from_ways, via)
        behind = around(network, network.segment_tail, to_ways, via)
        pairs = {(one, two) for one in before for two in behind}
        if kind.endswith("u_turn"):  # on one way: back, not on
            pairs = {
                (one, two) for one, two in pairs if way[one] != way[two] or network.segment_twin[one] == two
            }
        ends = ((from_ways, True), (to_ways, False))
        drivable = all(members.drivable(ways, via, arriving=arriving) for ways, arriving in ends)
        assert drivable or not pairs
        by_tags["walked" if pairs else "outside" if drivable else "not drivable"] += 1
        if kind.startswith("no_"):
            forbidden |= pairs
        else:
            for one, two in pairs:
                only.setdefault(one, set()).add(two)
    # Not drivable: no first member in the file leads a car to the junction, or no last one away from it: it
    # is closed, or one-way the other way (most of Malta's). Outside: from there or to there is no way, for
    # example since another restriction forbids all turns onto a member.
    walked = restrictions - not_drivable - outside
    assert by_tags == {"walked": walked, "not drivable": not_drivable, "outside": outside}
    assert not forbidden & arcs
    assert not forbidden & turns_of_ways(network, forbidden)

    # every other pair of segments that meet at a restricted junction is still there
    leaving = {junction: set() for junction in range(network.junction_lon.size)}
    for segment, junction in enumerate(network.segment_tail.tolist()):
        leaving[junction].add(segment)
    restricted = {one for one, _ in forbidden} | set(only)
    for one in restricted:
        behind = leaving[int(network.segment_head[one])]
        expected = {two for two in only.get(one, behind) if (one, two) not in forbidden}
        straight = expected - {int(network.segment_twin[one])}
        found = {head for head in behind if (one, head) in arcs}
        assert found == straight or (found == expected and not straight), f"segment {one}"


@pytest.mark.parametrize(
    ("extract", "restrictions", "binding"), [("milan", 2, 1), ("washington_dc_nw", 20, 20)]
)
def test_restrictions_of_certain_hours_hold_then(shared: Path, extract, restrictions, binding):
    path = shared / "osm" / f"{extract}.osm.pbf"
    always = RoadNetwork.from_osm(path)
    # Wednesday: in one of these hours each of them holds
    moments = [datetime.fromisoformat(f"2026-11-25T{hour}") for hour in ("05:00", "08:00", "16:45")]
    networks = [always.at(moment) for moment in moments]
    timed = list(complete_restrictions(path, timed=True))
    assert len(timed) == restrictions
    bound = 0
    for kind, from_ways, via, to_ways in timed:
        lost = [
            turns_between(always, from_ways, via, to_ways) - turns_between(network, from_ways, via, to_ways)
            for network in networks
        ]
        if kind.startswith("no_"):
            there = turns_between(always, from_ways, via, to_ways)
            assert all(part in (set(), there) for part in lost)
            assert not there or there in lost
            bound += bool(there)
        else:
            others = {int(way) for way in always.segment_way} - to_ways
            there = turns_between(always, from_ways, via, others)
            then = [turns_between(network, from_ways, via, others) for network in networks]
            assert lost == [set()] * len(networks)
            assert set() in then
            bound += bool(there)
    # from the first way of the others there is no way but on, at any hour
    assert bound == binding


def turns_between(
    network: RoadNetwork, from_ways: set[int], via: int, to_ways: set[int]
) -> set[tuple[int, int, int, int]]:
    """Return the turns over a junction as ways, with the ends of the segments that are not the junction."""
    nodes = np.flatnonzero(
        np.isin(network.segment_of_node, around(network, network.segment_head, from_ways, via))
    )
    ids = network.junction_osm_id
    return {
        (
            int(network.segment_way[one]),
            int(ids[network.segment_tail[one]]),
            way,
            int(ids[network.segment_head[two]]),
        )
        for node in nodes.tolist()
        for head in network.head[network.first_out[node] : network.first_out[node + 1]].tolist()
        for one, two in [(network.segment_of_node[node], network.segment_of_node[head])]
        if (way := int(network.segment_way[two])) in to_ways and two != network.segment_twin[one]
    }


def turns_of_ways(network: RoadNetwork, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return all turns of the fastest ways from the first to the second segment of each pair."""
    ends = [middle(network, segment) for pair in sorted(pairs) for segment in pair]
    finder = PathFinder(network, ends)
    turns: set[tuple[int, int]] = set()
    for i in range(0, len(ends), 2):
        way = finder.path(i, i + 1)
        if way is not None:
            turns |= set(pairwise(way.segments.tolist()))
    return turns


def middle(network: RoadNetwork, segment: int) -> tuple[float, float]:
    """Return a position on a segment: the middle of a step in the middle."""
    shape = network.segment_shape[segment]
    first, after = network.shape_first[shape], network.shape_first[shape + 1]
    step = slice((first + after) // 2 - 1, (first + after) // 2 + 1)
    return network.shape_lon[step].mean() / E7, network.shape_lat[step].mean() / E7


# --- over ways ---


class Over(NamedTuple):
    """A complete restriction whose via is one way or several."""

    id: int
    kind: str
    before: set[int]
    vias: set[int]
    behind: set[int]


def restrictions_over_ways(path: Path) -> Iterator[Over]:
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        kind = relation.tags.get("restriction:motorcar", relation.tags.get("restriction", ""))
        if not kind.startswith(("no_", "only_")) or "motorcar" in relation.tags.get("except", ""):
            continue
        ways = {
            role: {member.ref for member in relation.members if (member.role, member.type) == (role, "w")}
            for role in ("from", "via", "to")
        }
        if all(ways.values()):
            yield Over(relation.id, kind, *ways.values())


class Walker:
    """Walks from segment to segment, and asks the graph whether it lets one do so."""

    def __init__(self, network: RoadNetwork, path: Path) -> None:
        self.network = network
        self.leaving: dict[int, list[int]] = {}
        for segment, junction in enumerate(network.segment_tail.tolist()):
            self.leaving.setdefault(junction, []).append(segment)
        car = load_profile("car")
        self.restricted = {
            way.id
            for way in osmium.FileProcessor(str(path), osmium.osm.WAY)
            if any(car.judge({tag.k: tag.v for tag in way.tags})[4:6])
        }

    def onto(self, segment: int) -> list[int]:
        """Return the segments behind one, without turning round."""
        behind = self.leaving.get(int(self.network.segment_head[segment]), [])
        return [one for one in behind if one != self.network.segment_twin[segment]]

    def chains(self, restriction: Over) -> list[tuple[int, ...]]:
        """Return the shortest chains from the first members over the via ways to a last member."""
        net, found = self.network, []
        for before in np.flatnonzero(np.isin(net.segment_way, list(restriction.before))).tolist():
            grown = [(before,)]
            for _ in range(20):
                grown = [
                    (*chain, via)
                    for chain in grown
                    for via in self.onto(chain[-1])
                    if int(net.segment_way[via]) in restriction.vias and via not in chain
                ]
                ended = [
                    chain
                    for chain in grown
                    if any(int(net.segment_way[one]) in restriction.behind for one in self.onto(chain[-1]))
                ]
                if ended:
                    found += ended
                    break
        return found

    def can_drive(self, walk: tuple[int, ...]) -> bool:
        net = self.network
        nodes = set(net.segment_nodes[slice(*net.segment_nodes_first[walk[0] : walk[0] + 2])].tolist())
        for segment in walk[1:]:
            heads = {
                head
                for node in nodes
                for head in net.head[net.first_out[node] : net.first_out[node + 1]].tolist()
                if net.segment_of_node[head] == segment
            }
            nodes = heads
        return bool(nodes)

    def walks(self, start: int, length: int) -> list[tuple[int, ...]]:
        """Return all walks of so many segments whose turns are there one by one."""
        grown = [(start,)]
        for _ in range(length - 1):
            grown = [
                (*walk, one)
                for walk in grown
                for one in self.onto(walk[-1])
                if self.can_drive((walk[-1], one))
            ]
        return grown


def has(walk: tuple[int, ...], sequence: tuple[int, ...]) -> bool:
    size = len(sequence)
    return any(walk[i : i + size] == sequence for i in range(len(walk) - size + 1))


@pytest.mark.parametrize(
    ("extract", "complete", "closed"),
    [
        # the others have a member that is closed to cars: a via way in Liechtenstein, last members in Milan
        ("liechtenstein.osm.pbf", 7, {9402417}),
        ("baltimore_reisterstown.osm.pbf", 1, set()),
        ("milan.osm.pbf", 10, {3929579, 3929580}),
        ("porto.osm.pbf", 1, set()),
    ],
)
def test_what_is_forbidden_over_ways_cannot_be_driven_and_the_rest_can(
    shared: Path, extract, complete, closed
):
    path = shared / "osm" / extract
    network = RoadNetwork.from_osm(path)
    walker = Walker(network, path)
    forbidden: set[tuple[int, ...]] = set()
    members = Members(path)
    walked, unwalkable = set(), set()
    for restriction in restrictions_over_ways(path):
        ways = (*restriction.before, *restriction.vias, *restriction.behind)
        if any(members.ways[way][1].closed_by for way in ways):
            unwalkable.add(restriction.id)
        for chain in walker.chains(restriction):
            exits = walker.onto(chain[-1])
            wanted = [one for one in exits if int(network.segment_way[one]) in restriction.behind]
            rest = [one for one in exits if one not in wanted]
            banned = wanted if restriction.kind.startswith("no_") else rest
            forbidden |= {(*chain, one) for one in banned}
            walked.add(restriction.id)
    assert len(walked) + len(unwalkable) == complete
    assert unwalkable == closed
    assert not walked & closed
    assert not any(walker.can_drive(sequence) for sequence in forbidden)

    # everything else around there can be driven: from one segment before to one behind
    tried = 0
    for sequence in forbidden:
        starts = {sequence[0], *walker.leaving[int(network.segment_tail[sequence[0]])]}
        starts |= {
            s for s in range(network.segments) if network.segment_head[s] == network.segment_tail[sequence[0]]
        }
        for start in starts:
            for walk in walker.walks(start, len(sequence) + 1):
                if any(int(network.segment_way[segment]) in walker.restricted for segment in walk):
                    continue  # through there is no way, whatever the restrictions say
                tried += 1
                assert walker.can_drive(walk) != any(has(walk, banned) for banned in forbidden), walk
    assert tried > 10

    # and the fastest ways between their ends do not run along them
    ends = [
        middle(network, segment)
        for sequence in sorted(forbidden)
        for segment in sequence[:: len(sequence) - 1]
    ]
    finder = PathFinder(network, ends)
    for i in range(0, len(ends), 2):
        way = finder.path(i, i + 1)
        if way is not None:
            assert not any(has(tuple(way.segments.tolist()), sequence) for sequence in forbidden)
