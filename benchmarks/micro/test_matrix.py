"""Matrices and ways on a synthetic city: seconds at most, to be compared as ratios between two versions."""

from __future__ import annotations

import numpy as np
import pytest

from o2oroute import RoadNetwork
from o2oroute.matrix.paths import PathFinder
from o2oroute.matrix.straight_line import straight_line_matrix

SIDE = 60  # junctions
STEP = 0.0015  # degrees between them, some 120 to 170 m


def street(way: int, nodes: list[int], *, kind: str, oneway: bool) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    tags = f'<tag k="highway" v="{kind}"/>' + ('<tag k="oneway" v="yes"/>' if oneway else "")
    return f'<way id="{way}">{refs}{tags}</way>'


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A grid where each fifth street is fast, and each third of the others one-way."""
    chance = np.random.default_rng(1)
    shift = chance.normal(0, STEP / 10, (SIDE, SIDE, 2))
    nodes = [
        f'<node id="{y * SIDE + x + 1}" lon="{9 + STEP * x + dx:.7f}" lat="{45 + STEP * y + dy:.7f}"/>'
        for y, row in enumerate(shift)
        for x, (dx, dy) in enumerate(row)
    ]
    ways = []
    for i in range(SIDE):
        for line in ([i * SIDE + k + 1 for k in range(SIDE)], [k * SIDE + i + 1 for k in range(SIDE)]):
            fast = i % 5 == 0
            forward = line if i % 2 else line[::-1]
            kind = "secondary" if fast else "residential"
            ways.append(street(len(ways) + 1, forward, kind=kind, oneway=not fast and i % 3 == 0))
    path = tmp_path_factory.mktemp("city") / "grid.osm"
    path.write_text('<osm version="0.6">' + "".join(nodes + ways) + "</osm>", encoding="utf-8")
    network = RoadNetwork.from_osm(path)
    network.snap([(9.0, 45.0)])  # builds the index
    return network


@pytest.fixture(scope="module")
def points():
    chance = np.random.default_rng(2)
    return np.array([9.0, 45.0]) + chance.uniform(0, STEP * (SIDE - 1), (200, 2))


@pytest.mark.parametrize("distances", [False, True], ids=["durations", "distances"])
def test_matrix(benchmark, city, points, distances):
    matrix = benchmark.pedantic(
        city.matrix, (points,), {"distances": distances, "threads": 1}, rounds=3, warmup_rounds=1
    )
    assert np.isfinite(matrix.durations).all()


def test_row(benchmark, city, points):
    """One source: what a single new stop costs."""
    matrix = benchmark(city.matrix, points[:1], points, threads=1)
    assert np.isfinite(matrix.durations).all()


def test_path(benchmark, city, points):
    finder = PathFinder(city, points)
    way = benchmark(finder.path, 0, 1)
    assert way.segments.size > 1


def test_straight_line(benchmark, points):
    matrix = benchmark(straight_line_matrix, np.repeat(points, 5, axis=0), speed=30)
    assert matrix.shape == (1000, 1000)
