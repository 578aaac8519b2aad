"""``o2oroute solve`` and ``check``: from orders to a plan that the checker passes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import o2oroute

PLACES = [[24.9391, 60.1651], [24.9490, 60.1735], [24.9529, 60.1739], [24.9474, 60.1641], [24.9420, 60.1700]]


@pytest.fixture
def by_index(day):
    """Return the orders with places that are rows of a matrix, and the matrix."""
    day["depots"][0]["location"] = {"index": 0}
    for row, order in enumerate(day["orders"], start=1):
        order["location"] = {"index": row}
    durations = 60.0 * (10 - np.abs(np.arange(5)[:, None] - np.arange(5)))
    np.fill_diagonal(durations, 0)
    return day, {"durations": durations, "distances": durations * 10}


def test_all_results(cli, city, day, order_file, tmp_path):
    plan, page, features = tmp_path / "plan.json", tmp_path / "plan.html", tmp_path / "plan.geojson"
    ended = cli(
        *("solve", order_file(day), "--roads", city, "-o", plan, "--map", page, "--geojson", features),
        *("--time-limit", 1, "--seed", 3),
    )
    assert ended.code == 0
    assert ended.out == ""
    assert "4 orders served" in ended.err
    assert " km" in ended.err
    content = json.loads(plan.read_text(encoding="utf-8"))
    assert content["summary"]["unassigned"] == 0
    assert content["run"]["seed"] == 3
    assert content["run"]["time_limit"] == 1
    assert all(route["geometry"] for route in content["routes"])
    assert "OpenStreetMap" in content["attribution"]
    assert json.loads(features.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert "<html" in page.read_text(encoding="utf-8")

    checked = cli("check", order_file(day), plan, "--roads", city)
    assert checked.code == 0
    assert checked.out == ""
    assert "every rule is kept" in checked.err


def test_plan_goes_to_stdout_and_tables_to_stderr(shell, city, day, order_file):
    ended = shell("solve", order_file(day), "--roads", city, "--engine", "insertion")
    assert ended.code == 0
    assert json.loads(ended.out)["summary"]["served"] == 4
    assert "van-" in ended.err
    assert "\x1b[" not in ended.err


def test_names_from_the_file_are_shown_as_they_are(cli, city, day, order_file, tmp_path):
    day["vehicles"][0]["id"] = day["vehicles"][1]["id"] + "[/red] <b>"
    day["orders"][0].update(id="[bold]x[/]", windows=[["20:00", "21:00"]])
    ended = cli("solve", order_file(day), "--roads", city, "-o", tmp_path / "p.json", "--engine", "insertion")
    assert ended.code == 0
    assert "[bold]x[/]" in ended.err


def test_own_matrix(cli, by_index, order_file, tmp_path):
    day, arrays = by_index
    np.savez(tmp_path / "m.npz", **arrays)
    plan = tmp_path / "plan.json"
    ended = cli("solve", order_file(day), "--matrix", tmp_path / "m.npz", "-o", plan, "--engine", "insertion")
    assert ended.code == 0
    content = json.loads(plan.read_text(encoding="utf-8"))
    assert content["summary"]["served"] == 4
    assert all(route["geometry"] is None for route in content["routes"])
    assert cli("check", order_file(day), plan, "--matrix", tmp_path / "m.npz").code == 0


def test_index_outside_the_matrix_leaves_the_order_out(cli, by_index, order_file, tmp_path):
    day, arrays = by_index
    day["orders"][0]["location"] = {"index": 5}
    np.savez(tmp_path / "m.npz", **arrays)
    ended = cli("solve", order_file(day), "--matrix", tmp_path / "m.npz", "--engine", "insertion")
    assert ended.code == 0
    plan = json.loads(ended.out)
    assert [(order["id"], order["reasons"][0]["code"]) for order in plan["unassigned"]] == [
        ("o-1", "MATRIX_INDEX")
    ]


THREE_CLIENTS = """
NAME : three
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 -5 12
DEMAND_SECTION
1 0
2 4
3 5
4 7
DEPOT_SECTION
1
-1
EOF
"""


def test_academic_file_brings_its_travel_and_is_shown_in_its_units(cli, order_file, tmp_path):
    plan = tmp_path / "plan.json"
    ended = cli(
        "solve",
        order_file(THREE_CLIENTS, "three.vrp"),
        "--convention",
        "euc2d",
        "-o",
        plan,
        "--time-limit",
        1,
    )
    assert ended.code == 0
    assert "cost 46.00, length 46, duty 46" in ended.err
    assert "km" not in ended.err
    checked = cli("check", order_file(THREE_CLIENTS, "three.vrp"), plan, "--convention", "euc2d")
    assert checked.code == 0


def test_straight_lines_if_asked_for(cli, day, order_file):
    ended = cli("solve", order_file(day), "--straight-line", 20, "--engine", "insertion")
    assert ended.code == 0
    assert json.loads(ended.out)["summary"]["served"] == 4


def test_same_seed_same_plan_from_the_construction(cli, city, day, order_file):
    def routes():
        ended = cli("solve", order_file(day), "--roads", city, "--engine", "insertion", "--seed", 5)
        return json.loads(ended.out)["routes"]

    assert routes() == routes()


def test_violations_are_listed_and_end_with_four(cli, city, day, order_file, tmp_path):
    plan = tmp_path / "plan.json"
    cli("solve", order_file(day), "--roads", city, "-o", plan, "--engine", "insertion")
    day["orders"][0]["windows"] = [["16:00", "16:10"]]
    ended = cli("check", order_file(day), plan, "--roads", city)
    assert ended.code == 4
    assert "WINDOW" in ended.out
    assert "violations" in ended.err


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema_version": 1, "routes": 3}'])
def test_file_that_is_no_plan_is_an_input_error(cli, city, day, order_file, text):
    ended = cli("check", order_file(day), order_file(text, "plan.json"), "--roads", city)
    assert ended.code == 2
    assert ended.errors
    assert ended.out == ""


def test_time_limit_counts_for_the_search_alone(cli, day, order_file, tmp_path):
    ended = cli("solve", order_file(day), "--straight-line", 20, "-o", tmp_path / "p.json", "--time-limit", 1)
    assert ended.code == 0
    run = o2oroute.read_plan(tmp_path / "p.json").run
    assert run.time_limit == 1
    assert run.seconds


def iter_until(lines, start):
    """Yield lines up to the first that starts with a word."""
    for line in lines:
        yield line
        if line.startswith(start):
            return


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process there")
@pytest.mark.parametrize("command", ["solve", "demo"])
def test_interrupted_search_writes_the_best_plan(command, tmp_path, day, order_file, city):
    """The limit is a minute; the signal comes a moment after the search has begun."""
    plan = tmp_path / "plan.json"
    arguments = {
        "solve": ["solve", order_file(day), "--roads", city, "-o", plan, "--time-limit", "60"],
        "demo": ["demo", "--out", tmp_path, "--time-limit", "60"],
    }[command]
    process = subprocess.Popen(
        [sys.executable, "-m", "o2oroute", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        before = list(iter_until(process.stderr, "searching"))
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert before[-1].startswith("searching for 60 s")
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert out == ""
    best = o2oroute.read_plan(plan)
    assert best.run.interrupted
    assert best.summary.unassigned == 0
    if command == "solve":
        problem = o2oroute.read_problem(order_file(day))
        assert o2oroute.check(problem, best, roads=o2oroute.load_network(city)) == []
