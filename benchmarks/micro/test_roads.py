"""Reading, building, keeping and snapping the embedded city, to be compared between two versions."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from o2oroute.formats.network_file import load_network, save_network
from o2oroute.osm.pbf import read_osm
from o2oroute.road.build import build_network
from o2oroute.road.profile import load_profile
from o2oroute.road.snap import SnapIndex

EXTRACT = str(files("o2oroute") / "data" / "helsinki_center.osm.pbf")
CAR = load_profile("car")


@pytest.fixture(scope="module")
def records():
    return read_osm(EXTRACT, ways=CAR.ways, keys=CAR.keys)


@pytest.fixture(scope="module")
def network(records):
    return build_network(records, CAR)


def test_read(benchmark):
    records = benchmark(read_osm, EXTRACT, ways=CAR.ways, keys=CAR.keys)
    assert records.way_id.size


def test_build(benchmark, records):
    network = benchmark(build_network, records, CAR)
    assert network.segments


def test_save_and_load(benchmark, network, tmp_path):
    def there_and_back():
        save_network(network, tmp_path / "city.o2r")
        return load_network(tmp_path / "city.o2r")

    assert benchmark(there_and_back).segments == network.segments


def test_snap_index(benchmark, network):
    index = benchmark(SnapIndex.over, network)
    assert index.segment.size


def test_snap(benchmark, network):
    west, south, east, north = network.meta["bbox"]
    chance = np.random.default_rng(1)
    points = np.stack((chance.uniform(west, east, 2000), chance.uniform(south, north, 2000)), axis=1)
    network.snap(points[:1])  # builds the index
    snap = benchmark(network.snap, points)
    assert (snap.segment >= 0).all()
