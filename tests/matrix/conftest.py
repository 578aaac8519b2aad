"""A small city on a grid, made without any file."""

from __future__ import annotations

import numpy as np
import pytest

from o2oroute._core import nested_dissection
from o2oroute.road.geometry import E7, step_metres
from o2oroute.road.network import RoadNetwork


def grid_city(columns: int, rows: int, *, seed: int = 1) -> RoadNetwork:
    """Return a grid of bent streets, a third of them one-way, cut in two by a river without a bridge."""
    chance = np.random.default_rng(seed)
    place = np.arange(columns * rows, dtype=np.int32).reshape(rows, columns)
    ends = [np.stack((place[:, :-1], place[:, 1:]), -1), np.stack((place[:-1], place[1:]), -1)]
    street = np.concatenate([pair.reshape(-1, 2) for pair in ends])
    river = columns * 3 // 4
    street = street[(street[:, 0] % columns != river) | (street[:, 1] - street[:, 0] == columns)]
    lon = 91_000_000 + 20_000 * (place.ravel() % columns)
    lat = 454_000_000 + 14_000 * (place.ravel() // columns)

    middle = chance.integers(-4000, 4000, (2, len(street)), dtype=np.int32)
    shape_lon = np.stack(
        (lon[street[:, 0]], lon[street].sum(1) // 2 + middle[0], lon[street[:, 1]]), 1
    ).ravel()
    shape_lat = np.stack(
        (lat[street[:, 0]], lat[street].sum(1) // 2 + middle[1], lat[street[:, 1]]), 1
    ).ravel()
    steps = step_metres(shape_lon.astype(np.int32), shape_lat.astype(np.int32))
    street_dm = np.round((steps[0::3] + steps[1::3]) * 10).astype(np.int32)
    street_ms = (street_dm * chance.choice([72, 120, 240], len(street))).astype(np.int32)

    two_way = chance.random(len(street)) < 2 / 3
    shape = np.concatenate((np.arange(len(street)), np.flatnonzero(two_way))).astype(np.int32)
    backwards = np.arange(shape.size) >= len(street)
    tail = np.where(backwards, street[shape, 1], street[shape, 0])
    head = np.where(backwards, street[shape, 0], street[shape, 1])
    twin = np.full(shape.size, -1, np.int32)
    twin[np.flatnonzero(two_way)] = np.flatnonzero(backwards)
    twin[backwards] = np.flatnonzero(two_way)

    arcs = []
    for segment in range(shape.size):
        onward = np.flatnonzero(tail == head[segment])
        turns = onward[onward != twin[segment]] if onward.size > 1 else onward
        arcs += [(segment, turn) for turn in turns]
    arc_tail, arc_head = np.array(arcs, dtype=np.int32).T
    each = np.arange(shape.size, dtype=np.int32)
    rank = nested_dissection(
        tail.astype(np.int32), head.astype(np.int32), lon.astype(np.int32), lat.astype(np.int32)
    )
    return RoadNetwork(
        profile="car",
        meta={},
        class_names=("residential",),
        names=("",),
        junction_lon=lon.astype(np.int32),
        junction_lat=lat.astype(np.int32),
        junction_osm_id=place.ravel().astype(np.int64),
        segment_tail=tail.astype(np.int32),
        segment_head=head.astype(np.int32),
        segment_ms=street_ms[shape],
        segment_dm=street_dm[shape],
        segment_way=shape.astype(np.int64),
        segment_twin=twin,
        segment_class=np.zeros(shape.size, np.uint8),
        segment_flags=np.zeros(shape.size, np.uint8),
        segment_name=np.zeros(shape.size, np.int32),
        segment_shape=shape,
        segment_reversed=backwards.astype(np.uint8),
        segment_nodes_first=np.arange(shape.size + 1, dtype=np.int32),
        segment_nodes=each,
        shape_first=np.arange(0, 3 * len(street) + 1, 3, dtype=np.int32),
        shape_lon=shape_lon.astype(np.int32),
        shape_lat=shape_lat.astype(np.int32),
        first_out=np.searchsorted(arc_tail, np.arange(shape.size + 1)).astype(np.int32),
        head=arc_head,
        weight_ms=(street_ms[shape][arc_tail] + chance.choice([0, 0, 3000], arc_tail.size)).astype(np.int32),
        node_ms=street_ms[shape],
        node_dm=street_dm[shape],
        segment_of_node=each,
        junction_tail=tail.astype(np.int32),
        junction_head=head.astype(np.int32),
        rank=rank,
    )


def points_in(network: RoadNetwork, count: int, *, seed: int = 1):
    """Return random positions within the junctions' bounds."""
    chance = np.random.default_rng(seed)
    lon, lat = network.junction_lon / E7, network.junction_lat / E7
    return np.stack(
        (chance.uniform(lon.min(), lon.max(), count), chance.uniform(lat.min(), lat.max(), count)), 1
    )


@pytest.fixture(scope="session")
def city():
    return grid_city(14, 11)


@pytest.fixture(scope="session")
def points(city):
    return points_in(city, 60)
