"""``o2oroute demo``: the example in the package, and a made-up day in a named place."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

import o2oroute
from o2oroute.cli.sample import sample_orders

DATA = Path(str(files("o2oroute") / "data"))


@pytest.fixture(scope="module")
def network():
    return o2oroute.RoadNetwork.from_osm(DATA / "helsinki_center.osm.pbf")


def test_demo_serves_all_its_orders(cli, tmp_path, network):
    out = tmp_path / "new" / "demo"
    ended = cli("demo", "--out", out, "--time-limit", 2)
    assert ended.code == 0
    assert "60 orders served" in ended.err
    assert "van-1" in ended.err
    assert sorted(path.name for path in out.iterdir()) == [
        "city.osm.pbf",
        "orders.json",
        "plan.geojson",
        "plan.html",
        "plan.json",
    ]
    plan = o2oroute.read_plan(out / "plan.json")
    assert plan.summary.unassigned == 0
    assert o2oroute.check(o2oroute.read_problem(out / "orders.json"), plan, roads=network) == []


def test_stored_orders_are_right_and_lie_on_streets(network):
    problem = o2oroute.read_problem(DATA / "helsinki_orders.json", strict=True)
    assert len(problem.orders) == 60
    assert len(problem.vehicles) == 5
    places = [part.location for part in (*problem.orders, *problem.depots)]
    assert network.snap(places).distance.max() < 20


def test_made_up_orders_can_be_repeated(network):
    made = sample_orders(network, name="Helsinki")
    assert made == sample_orders(network, name="Helsinki")
    assert made != sample_orders(network, name="Helsinki", seed=8)
    assert len(o2oroute.Problem.from_dict(made, strict=True).orders) == 60


def test_named_place(cli, tmp_path, network, monkeypatch):
    asked = []

    def from_place(name, **_):
        asked.append(name)
        return network

    monkeypatch.setattr(o2oroute.RoadNetwork, "from_place", from_place)
    ended = cli("demo", "--place", "Helsinki, Kluuvi", "--out", tmp_path, "--time-limit", 1)
    assert ended.code == 0
    assert asked == ["Helsinki, Kluuvi"]
    orders = json.loads((tmp_path / "orders.json").read_text(encoding="utf-8"))
    assert orders["properties"]["name"].startswith("Helsinki, Kluuvi")
    assert o2oroute.load_network(tmp_path / "city.o2r").segments == network.segments
    assert o2oroute.read_plan(tmp_path / "plan.json").summary.served == 60


def test_place_where_a_file_stands_is_named(cli, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    ended = cli("demo", "--out", tmp_path / "out")
    assert ended.code == 2
    assert len(ended.errors) == 1
    assert "out" in ended.errors[0]
