"""Prepared networks: what is written comes back, and nothing else gets in."""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2oroute.errors import InputError
from o2oroute.formats.network_file import load_network, load_networks, save_network
from o2oroute.road.check import check_network
from o2oroute.road.layout import LAYOUT
from o2oroute.road.network import RoadNetwork

START = struct.Struct("<8sIIIIQ")


@pytest.fixture(scope="module")
def demo() -> RoadNetwork:
    return RoadNetwork.from_osm(str(files("o2oroute") / "data" / "helsinki_center.osm.pbf"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Three streets: two-way, one-way, and a dead end."""
    path = tmp_path_factory.mktemp("map") / "small.osm"
    nodes = [(0, 0), (1, 0), (1, 1), (2, 0)]
    text = "".join(
        f'<node id="{i}" version="1" lon="{10 + x / 1000}" lat="{45 + y / 1000}"/>'
        for i, (x, y) in enumerate(nodes, start=1)
    )
    for number, (refs, name) in enumerate(
        [((1, 2), "Ün"), ((2, 3), "도로"), ((3, 1), ""), ((2, 4), "<b>")], start=1
    ):
        text += f'<way id="{number}" version="1">' + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        text += f'<tag k="highway" v="residential"/><tag k="name" v="{name.replace("<", "&lt;")}"/></way>'
    path.write_text(f'<osm version="0.6">{text}</osm>', encoding="utf-8")
    return RoadNetwork.from_osm(path)


@pytest.fixture(scope="module")
def saved(small: RoadNetwork, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "small.o2r"
    save_network(small, path)
    return path.read_bytes()


def same(one: RoadNetwork, other: RoadNetwork) -> None:
    assert (one.profile, one.meta, one.class_names, one.names) == (
        other.profile,
        other.meta,
        other.class_names,
        other.names,
    )
    for name in LAYOUT:
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs, err_msg=name)


def test_what_is_written_comes_back(demo, small, tmp_path):
    for network in (demo, small):
        save_network(network, tmp_path / "network.o2r")
        loaded = load_network(tmp_path / "network.o2r")
        same(loaded, network)
        check_network(loaded, source="loaded")
    assert set(small.names) == {"", "Ün", "도로", "<b>"}


def test_a_loaded_network_snaps_as_the_built_one(demo, tmp_path):
    save_network(demo, tmp_path / "demo.o2r")
    west, south, east, north = demo.meta["bbox"]
    chance = np.random.default_rng(1)
    points = np.stack((chance.uniform(west, east, 50), chance.uniform(south, north, 50)), axis=1)
    built, loaded = demo.snap(points), load_network(tmp_path / "demo.o2r").snap(points)
    assert (loaded.road_name, loaded.road_class) == (built.road_name, built.road_class)
    for name, array in vars(built).items():
        if name != "network":
            np.testing.assert_array_equal(getattr(loaded, name), array)


def test_arrays_are_mapped_and_read_only(saved, tmp_path):
    (tmp_path / "small.o2r").write_bytes(saved)
    network = load_network(tmp_path / "small.o2r")
    for name in LAYOUT:
        array = getattr(network, name)
        assert not array.flags.writeable
        assert not array.flags.owndata
        assert array.flags.aligned


def test_a_network_in_use_outlives_its_replacement(small, demo, tmp_path):
    path = tmp_path / "city.o2r"
    save_network(small, path)
    network = load_network(path)
    save_network(demo, path)
    same(network, small)
    same(load_network(path), demo)


def test_several_profiles_share_a_file(small, tmp_path):
    path = tmp_path / "city.o2r"
    bike = replace(small, profile="bike")
    save_network([small, bike], path)
    assert list(load_networks(path)) == ["car", "bike"]
    same(load_network(path, profile="bike"), bike)
    with pytest.raises(InputError, match="several profiles; choose one of car, bike"):
        load_network(path)
    with pytest.raises(InputError, match=r"does not hold profile 'truck' but car, bike; .*--profile truck"):
        load_network(path, profile="truck")


def test_what_cannot_be_saved(small, tmp_path):
    with pytest.raises(InputError, match="two networks of one profile"):
        save_network([small, small], tmp_path / "x.o2r")
    with pytest.raises(InputError, match="at least one network"):
        save_network([], tmp_path / "x.o2r")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        save_network(small, tmp_path / "none" / "x.o2r")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that is none")
def test_a_device_is_not_replaced(small, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="a folder or a device"):
        save_network(small, pipe)
    assert pipe.is_fifo()


def test_a_failed_save_leaves_the_old_file(small, tmp_path, monkeypatch):
    path = tmp_path / "city.o2r"
    save_network(small, path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="No space left"):
        save_network(replace(small, profile="bike"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        load_networks(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_files_that_are_none(saved, tmp_path):
    path = tmp_path / "city.o2r"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_network(path)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        load_network(tmp_path)
    assert "is empty" in refused(path, b"")
    assert "is no prepared road network" in refused(path, b"PK\x03\x04" + bytes(1000))
    assert "is no prepared road network" in refused(path, b"o2o")
    assert "only 8 bytes" in refused(path, saved[:8])
    assert "a newer o2oroute (format 4, this one reads 3)" in refused(
        path, saved[:8] + b"\4\0\0\0" + saved[12:]
    )
    assert "an older o2oroute (format 1" in refused(path, saved[:8] + b"\1\0\0\0" + saved[12:])
    assert "truncated or damaged" in refused(path, saved[:-1])
    assert "truncated or damaged" in refused(path, saved + b"\0")


def test_every_truncation_is_refused(saved, tmp_path):
    for length in [*range(100), *range(100, len(saved), 97)]:
        refused(tmp_path / "cut.o2r", saved[:length])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_flipped_bit_is_refused(saved, tmp_path, data):
    place = data.draw(st.integers(0, len(saved) - 1))
    broken = bytearray(saved)
    broken[place] ^= 1 << data.draw(st.integers(0, 7))
    refused(tmp_path / "flipped.o2r", bytes(broken))


def forged(saved: bytes, header: object = None, data: bytes | None = None) -> bytes:
    """Return a file with another header or data and checksums that fit."""
    _, version, size, *_ = START.unpack_from(saved)
    old_header, old_data = saved[START.size : START.size + size], saved[START.size + size :]
    new_header = (
        old_header if header is None else header if isinstance(header, bytes) else json.dumps(header).encode()
    )
    new_data = old_data if data is None else data
    total = START.size + len(new_header) + len(new_data)
    start = START.pack(
        saved[:8], version, len(new_header), zlib.crc32(new_header), zlib.crc32(new_data), total
    )
    return start + new_header + new_data


def header_of(saved: bytes) -> dict:
    return json.loads(saved[START.size : START.size + START.unpack_from(saved)[2]])


def test_a_forged_file_that_changes_nothing_is_loaded(saved, small, tmp_path):
    (tmp_path / "same.o2r").write_bytes(forged(saved, header_of(saved)))
    same(load_network(tmp_path / "same.o2r"), small)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b"null",
        {},
        {"networks": {}},
        {"networks": []},
        {"networks": [None]},
        {"networks": [{}]},
    ],
    ids=repr,
)
def test_headers_of_another_shape_are_refused(saved, tmp_path, header):
    refused(tmp_path / "forged.o2r", forged(saved, header))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("profile", 7),
        ("meta", 7),
        ("class_names", None),
        ("names", [1]),
        ("names", []),
        ("class_names", []),
        ("arrays", {}),
        ("arrays", []),
    ],
)
def test_wrong_fields_are_refused(saved, tmp_path, field, value):
    header = header_of(saved)
    header["networks"][0][field] = value
    refused(tmp_path / "forged.o2r", forged(saved, header))


@pytest.mark.parametrize("place", ["offset", "elements"])
@pytest.mark.parametrize("value", [-64, 1, 2**70, 10**6 * 64, 1.0, True, None, "0"])
def test_wrong_places_are_refused(saved, tmp_path, place, value):
    header = header_of(saved)
    header["networks"][0]["arrays"]["head"][place] = value
    refused(tmp_path / "forged.o2r", forged(saved, header))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_forged_bytes_are_refused_or_harmless(saved, tmp_path, data):
    """Whatever stands in the arrays, what is loaded obeys every rule that compiled code counts on."""
    size = START.unpack_from(saved)[2]
    content = bytearray(saved[START.size + size :])
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "forged.o2r"
    path.write_bytes(forged(saved, data=bytes(content)))
    try:
        network = load_network(path)
    except InputError as error:
        assert "array" in str(error)  # noqa: PT017
    else:
        check_network(network, source="forged")
        network.snap([(10.0005, 45.0)])


def changed(network: RoadNetwork, name: str, place: int, value: int) -> RoadNetwork:
    array = getattr(network, name).copy()
    array[place] = value
    return replace(network, **{name: array})


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("junction_lon", 0, 1_900_000_000),
        ("junction_lat", 0, -1_000_000_000),
        ("segment_tail", 0, -1),
        ("segment_head", 0, 4),
        ("segment_ms", 0, 0),
        ("segment_dm", 0, -1),
        ("segment_dm", 0, 2**30),
        ("segment_twin", 0, -2),
        ("segment_twin", 0, 8),
        ("segment_twin", 0, 0),
        ("segment_twin", 0, -1),
        ("segment_class", 0, 200),
        ("segment_name", 0, 9),
        ("segment_shape", 0, 4),
        ("segment_shape", 0, 1),
        ("segment_reversed", 0, 2),
        ("segment_nodes_first", 0, 1),
        ("segment_nodes_first", 1, 0),
        ("segment_nodes_first", -1, 9),
        ("segment_nodes", 0, 1),
        ("segment_nodes", 0, 8),
        ("shape_first", 1, 1),
        ("shape_first", 1, -5),
        ("shape_first", -1, 100),
        ("shape_lon", 0, 2**31 - 1),
        ("shape_lat", 0, 2**31 - 1),
        ("first_out", 0, 1),
        ("first_out", 1, 100),
        ("first_out", -1, 0),
        ("head", 0, -1),
        ("head", 0, 8),
        ("weight_ms", 0, -1),
        ("weight_ms", 0, 2**30),
        ("weight_ms", 0, 0),
        ("node_ms", 0, 1),
        ("node_dm", 0, 1),
        ("segment_of_node", 0, -1),
        ("segment_of_node", 0, 1),
        ("junction_tail", 0, 99),
        ("junction_head", 0, 99),
        ("rank", 0, -1),
        ("rank", 0, 8),
    ],
)
def test_arrays_that_contradict_each_other_are_refused(small, tmp_path, name, place, value):
    assert small.segments == 8
    network = changed(small, name, place, value)
    assert (getattr(network, name) != getattr(small, name)).any()
    with pytest.raises(InputError, match="is wrong"):
        check_network(network, source="changed")
    save_network(network, tmp_path / "changed.o2r")
    with pytest.raises(InputError, match=r"changed\.o2r: array .* is wrong: .*prepare the network again"):
        load_network(tmp_path / "changed.o2r")


def test_a_head_at_another_junction_is_refused(small, tmp_path):
    elsewhere = np.flatnonzero(small.junction_tail != small.junction_head[0])[0]
    network = changed(small, "head", 0, elsewhere)
    save_network(network, tmp_path / "changed.o2r")
    with pytest.raises(InputError, match="array head is wrong"):
        load_network(tmp_path / "changed.o2r")


def test_a_network_without_segments_is_refused(small, tmp_path):
    lone = {"segment_nodes_first", "shape_first", "first_out"}
    empty = replace(small, **{name: getattr(small, name)[: 1 if name in lone else 0] for name in LAYOUT})
    save_network(empty, tmp_path / "empty.o2r")
    with pytest.raises(InputError, match="has no segments"):
        load_network(tmp_path / "empty.o2r")
