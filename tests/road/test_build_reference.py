"""The vectorised builder against a plain one that walks ways, junctions and restrictions one by one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.osm.pbf import read_osm
from o2oroute.osm.records import OsmRecords, Restriction, cut_ways
from o2oroute.road.build import build_network
from o2oroute.road.check import check_network
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile

CAR = load_profile("car")


class Segment(NamedTuple):
    """A directed segment of the plain builder; stretch and direction make it unique."""

    stretch: int
    backward: bool
    way: int
    nodes: tuple[int, ...]

    def is_opposite(self, other: Segment) -> bool:
        return self.stretch == other.stretch and self.backward != other.backward

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.way, self.nodes[0], self.nodes[-1])


def plain_segments(records: OsmRecords) -> list[Segment]:
    usable = []
    for row, way in enumerate(records.way_id.tolist()):
        judgement = CAR.judge(records.tag_sets[records.way_tags[row]])
        nodes = records.node_id[records.way_first[row] : records.way_first[row + 1]].tolist()
        if judgement.forward or judgement.backward:
            usable.append((way, nodes, judgement))
    visits = Counter(node for _, nodes, _ in usable for node in nodes)
    visits.update(node for _, nodes, _ in usable for node in (nodes[0], nodes[-1]))
    segments, stretch = [], 0
    for way, nodes, judgement in usable:
        cuts = [place for place, node in enumerate(nodes) if visits[node] > 1]
        for start, end in pairwise(cuts):
            piece = tuple(nodes[start : end + 1])
            if judgement.forward:
                segments.append(Segment(stretch, False, way, piece))
            if judgement.backward:
                segments.append(Segment(stretch, True, way, piece[::-1]))
            stretch += 1
    return segments


def plain_rules(records: OsmRecords) -> list[tuple[str, Restriction]]:
    rules = []
    for restriction in records.restrictions:
        tags = restriction.tags
        keys = ["restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle", "restriction"]
        value = next((tags[key] for key in keys if key in tags), "")
        exempt = tags.get("except", "").replace(" ", "").split(";")
        if {"motorcar", "motor_vehicle", "vehicle"}.intersection(exempt):
            continue
        if restriction.via_ways or len(restriction.via_nodes) != 1:
            continue
        rules += [(kind.strip(), restriction) for kind in value.split(";") if "@" not in kind]
    return rules


def plain_bans(
    leaving: dict[int, list[Segment]], entering: dict[int, list[Segment]], records: OsmRecords
) -> tuple[set[tuple[Segment, Segment]], dict[Segment, set[Segment]]]:
    forbidden: set[tuple[Segment, Segment]] = set()
    only: dict[Segment, set[Segment]] = {}
    for kind, restriction in plain_rules(records):
        via = restriction.via_nodes[0]
        for before, behind in product(entering.get(via, ()), leaving.get(via, ())):
            if before.way not in restriction.from_ways or behind.way not in restriction.to_ways:
                continue
            if kind.endswith("u_turn") and before.way == behind.way and not before.is_opposite(behind):
                continue
            if kind.startswith("no_"):
                forbidden.add((before, behind))
            elif kind.startswith("only_"):
                only.setdefault(before, set()).add(behind)
    return forbidden, only


def plain_turns(segments: list[Segment], records: OsmRecords) -> set[tuple[Segment, Segment]]:
    leaving: dict[int, list[Segment]] = {}
    entering: dict[int, list[Segment]] = {}
    for segment in segments:
        leaving.setdefault(segment.nodes[0], []).append(segment)
        entering.setdefault(segment.nodes[-1], []).append(segment)
    forbidden, only = plain_bans(leaving, entering, records)
    junctions = nx.DiGraph((segment.nodes[0], segment.nodes[-1]) for segment in segments)
    part = {
        node: number
        for number, nodes in enumerate(nx.strongly_connected_components(junctions))
        for node in nodes
    }
    allowed = set()
    for before in segments:
        turns = [
            (before, behind)
            for behind in leaving.get(before.nodes[-1], ())
            if (before, behind) not in forbidden and (before not in only or behind in only[before])
        ]
        on = [turn for turn in turns if not before.is_opposite(turn[1])]
        allowed.update(on)
        if not any(part[behind.nodes[0]] == part[behind.nodes[-1]] for _, behind in on):
            allowed.update(turn for turn in turns if before.is_opposite(turn[1]))
    return allowed


def plain_core(segments: list[Segment], turns: set[tuple[Segment, Segment]]) -> set[Segment]:
    graph = nx.DiGraph(list(turns))
    graph.add_nodes_from(segments)
    parts = [
        part
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*(list(part) * 2))
    ]
    largest = max(map(len, parts), default=0)
    return {segment for part in parts if len(part) >= min(1000, largest / 20) for segment in part}


def same_roads(network: RoadNetwork, records: OsmRecords) -> None:
    """Assert that a network has the segments and turns of the plain builder."""
    check_network(network, source="built")
    segments = plain_segments(records)
    turns = plain_turns(segments, records)
    core = plain_core(segments, turns)

    ends = zip(
        network.segment_way.tolist(),
        network.junction_osm_id[network.segment_tail].tolist(),
        network.junction_osm_id[network.segment_head].tolist(),
        strict=True,
    )
    keys = list(ends)
    assert Counter(keys) == Counter(segment.key for segment in core)
    tails = np.repeat(np.arange(network.segments), np.diff(network.first_out)).tolist()
    found = Counter((keys[tail], keys[head]) for tail, head in zip(tails, network.head.tolist(), strict=True))
    assert found == Counter(
        (before.key, behind.key) for before, behind in turns if before in core and behind in core
    )


@pytest.mark.parametrize(
    "extract",
    [
        "monaco.osm.pbf",
        "helsinki_center.osm.pbf",
        "liechtenstein.osm.pbf",
        "seoul/sinchon_raw_2021-11.osm.gz",
    ],
)
def test_extracts_have_the_roads_of_the_plain_builder(shared: Path, extract):
    records = read_osm(shared / "osm" / extract, ways=CAR.ways, keys=CAR.keys)
    same_roads(build_network(records, CAR), records)


NODES = st.integers(1, 7)
TAGS = st.sampled_from(
    [{}, {}, {"oneway": "yes"}, {"oneway": "-1"}, {"access": "no"}, {"junction": "roundabout"}]
)
KINDS = st.sampled_from(
    ["no_left_turn", "no_u_turn", "only_straight_on", "only_u_turn", "no_entry", "no_exit;no_u_turn"]
)


@st.composite
def towns(draw: st.DrawFn) -> OsmRecords:
    """Draw ways over seven nodes on a circle, some of them missing, with restrictions anywhere."""
    ways = draw(st.lists(st.tuples(st.lists(NODES, min_size=2, max_size=5), TAGS), min_size=1, max_size=8))
    way_ids = st.integers(100, 100 + len(ways))  # the last one is not there
    restrictions = draw(
        st.lists(
            st.builds(
                Restriction,
                id=st.just(1),
                tags=st.builds(lambda kind: {"restriction": kind}, KINDS),
                from_ways=st.lists(way_ids, max_size=2).map(tuple),
                via_nodes=st.lists(NODES, min_size=1, max_size=2).map(tuple),
                via_ways=st.just(()),
                to_ways=st.lists(way_ids, max_size=2).map(tuple),
            ),
            max_size=5,
        )
    )
    missing = draw(st.sets(NODES, max_size=1))
    node_id = np.array([node for nodes, _ in ways for node in nodes], np.int64)
    way_first = np.concatenate(([0], np.cumsum([len(nodes) for nodes, _ in ways])))
    lon = (1e5 * np.cos(node_id)).astype(np.int32)
    lat = (1e5 * np.sin(node_id)).astype(np.int32)
    lon[np.isin(node_id, list(missing))] = 2**31 - 1
    way, way_first, node = cut_ways(way_first, node_id, lon, lat)
    return OsmRecords(
        source="town",
        way_id=100 + way,
        way_first=way_first,
        way_tags=way.astype(np.int32),
        way_name=np.zeros(way.size, np.int32),
        node_id=node_id[node],
        lon=lon[node],
        lat=lat[node],
        tag_sets=tuple({"highway": "residential", **tags} for _, tags in ways),
        names=("",),
        restrictions=tuple(restrictions),
        counts={"ways": len(ways), "missing_nodes": len(missing), "restrictions": len(restrictions)},
    )


@given(towns())
def test_any_town_has_the_roads_of_the_plain_builder(records):
    try:
        network = build_network(records, CAR)
    except InputError:
        segments = plain_segments(records)
        assert not plain_core(segments, plain_turns(segments, records))
    else:
        same_roads(network, records)
