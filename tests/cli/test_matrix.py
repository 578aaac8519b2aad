"""``o2oroute matrix``: points in, exact times out; wrong points named by their line."""

from __future__ import annotations

import numpy as np
import pytest

import o2oroute

POINTS = [(24.9384, 60.1699), (24.9525, 60.1693), (24.9414, 60.1719)]


@pytest.fixture
def points(tmp_path):
    def write(text=None):
        lines = ["id,lon,lat", *(f"p{i},{lon},{lat}" for i, (lon, lat) in enumerate(POINTS))]
        path = tmp_path / "points.csv"
        path.write_text("\n".join(lines) + "\n" if text is None else text, encoding="utf-8")
        return path

    return write


def test_matrix_is_that_of_the_library(cli, city, points, tmp_path):
    ended = cli("matrix", city, points(), "-o", tmp_path / "m.npz")
    assert ended.code == 0
    assert ended.out == ""
    expected = o2oroute.load_network(city).matrix(POINTS)
    matrix = o2oroute.TravelMatrix.load(tmp_path / "m.npz")
    assert np.array_equal(matrix.durations, expected.durations)
    assert np.array_equal(matrix.distances, expected.distances)
    assert np.array_equal(matrix.points, POINTS)


def test_times_alone(cli, city, points, tmp_path):
    assert cli("matrix", city, points(), "-o", tmp_path / "m.npz", "--no-distances").code == 0
    assert o2oroute.TravelMatrix.load(tmp_path / "m.npz").distances is None


def test_point_off_the_roads_is_inf_with_a_warning(cli, city, points, tmp_path):
    far = points("id,lon,lat,note\nhere,24.9384,60.1699,x\nsea,25.5,59.9,y\n")
    ended = cli("matrix", city, far, "-o", tmp_path / "m.npz")
    assert ended.code == 0
    assert "point sea is farther than 1000 m" in ended.err
    matrix = o2oroute.TravelMatrix.load(tmp_path / "m.npz")
    assert np.isinf(matrix.durations[0, 1])
    assert matrix.durations[0, 0] == 0


def test_spreadsheet_with_byte_order_mark_is_read(cli, city, points, tmp_path):
    marked = points("\ufeffid,lon,lat\na,24.9384,60.1699\n")
    assert cli("matrix", city, marked, "-o", tmp_path / "m.npz").code == 0


def test_each_wrong_line_is_named(cli, city, points, tmp_path):
    wrong = points("id,lon,lat\na,24.9,60.1\nb,east,60.1\nc,24.9,160.1\nd,24.9\n")
    ended = cli("matrix", city, wrong, "-o", tmp_path / "m.npz")
    assert ended.code == 2
    assert [line.partition("points.csv:")[2][:1] for line in ended.errors] == ["3", "4", "5"]
    assert not (tmp_path / "m.npz").exists()


@pytest.mark.parametrize("text", ["", "id,lon,lat\n", "name;lon;lat\na;1;2\n", "id,x,y\na,1,2\n"])
def test_points_file_without_points_is_named(cli, city, points, tmp_path, text):
    ended = cli("matrix", city, points(text), "-o", tmp_path / "m.npz")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "points.csv" in ended.errors[0]


def test_binary_points_file_is_named(cli, city, tmp_path):
    (tmp_path / "points.csv").write_bytes(bytes(range(256)))
    ended = cli("matrix", city, tmp_path / "points.csv", "-o", tmp_path / "m.npz")
    assert ended.code == 2
    assert "points.csv is no CSV file" in ended.errors[0]


def test_missing_profile_is_named_with_what_the_file_holds(cli, city, points, tmp_path):
    ended = cli("matrix", city, points(), "-o", tmp_path / "m.npz", "--profile", "bike")
    assert ended.code == 2
    assert "'bike' but car" in ended.errors[0]


@pytest.mark.parametrize("damage", ["empty", "foreign", "cut", "flipped"])
def test_damaged_roads_are_named(cli, city, points, tmp_path, damage):
    content = bytearray(city.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged = tmp_path / "damaged.o2r"
    damaged.write_bytes(
        {"empty": b"", "foreign": b"PK\x03\x04" * 50, "cut": city.read_bytes()[:-100], "flipped": content}[
            damage
        ]
    )
    ended = cli("matrix", damaged, points(), "-o", tmp_path / "m.npz")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "damaged.o2r" in ended.errors[0]
