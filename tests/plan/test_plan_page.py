"""The page of the plan format: its sample is a plan of this release, and it knows every code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from helpers import solution
from o2oroute.formats.plan_json import parse_plan
from o2oroute.model.instance import build_instance
from o2oroute.model.problem import Problem
from o2oroute.plan.plan import ReasonKind, Route, Stop, Summary
from o2oroute.plan.reasons import REASON_CODES
from o2oroute.plan.rules import RULE_CODES, ViolationCode
from o2oroute.plan.schedule import make_plan

PAGE = (Path(__file__).parents[2] / "docs/reference/plan.md").read_text(encoding="utf-8")


def _section(title):
    return re.split(r"^## ", PAGE.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def _first_column(text):
    rows = re.findall(r"^\| (`[^|]*) \|", text, flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]*)`", row)]


def test_the_sample_is_a_plan():
    problem = Problem(
        date="2026-11-23",
        time_zone="Asia/Seoul",
        depots=[{"id": "hub", "location": (126.95, 37.55), "windows": [("06:00", "22:00")]}],
        vehicles=[
            {
                "id": "van-1",
                "start": "hub",
                "end": "hub",
                "capacity": {"parcels": 2},
                "shift": ("08:00", "17:00"),
            }
        ],
        orders=[
            {
                "id": "o-1",
                "location": (126.94, 37.56),
                "delivery": {"parcels": 1},
                "service": 180,
                "windows": [("09:00", "12:00")],
                "properties": {"phone": "..."},
            },
            {"id": "o-2", "location": (126.96, 37.57), "delivery": {"parcels": 2}, "service": 120},
        ],
    )
    plan = make_plan(build_instance(problem, straight_line=30), solution({"van-1": ["o-1"]}))
    (sample,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    told = parse_plan(json.loads(sample))
    assert told == plan.model_copy(update={"run": told.run})


def test_every_code_of_the_checker_has_its_line():
    codes = {code for part in get_args(ViolationCode) for code in get_args(part) or [part]}
    assert sorted(_first_column(_section("What the checker finds"))) == sorted(codes)
    assert set(RULE_CODES) < codes


def test_every_kind_and_code_of_reasons_has_its_line():
    named = _first_column(_section("Unassigned orders"))
    assert sorted(set(named)) == sorted({"kind"} | set(get_args(ReasonKind)) | set(REASON_CODES))


@pytest.mark.parametrize(("title", "model"), [("Summary", Summary), ("Routes", Stop), ("Routes", Route)])
def test_every_field_is_told(title, model):
    told = set(re.findall(r"`(\w+)`", PAGE if model is Route else _section(title)))
    assert {name.removesuffix("_seconds") for name in model.model_fields} <= {
        name.removesuffix("_seconds") for name in told
    } | {"profile", "stops", "vehicle"}
