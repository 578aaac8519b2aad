"""Reading OpenStreetMap files of every kind, whole and broken."""

from __future__ import annotations

import bz2
import gzip
import os
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import osmium
import pytest

from o2oroute.errors import InputError
from o2oroute.osm.pbf import read_osm
from o2oroute.osm.records import OsmRecords

WAYS = {"highway": ("residential", "primary")}
KEYS = ("highway", "oneway")
DEMO = Path(str(files("o2oroute") / "data" / "helsinki_center.osm.pbf"))

MAP = """
node a 0 0 b 1 0 c 2 0 d 3 0
way abc name=Main%20Street oneway=yes
way cd highway=primary ref=D1 surface=asphalt
way da highway=footway
way bd note=plain
turn abc c cd restriction=no_left_turn except=bus;taxi note=x
"""


def read(path: Path, **options) -> OsmRecords:
    return read_osm(path, ways=WAYS, keys=KEYS, **options)


def test_ways_of_the_wanted_classes_with_their_nodes_and_kept_tags(town):
    records = read(town(MAP))
    assert records.way_id.tolist() == [2, 3, 5]
    assert records.way_first.tolist() == [0, 3, 5, 7]
    assert "".join(map(chr, records.node_id)) == "abccdbd"
    assert records.lon.tolist() == [100000000 + 10000 * x for x in (0, 1, 2, 2, 3, 1, 3)]
    assert set(records.lat.tolist()) == {450000000}
    assert [records.tag_sets[tags] for tags in records.way_tags] == [
        {"highway": "residential", "oneway": "yes"},
        {"highway": "primary"},
        {"highway": "residential"},
    ]
    assert [records.names[name] for name in records.way_name] == ["Main Street", "D1", ""]
    assert records.source == "town.osm"
    assert records.counts == {"ways": 3, "nodes": 4, "missing_nodes": 0, "restrictions": 1}


def test_restrictions_stand_as_in_the_file(town):
    (restriction,) = read(town(MAP)).restrictions
    assert restriction.tags == {"restriction": "no_left_turn", "except": "bus;taxi"}
    assert restriction.from_ways == (2,)
    assert restriction.via_nodes == (ord("c"),)
    assert restriction.via_ways == ()
    assert restriction.to_ways == (3,)


def test_a_way_that_is_called_a_restriction_is_none(town):
    path = town("node a 0 0 b 1 0\nway ab\nway ab highway=path type=restriction")
    assert read(path).way_id.tolist() == [2]


def test_deleted_ways_and_restrictions_are_left_out(town):
    path = town(MAP)
    path.write_text(path.read_text().replace('<way id="2" ', '<way id="2" visible="false" '))
    assert read(path).way_id.tolist() == [3, 5]


@pytest.mark.parametrize("ending", [".osm.pbf", ".PBF", ".osm.gz", ".osm.bz2"])
def test_all_formats_hold_the_same(town, tmp_path, ending):
    plain = town(MAP)
    path = tmp_path / f"copy{ending}"
    if ending.lower().endswith("pbf"):
        with osmium.SimpleWriter(osmium.io.File(str(path), "pbf")) as writer:
            for thing in osmium.FileProcessor(str(plain)):
                writer.add(thing)
    else:
        path.write_bytes((gzip if ending == ".osm.gz" else bz2).compress(plain.read_bytes()))
    records, copy = read(plain), read(path)
    for name in ("way_id", "way_first", "way_tags", "way_name", "node_id", "lon", "lat"):
        np.testing.assert_array_equal(getattr(copy, name), getattr(records, name))
    assert copy.tag_sets == records.tag_sets
    assert copy.names == records.names
    assert copy.restrictions == records.restrictions


def test_a_way_is_cut_where_a_node_is_missing(town):
    records = read(town("node a 0 0 b 1 0 d 3 0 e 4 0 g 6 0\nway abcdefg"))
    assert records.way_id.tolist() == [2, 2]  # a-b and d-e; g stands alone
    assert "".join(map(chr, records.node_id)) == "abde"
    assert records.counts["missing_nodes"] == 2


def test_the_demo_extract_lacks_nodes_at_its_border():
    records = read_osm(DEMO, ways={"highway": ("residential", "service", "tertiary")}, keys=["oneway"])
    raw = Counter(
        node.ref
        for way in osmium.FileProcessor(str(DEMO), osmium.osm.WAY)
        if way.tags.get("highway") in {"residential", "service", "tertiary"}
        for node in way.nodes
    )
    there = {node.id for node in osmium.FileProcessor(str(DEMO), osmium.osm.NODE)}
    assert records.counts["missing_nodes"] == len(raw.keys() - there)
    assert set(records.node_id.tolist()) <= there
    everything = read_osm(DEMO, ways={"highway": _car_classes()}, keys=["oneway"])
    assert everything.counts["missing_nodes"] == 264


def _car_classes() -> tuple[str, ...]:
    from o2oroute.road.profile import load_profile

    return load_profile("car").classes


def test_nodes_behind_the_ways_are_told(town):
    path = town("node a 0 0 b 1 0\nway ab")
    text = path.read_text()
    way = text[text.index("<way") : text.index("</osm>")]
    path.write_text(text.replace(way, "").replace("<node", way + "<node", 1))
    with pytest.raises(InputError, match="osmium sort"):
        read(path)


@pytest.mark.parametrize(
    ("box", "letters"),
    [
        ((9.9999, 44.999, 10.0001, 45.001), "ab"),
        ((10.0005, 44.999, 10.0015, 45.001), "abc"),
        ((10.0021, 44.999, 10.0029, 45.001), "cd"),  # the step runs through the box, its nodes lie outside
        ((9, 44, 11, 46), "abcd"),
    ],
)
def test_a_box_keeps_the_steps_that_meet_it(town, box, letters):
    records = read(town("node a 0 0 b 1 0 c 2 0 d 3 0\nway abcd"), bbox=box, buffer=0)
    assert "".join(map(chr, records.node_id)) == letters


def test_the_buffer_is_in_metres(town):
    path = town("node a 0 0 b 1 0 c 2 0 d 3 0\nway abcd")
    box = (9.99, 44.999, 9.9995, 45.001)
    with pytest.raises(InputError, match="no road inside the box"):
        read(path, bbox=box, buffer=30)
    assert read(path, bbox=box, buffer=50).node_id.size == 2  # half a unit is 39 metres
    assert read(path, bbox=box, buffer=130).node_id.size == 3


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((1, 2, 3), "four numbers"),
        (("a", 0, 1, 1), "four numbers"),
        (7, "four numbers"),
        ((2, 0, 1, 1), "west < east"),
        ((0, 2, 1, 1), "south < north"),
        ((0, 0, 1, 91), "degrees"),
        ((0, 0, float("nan"), 1), "degrees"),
    ],
)
def test_a_box_that_is_none_is_refused(town, box, message):
    with pytest.raises(InputError, match=message):
        read(town(MAP), bbox=box)


@pytest.mark.parametrize("buffer", [-1, float("nan"), float("inf")])
def test_a_buffer_that_is_none_is_refused(town, buffer):
    with pytest.raises(InputError, match="buffer is"):
        read(town(MAP), bbox=(9, 44, 11, 46), buffer=buffer)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "nowhere.osm.pbf")


def test_a_folder(tmp_path):
    (tmp_path / "folder.osm").mkdir()
    with pytest.raises(InputError, match="is not a file"):
        read(tmp_path / "folder.osm")


def test_a_name_that_tells_no_format(tmp_path):
    (tmp_path / "map.json").write_text("{}")
    with pytest.raises(InputError, match=r"must end in one of \.pbf, \.osm, \.osm\.gz, \.osm\.bz2"):
        read(tmp_path / "map.json")


ENDINGS = [".osm.pbf", ".osm", ".osm.gz", ".osm.bz2"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_file(tmp_path, ending):
    path = tmp_path / f"empty{ending}"
    path.touch()
    with pytest.raises(InputError, match="is empty"):
        read(path)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"not a map at all\n" * 100,
        b"\0" * 1000,
        b"<html><body>503</body></html>",
        b'{"elements": []}',
        os.urandom(5000),
    ],
    ids=["byte", "text", "zeros", "html", "json", "noise"],
)
def test_a_foreign_file_is_refused_by_name(tmp_path, ending, content):
    path = tmp_path / f"foreign{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError, match="foreign"):
        read(path)


def test_a_truncated_file_is_refused(town, tmp_path):
    plain = town(MAP).read_bytes()
    for ending, content in [
        (".osm", plain),
        (".osm.gz", gzip.compress(plain)),
        (".osm.bz2", bz2.compress(plain)),
        (".osm.pbf", DEMO.read_bytes()),
    ]:
        path = tmp_path / f"cut{ending}"
        path.write_bytes(content[: len(content) * 2 // 3])
        with pytest.raises(InputError, match="cut"):
            read(path)


def test_a_map_without_wanted_ways(town):
    with pytest.raises(InputError, match="no usable road"):
        read(town("node a 0 0 b 1 0\nway ab highway=path"))


FUZZ = """
import random, sys
from pathlib import Path
from o2oroute.errors import InputError
from o2oroute.osm.pbf import read_osm

content, path = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
chance = random.Random(5)
outcomes = set()
for _ in range(60):
    broken = bytearray(content)
    for _ in range(chance.choice([1, 10, 1000])):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    path.write_bytes(broken)
    try:
        read_osm(path, ways={"highway": ["residential", "service"]}, keys=["oneway"])
        outcomes.add("read")
    except InputError:
        outcomes.add("refused")
print(sorted(outcomes))
"""


def uncompressed(source: Path, target: Path) -> Path:
    """Copy a file so that broken bytes reach what is inside its blocks."""
    with osmium.SimpleWriter(osmium.io.File(str(target), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return target


@pytest.mark.parametrize("kind", ["pbf", "plain pbf", "osm"])
def test_broken_bytes_never_end_the_process(town, tmp_path, kind):
    source = {
        "pbf": lambda: DEMO,
        "plain pbf": lambda: uncompressed(town(MAP), tmp_path / "plain.osm.pbf"),
        "osm": lambda: town(MAP),
    }[kind]()
    target = tmp_path / ("broken.osm" if kind == "osm" else "broken.osm.pbf")
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(source), str(target)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "refused" in done.stdout
