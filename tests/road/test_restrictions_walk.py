"""Every complete restriction of real extracts, read straight from the file and walked on the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest

from o2oroute.road.network import RoadNetwork


def complete_restrictions(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield kind, from, via and to of the node-via restrictions that apply to cars."""
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        kind = relation.tags.get("restriction", "")
        if relation.tags.get("type") != "restriction":  # such as restriction:hgv
            continue
        if "motorcar" in relation.tags.get("except", "") or not kind.startswith(("no_", "only_")):
            continue
        members = {(member.role, member.type): member.ref for member in relation.members}
        if {("from", "w"), ("via", "n"), ("to", "w")} == set(members) and len(relation.members) == 3:
            yield kind, members["from", "w"], members["via", "n"], members["to", "w"]


def around(network: RoadNetwork, ends: Any, way: int, node: int) -> np.ndarray:
    return np.flatnonzero((network.segment_way == way) & (network.junction_osm_id[ends] == node))


@pytest.mark.parametrize(
    ("extract", "at_least"),
    [
        ("monaco.osm.pbf", 35),
        ("liechtenstein.osm.pbf", 70),
        ("heidelberg.osm.pbf", 400),
        ("milan.osm.pbf", 1100),
    ],
)
def test_forbidden_turns_are_no_arcs_and_the_others_are(shared: Path, extract, at_least):
    network = RoadNetwork.from_osm(shared / "osm" / extract)
    tails = np.repeat(network.segment_of_node, np.diff(network.first_out))
    arcs = set(zip(tails.tolist(), network.segment_of_node[network.head].tolist(), strict=True))
    forbidden: set[tuple[int, int]] = set()
    only: dict[int, set[int]] = {}
    walked = 0
    for kind, from_way, via, to_way in complete_restrictions(shared / "osm" / extract):
        before = around(network, network.segment_head, from_way, via).tolist()
        behind = around(network, network.segment_tail, to_way, via).tolist()
        pairs = {(one, two) for one in before for two in behind}
        if kind.endswith("u_turn") and from_way == to_way:
            pairs = {(one, two) for one, two in pairs if network.segment_twin[one] == two}
        walked += bool(pairs)
        if kind.startswith("no_"):
            forbidden |= pairs
        else:
            for one, two in pairs:
                only.setdefault(one, set()).add(two)
    assert walked >= at_least
    assert not forbidden & arcs

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
