"""Plan files: what is written reads back, what is wrong is said with its place, the schema is current."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import line, planned, solution, tiny
from o2oroute.errors import InputError
from o2oroute.formats.plan_json import parse_plan, plan_schema, read_plan, write_plan
from o2oroute.plan.schedule import make_plan
from random_problems import by_id, instances, routes_of

SCHEMA = Path(__file__).parents[2] / "docs/reference/plan.schema.json"


@pytest.fixture
def plan():
    orders = [{"delivery": {"kg": 1.5}, "windows": [(100, 200)]}, {"windows": [(0, 5)]}]
    day = {"date": "2026-11-23", "time_zone": "Asia/Seoul"}
    problem = tiny(line(0, 10, 20), orders=orders, vehicles=[{"shift": (0, 999)}], **day)
    return planned(problem, {"v0": "a"})[1]


def test_round_trip(plan, tmp_path):
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    assert read_plan(str(tmp_path / "plan.json")) == plan


def test_the_file_is_what_the_format_page_says(plan, tmp_path):
    write_plan(plan, tmp_path / "plan.json")
    data = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert set(data) == {
        *("schema_version", "date", "time_zone", "summary", "routes", "unassigned", "run", "attribution")
    }
    stop = data["routes"][0]["stops"][1]
    assert stop["arrival"] == "2026-11-23T00:01:40+09:00"
    assert json.dumps(stop["arrival_seconds"]) == "100"
    assert stop["load"] == {"kg": 0}
    reason = data["unassigned"][0]["reasons"][0]
    assert reason["repair"] == {"pointer": "/orders/1/windows/0/1", "from": 5, "to": 20}


def test_the_schema_is_current():
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    # write it again with json.dumps(plan_schema(), indent=1)
    assert published == plan_schema()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_plans_keep_to_the_schema(data):
    instance = data.draw(instances())
    visits = solution(by_id(instance, data.draw(routes_of(instance, feasible=False))))
    jsonschema.validate(make_plan(instance, visits).to_dict(), plan_schema())


def _changed(data, pointer, value):
    data = copy.deepcopy(data)
    *path, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    part = data
    for step in path:
        part = part[step]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return data


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/routes", {}, "WRONG_TYPE"),
        ("/routes", ..., "MISSING_FIELD"),
        ("/schema_version", 2, "SCHEMA_VERSION"),
        ("/date", "tomorrow", "WRONG_VALUE"),
        ("/summary/cost", "12", "WRONG_TYPE"),
        ("/summary/cost", float("nan"), "NOT_FINITE"),
        ("/summary/served", 1.5, "WRONG_TYPE"),
        ("/summary/served", -1, "WRONG_VALUE"),
        ("/summary/sevred", 1, "UNKNOWN_FIELD"),
        ("/routes/0/stops", [], "WRONG_VALUE"),
        ("/routes/0/stops/1", 7, "WRONG_TYPE"),
        ("/routes/0/stops/1/kind", "lunch", "WRONG_VALUE"),
        ("/routes/0/stops/1/id", 1.5, "WRONG_TYPE"),
        ("/routes/0/stops/1/location", {}, "WRONG_TYPE"),
        ("/routes/0/stops/1/arrival", "09:00", "WRONG_TIME"),
        ("/routes/0/stops/1/arrival", "2026-11-23T09:00:00", "WRONG_TIME"),
        ("/routes/0/stops/1/arrival_seconds", "100", "WRONG_TYPE"),
        ("/routes/0/stops/1/arrival_seconds", True, "WRONG_TYPE"),
        ("/routes/0/stops/1/arrival_seconds", 1e300, "WRONG_VALUE"),
        ("/routes/0/stops/1/arrival_seconds", 10**400, "WRONG_VALUE"),
        ("/routes/0/stops/1/load/kg", None, "WRONG_TYPE"),
        ("/unassigned/0/reasons/0/repair/to", ..., "MISSING_FIELD"),
        ("/run/statistics", 1, "WRONG_TYPE"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(plan, pointer, value, code):
    with pytest.raises(InputError) as raised:
        parse_plan(_changed(plan.to_dict(), pointer, value))
    assert [(f.pointer, f.code) for f in raised.value.findings] == [(pointer, code)]
    assert all(finding.message and finding.action for finding in raised.value.findings)


def test_everything_wrong_is_said_at_once(plan):
    data = _changed(_changed(plan.to_dict(), "/summary/cost", None), "/routes/0/vehicle", [])
    with pytest.raises(InputError) as raised:
        parse_plan(data)
    assert [f.pointer for f in raised.value.findings] == ["/summary/cost", "/routes/0/vehicle"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"{", "JSON_SYNTAX"),
        (b"[1]", "WRONG_TYPE"),
        (b"3", "WRONG_TYPE"),
        (b"\xff\xff{", "ENCODING"),
        (b'{"date": null, "date": null}', "DUPLICATE_FIELD"),
    ],
)
def test_files_that_are_no_plan(text, code, tmp_path):
    (tmp_path / "plan.json").write_bytes(text)
    with pytest.raises(InputError) as raised:
        read_plan(tmp_path / "plan.json")
    assert code in {f.code for f in raised.value.findings}


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError) as raised:
        read_plan(tmp_path / "none.json")
    assert [f.code for f in raised.value.findings] == ["FILE_UNREADABLE"]
