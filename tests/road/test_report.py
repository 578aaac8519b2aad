"""What a network's report says was used and left out, and that nothing else is missing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest

from o2oroute.osm.pbf import read_osm
from o2oroute.road.network import RoadNetwork
from o2oroute.road.profile import load_profile
from o2oroute.road.segments import directed_segments

# a ring, a private road into it, an island, and ways of all kinds that are left out
TOWN = """
node a 0 0 b 2 0 c 2 2 d 0 2 e 4 0 f 1 3 g 9 9 h 10 9 i 6 0 j 1 0 k 8 0
way ajbcda
way be access=private
way df highway=track
way gh oneway=yes
way ac access=no
way bd area=yes
way bf construction=minor impassable=yes
way ei oneway=reversible
way ek maxheight=1.5
way ik highway=footway
way cz
turn ajbcda b ajbcda restriction=no_u_turn
turn be b gh restriction=no_left_turn
turn be b ajbcda restriction=no_left_turn except=motorcar
"""


def test_every_way_node_and_restriction_is_accounted_for(town):
    network = RoadNetwork.from_osm(town(TOWN))
    assert network.meta["report"].splitlines() == [
        "town.osm for profile car",
        "ways: 10 read, 2 used, 8 left out",
        "  1 left out: an access tag closes it",
        "  1 left out: it is an area",
        "  1 left out: the profile has no speed for its class, or no tag opens it",
        "  1 left out: it is not built yet, or impassable",
        "  1 left out: the vehicle is too high",
        "  1 left out: its direction changes with the hour",
        "  1 left out: from there or to there is no way",
        "  1 left out: it is outside the box, or the file lacks its nodes",
        "nodes: 12 read, 6 used, 6 left out",
        "  1 left out: the file does not have it; roads are cut there",
        "  5 left out: no road that is used runs over it",
        "directed segments: 7 read, 6 used, 1 left out",
        "  1 left out: from there or to there is no way",
        "  2 used for the first and the last leg only",
        "  2 connected parts",
        "barriers: 0 closed",
        "turn restrictions: 3 read, 1 used, 2 left out",
        "  1 left out: it is for other vehicles: 15",
        "  1 left out: its members do not meet here, or the turn is not there anyway: 14",
    ]
    assert network.meta["restrictions_left_out"] == {"other vehicles": [15], "without effect": [14]}


@pytest.mark.parametrize("extract", ["monaco", "helsinki_center", "liechtenstein", "baltimore_reisterstown"])
@pytest.mark.parametrize("profile", ["car", "foot"])
def test_the_sums_are_right(shared: Path, extract, profile):
    network = RoadNetwork.from_osm(shared / "osm" / f"{extract}.osm.pbf", profile=profile)
    counts = network.meta["counts"]
    left_out = sum(counts["ways_closed"].values()) + counts["ways_unconnected"] + counts["ways_without_nodes"]
    assert counts["ways"] == counts["ways_used"] + left_out
    assert counts["ways_used"] == np.unique(network.segment_way).size
    assert counts["segments_kept"] == network.segments
    assert counts["segments_open"] == network.segments + counts["segments_outside_core"]
    assert counts["restrictions"] == sum(counts["restrictions_by_outcome"].values())
    # places where shapes end are junctions; those between belong to one shape
    inner = network.shape_lon.size - 2 * (network.shape_first.size - 1)
    assert counts["nodes_used"] == network.junction_lon.size + inner
    outcomes = dict(counts["restrictions_by_outcome"])
    outcomes.pop("applied", None)
    assert {why: len(ids) for why, ids in network.meta["restrictions_left_out"].items()} == outcomes


def test_a_clipped_extract_loses_only_what_is_missing(shared: Path):
    """Each step between two nodes that the file has, on a way that is open, is a step of a segment."""
    path = shared / "osm" / "helsinki_center.osm.pbf"
    car = load_profile("car")
    there = {node.id for node in osmium.FileProcessor(str(path), osmium.osm.NODE)}
    expected, missing = set(), set()
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        tags = {tag.k: tag.v for tag in way.tags}
        wanted = any(tags.get(key) in values for key, values in car.ways.items())
        judgement = car.judge(tags) if wanted else None
        if judgement is None or judgement.closed_by:
            continue
        for one, two in pairwise([node.ref for node in way.nodes]):
            for tail, head, speed in ((one, two, judgement.forward), (two, one, judgement.backward)):
                if speed and one != two:
                    (expected if {one, two} <= there else missing).add((way.id, tail, head))
    assert len(missing) > 100

    records = read_osm(path, ways=car.ways, keys=car.keys, nodes=car.nodes, node_keys=car.node_keys)
    judgements = [car.judge(tags) for tags in records.tag_sets]
    segments = directed_segments(records, judgements, records.way_tags, np.empty(0, np.int64))
    found = set()
    for segment in range(segments.size):
        stretch = segments.stretch[segment]
        part = slice(segments.stretch_first[stretch], segments.stretch_first[stretch + 1])
        nodes = records.node_id[segments.stretch_point[part]].tolist()
        way = int(records.way_id[segments.way[segment]])
        steps = pairwise(nodes[::-1] if segments.reversed[segment] else nodes)
        found |= {(way, tail, head) for tail, head in steps}
    assert found == expected
