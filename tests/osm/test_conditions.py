"""What conditional tags say, clause by clause and at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from o2oroute.osm.conditions import Circumstances, Clause, clauses, settled

# a Wednesday
NIGHT, MORNING, NOON = (datetime.fromisoformat(f"2026-11-25T{hour}:30") for hour in ("23", "08", "12"))
SUNDAY = datetime.fromisoformat("2026-11-29T12:30")
MILAN = Circumstances(9.19, 45.46, {"weight": 3.5, "height": 2.8, "length": None})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no @ (22:00-06:00)", [("no", "22:00-06:00")]),
        ("no @(Mo-Fr 07:30-09:30; PH off)", [("no", "Mo-Fr 07:30-09:30; PH off")]),
        ("no @ Mo-Fr 12:45-13:30", [("no", "Mo-Fr 12:45-13:30")]),
        ("no @ Mo-Fr 12:45-13:30; PH off", [("no", "Mo-Fr 12:45-13:30; PH off")]),
        ("30 @ (wet); 50 @ (22:00-06:00)", [("30", "wet"), ("50", "22:00-06:00")]),
        (
            "destination @ (06:30-08:30);destination @ (16:30-18:30)",
            [("destination", "06:30-08:30"), ("destination", "16:30-18:30")],
        ),
        ("no @ (7:30-19:00 AND weight>7.5)", [("no", "7:30-19:00", "weight>7.5")]),
        ("no @ (weight > 7.5 and Mo-Fr)", [("no", "weight > 7.5", "Mo-Fr")]),
        ("delivery", [("delivery",)]),
        ("", [("",)]),
    ],
)
def test_clauses(text, expected):
    assert clauses(text) == tuple(Clause(value, tuple(conditions)) for value, *conditions in expected)


@pytest.mark.parametrize(
    ("condition", "night", "morning", "sunday"),
    [
        ("22:00-06:00", True, False, False),
        ("Mo-Fr 07:30-09:30", False, True, False),
        ("07:30:00-09:30:00", False, True, False),
        ("Mo-Sa 07:30-09:30; PH off", False, True, False),
        ("Su", False, False, True),
        ("24/7", True, True, True),
        ("sunset-sunrise", True, False, False),
        ("2016 Apr 25 - 2016 Sep 26", False, False, False),
        ("Nov-Mar", True, True, True),
        ("weight>3", True, True, True),
        ("weight>=3.5 t", True, True, True),
        ("weight > 3500 kg", False, False, False),
        ("height<2.5", False, False, False),
        ("length>12", False, False, False),
        ("emergency", False, False, False),
    ],
)
def test_conditions(condition, night, morning, sunday):
    holds = MILAN.understood(condition)
    assert [holds(when) for when in (NIGHT, MORNING, SUNDAY)] == [night, morning, sunday]


@pytest.mark.parametrize(
    "condition",
    [
        "wet",
        "winter",
        "destination",
        "15-17",
        "SH Mo-Fr 07:00-08:00",
        "stay<2 hours",
        "axles>2",
        "weight>much",
        "",
    ],
)
def test_conditions_that_nothing_can_tell(condition):
    assert MILAN.understood(condition) is None


def test_public_holidays_are_those_of_the_place():
    christmas = datetime.fromisoformat("2026-12-25T08:30")
    childrens_day = datetime.fromisoformat("2026-05-05T12:00")
    assert MILAN.understood("PH")(christmas)
    assert not MILAN.understood("Mo-Sa 07:30-09:30; PH off")(christmas)
    assert not MILAN.understood("PH")(childrens_day)
    assert Circumstances(126.98, 37.57, {}).understood("PH")(childrens_day)


@pytest.mark.parametrize(
    ("tags", "when", "expected"),
    [
        ({"access:conditional": "no @ (22:00-06:00)"}, NIGHT, {"access": "no"}),
        ({"access:conditional": "no @ (22:00-06:00)"}, NOON, {}),
        ({"access": "no", "access:conditional": "yes @ (22:00-06:00)"}, NIGHT, {"access": "yes"}),
        ({"access": "no", "access:conditional": "yes @ (22:00-06:00)"}, NOON, {"access": "no"}),
        ({"maxspeed:conditional": "30 @ (06:00-24:00); 50 @ (22:00-06:00)"}, NIGHT, {"maxspeed": "50"}),
        ({"maxspeed:conditional": "50 @ (22:00-06:00); 30 @ (06:00-24:00)"}, NIGHT, {"maxspeed": "30"}),
        ({"maxspeed:conditional": "80 @ wet; 50 @ (22:00-06:00)"}, NIGHT, {"maxspeed": "50"}),
        ({"access:conditional": "no @ (22:00-06:00 AND weight>7.5)"}, NIGHT, {}),
        ({"access:conditional": "no @ (22:00-06:00 AND weight>3)"}, NIGHT, {"access": "no"}),
        ({"access:conditional": "no @ (22:00-06:00 AND wet)"}, NIGHT, {}),
        ({"motor_vehicle:conditional": "delivery"}, NIGHT, {}),
        ({"hgv:forward:conditional": "no @ (22:00-06:00)"}, NIGHT, {"hgv:forward": "no"}),
    ],
)
def test_the_last_clause_that_holds_counts(tags, when, expected):
    assert settled(tags, when, MILAN) == expected


@pytest.mark.parametrize("zone", [ZoneInfo("America/New_York"), timezone(timedelta(hours=-5)), UTC])
def test_a_moment_of_another_time_zone_is_read_by_the_clocks_of_the_place(zone):
    tags = {"access:conditional": "no @ (22:00-23:00)"}
    at_half_past_ten_in_milan = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
    assert settled(tags, at_half_past_ten_in_milan.astimezone(zone), MILAN) == {"access": "no"}
    assert settled(tags, (at_half_past_ten_in_milan + timedelta(hours=1)).astimezone(zone), MILAN) == {}
