"""The vectorised builder against a plain one that walks ways, junctions and restrictions one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
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
from o2oroute.road.judge_node import NodeJudgement
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile

CAR = load_profile("car")


class Segment(NamedTuple):
    """A directed segment of the plain builder; stretch and direction make it unique."""

    stretch: int
    backward: bool
    restricted: bool
    way: int
    nodes: tuple[int, ...]

    def is_opposite(self, other: Segment) -> bool:
        return self.stretch == other.stretch and self.backward != other.backward

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.way, self.nodes[0], self.nodes[-1])


def plain_points(records: OsmRecords) -> dict[int, NodeJudgement]:
    """Return what stands at each node where anything does."""
    tags = (records.node_tag_sets[row] for row in records.tagged_tags)
    judged = zip(records.tagged_id.tolist(), map(CAR.judge_node, tags), strict=True)
    return {node: judgement for node, judgement in judged if judgement != NodeJudgement()}


def plain_segments(records: OsmRecords) -> list[Segment]:
    usable = []
    for row, way in enumerate(records.way_id.tolist()):
        judgement = CAR.judge(records.tag_sets[records.way_tags[row]])
        nodes = records.node_id[records.way_first[row] : records.way_first[row + 1]].tolist()
        if judgement.forward or judgement.backward:
            usable.append((way, nodes, judgement))
    visits = Counter(node for _, nodes, _ in usable for node in nodes)
    visits.update(node for _, nodes, _ in usable for node in (nodes[0], nodes[-1]))
    visits.update(2 * list(plain_points(records)))
    segments, stretch = [], 0
    for way, nodes, judgement in usable:
        cuts = [place for place, node in enumerate(nodes) if visits[node] > 1]
        for start, end in pairwise(cuts):
            piece = tuple(nodes[start : end + 1])
            if judgement.forward:
                segments.append(Segment(stretch, False, judgement.forward_restricted, way, piece))
            if judgement.backward:
                segments.append(Segment(stretch, True, judgement.backward_restricted, way, piece[::-1]))
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


def plain_ends(segment: Segment, points: dict[int, NodeJudgement]) -> tuple[object, object]:
    """Return the places where a segment begins and ends; each stretch has its own at a closed barrier."""
    ends = (segment.nodes[0], segment.nodes[-1])
    sides = (segment.backward, not segment.backward)
    closed = [node in points and bool(points[node].closed_by) for node in ends]
    first, last = (
        (segment.stretch, side) if shut else node
        for node, side, shut in zip(ends, sides, closed, strict=True)
    )
    return first, last


def plain_back(segments: list[Segment], points: dict[int, NodeJudgement]) -> set[Segment]:
    """Return the segments that lie on some way back to where they begin."""
    ends = {segment: plain_ends(segment, points) for segment in segments}
    part = {
        place: number
        for number, places in enumerate(nx.strongly_connected_components(nx.DiGraph(list(ends.values()))))
        for place in places
    }
    return {segment for segment, (first, last) in ends.items() if part[first] == part[last]}


def plain_turns(segments: list[Segment], records: OsmRecords) -> set[tuple[Segment, Segment]]:
    points = plain_points(records)
    leaving: dict[int, list[Segment]] = {}
    entering: dict[int, list[Segment]] = {}
    for segment in segments:
        leaving.setdefault(segment.nodes[0], []).append(segment)
        entering.setdefault(segment.nodes[-1], []).append(segment)
    forbidden, only = plain_bans(leaving, entering, records)
    back = plain_back(segments, points)
    public_back = plain_back([segment for segment in segments if not segment.restricted], points)
    allowed = set()
    for before in segments:
        point = points.get(before.nodes[-1], NodeJudgement())
        turns = [
            (before, behind)
            for behind in leaving.get(before.nodes[-1], ())
            if (before, behind) not in forbidden
            and (before not in only or behind in only[before])
            and (before.is_opposite(behind) or not point.closed_by)
        ]
        on = [turn for turn in turns if not before.is_opposite(turn[1])]
        allowed.update(on)
        useful = back if before.restricted else set() if point.restricted else public_back
        if not any(behind in useful for _, behind in on):
            allowed.update(turn for turn in turns if before.is_opposite(turn[1]))
    return allowed


def plain_network(
    segments: list[Segment], turns: set[tuple[Segment, Segment]], records: OsmRecords
) -> tuple[Counter, Counter]:
    """Return how often each segment is a node, and how often each turn is an arc."""
    points = plain_points(records)

    def is_free(before: Segment, behind: Segment) -> bool:
        gate = before.nodes[-1] in points and points[before.nodes[-1]].restricted
        return not (before.restricted or behind.restricted or (gate and not before.is_opposite(behind)))

    free = {turn for turn in turns if is_free(*turn)}
    graph = nx.DiGraph(list(free))
    parts = [
        part
        for part in nx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*(list(part) * 2))
    ]
    largest = max(map(len, parts), default=0)
    core = {segment for part in parts if len(part) >= min(1000, largest / 20) for segment in part}
    outside = nx.DiGraph([turn for turn in turns if not core.intersection(turn)])
    outside.add_nodes_from(segment for segment in segments if segment not in core)
    way_in, way_out = (set(outside) & {turn[i] for turn in turns if turn[1 - i] in core} for i in (1, 0))
    entered = {node for first in way_in for node in (first, *nx.descendants(outside, first))}
    left = {node for last in way_out for node in (last, *nx.ancestors(outside, last))}
    fringe = entered & left
    nodes = Counter(segment.key for segment in core)
    for segment in fringe:
        nodes[segment.key] += 2
    arcs: Counter = Counter()
    for turn in turns:
        before, behind = turn
        if turn in free and core.issuperset(turn):
            arcs[before.key, behind.key] += 1
        elif fringe.issuperset(turn):
            arcs[before.key, behind.key] += 2
        elif (before in core and behind in fringe) or (before in fringe and behind in core):
            arcs[before.key, behind.key] += 1
    return nodes, arcs


def same_roads(network: RoadNetwork | None, records: OsmRecords) -> None:
    """Assert that a network has the segments and turns of the plain builder."""
    segments = plain_segments(records)
    nodes, arcs = plain_network(segments, plain_turns(segments, records), records)
    if network is None:
        assert not nodes
        return
    check_network(network, source="built")
    ends = zip(
        network.segment_way.tolist(),
        network.junction_osm_id[network.segment_tail].tolist(),
        network.junction_osm_id[network.segment_head].tolist(),
        strict=True,
    )
    keys = list(ends)
    assert Counter(keys[segment] for segment in network.segment_of_node) == nodes
    tails = np.repeat(network.segment_of_node, np.diff(network.first_out)).tolist()
    heads = network.segment_of_node[network.head].tolist()
    assert Counter((keys[tail], keys[head]) for tail, head in zip(tails, heads, strict=True)) == arcs


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
    records = read_osm(
        shared / "osm" / extract, ways=CAR.ways, keys=CAR.keys, nodes=CAR.nodes, node_keys=CAR.node_keys
    )
    # restrictions over ways have tests of their own
    over_nodes = [restriction for restriction in records.restrictions if not restriction.via_ways]
    records = replace(records, restrictions=tuple(over_nodes))
    same_roads(build_network(records, CAR), records)


NODES = st.integers(1, 7)
TAGS = st.sampled_from(
    [
        {},
        {},
        {"oneway": "yes"},
        {"oneway": "-1"},
        {"access": "no"},
        {"access": "private"},
        {"access": "destination", "oneway": "yes"},
        {"access:backward": "private"},
        {"junction": "roundabout"},
    ]
)
NODE_TAGS = (
    {"barrier": "bollard"},
    {"barrier": "gate"},
    {"barrier": "gate", "access": "private"},
    {"highway": "traffic_signals"},
    {"barrier": "toll_booth"},
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
    tagged = sorted(draw(st.dictionaries(NODES, st.integers(0, len(NODE_TAGS) - 1), max_size=3)).items())
    node_id = np.array([node for nodes, _ in ways for node in nodes], np.int64)
    way_first = np.concatenate(([0], np.cumsum([len(nodes) for nodes, _ in ways])))
    lon = (1e5 * np.cos(node_id)).astype(np.int32)
    lat = (1e5 * np.sin(node_id)).astype(np.int32)
    lon[np.isin(node_id, list(missing))] = 2**31 - 1
    nodes = int(np.unique(node_id).size)
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
        tagged_id=np.array([node for node, _ in tagged], np.int64),
        tagged_tags=np.array([tags for _, tags in tagged], np.int32),
        node_tag_sets=NODE_TAGS,
        names=("",),
        restrictions=tuple(restrictions),
        counts={
            "ways": len(ways),
            "nodes": nodes,
            "missing_nodes": len(missing),
            "restrictions": len(restrictions),
        },
    )


@given(towns())
def test_any_town_has_the_roads_of_the_plain_builder(records):
    try:
        network = build_network(records, CAR)
    except InputError:
        network = None
    same_roads(network, records)
