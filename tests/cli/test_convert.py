"""``o2oroute convert``, and orders from tables on the command line."""

from __future__ import annotations

import json

import pytest

import o2oroute

TABLE = (
    "주문번호,위도,경도,희망시간,kg\n1,60.1735,24.9490,09:00~12:00,2.5\n2,,24.95,,1\n3,60.1641,24.9474,,\n"
)
EXPLICIT = """NAME : two
TYPE : ACVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0 3 4
5 0 6
7 8 0
DEMAND_SECTION
1 0
2 4
3 5
EOF
"""


@pytest.fixture
def table(order_file):
    return order_file(TABLE, "orders.csv")


@pytest.fixture
def fleet(day, order_file):
    del day["orders"]
    return order_file(day, "fleet.json")


@pytest.fixture
def plan_file(cli, city, day, order_file, tmp_path):
    path = tmp_path / "plan.json"
    ended = cli("solve", order_file(day), "--roads", city, "-o", path, "--engine", "insertion")
    assert ended.code == 0
    return path


def test_a_table_becomes_a_plan_with_everything_written(cli, city, table, fleet, tmp_path):
    plan, gpx, sheets = tmp_path / "plan.json", tmp_path / "plan.gpx", tmp_path / "sheets"
    ended = cli(
        *("solve", table, "--fleet", fleet, "--columns", "delivery.kg=kg", "--roads", city),
        *("-o", plan, "--gpx", gpx, "--run-sheets", sheets, "--engine", "insertion"),
    )
    assert ended.code == 0
    assert "left out: CELL /3/위도: Row 3, column 위도 is empty" in ended.err
    assert json.loads(plan.read_text(encoding="utf-8"))["summary"]["served"] == 2
    assert gpx.read_bytes().startswith(b"<?xml")
    assert sorted(path.suffix for path in sheets.iterdir()) == [".csv", ".html"]
    judged = ("check", table, plan, "--roads", city, "--columns", "delivery.kg=kg", "--fleet")
    assert cli(*judged, fleet).code == 0
    broken = json.loads(fleet.read_text(encoding="utf-8"))
    for vehicle in broken["vehicles"]:
        vehicle["max_stops"] = 0
    stopped = tmp_path / "stopped.json"
    stopped.write_text(json.dumps(broken), encoding="utf-8")
    ended = cli(*judged, stopped)
    assert ended.code == 4
    assert "MAX_STOPS" in ended.out


def test_strict_ends_with_what_is_wrong_in_a_table(cli, city, table, fleet):
    ended = cli("solve", table, "--fleet", fleet, "--roads", city, "--strict")
    assert ended.code == 2
    assert ended.errors == [
        "error: CELL /3/위도: Row 3, column 위도 is empty; an order needs a place. Correct the cell."
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("orders.csv",), "--fleet FLEET.json"),
        (("orders.csv", "--fleet", "day.json"), "without orders"),
        (("orders.csv", "--fleet", "fleet.json", "--columns", "lat"), "is no FIELD=COLUMN"),
        (("orders.csv", "--fleet", "fleet.json", "--columns", "lat=Lat"), "There is no column 'Lat' for lat"),
        (("day.json", "--fleet", "fleet.json"), "are for tables"),
    ],
)
def test_wrong_use_of_tables(cli, table, fleet, day, order_file, tmp_path, options, message):
    order_file({**day, "orders": [{"id": 1, "location": [24.9490, 60.1735]}]}, "day.json")
    names = [tmp_path / option if "." in option and "=" not in option else option for option in options]
    ended = cli("solve", *names, "--straight-line", 30)
    assert ended.code == 2
    assert message in ended.err


def test_a_table_becomes_an_order_file(cli, table, fleet, tmp_path):
    ended = cli("convert", table, tmp_path / "day.json", "--fleet", fleet, "--columns", "delivery.kg=kg")
    assert ended.code == 0
    problem = o2oroute.read_problem(tmp_path / "day.json")
    assert [(order.id, order.delivery) for order in problem.orders] == [("1", {"kg": 2.5}), ("3", {})]


@pytest.mark.parametrize(
    ("name", "options", "begin"),
    [
        ("p.geojson", (), '{"type": "FeatureCollection"'),
        ("p.gpx", (), "<?xml"),
        ("p.html", (), "<!doctype html>"),
        ("p.csv", (), "\ufeffvehicle,number"),
        ("p.json", (), "{"),
        ("p.html", ("--to", "map"), "<!doctype html>"),
        ("p.txt", ("--to", "gpx"), "<?xml"),
    ],
)
def test_a_plan_becomes_anything(cli, plan_file, tmp_path, name, options, begin):
    ended = cli("convert", plan_file, tmp_path / name, *options)
    assert ended.code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").lower().startswith(begin.lower())


def test_a_plan_copied_is_the_same(cli, plan_file, tmp_path):
    cli("convert", plan_file, tmp_path / "copy.json")
    assert o2oroute.read_plan(tmp_path / "copy.json") == o2oroute.read_plan(plan_file)


def test_academic_files_become_orders_and_a_matrix_with_the_same_plan(cli, order_file, tmp_path):
    instance = order_file(EXPLICIT, "two.vrp")
    orders, matrix = tmp_path / "two.json", tmp_path / "two.npz"
    assert "say where they go" in cli("convert", instance, orders).err
    assert cli("convert", instance, orders, "--matrix", matrix).code == 0
    plan = tmp_path / "plan.json"
    ended = cli("solve", orders, "--matrix", matrix, "-o", plan, "--engine", "insertion")
    assert ended.code == 0
    assert json.loads(plan.read_text(encoding="utf-8"))["summary"]["cost"] == 3 + 6 + 7


def test_what_cannot_be_converted_is_told(cli, plan_file, day, order_file, tmp_path):
    orders = order_file(day)
    for arguments, message in (
        ((plan_file, tmp_path / "p.xyz"), "endings are .json, .geojson, .gpx, .html, .csv"),
        ((plan_file, tmp_path / "p.json", "--to", "orders"), "is nothing that a plan becomes"),
        ((plan_file, tmp_path / "p.json", "--fleet", orders), "are for orders"),
        ((orders, tmp_path / "p.gpx"), "does not end with .json"),
        ((orders, tmp_path / "p.json", "--to", "gpx"), "is made of a plan"),
        ((orders, tmp_path / "p.json", "--matrix", tmp_path / "m.npz"), "leave --matrix out"),
        ((tmp_path / "none.json", tmp_path / "p.json"), "cannot be read"),
    ):
        ended = cli("convert", *arguments)
        assert ended.code == 2
        assert message in ended.err
