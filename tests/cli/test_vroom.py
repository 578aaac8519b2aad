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
