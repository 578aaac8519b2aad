"""``o2oroute solve --format vroom``: output, errors and exit codes where VROOM's were."""

from __future__ import annotations

import io
import json
import sys

import pytest

WORLD = {
    "vehicles": [
        {"id": 1, "start_index": 0, "steps": [{"type": "job", "id": 2}, {"type": "job", "id": 1}]},
    ],
    "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2}],
    "matrix": [[0, 10, 20], [11, 0, 12], [21, 13, 0]],
}


def test_steps_are_timed(cli, order_file):
    ended = cli("solve", order_file(WORLD), "--format", "vroom", "-c", "-g")
    assert ended.code == 0
    answer = json.loads(ended.out)
    assert answer["code"] == 0
    assert answer["summary"]["cost"] == 33
    assert [step["arrival"] for step in answer["routes"][0]["steps"]] == [0, 20, 33, 33]


def test_standard_input_and_an_output_file(cli, tmp_path, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(WORLD).encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    ended = cli("solve", "-", "--format", "vroom", "-c", "-o", tmp_path / "out.json")
    assert (ended.code, ended.out) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["code"] == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("{", "JSON_SYNTAX"),
        ({"vehicles": [], "jobs": []}, "NO_VEHICLES"),
        ({**WORLD, "vehicles": [{"id": 1, "start_index": 0}]}, "NO_STEPS"),
        ({"vehicles": [], "orders": []}, "is an order file"),
    ],
)
def test_wrong_input_is_code_2_in_the_output_too(cli, order_file, content, error):
    ended = cli("solve", order_file(content), "--format", "vroom", "-c")
    assert ended.code == 2
    answer = json.loads(ended.out)
    assert answer["code"] == 2
    assert error in answer["error"]


def test_no_way_is_told(cli, order_file):
    world = {**WORLD, "matrix": [[0, 10, 2**31], [11, 0, 12], [21, 13, 0]]}
    ended = cli("solve", order_file(world), "--format", "vroom", "-c")
    assert ended.code == 2
    assert "no way to job 2" in json.loads(ended.out)["error"]


def test_options_belong_together(cli, order_file):
    assert "allowed are plan and vroom" in cli("solve", order_file(WORLD), "--format", "xml").err
    assert "go with --format vroom" in cli("solve", order_file(WORLD), "-c").err


#: Figures that later versions of VROOM have added to what its samples show.
ADDED = {"amount", "computing_times"}


@pytest.mark.parametrize("options", [(), ("-c",)])
@pytest.mark.parametrize("name", ["example_1", "example_2", "example_3"])
def test_vrooms_samples_are_answered_in_the_shape_of_its_answers(cli, shared, tmp_path, name, options):
    folder = shared / "instances" / "vroom"
    if options and name != "example_3":
        pytest.skip("only this one states routes")
    output, travel = tmp_path / "out.json", () if name == "example_2" else ("--straight-line", 80, "-g")
    ended = cli(
        *("solve", folder / f"{name}.json", "--format", "vroom", "-o", output, *travel, *options),
        *("--time-limit", 1),
    )
    assert ended.code == 0
    ours, theirs = (
        json.loads(path.read_text(encoding="utf-8")) for path in (output, folder / f"{name}_sol.json")
    )
    assert ours["code"] == 0
    if name != "example_3" or options:  # its stated routes break rules, which a search must not
        assert len(ours["unassigned"]) <= len(theirs["unassigned"])
    assert _keys([ours["summary"]]) - ADDED == _keys([theirs["summary"]]) - ADDED
    no_roads = {"geometry"}  # straight lines have none
    assert _keys(ours["routes"]) - ADDED == _keys(theirs["routes"]) - no_roads
    kinds = {step["type"] for route in theirs["routes"] for step in route["steps"]}
    for kind in kinds:
        our_steps, their_steps = (
            [step for route in answer["routes"] for step in route["steps"] if step["type"] == kind]
            for answer in (ours, theirs)
        )
        assert _keys(our_steps) == _keys(their_steps)


@pytest.mark.parametrize("name", ["docker_test_req", "express_custom_matrix"])
def test_samples_with_the_old_matrix_are_answered(cli, shared, name):
    path = shared / "instances" / "vroom" / f"{name}.json"
    ended = cli("solve", path, "--format", "vroom", "--time-limit", 1)
    assert ended.code == 0
    answer = json.loads(ended.out)
    assert (answer["code"], answer["unassigned"]) == (0, [])


def _keys(items):
    return {key for item in items for key in item}
