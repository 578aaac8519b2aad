"""Wrong input through ``o2oroute solve``: the stated exit code, and one clear line for each problem."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest


def _first(day, part, **changes):
    day[part][0].update(changes)


FILE_LEVEL = {
    "unknown field": (lambda day: _first(day, "orders", widow=[]), ["UNKNOWN_FIELD /orders/0/widow"]),
    "no vehicles": (lambda day: day.update(vehicles=[]), ["NO_VEHICLES /vehicles"]),
    "vehicles missing": (lambda day: day.pop("vehicles"), ["MISSING_FIELD /vehicles"]),
    "duplicate order": (lambda day: _first(day, "orders", id="o-2"), ["DUPLICATE_ID /orders/1/id"]),
    "duplicate vehicle": (lambda day: _first(day, "vehicles", id="van-2"), ["DUPLICATE_ID /vehicles/1/id"]),
    "unknown depot": (lambda day: _first(day, "vehicles", start="hubb"), ["UNKNOWN_DEPOT /vehicles/0/start"]),
    "mixed kinds of time": (
        lambda day: _first(day, "orders", windows=[[32400, 43200]]),
        ["MIXED_TIMES /orders/0/windows/0/0", "MIXED_TIMES /orders/0/windows/0/1"],
    ),
    "window end before start": (
        lambda day: _first(day, "orders", windows=[["12:00", "09:00"]]),
        ["WINDOW_REVERSED /orders/0/windows/0"],
    ),
    "shift end before start": (
        lambda day: _first(day, "vehicles", shift=["17:00", "08:00"]),
        ["WINDOW_REVERSED /vehicles/0/shift"],
    ),
    "negative service": (lambda day: _first(day, "orders", service=-1), ["/orders/0/service"]),
    "negative load": (lambda day: _first(day, "orders", delivery={"kg": -1}), ["/orders/0/delivery/kg"]),
    "text for a number": (lambda day: _first(day, "orders", service="long"), ["/orders/0/service"]),
    "unknown time zone": (lambda day: day.update(time_zone="Europe/Helsingfors"), ["/time_zone"]),
    "unknown version": (lambda day: day.update(schema_version=99), ["/schema_version"]),
    "depot without a road": (
        lambda day: _first(day, "depots", location=[10.0, 50.0]),
        ["TOO_FAR_FROM_ROAD /depots/0/location"],
    ),
    "unknown profile": (lambda day: _first(day, "vehicles", profile="bike"), ["UNKNOWN_PROFILE"]),
    "several at once": (
        lambda day: (
            _first(day, "orders", widow=[], service=-1),
            _first(day, "vehicles", start="hubb"),
        ),
        ["UNKNOWN_FIELD /orders/0/widow", "/orders/0/service", "UNKNOWN_DEPOT /vehicles/0/start"],
    ),
}

TEXTS = {
    "empty": "",
    "no JSON": "id,lon,lat\n1,2,3\n",
    "syntax": '{"vehicles": [}',
    "cut": '{"vehicles": [{"id": "van-1"',
    "a list": "[]",
    "a number": "7",
    "NaN": '{"vehicles": [{"id": 1}], "orders": [{"id": 1, "location": [NaN, 60]}]}',
    "Infinity": '{"vehicles": [{"id": 1}], "orders": [{"id": 1, "location": [24.9, 60], "prize": Infinity}]}',
    "key twice": '{"vehicles": [], "vehicles": [{"id": 1}], "orders": []}',
    "deep": "[" * 100_000,
    "binary": "\x00\x01\x02",
}

ORDER_LEVEL = {
    "swapped": (lambda day: _first(day, "orders", location=[60.1735, 24.9490]), "COORDINATE_SWAPPED"),
    "out of range": (lambda day: _first(day, "orders", location=[24.9, 160.0]), "COORDINATE_RANGE"),
    "too far from any road": (lambda day: _first(day, "orders", location=[24.9, 60.3]), "TOO_FAR_FROM_ROAD"),
    "load above every vehicle": (lambda day: _first(day, "orders", delivery={"kg": 51}), "LOAD_TOO_LARGE"),
    "window outside every shift": (
        lambda day: _first(day, "orders", windows=[["20:00", "21:00"]]),
        "WINDOW_OUTSIDE_SHIFTS",
    ),
    "index without a matrix": (lambda day: _first(day, "orders", location={"index": 3}), "MATRIX_INDEX"),
}


@pytest.mark.parametrize(("change", "told"), FILE_LEVEL.values(), ids=FILE_LEVEL)
def test_file_level(cli, city, day, order_file, tmp_path, change, told):
    change(day)
    plan = tmp_path / "plan.json"
    ended = cli("solve", order_file(day), "--roads", city, "-o", plan, "--time-limit", 1)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.errors) == len(told)
    for what in told:
        assert sum(what in line for line in ended.errors) == 1
    assert not plan.exists()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_file_that_is_no_order_file(cli, city, order_file, tmp_path, text):
    ended = cli("solve", order_file(text), "--roads", city, "-o", tmp_path / "plan.json")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert not (tmp_path / "plan.json").exists()


def test_syntax_error_tells_line_and_column(cli, city, order_file):
    ended = cli("solve", order_file('{\n  "vehicles": [}\n'), "--roads", city)
    assert ended.code == 2
    assert "Line 2, column 16" in ended.errors[0]


def test_missing_order_file_is_named(cli, city, tmp_path):
    ended = cli("solve", tmp_path / "orderz.json", "--roads", city)
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "orderz.json" in ended.errors[0]


@pytest.mark.parametrize("content", [b"", b"junk", None], ids=["empty", "junk", "missing"])
def test_wrong_extract_is_named(cli, day, order_file, tmp_path, content):
    roads = tmp_path / "city.osm.pbf"
    if content is not None:
        roads.write_bytes(content)
    ended = cli("solve", order_file(day), "--roads", roads)
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "city.osm.pbf" in ended.errors[0]


@pytest.mark.parametrize("damage", [b"", b"o2oroads", b"PK\x03\x04" * 30], ids=["empty", "cut", "foreign"])
def test_damaged_prepared_roads_are_named(cli, day, order_file, tmp_path, damage):
    roads = tmp_path / "city.o2r"
    roads.write_bytes(damage)
    ended = cli("solve", order_file(day), "--roads", roads)
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "city.o2r" in ended.errors[0]


def test_neither_roads_nor_matrix_names_both(cli, day, order_file):
    ended = cli("solve", order_file(day))
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "--roads" in ended.errors[0]
    assert "--matrix" in ended.errors[0]


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"duration": np.zeros((5, 5))}, "MATRIX_KEYS"),
        ({"durations": np.zeros((5, 4))}, "MATRIX_SHAPE"),
        ({"durations": np.full((5, 5), np.nan)}, "MATRIX_VALUE"),
        ({"durations": np.full((5, 5), -1.0)}, "MATRIX_VALUE"),
        ({"durations": np.zeros((5, 5)), "distances": np.zeros((4, 4))}, "MATRIX_SHAPE"),
    ],
)
def test_wrong_matrix_is_named(cli, day, order_file, tmp_path, arrays, code):
    np.savez(tmp_path / "m.npz", **arrays)
    ended = cli("solve", order_file(day), "--matrix", tmp_path / "m.npz")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert code in ended.errors[0]


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--engine", "gurobi", "ortools"),
        ("--time-limit", "-1", "-1"),
        ("--time-limit", "nan", "nan"),
        ("--straight-line", "0", "0"),
        ("--convention", "euc3d", "euc3d"),
    ],
)
def test_wrong_option_is_named(cli, day, order_file, option, value, named):
    travel = () if option == "--straight-line" else ("--straight-line", 30)
    ended = cli("solve", order_file(day), *travel, option, value)
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert named in ended.errors[0]


@pytest.mark.parametrize(("change", "code"), ORDER_LEVEL.values(), ids=ORDER_LEVEL)
def test_order_level_leaves_that_order_out(cli, city, day, order_file, tmp_path, change, code):
    change(day)
    plan = tmp_path / "plan.json"
    ended = cli(
        "solve", order_file(day), "--roads", city, "-o", plan, "--time-limit", 1, "--engine", "insertion"
    )
    assert ended.code == 0
    assert ended.errors == []
    content = json.loads(plan.read_text(encoding="utf-8"))
    assert content["summary"]["served"] == 3
    ((order, reasons),) = [(order["id"], order["reasons"]) for order in content["unassigned"]]
    assert order == "o-1"
    assert [reason["code"] for reason in reasons] == [code]
    assert "o-1" in ended.err


@pytest.mark.parametrize(("change", "code"), ORDER_LEVEL.values(), ids=ORDER_LEVEL)
def test_strict_makes_it_an_input_error(cli, city, day, order_file, tmp_path, change, code):
    change(day)
    plan = tmp_path / "plan.json"
    ended = cli("solve", order_file(day), "--roads", city, "-o", plan, "--strict")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert code in ended.errors[0]
    assert "/orders/0" in ended.errors[0]
    assert not plan.exists()


def test_an_order_file_that_names_a_missing_profile_is_told_the_command(cli, city, day, order_file):
    day["vehicles"][0]["profile"] = "bicycle"
    day["vehicles"][1]["profile"] = "cart"
    ended = cli("solve", order_file(day), "--roads", city)
    assert ended.code == 2
    assert [line.split(": ")[1] for line in ended.errors] == [
        "UNKNOWN_PROFILE /vehicles/0/profile",
        "UNKNOWN_PROFILE /vehicles/1/profile",
    ]
    command = "o2oroute prepare CITY.osm.pbf -o CITY.o2r --profile car --profile bicycle --profile cart.toml"
    assert all(command in line for line in ended.errors)


def test_a_missing_profile_is_told_before_roads_are_built(cli, day, order_file, tmp_path):
    day["vehicles"][1]["profile"] = "cart"
    (tmp_path / "city.osm.pbf").write_bytes(b"never read")
    ended = cli("solve", order_file(day), "--roads", tmp_path / "city.osm.pbf")
    assert ended.code == 2
    (line,) = ended.errors
    assert "UNKNOWN_PROFILE /vehicles/1/profile" in line
    assert "cargo_bike" in line


def test_a_vehicle_may_name_a_profile_file(cli, day, order_file, tmp_path):
    car = files("o2oroute") / "road" / "profiles" / "car.toml"
    mine = tmp_path / "mine.toml"
    mine.write_text(
        car.read_text(encoding="utf-8").replace('name = "car"', 'name = "mine"'), encoding="utf-8"
    )
    for vehicle in day["vehicles"]:
        vehicle["profile"] = str(mine)
    extract = files("o2oroute") / "data" / "helsinki_center.osm.pbf"
    ended = cli(
        "solve", order_file(day), "--roads", str(extract), "-o", tmp_path / "plan.json", "--time-limit", "1"
    )
    assert ended.code == 0
    assert (tmp_path / "plan.json").exists()
