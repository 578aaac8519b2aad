"""Old ways of tagging restrictions, put into those in use."""

from __future__ import annotations

import pytest

from o2oroute.osm.restriction_tags import restriction_tags


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"restriction": "no_u_turn", "note": "at the church"}, {"restriction": "no_u_turn"}),
        (
            {"restriction": "no_u_turn", "except": "psv", "restriction:hgv": "only_straight_on"},
            {"restriction": "no_u_turn", "except": "psv", "restriction:hgv": "only_straight_on"},
        ),
        ({"type": "restriction:hgv", "restriction": "no_u_turn"}, {"restriction:hgv": "no_u_turn"}),
        (
            {"type": "restriction:hgv", "restriction": "no_u_turn", "restriction:hgv": "no_left_turn"},
            {"restriction:hgv": "no_left_turn"},
        ),
    ],
)
def test_whom_it_restricts(tags, expected):
    assert restriction_tags({"type": "restriction", **tags}) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (
            {"day_on": "Monday", "day_off": "Friday", "hour_on": "07:00", "hour_off": "09:30"},
            "Mo-Fr 07:00-09:30",
        ),
        ({"day_on": "M", "day_off": "F", "hour_on": "16:00", "hour_off": "18:30"}, "Mo-Fr 16:00-18:30"),
        ({"day_on": "Mo", "day_off": "Sa", "hour_on": "7", "hour_off": "18"}, "Mo-Sa 7:00-18:00"),
        ({"day_on": "Sat", "day_off": "Sun"}, "Sa-Su"),
        ({"hour_on": "22.00", "hour_off": "6.00"}, "22:00-6:00"),
        ({"hour_on": "07:30-09:30,17:30-19:30"}, "07:30-09:30,17:30-19:30"),
    ],
)
def test_when_it_holds(times, expected):
    tags = restriction_tags({"type": "restriction", "restriction": "no_left_turn", **times})
    assert tags == {"restriction:conditional": f"no_left_turn @ ({expected})"}


@pytest.mark.parametrize(
    "times",
    [
        {"hour_on": "7.00 - 17.00", "hour_off": "9.00 - 19.00"},
        {"hour_on": "7"},
        {"hour_off": "dusk", "hour_on": "dawn"},
        {"day_on": "Mo", "hour_on": "7", "hour_off": "9"},
        {"day_on": "T", "day_off": "Fr"},
        {"day_on": "school days", "day_off": "Fr", "hour_on": "7", "hour_off": "9"},
    ],
)
def test_times_that_are_not_plain_leave_it_standing(times):
    tags = {"type": "restriction", "restriction": "no_left_turn", **times}
    assert restriction_tags(tags) == {"restriction": "no_left_turn"}
