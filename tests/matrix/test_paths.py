"""The ways behind the cells: sums, segments in a row, and the line on the map."""

from __future__ import annotations

import gc
from itertools import pairwise

import numpy as np
import pytest

from o2oroute import units
from o2oroute.errors import InputError, RoutingError
from o2oroute.matrix.paths import PathFinder, Route
from o2oroute.road.geometry import E7, metres_per_degree


@pytest.fixture(scope="module")
def raw(city, points):
    return city.matrix(points, raw=True)


@pytest.fixture(scope="module")
def finder(city, points):
    return PathFinder(city, points)


@pytest.fixture(scope="module")
def ways(finder, points):
    count = len(points)
    return {(i, j): finder.path(i, j) for i in range(count) for j in range(0, count, 3)}


@pytest.fixture(scope="module")
def reachable(points, raw):
    """A dozen points on one side of the river."""
    return points[raw.ms[0] < units.INF][:12]


def line_metres(geometry):
    lon, lat = geometry.T
    per_lon, per_lat = metres_per_degree((lat[1:] + lat[:-1]) / 2)
    return float(np.hypot(np.diff(lon) * per_lon, np.diff(lat) * per_lat).sum())


def weight_of(network, tail, arc):
    """Return head, ms and dm of an arc, read from the network alone."""
    assert network.first_out[tail] <= arc < network.first_out[tail + 1]
    return int(network.head[arc]), int(network.weight_ms[arc]), int(network.node_dm[tail])


def test_each_way_is_its_cell_and_no_cell_lacks_its_way(ways, raw):
    for (i, j), way in ways.items():
        if way is None:
            assert raw.ms[i, j] == units.INF
        else:
            assert (way.ms, way.dm) == (raw.ms[i, j], raw.dm[i, j])
            assert (way.duration, way.distance) == (way.ms / 1000, way.dm / 10)
    assert any(way is None for way in ways.values())


def test_the_arcs_walked_one_by_one_add_up_to_the_cell(city, finder, ways):
    snap = finder.snap
    for (i, j), way in ways.items():
        if way is None:
            continue
        offset = {}  # of both points, by node
        for point in (i, j):
            seeds = range(snap.seed_first[point], snap.seed_first[point + 1])
            offset[point] = {
                int(snap.seed_node[s]): (int(snap.seed_ms[s]), int(snap.seed_dm[s])) for s in seeds
            }
        node = next(n for n in offset[i] if city.segment_of_node[n] == way.segments[0])
        ms, dm = -offset[i][node][0], -offset[i][node][1]
        for arc in way.arcs.tolist():
            node, arc_ms, arc_dm = weight_of(city, node, arc)
            ms, dm = ms + arc_ms, dm + arc_dm
        assert (ms + offset[j][node][0], dm + offset[j][node][1]) == (way.ms, way.dm)


def test_segments_join_at_junctions(city, ways):
    for way in filter(None, ways.values()):
        assert way.segments.size == way.arcs.size + 1
        assert np.array_equal(city.segment_head[way.segments[:-1]], city.segment_tail[way.segments[1:]])


def test_the_line_goes_from_road_position_to_road_position(finder, ways):
    snap = finder.snap
    for (i, j), way in ways.items():
        if way is None:
            continue
        assert way.geometry[0].tolist() == [snap.lon[i], snap.lat[i]]
        assert way.geometry[-1].tolist() == [snap.lon[j], snap.lat[j]]


def test_the_line_is_as_long_as_the_way(ways):
    """Each segment's length is rounded to a decimetre, and so are the two cuts."""
    longest = 0.0
    for way in filter(None, ways.values()):
        assert line_metres(way.geometry) == pytest.approx(
            way.distance, abs=0.05 * (way.segments.size + 2) + 0.1
        )
        longest = max(longest, way.distance)
    assert longest > 2000


def test_the_line_passes_the_junctions_once(city, ways):
    for way in filter(None, ways.values()):
        junctions = city.segment_head[way.segments[:-1]]
        passed = np.stack((city.junction_lon[junctions], city.junction_lat[junctions]), 1) / E7
        inner = way.geometry[1:-1].tolist()
        assert all(position in way.geometry.tolist() for position in passed.tolist())
        assert all(first != second for first, second in pairwise(inner))


def test_the_line_through_several_points_is_that_of_their_ways(city, reachable):
    finder = PathFinder(city, reachable)
    stops = [3, 0, 0, 7, 2, 2, 5]
    ways = [finder.path(tail, head).geometry for tail, head in pairwise([3, 0, 7, 2, 5])]
    line = finder.line(stops)
    assert np.array_equal(line, np.concatenate([ways[0], *(way[1:] for way in ways[1:])]))


def test_there_is_no_line_where_a_way_is_missing(finder, ways):
    tail, head = next(pair for pair, way in ways.items() if way is None)
    assert finder.line([tail, tail]).shape == (0, 2)
    assert finder.line([tail, head]) is None


def position(city, segment, along):
    """Return a position on the first step of a street's bent line."""
    first = city.shape_first[city.segment_shape[segment]]
    ends = np.stack((city.shape_lon[first : first + 2], city.shape_lat[first : first + 2]), 1) / E7
    return ends[0] + along * (ends[1] - ends[0])


def test_ahead_on_the_same_street_is_straight_on_and_behind_is_round_the_block(city):
    one_way = int(np.flatnonzero(city.segment_twin < 0)[5])
    finder = PathFinder(city, [position(city, one_way, 0.3), position(city, one_way, 0.7)])
    ahead, behind = finder.path(0, 1), finder.path(1, 0)
    assert ahead.segments.tolist() == [one_way]
    assert ahead.arcs.size == 0
    assert ahead.start < ahead.end
    assert behind.segments[0] == behind.segments[-1] == one_way
    assert behind.arcs.size >= 3
    assert line_metres(behind.geometry) > 4 * line_metres(ahead.geometry)


def test_back_on_a_two_way_street_is_the_other_direction(city):
    two_way = int(np.flatnonzero(city.segment_twin >= 0)[5])
    finder = PathFinder(city, [position(city, two_way, 0.3), position(city, two_way, 0.7)])
    there, back = finder.path(0, 1), finder.path(1, 0)
    assert (there.ms, there.dm) == (back.ms, back.dm)
    assert back.segments.tolist() == [city.segment_twin[there.segments[0]]]
    assert np.array_equal(back.geometry, there.geometry[::-1])


def test_a_point_is_no_way_from_itself(finder):
    way = finder.path(7, 7)
    assert (way.ms, way.dm, way.arcs.size) == (0, 0, 0)
    assert way.geometry.shape == (2, 2)
    assert way.geometry[0].tolist() == way.geometry[1].tolist()


def test_ways_are_read_only_and_outlive_their_finder(city, reachable):
    way = PathFinder(city, reachable[:2]).path(0, 1)
    before = way.geometry.tolist(), way.arcs.tolist()
    gc.collect()
    assert before == (way.geometry.tolist(), way.arcs.tolist())
    for array in (way.geometry, way.arcs, way.segments):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_route_is_the_legs_between_its_points(city, reachable):
    calls = []
    route = city.route(reachable, progress=lambda done, total: calls.append((done, total)))
    cells = city.matrix(reachable, raw=True)
    assert [leg.ms for leg in route.legs] == cells.ms.diagonal(1).tolist()
    assert [leg.dm for leg in route.legs] == cells.dm.diagonal(1).tolist()
    assert route.duration == cells.ms.diagonal(1).sum() / 1000
    assert route.distance == cells.dm.diagonal(1).sum() / 10
    assert calls == [(i, 11) for i in range(1, 12)]


def test_the_line_of_a_route_is_one_line(city, reachable):
    route = city.route(reachable)
    assert line_metres(route.geometry) == pytest.approx(sum(line_metres(leg.geometry) for leg in route.legs))
    assert len(route.geometry) == sum(len(leg.geometry) for leg in route.legs) - 10
    assert Route(()).geometry.shape == (0, 2)


def test_a_route_across_the_river_is_refused(city, points, raw):
    far = int(np.flatnonzero(raw.ms[0] == units.INF)[0])
    with pytest.raises(RoutingError, match="no way from point 0 to point 1"):
        city.route(points[[0, far]])


def test_a_route_off_the_roads_is_refused_with_the_distance(city, points):
    with pytest.raises(
        RoutingError, match=r"point 1 is \d+ m from the nearest road; at most 50 m are allowed"
    ):
        city.route([points[0], points[1] + 0.1], limit=50)
    with pytest.raises(RoutingError, match="point 0 is no position"):
        city.route([[np.nan, 0.0], points[0]])


@pytest.mark.parametrize("count", [0, 1])
def test_a_route_needs_two_points(city, points, count):
    with pytest.raises(InputError, match=f"points has {count} rows; a route needs at least 2"):
        city.route(points[:count])


@pytest.mark.parametrize(("source", "target"), [(-1, 0), (0, 60)])
def test_a_way_between_points_out_of_range_is_refused(finder, source, target):
    with pytest.raises(InputError, match="it must be from 0 to 59"):
        finder.path(source, target)


def test_a_way_too_long_for_packed_labels_is_found_by_the_plain_search(city, finder, ways, monkeypatch):
    def too_long(*_):
        raise RoutingError("too long for packed labels")

    monkeypatch.setattr("o2oroute.matrix.paths.hierarchy_path", too_long)
    for (i, j), way in list(ways.items())[:200]:
        plain = finder.path(i, j)
        if way is None:
            assert plain is None
            continue
        assert (plain.ms, plain.dm) == (way.ms, way.dm)
        assert np.array_equal(city.head[plain.arcs], plain.segments[1:])  # a segment is one node here
