"""Approaches in the matrix: held to a plain search that drives on the allowed side only."""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2oroute import units
from o2oroute.errors import InputError
from o2oroute.matrix.growing import GrowingMatrix
from o2oroute.matrix.paths import PathFinder
from o2oroute.road.geometry import E7, metres_per_degree
from o2oroute.road.kerb import RoadFlag

APPROACHES = ("any", "kerb", "kerb_auto")


@pytest.fixture(scope="module")
def town(city):
    """The city, with wide roads, and traffic on the left in its west."""
    chance = np.random.default_rng(5)
    wide = chance.random(city.shape_first.size - 1) < 0.4
    west = city.shape_lon[city.shape_first[:-1]] < np.median(city.shape_lon)
    flags = np.where(wide, RoadFlag.WIDE, 0) + np.where(west, RoadFlag.LEFT, 0)
    return replace(city, segment_flags=flags[city.segment_shape].astype(np.uint8))


def plain_seeds(network, point, approach):
    """Return {segment: (ms, dm)} of a point, by plane geometry over every step of every polyline."""
    per_lon, per_lat = (float(metres) for metres in metres_per_degree(point[1]))
    best = (np.inf,)
    for shape in range(network.shape_first.size - 1):
        part = slice(network.shape_first[shape], network.shape_first[shape + 1])
        x = (network.shape_lon[part] / E7 - point[0]) * per_lon
        y = (network.shape_lat[part] / E7 - point[1]) * per_lat
        for k in range(x.size - 1):
            dx, dy = x[k + 1] - x[k], y[k + 1] - y[k]
            along = min(max(-(x[k] * dx + y[k] * dy) / (dx * dx + dy * dy), 0.0), 1.0)
            distance = np.hypot(x[k] + along * dx, y[k] + along * dy)
            if distance < best[0] - 1e-6:
                # the point is the origin: it is to the left where the step turns left around it
                best = (distance, shape, k, along, (x[k] * dy - y[k] * dx) / np.hypot(dx, dy))
    distance, shape, k, along, left = best
    assert 0 < along < 1, "choose other points: this one lies at a bend or a junction"
    segments = np.flatnonzero(network.segment_shape == shape).tolist()
    flags = network.segment_flags[segments[0]]
    strict = approach == "kerb" or (approach == "kerb_auto" and flags & RoadFlag.WIDE)
    if strict and len(segments) == 2:
        assert abs(left) > 0.6, "choose other points: this one lies on the line"
        on_the_left = left > 0
        backwards = on_the_left != bool(flags & RoadFlag.LEFT)
        segments = [s for s in segments if bool(network.segment_reversed[s]) == backwards]
    return set(segments)


def plain_search(network, starts, ends):
    """Return the best (ms, dm) over tuples; `starts` and `ends` are {segment: (ms, dm)}."""
    heap = []

    def push(node, ms, dm):
        for arc in range(network.first_out[node], network.first_out[node + 1]):
            heapq.heappush(
                heap,
                (ms + int(network.weight_ms[arc]), dm + int(network.node_dm[node]), int(network.head[arc])),
            )

    best = (units.INF, units.INF)
    for node, (ms, dm) in starts.items():
        if node in ends and ends[node][0] >= ms and ends[node][1] >= dm:
            best = min(best, (ends[node][0] - ms, ends[node][1] - dm))
        push(node, -ms, -dm)
    done = set()
    while heap:
        ms, dm, node = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        if node in ends:
            best = min(best, (ms + ends[node][0], dm + ends[node][1]))
        push(node, ms, dm)
    return best


@pytest.fixture(scope="module")
def places(town, points):
    """Points that lie beside a street, not at a bend or on the line; all answers are plain there."""
    found = []
    for point in points:
        try:
            plain_seeds(town, point, "kerb")
        except AssertionError:
            continue
        found.append(point)
    assert len(found) > 25
    return np.array(found)


@settings(max_examples=25)
@given(chosen=st.lists(st.tuples(st.integers(0, 24), st.sampled_from(APPROACHES)), min_size=2, max_size=6))
def test_every_cell_is_that_of_a_plain_search_on_the_allowed_side(town, places, chosen):
    points = places[[i for i, _ in chosen]]
    approach = [way for _, way in chosen]
    raw = town.matrix(points, raw=True, approach=approach)
    snap, free = town.snap(points, approach=approach), town.snap(points)
    finder = PathFinder(town, points, approach=approach)
    allowed = []
    for i, (point, way) in enumerate(zip(points, approach, strict=True)):
        segments = plain_seeds(town, point, way)
        seeds = {
            int(free.seed_node[s]): (int(free.seed_ms[s]), int(free.seed_dm[s]))
            for s in range(free.seed_first[i], free.seed_first[i + 1])
        }
        allowed.append({segment: seeds[segment] for segment in segments})
        assert snap.segment[i] in segments
        assert set(snap.seed_node[snap.seed_first[i] : snap.seed_first[i + 1]].tolist()) == segments
    for i, starts in enumerate(allowed):
        for j, ends in enumerate(allowed):
            cell = (raw.ms[i, j], raw.dm[i, j])
            assert cell == plain_search(town, starts, ends), (i, j)
            path = finder.path(i, j)
            if path is None:
                assert cell == (units.INF, units.INF)
            else:
                assert (path.ms, path.dm) == cell
                assert path.segments[0] in starts
                assert path.segments[-1] in ends
                assert path.geometry[-1] == pytest.approx((snap.lon[j], snap.lat[j]))


def test_a_fixed_side_never_shortens_a_way(town, places):
    free = town.matrix(places, raw=True)
    auto = town.matrix(places, raw=True, approach="kerb_auto")
    strict = town.matrix(places, raw=True, approach="kerb")
    assert (auto.ms >= free.ms).all()
    assert (strict.ms >= auto.ms).all()
    assert (auto.ms > free.ms).any()
    assert (strict.ms > auto.ms).any()


def test_a_subset_of_points_has_the_same_cells(town, places):
    approach = [APPROACHES[i % 3] for i in range(len(places))]
    whole = town.matrix(places, raw=True, approach=approach)
    some = np.arange(1, len(places), 4)
    part = town.matrix(places[some], raw=True, approach=[approach[i] for i in some])
    assert np.array_equal(part.ms, whole.ms[np.ix_(some, some)])
    assert np.array_equal(part.dm, whole.dm[np.ix_(some, some)])


def test_targets_have_approaches_of_their_own(town, places):
    square = town.matrix(
        np.concatenate((places[:9], places[9:20])), raw=True, approach=["any"] * 9 + ["kerb"] * 11
    )
    beside = town.matrix(places[:9], places[9:20], raw=True, target_approach="kerb")
    assert np.array_equal(beside.ms, square.ms[:9, 9:])
    seconds = town.matrix(places[:9], places[9:20], target_approach="kerb")
    assert np.array_equal(
        seconds.durations, np.where(beside.ms == units.INF, np.inf, beside.ms / 1000).astype("f4")
    )
    with pytest.raises(InputError, match="target_approach is given without targets"):
        town.matrix(places[:3], target_approach="kerb")


def test_routes_and_growing_matrices_keep_the_side(town, places):
    approach = [APPROACHES[i % 3] for i in range(12)]
    whole = town.matrix(places[:12], approach=approach)
    growing = GrowingMatrix(town, places[:5], approach=approach[:5])
    for i in range(5, 12):
        growing.add(places[i : i + 1], approach=approach[i])
    assert np.array_equal(growing.matrix.durations, whole.durations)
    growing.drop([0, 3])
    growing.add(places[:1], approach=["kerb"])
    kept = [i for i in range(12) if i not in (0, 3)] + [0]
    again = town.matrix(places[kept], approach=[approach[i] for i in kept[:-1]] + ["kerb"])
    assert np.array_equal(growing.matrix.durations, again.durations)
    with pytest.raises(InputError, match="approach has 2 values"):
        growing.add(places[:1], approach=["kerb", "any"])

    reached = np.flatnonzero(np.isfinite(whole.durations[0]) & np.isfinite(whole.durations[:, 0]))[:4]
    route = town.route(places[reached], approach=[approach[i] for i in reached])
    legs = [leg.duration for leg in route.legs]
    assert legs == pytest.approx(whole.durations[reached[:-1], reached[1:]])
