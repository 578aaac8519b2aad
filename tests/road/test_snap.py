"""Snapping against a plain search over every step of every polyline."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.road.geometry import metres_per_degree, step_metres
from o2oroute.road.network import RoadNetwork

# a street a-b-c with a bend, one-way d-e beside it, ways round, and a dead end to turn in
TOWN = """
node a 0 0 b 4 0 c 4 3 d 0 1 e 3 1 f 0 -3
way abc maxspeed=50 maxspeed:backward=20
way de oneway=yes
way ec
way ad
way af
"""


@pytest.fixture
def network(town) -> RoadNetwork:
    return RoadNetwork.from_osm(town(TOWN))


def at(x: float, y: float) -> tuple[float, float]:
    return 10 + x / 1000, 45 + y / 1000


def ends(network: RoadNetwork, segment: int) -> str:
    return "".join(
        chr(network.junction_osm_id[junction[segment]])
        for junction in (network.segment_tail, network.segment_head)
    )


def plain_distance(network: RoadNetwork, lon: float, lat: float) -> np.ndarray:
    """Return the distance of a point to every segment's polyline, step by step."""
    per_lon, per_lat = metres_per_degree(lat)
    distances = []
    for shape in range(network.shape_first.size - 1):
        part = slice(network.shape_first[shape], network.shape_first[shape + 1])
        x = (network.shape_lon[part] / 1e7 - lon) * per_lon
        y = (network.shape_lat[part] / 1e7 - lat) * per_lat
        nearest = math.inf
        for x0, y0, x1, y1 in zip(x[:-1], y[:-1], x[1:], y[1:], strict=True):
            square = (x1 - x0) ** 2 + (y1 - y0) ** 2
            along = 0.0 if square == 0 else min(max(-(x0 * (x1 - x0) + y0 * (y1 - y0)) / square, 0.0), 1.0)
            nearest = min(nearest, math.hypot(x0 + along * (x1 - x0), y0 + along * (y1 - y0)))
        distances.append(nearest)
    return np.array(distances)[network.segment_shape]


def position_along(network: RoadNetwork, segment: int, fraction: float) -> tuple[float, float]:
    """Walk a fraction of a segment's length and return where that is."""
    shape = network.segment_shape[segment]
    part = slice(network.shape_first[shape], network.shape_first[shape + 1])
    lon, lat = network.shape_lon[part], network.shape_lat[part]
    if network.segment_reversed[segment]:
        lon, lat = lon[::-1], lat[::-1]
    reached = np.concatenate(([0.0], np.cumsum(step_metres(lon, lat))))
    target = fraction * reached[-1]
    return np.interp(target, reached, lon) / 1e7, np.interp(target, reached, lat) / 1e7


def test_nearest_position_fraction_and_distance(network):
    snap = network.snap([at(1, -0.5), at(4.2, 1.5), at(1.5, 1.1)])
    assert [ends(network, segment) for segment in snap.segment] == ["ac", "ac", "de"]
    first, bend, parallel = snap.fraction
    east = float(metres_per_degree(45.0)[0]) / 1000
    north = float(metres_per_degree(45.0)[1]) / 1000
    assert first == pytest.approx(east / (4 * east + 3 * north), rel=1e-4)
    assert bend == pytest.approx((4 * east + 1.5 * north) / (4 * east + 3 * north), rel=1e-4)
    assert parallel == pytest.approx(0.5, rel=1e-6)
    assert snap.distance == pytest.approx([0.5 * north, 0.2 * east, 0.1 * north], rel=1e-3)
    assert snap.lon == pytest.approx([10.001, 10.004, 10.0015], abs=1e-7)
    assert snap.lat == pytest.approx([45.0, 45.0015, 45.001], abs=1e-7)


def test_both_directions_are_seeds(network):
    snap = network.snap([at(1, -0.5), at(1.5, 1.1)])
    assert snap.seed_first.tolist() == [0, 2, 3]
    two_way, one_way = snap.segment
    assert snap.seed_node.tolist() == [two_way, network.segment_twin[two_way], one_way]


def test_offsets_are_rounded_once(network):
    snap = network.snap([at(x, -0.1) for x in np.linspace(0.5, 3.9, 50)])
    segment, twin = snap.segment, network.segment_twin[snap.segment]
    ms, dm = snap.seed_ms.reshape(-1, 2), snap.seed_dm.reshape(-1, 2)
    assert (dm.sum(1) == network.segment_dm[segment]).all()  # one length both ways: no rounding gap
    assert (dm[:, 0] == np.floor(snap.fraction * network.segment_dm[segment] + 0.5)).all()
    assert (ms[:, 0] == np.floor(snap.fraction * network.segment_ms[segment] + 0.5)).all()
    assert (ms[:, 1] == np.floor((1 - snap.fraction) * network.segment_ms[twin] + 0.5)).all()
    assert (network.segment_ms[segment] != network.segment_ms[twin]).all()


def test_all_nodes_of_a_segment_are_seeds(network):
    snap = network.snap([at(1, -0.5)])
    own = int(snap.segment[0])
    # give the segment a second node, as a later kind of restriction will
    nodes, arcs = network.node_ms.size, network.head.size
    more = replace(
        network,
        segment_nodes_first=(network.segment_nodes_first + (np.arange(network.segments + 1) > own)).astype(
            np.int32
        ),
        segment_nodes=np.insert(network.segment_nodes, own + 1, nodes).astype(np.int32),
        segment_of_node=np.append(network.segment_of_node, own).astype(np.int32),
        first_out=np.append(network.first_out, arcs).astype(np.int32),
        rank=np.append(network.rank, nodes).astype(np.int32),
        **{
            name: np.append(getattr(network, name), getattr(network, name)[own]).astype(np.int32)
            for name in ("node_ms", "node_dm", "junction_tail", "junction_head")
        },
    )
    seeds = more.snap([at(1, -0.5)])
    assert seeds.seed_node.tolist() == [own, nodes, network.segment_twin[own]]
    assert seeds.seed_ms.tolist() == [snap.seed_ms[0], snap.seed_ms[0], snap.seed_ms[1]]


def test_at_a_junction_the_lowest_segment_wins(network):
    snap = network.snap([at(0, 0), at(3, 1), at(-1, 0)])
    lowest = {
        letter: next(segment for segment in range(network.segments) if letter in ends(network, segment))
        for letter in "ae"
    }
    assert snap.segment.tolist() == [lowest["a"], lowest["e"], lowest["a"]]
    assert set(snap.fraction) <= {0.0, 1.0}


def test_limit_decides_what_is_on_the_network_and_distance_is_always_given(network):
    points = [at(-30, 0), at(-10, 0), at(0, 0)]
    far, near, on = network.snap(points, limit=1000).distance
    assert network.snap(points, limit=1000).segment.tolist()[:2] == [-1, network.snap(points).segment[1]]
    assert (far, near, on) == pytest.approx((2365, 788, 0), abs=1)
    assert (network.snap(points, limit=0).segment >= 0).tolist() == [False, False, True]
    assert (network.snap(points, limit=math.inf).segment >= 0).all()
    beyond = network.snap(points, limit=1)
    assert beyond.seed_first.tolist() == [0, 0, 0, 2]
    assert np.isnan(beyond.fraction[0])
    assert beyond.lon[0] == pytest.approx(10.0)  # where it would be


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_a_limit_that_is_none_is_refused(network, limit):
    with pytest.raises(InputError, match="limit is"):
        network.snap([at(0, 0)], limit=limit)


def test_bad_coordinates_cost_only_themselves(network):
    nan, inf = math.nan, math.inf
    bad = [(nan, 45), (10, nan), (inf, 45), (10, -inf), (181, 45), (10, 91), (1e300, -1e300)]
    snap = network.snap([*bad, at(1, 0)])
    assert snap.segment.tolist()[:-1] == [-1] * len(bad)
    assert np.isinf(snap.distance[:-1]).all()
    assert np.isnan(snap.lon[:-1]).all()
    assert not snap.swapped.any()
    assert snap.segment[-1] >= 0
    assert snap.seed_first.tolist() == [0] * (len(bad) + 1) + [2]


def test_no_points_at_all(network):
    snap = network.snap([])
    assert len(snap) == 0
    assert snap.seed_first.tolist() == [0]


def test_a_wrong_shape_is_refused(network):
    with pytest.raises(InputError, match="shape"):
        network.snap([1.0, 2.0])


def test_exchanged_lon_and_lat_are_told_and_not_mended(network):
    snap = network.snap([at(1, 0)[::-1], at(1, 0), (45.0, 100.0)])
    assert snap.swapped.tolist() == [True, False, False]
    assert snap.segment[0] == -1
    assert snap.distance[0] > 1e6


def test_exchanged_beyond_the_range_of_latitudes(town):
    seoul = town("node a 0 0 b 1 0\nway ab").read_text().replace('lon="10.', 'lon="127.')
    path = town("node a 0 0", "seoul.osm")
    path.write_text(seoul)
    snap = RoadNetwork.from_osm(path).snap([(45.0, 127.0), (127.0, 45.0)])
    assert snap.swapped.tolist() == [True, False]
    assert np.isinf(snap.distance[0])


def test_a_road_over_the_antimeridian(town):
    text = town("node a 0 0 b 1 0\nway ab").read_text()
    path = town("node a 0 0", "date_line.osm")
    path.write_text(text.replace("10.0000000", "179.9990000").replace("10.0010000", "-179.9990000"))
    network = RoadNetwork.from_osm(path)
    assert network.segment_dm == pytest.approx(2 * float(metres_per_degree(45.0)[0]) / 100, abs=1)
    snap = network.snap([(180.0, 45.0), (-180.0, 45.0), (179.9995, 45.0), (-179.9995, 45.0)])
    assert snap.fraction == pytest.approx([0.5, 0.5, 0.25, 0.75], abs=1e-4)
    assert snap.distance == pytest.approx(0, abs=0.1)


def test_the_middle_of_a_very_long_step(town):
    network = RoadNetwork.from_osm(town("node a 0 0 b 900 900 c 0 900\nway ab\nway bc"))
    snap = network.snap([at(450, 451)])
    assert ends(network, snap.segment[0]) == "ab"
    assert snap.fraction[0] == pytest.approx(0.5, abs=0.01)
    assert snap.distance[0] == pytest.approx(plain_distance(network, *at(450, 451)).min(), abs=0.01)


def test_snap_arrays_are_read_only(network):
    snap = network.snap([at(1, 0)])
    arrays = [part for part in vars(snap).values() if isinstance(part, np.ndarray)]
    assert len(arrays) == 10
    for array in arrays:
        assert not array.flags.writeable


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_point_snaps_as_the_plain_search_says(city, seed):
    chance = np.random.default_rng(seed)
    points = np.stack((chance.uniform(9.998, 10.012, 8), chance.uniform(44.998, 45.012, 8)), axis=1)
    snap = city.snap(points, limit=math.inf)
    for point, segment, distance in zip(points, snap.segment, snap.distance, strict=True):
        plain = plain_distance(city, *point)
        assert distance == pytest.approx(plain.min(), abs=0.002)
        assert plain[segment] == pytest.approx(plain.min(), abs=0.002)
        assert segment <= np.flatnonzero(plain <= plain.min() + 1e-9).min()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Random long and short streets: many crossings, steps from metres to a kilometre."""
    chance = np.random.default_rng(7)
    lon, lat = chance.uniform(10, 10.01, 60), chance.uniform(45, 45.01, 60)
    nodes = [
        f'<node id="{i}" version="1" lon="{x:.7f}" lat="{y:.7f}"/>'
        for i, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    ways = []
    for way in range(25):
        refs = "".join(
            f'<nd ref="{node}"/>' for node in chance.choice(60, chance.integers(2, 6), replace=False)
        )
        ways.append(f'<way id="{way}" version="1">{refs}<tag k="highway" v="residential"/></way>')
    path = tmp_path_factory.mktemp("city") / "city.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes + ways)}</osm>')
    return RoadNetwork.from_osm(path)


def test_a_subset_of_points_snaps_the_same(shared: Path):
    network = RoadNetwork.from_osm(shared / "osm" / "monaco.osm.pbf")
    west, south, east, north = network.meta["bbox"]
    chance = np.random.default_rng(3)
    points = np.stack((chance.uniform(west, east, 500), chance.uniform(south, north, 500)), axis=1)
    points[::50] = np.nan
    whole = network.snap(points)
    some = chance.permutation(500)[:100]
    part = network.snap(points[some])
    alone = network.snap(points[some[:1]])
    for name in ("segment", "fraction", "distance", "lon", "lat", "swapped"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[some])
        np.testing.assert_array_equal(getattr(alone, name), getattr(part, name)[:1])
    for place, point in enumerate(some):
        mine = slice(*part.seed_first[place : place + 2])
        same = slice(*whole.seed_first[point : point + 2])
        for name in ("seed_node", "seed_ms", "seed_dm"):
            np.testing.assert_array_equal(getattr(part, name)[mine], getattr(whole, name)[same])


def test_fraction_and_position_say_the_same(shared: Path):
    network = RoadNetwork.from_osm(shared / "osm" / "monaco.osm.pbf")
    chance = np.random.default_rng(4)
    junction = chance.integers(0, network.junction_lon.size, 300)
    points = np.stack((network.junction_lon[junction], network.junction_lat[junction]), axis=1) / 1e7
    snap = network.snap(points + chance.normal(0, 2e-4, points.shape))
    assert (snap.segment >= 0).all()
    assert ((snap.fraction >= 0) & (snap.fraction <= 1)).all()
    for segment, fraction, lon, lat in zip(snap.segment, snap.fraction, snap.lon, snap.lat, strict=True):
        assert position_along(network, segment, fraction) == pytest.approx((lon, lat), abs=2e-7)
