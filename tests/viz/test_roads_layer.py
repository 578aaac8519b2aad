"""The roads behind a plan: what is near, main roads first, never too many."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

import numpy as np
import pytest

from o2oroute.road.network import RoadNetwork
from o2oroute.viz.extent import Extent
from o2oroute.viz.roads_layer import RANKS, road_layers

Decode = Callable[[str], list[int]]

WHOLE = Extent(24.9, 60.1, 25.0, 60.2)
MUCH = 10_000_000


@pytest.fixture(scope="module")
def helsinki() -> RoadNetwork:
    with as_file(files("o2oroute") / "data" / "helsinki_center.osm.pbf") as path:
        return RoadNetwork.from_osm(path)


def lines(layer: dict[str, str], decode: Decode, origin: tuple[int, int]) -> list[np.ndarray]:
    """Lines of a layer as millionths of a degree."""
    points = np.cumsum(np.array(decode(layer["points"]), dtype=np.int64).reshape(-1, 2), axis=0) + origin
    return np.split(points, np.cumsum(decode(layer["sizes"]))[:-1]) if len(points) else []


def test_every_street_is_drawn_once_and_at_its_place(helsinki: RoadNetwork, decode: Decode) -> None:
    layers, complete = road_layers(helsinki, WHOLE, WHOLE.origin, budget=MUCH)
    drawn = [line for layer in layers for line in lines(layer, decode, WHOLE.origin)]
    assert complete
    shapes = np.unique(helsinki.segment_shape)
    assert len(drawn) == len(shapes)
    expected = []
    for shape in shapes:
        part = slice(helsinki.shape_first[shape], helsinki.shape_first[shape + 1])
        degrees_e7 = np.stack((helsinki.shape_lon[part], helsinki.shape_lat[part]), axis=1)
        expected.append(np.rint(degrees_e7 / 10).astype(int).tolist())
    assert sorted(line.tolist() for line in drawn) == sorted(expected)


def test_each_layer_holds_the_roads_of_its_rank(helsinki: RoadNetwork, decode: Decode) -> None:
    layers, _ = road_layers(helsinki, WHOLE, WHOLE.origin, budget=MUCH)
    names = np.array(helsinki.class_names)[helsinki.segment_class]
    for rank, layer in enumerate(layers):
        of_rank = np.array([RANKS.get(name, 3) == rank for name in names])
        assert len(decode(layer["sizes"])) == len(np.unique(helsinki.segment_shape[of_rank]))


def test_only_streets_that_touch_the_box_are_drawn(helsinki: RoadNetwork, decode: Decode) -> None:
    small = Extent(24.940, 60.168, 24.944, 60.171)
    layers, _ = road_layers(helsinki, small, small.origin, budget=MUCH)
    drawn = [line / 1e6 for layer in layers for line in lines(layer, decode, small.origin)]
    whole, _ = road_layers(helsinki, WHOLE, WHOLE.origin, budget=MUCH)
    assert 0 < len(drawn) < sum(len(decode(layer["sizes"])) for layer in whole) / 4
    for line in drawn:
        (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
        assert west <= small.east
        assert east >= small.west
        assert south <= small.north
        assert north >= small.south


def test_small_roads_go_first_when_there_is_no_room(helsinki: RoadNetwork) -> None:
    whole, _ = road_layers(helsinki, WHOLE, WHOLE.origin, budget=MUCH)
    sizes = [sum(map(len, layer.values())) for layer in whole]
    for kept in range(len(whole)):
        layers, complete = road_layers(helsinki, WHOLE, WHOLE.origin, budget=sum(sizes[: kept + 1]) - 1)
        assert not complete
        assert layers == whole[:kept]


def test_a_box_without_roads_has_empty_layers(helsinki: RoadNetwork) -> None:
    far = Extent(0.0, 0.0, 0.1, 0.1)
    layers, complete = road_layers(helsinki, far, far.origin, budget=MUCH)
    assert complete
    assert all(layer == {"sizes": "", "points": ""} for layer in layers)
