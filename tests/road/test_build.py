"""From a drawn map to junctions, segments, times and the core."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from o2oroute.errors import InputError
from o2oroute.road.check import check_network
from o2oroute.road.geometry import metres_per_degree
from o2oroute.road.layout import LAYOUT
from o2oroute.road.network import RoadNetwork

# a unit of the drawn maps, north and east
NORTH = float(metres_per_degree(45.0)[1]) / 1000
EAST = float(metres_per_degree(45.0)[0]) / 1000

CROSS = """
node a 0 0 b 1 0 c 2 0 d 1 1 e 1 -1
"""


def segment_of(network: RoadNetwork, tail: str, head: str) -> int:
    ends = (network.junction_osm_id[network.segment_tail], network.junction_osm_id[network.segment_head])
    (found,) = np.flatnonzero((ends[0] == ord(tail)) & (ends[1] == ord(head)))
    return int(found)


def test_ways_are_split_where_they_cross(town, segments):
    network = RoadNetwork.from_osm(town(CROSS + "way abc\nway dbe"))
    assert segments(network) == ["ab", "ba", "bc", "bd", "be", "cb", "db", "eb"]


def test_nodes_of_one_way_are_shape_and_no_junction(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 1 c 2 0\nway abc"))
    assert segments(network) == ["ac", "ca"]
    forward = segment_of(network, "a", "c")
    assert network.segment_shape[forward] == network.segment_shape[segment_of(network, "c", "a")]
    assert network.shape_lon.tolist() == [100000000, 100010000, 100020000]
    assert network.shape_lat.tolist() == [450000000, 450010000, 450000000]
    assert network.segment_reversed.tolist() == [0, 1]


def test_where_two_ways_join_end_to_end_is_a_junction_without_u_turn(town, segments, turns):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 0\nway ab\nway bc maxspeed=50"))
    assert segments(network) == ["ab", "ba", "bc", "cb"]
    assert turns(network) == {"abc", "bcb", "cba", "bab"}


def test_length_and_time_follow_the_geometry_and_the_class(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 0 3 c 4 3\nway abc highway=tertiary"))
    metres = 3 * NORTH + 4 * EAST * math.cos(math.radians(45.003)) / math.cos(math.radians(45.0))
    assert network.segment_dm == pytest.approx(metres * 10, abs=1.5)
    assert network.segment_ms == pytest.approx(metres * 3600 / 40, abs=30)


def test_limits_differ_by_direction(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 5 0\nway ab maxspeed=50 maxspeed:backward=20"))
    there, back = segment_of(network, "a", "b"), segment_of(network, "b", "a")
    assert network.segment_ms[there] * 50 == pytest.approx(network.segment_ms[back] * 20, rel=1e-4)
    assert network.segment_dm[there] == network.segment_dm[back]
    assert network.segment_twin[there] == back
    assert network.segment_twin[back] == there


def test_every_segment_takes_a_millisecond(town):
    path = town("node a 0 0 b 0 0 c 1 0\nway abc\nway bac")
    network = RoadNetwork.from_osm(path)
    assert network.segment_ms.min() == 1
    assert network.segment_dm.min() == 0


def test_weight_of_a_turn_is_the_segment_it_leaves_and_the_turn(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 0\nway ab\nway bc"))
    tail = np.repeat(np.arange(network.segments), np.diff(network.first_out))
    is_u_turn = network.segment_twin[tail] == network.head
    assert sorted(is_u_turn) == [False, False, True, True]
    # 20 s and the most that an angle costs; straight on where two roads meet costs nothing
    extra = 20_000 + 7500 / (1 + math.exp(6.5 * 1.075 - 13 / 1.075))
    assert (network.weight_ms - network.segment_ms[tail]).tolist() == (round(extra) * is_u_turn).tolist()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", ["ab", "ba"]),
        ("oneway=no", ["ab", "ba"]),
        ("oneway=yes", ["ab"]),
        ("oneway=true", ["ab"]),
        ("oneway=1", ["ab"]),
        ("oneway=-1", ["ba"]),
        ("oneway=reverse", ["ba"]),
        ("oneway=nonsense", ["ab", "ba"]),
        ("oneway=alternating", ["ab", "ba"]),
        ("oneway=reversible", []),
        ("oneway:motorcar=no oneway=yes", ["ab", "ba"]),
        ("oneway:bicycle=yes", ["ab", "ba"]),
        ("junction=roundabout", ["ab"]),
        ("junction=circular", ["ab"]),
        ("junction=roundabout oneway=no", ["ab", "ba"]),
        ("highway=motorway", ["ab"]),
        ("highway=motorway oneway=no", ["ab", "ba"]),
        ("highway=motorway_link", ["ab"]),
        ("highway=motorway_link oneway=no", ["ab", "ba"]),
        ("highway=footway", []),
        ("area=yes", []),
        ("access=no", []),
        ("access=private", ["ab", "ba"]),
        ("access=no motor_vehicle=yes", ["ab", "ba"]),
        ("access=yes motor_vehicle=no", []),
        ("motor_vehicle=no motorcar=yes", ["ab", "ba"]),
        ("access=destination", ["ab", "ba"]),
        ("highway=service service=emergency_access", []),
    ],
)
def test_tags_open_and_close_directions(town, segments, tags, expected):
    # the way round over c keeps everything connected, whichever direction is open
    network = RoadNetwork.from_osm(town(f"node a 0 0 b 1 0 c 1 1\nway bc\nway ca\nway ab {tags}"))
    assert [pair for pair in segments(network) if pair in {"ab", "ba"}] == expected


def test_parallel_ways_are_segments_of_their_own(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 2 0 c 1 1\nway ab\nway acb"))
    assert segments(network) == ["ab", "ab", "ba", "ba"]
    straight, round_ = sorted(
        np.flatnonzero(network.segment_reversed == 0), key=lambda s: network.segment_dm[s]
    )
    assert network.segment_twin[straight] != network.segment_twin[round_]
    # back over the other way is a turn, back over the same one is not
    heads = network.head[network.first_out[straight] : network.first_out[straight + 1]]
    assert heads.tolist() == [network.segment_twin[round_]]


def test_a_loop_leads_back_to_its_junction_both_ways_round(town, segments, turns):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 1 d 2 -1\nway ab\nway bcdb"))
    assert segments(network) == ["ab", "ba", "bb", "bb"]
    loops = np.flatnonzero(network.segment_tail == network.segment_head)
    assert network.segment_twin[loops].tolist() == loops[::-1].tolist()
    for loop in loops:
        heads = network.head[network.first_out[loop] : network.first_out[loop + 1]].tolist()
        assert sorted(heads) == sorted([loop, segment_of(network, "b", "a")])


def test_a_way_that_meets_itself_is_split_there(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 1 d 2 -1\nway abcdb"))
    assert segments(network) == ["ab", "ba", "bb", "bb"]


def test_a_ring_without_any_junction_is_one_loop(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 1 1\nway abca junction=roundabout"))
    assert segments(network) == ["aa"]


def test_a_way_of_many_nodes_is_one_segment(town):
    count = 20_000
    letters = [chr(0x4E00 + place) for place in range(count)]
    nodes = " ".join(f"{letter} {place / 1000} 0" for place, letter in enumerate(letters))
    network = RoadNetwork.from_osm(town(f"node {nodes}\nway {''.join(letters)}"))
    assert network.segments == 2
    assert network.shape_lon.size == count
    assert network.segment_dm == pytest.approx((count - 1) / 1000 * EAST * 10, abs=1)


def test_a_node_named_twice_in_a_row_counts_once(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 0\nway abbc"))
    assert segments(network) == ["ac", "ca"]
    assert network.shape_lon.size == 3


def test_a_way_is_cut_where_its_node_is_missing(town, segments):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 d 3 0 e 4 0\nway abcde\nway be"))
    assert segments(network) == ["ab", "ba", "be", "de", "eb", "ed"]
    assert network.meta["counts"]["missing_nodes"] == 1
    assert "  1 left out: the file does not have it; roads are cut there" in network.meta["report"]


def test_box_keeps_what_meets_it(town, segments):
    path = town("node a 0 0 b 1 0 c 2 0 d 3 0 e 9 0\nway abcde\nway da")
    network = RoadNetwork.from_osm(path, bbox=(10.0015, 44.999, 10.0025, 45.001), buffer=0)
    # b-c and c-d meet the box, and so does the long way back from d to a
    assert segments(network) == ["ad", "bd", "da", "db"]
    wide = RoadNetwork.from_osm(path, bbox=(10.0015, 44.999, 10.0025, 45.001), buffer=1000)
    assert segments(wide) == ["ad", "ad", "da", "da", "de", "ed"]


def test_a_one_way_street_out_of_the_map_is_left_out_and_the_way_to_it_turns_round(town, segments, turns):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 0\nway ab\nway bc oneway=yes"))
    assert segments(network) == ["ab", "ba"]
    assert turns(network) == {"aba", "bab"}
    assert network.meta["counts"]["segments_outside_core"] == 1
    assert "  1 left out: from there or to there is no way" in network.meta["report"]


def _street(count: int, x: float, first: int) -> str:
    """Draw a street of many short ways, each two segments."""
    letters = [chr(first + place) for place in range(count + 1)]
    nodes = " ".join(f"{letter} {x + place} 0" for place, letter in enumerate(letters))
    ways = "\n".join(f"way {one}{two}" for one, two in pairwise(letters))
    return f"node {nodes}\n{ways}"


@pytest.mark.parametrize(("ways", "parts"), [(5, 2), (4, 1)])
def test_an_island_of_a_twentieth_of_the_largest_part_is_kept(town, ways, parts):
    path = town(_street(100, 0, 0x4E00) + "\n" + _street(ways, 500, 0x5E00))
    network = RoadNetwork.from_osm(path)
    assert network.meta["counts"]["components"] == parts
    assert network.segments == 200 + (2 * ways if parts == 2 else 0)


def test_names_and_classes_are_kept(town):
    network = RoadNetwork.from_osm(
        town(
            "node a 0 0 b 1 0 c 2 0 d 3 0\n"
            "way ab name=Rue%20de%20l'Église\nway bc ref=D6007 highway=primary\nway cd"
        )
    )
    names = [network.names[network.segment_name[segment_of(network, *pair)]] for pair in ("ab", "bc", "cd")]
    assert names == ["Rue de l'Église", "D6007", ""]
    assert network.names[0] == ""
    classes = [
        network.class_names[network.segment_class[segment_of(network, *pair)]] for pair in ("ab", "bc")
    ]
    assert classes == ["residential", "primary"]


def test_names_of_roads_left_out_are_not_kept(town):
    network = RoadNetwork.from_osm(
        town("node a 0 0 b 1 0 c 2 0\nway ab name=kept\nway bc oneway=yes name=lost")
    )
    assert network.names == ("", "kept")


def test_ids_are_those_of_the_map(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0 c 2 0\nway ab\nway bc"))
    assert sorted(network.junction_osm_id) == [ord("a"), ord("b"), ord("c")]
    assert network.segment_way[segment_of(network, "a", "b")] == 2
    assert network.segment_way[segment_of(network, "c", "b")] == 3


def test_meta_tells_where_the_roads_come_from(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 2\nway ab\nway ba access=no"))
    assert network.profile == "car"
    assert network.meta["source"] == "town.osm"
    assert network.meta["attribution"] == "© OpenStreetMap contributors"
    assert network.meta["bbox"] == [10.0, 45.0, 10.001, 45.002]
    assert network.meta["counts"]["ways_closed"] == {"access": 1}
    assert "ways: 2 read, 1 used, 1 left out\n  1 left out: an access tag closes it" in network.meta["report"]


def test_progress_reaches_its_end(town):
    told = []
    RoadNetwork.from_osm(
        town("node a 0 0 b 1 0\nway ab"), progress=lambda done, total: told.append((done, total))
    )
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        ("node a 0 0 b 1 0\nway ab highway=footway", "no usable road"),
        ("node a 0 0 b 1 0\nway ab access=no", "none for profile car (access 1)"),
        ("node a 0 0 b 1 0\nway ab oneway=yes", "none that leads back to itself"),
    ],
)
def test_a_map_without_roads_of_use_is_refused(town, drawn, message):
    with pytest.raises(InputError) as refused:
        RoadNetwork.from_osm(town(drawn))
    assert message in str(refused.value)
    assert "town.osm" in str(refused.value)


def test_arrays_are_read_only_and_consistent(town):
    network = RoadNetwork.from_osm(town(CROSS + "way abc\nway dbe oneway=yes\nway ed"))
    check_network(network, source="town")
    for name in LAYOUT:
        with pytest.raises(ValueError, match="read-only"):
            getattr(network, name)[:1] = 0


def test_arrays_of_the_wrong_kind_are_refused(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 1 0\nway ab"))
    arrays = {name: getattr(network, name) for name in LAYOUT}
    texts = {"profile": "car", "meta": {}, "class_names": ("residential",), "names": ("",)}
    with pytest.raises(InputError, match="segment_ms is int64 of shape"):
        RoadNetwork(**texts, **{**arrays, "segment_ms": network.segment_ms.astype(np.int64)})
    with pytest.raises(InputError, match="segment_dm has 3 elements; with 2 segments"):
        RoadNetwork(**texts, **{**arrays, "segment_dm": np.zeros(3, np.int32)})
    with pytest.raises(InputError, match="head is list"):
        RoadNetwork(**texts, **{**arrays, "head": [0]})


@pytest.mark.parametrize(
    ("extract", "drivable_km", "kept"),
    [
        # the rest is closed, or cut off at the border of the extract; ferries come on top
        ("monaco.osm.pbf", 69.7, 0.80),
        ("helsinki_center.osm.pbf", 32.7, 0.70),
        ("liechtenstein.osm.pbf", 479.3, 0.95),
        ("malta.osm.pbf", 2638.4, 0.90),
        ("milan.osm.pbf", 4441.8, 0.90),
        ("seoul/west_central_merged_roads.osm.pbf", 502.3, 0.90),
        ("seoul/sinchon_raw_2021-11.osm.gz", 56.6, 0.90),
    ],
)
def test_extracts_keep_their_roads(shared: Path, extract, drivable_km, kept):
    network = RoadNetwork.from_osm(shared / "osm" / extract)
    check_network(network, source=extract)
    _, segment = np.unique(network.segment_shape, return_index=True)
    km = network.segment_dm[segment].sum() / 10_000
    assert kept <= km / drivable_km <= 1.03


def test_the_demo_extract_has_the_roads_of_the_published_one(shared: Path):
    from importlib.resources import files

    demo = RoadNetwork.from_osm(files("o2oroute") / "data" / "helsinki_center.osm.pbf")
    published = RoadNetwork.from_osm(shared / "osm" / "helsinki_center.osm.pbf")
    assert demo.names == published.names
    for name in LAYOUT.keys() - {"kept_map"}:  # it has the restrictions without effect too
        np.testing.assert_array_equal(getattr(demo, name), getattr(published, name), err_msg=name)
