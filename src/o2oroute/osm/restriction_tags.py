"""Tags of turn restrictions: the ways of writing them that are no longer in use, put into those that are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from o2oroute.osm.conditions import CONDITIONAL

__all__ = ["RESTRICTION_TYPES", "restriction_tags"]

#: Values of ``type`` of relations that restrict turns; those with a vehicle are an old way to name it.
RESTRICTION_TYPES: Final = (
    "restriction",
    "restriction:bicycle",
    "restriction:bus",
    "restriction:goods",
    "restriction:hgv",
    "restriction:motor_vehicle",
    "restriction:motorcar",
    "restriction:motorcycle",
    "restriction:psv",
    "restriction:vehicle",
)

_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d\d))?", re.ASCII)
_SPANS = re.compile(r"\d{1,2}:\d\d-\d{1,2}:\d\d(,\d{1,2}:\d\d-\d{1,2}:\d\d)*", re.ASCII)
_DAYS: Final[Mapping[str, str]] = {
    **{
        name: day[:2]
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        for name in (day.lower(), day[:3].lower(), day[:2].lower())
    },
    "m": "Mo",
    "w": "We",
    "f": "Fr",
}


def restriction_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that say whom a relation restricts, how, and when.

    ``type=restriction:hgv`` becomes ``restriction:hgv``, and ``day_on``, ``day_off``, ``hour_on`` and
    ``hour_off`` become ``restriction:conditional``. If such times are not plain, it holds always.

    Examples
    --------
    >>> restriction_tags({"type": "restriction:hgv", "restriction": "no_left_turn"})
    {'restriction:hgv': 'no_left_turn'}
    >>> days, hours = {"day_on": "Monday", "day_off": "Friday"}, {"hour_on": "7", "hour_off": "09:30"}
    >>> restriction_tags({"type": "restriction", "restriction": "no_left_turn"} | days | hours)
    {'restriction:conditional': 'no_left_turn @ (Mo-Fr 7:00-09:30)'}
    """
    kept = {key: tags[key] for key in tags if key == "except" or key.startswith("restriction")}
    vehicle = tags.get("type", "").removeprefix("restriction")
    if vehicle and "restriction" in kept:
        kept.setdefault(f"restriction{vehicle}", kept["restriction"])
        del kept["restriction"]
    times = _times(tags)
    key = f"restriction{vehicle}"
    if times and key in kept:
        kept[key + CONDITIONAL] = f"{kept.pop(key)} @ ({times})"
    return kept


def _times(tags: Mapping[str, str]) -> str:
    """Return days and hours in the syntax of opening hours; ``""`` where there are none, or no plain ones."""
    days = [_DAYS.get(tags[key].strip().lower(), "") for key in ("day_on", "day_off") if key in tags]
    hours = [tags[key].strip() for key in ("hour_on", "hour_off") if key in tags]
    if len(hours) == 1 and _SPANS.fullmatch(hours[0]):
        span = hours[0]
    else:
        matches = [_HOUR.fullmatch(hour) for hour in hours]
        span = "-".join(f"{match[1]}:{match[2] or '00'}" for match in matches if match)
        if span.count("-") != len(hours) / 2:
            return ""
    if not all(days) or len(days) == 1:
        return ""
    return " ".join(part for part in ("-".join(days), span) if part)
