"""``o2oroute prepare``: roads built once; wrong files and options named."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest

import o2oroute
from o2oroute.formats.network_file import load_networks

EXTRACT = Path(str(files("o2oroute") / "data" / "helsinki_center.osm.pbf"))


def test_prepared_roads_are_the_built_ones(cli, tmp_path):
    ended = cli("prepare", EXTRACT, "-o", tmp_path / "city.o2r")
    assert ended.code == 0
    assert ended.out == ""
    assert "city.o2r: car, " in ended.err
    built = o2oroute.RoadNetwork.from_osm(EXTRACT)
    loaded = o2oroute.load_network(tmp_path / "city.o2r", profile="car")
    assert loaded.segments == built.segments
    assert (loaded.weight_ms == built.weight_ms).all()


def test_report_tells_what_was_used_and_left_out_by_profile(cli, tmp_path):
    ended = cli(
        "prepare", EXTRACT, "-o", tmp_path / "city.o2r", "--report", "--profile=car", "--profile=foot"
    )
    assert ended.code == 0
    loaded = load_networks(tmp_path / "city.o2r")
    assert ended.out == "\n\n".join(network.meta["report"] for network in loaded.values()) + "\n"
    car, foot = ended.out.split("\n\n")
    assert car.startswith("helsinki_center.osm.pbf for profile car\nways: ")
    assert foot.startswith("helsinki_center.osm.pbf for profile foot\nways: ")
    assert "291 left out: the file does not have it; roads are cut there" in car


def test_box_keeps_a_part(cli, tmp_path):
    box = "24.93518,60.16416,24.936,60.1645"
    assert cli("prepare", EXTRACT, "-o", tmp_path / "part.o2r", "--bbox", box).code == 0
    assert o2oroute.load_network(tmp_path / "part.o2r").segments < 1376


@pytest.mark.parametrize(
    "box", ["24,60,25", "a,b,c,d", "25,60,24,61", "24,61,25,60", "24,60,25,91", "nan,60,25,61"]
)
def test_wrong_box_is_named(cli, tmp_path, box):
    ended = cli("prepare", EXTRACT, "-o", tmp_path / "city.o2r", "--bbox", box)
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert f"--bbox {box}" in ended.errors[0]


def test_unknown_profile_is_named_with_what_there_is(cli, tmp_path):
    ended = cli("prepare", EXTRACT, "-o", tmp_path / "city.o2r", "--profile", "hovercraft")
    assert ended.code == 2
    assert "'hovercraft'" in ended.errors[0]
    assert "car" in ended.errors[0]
    assert not (tmp_path / "city.o2r").exists()


def test_output_is_needed(cli):
    ended = cli("prepare", EXTRACT)
    assert ended.code == 2
    assert "--output" in ended.err


def test_prepared_file_is_not_prepared_again(cli, city, tmp_path):
    ended = cli("prepare", city, "-o", tmp_path / "again.o2r")
    assert ended.code == 2
    assert "is prepared already" in ended.errors[0]


@pytest.mark.parametrize("target", ["no/such/folder/city.o2r", "."])
def test_place_that_cannot_be_written_is_named_before_the_work(cli, tmp_path, target):
    ended = cli("prepare", EXTRACT, "-o", tmp_path / target)
    assert ended.code == 2
    assert "cannot be written" in ended.errors[0]
    assert "segments" not in ended.err


def test_place_without_permission_is_named_before_the_work(cli, tmp_path, monkeypatch):
    # whoever runs the tests may be allowed to write everywhere
    monkeypatch.setattr("os.access", lambda _, mode, **__: mode != os.W_OK)
    ended = cli("prepare", EXTRACT, "-o", tmp_path / "city.o2r")
    assert ended.code == 2
    assert "permission denied" in ended.errors[0]
    assert "segments" not in ended.err


@pytest.mark.parametrize("content", [b"", b"junk", EXTRACT.read_bytes()[:5000]], ids=["empty", "junk", "cut"])
def test_wrong_extract_is_named(cli, tmp_path, content):
    source = tmp_path / "city.osm.pbf"
    source.write_bytes(content)
    ended = cli("prepare", source, "-o", tmp_path / "city.o2r")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "city.osm.pbf" in ended.errors[0]
    assert not (tmp_path / "city.o2r").exists()


@pytest.mark.parametrize("name", ["missing.osm.pbf", "orders.json"])
def test_missing_or_foreign_source_is_named(cli, tmp_path, name):
    ended = cli("prepare", tmp_path / name, "-o", tmp_path / "city.o2r")
    assert ended.code == 2
    assert name in ended.errors[0]
