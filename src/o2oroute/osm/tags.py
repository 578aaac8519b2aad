"""What the values of OpenStreetMap tags mean, before any profile judges them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

__all__ = ["Direction", "is_contraflow", "oneway", "speed_limit"]

_KNOT: Final = 1.852
_MILE: Final = 1.609344

#: Fastest limit that is believed; a larger number is a slip of the mapper.
_FASTEST: Final = 200.0

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots?)?", re.ASCII)

#: km/h of the limits that are named instead of numbered, wherever the country has no entry of its own below.
_NAMED: Final[Mapping[str, float]] = {
    "living_street": 10.0,
    "motorway": 120.0,
    "rural": 90.0,
    "trunk": 110.0,
    "urban": 50.0,
    "walk": 7.0,
    "none": math.inf,
}

#: km/h of ``maxspeed=CC:name`` where the law of the country differs
#: (wiki.openstreetmap.org/wiki/Default_speed_limits).
_NAMED_IN_COUNTRY: Final[Mapping[str, float]] = {
    "AR:urban": 40.0,
    "AT:motorway": 130.0,
    "AT:rural": 100.0,
    "AT:trunk": 100.0,
    "BE-BRU:rural": 70.0,
    "BE-BRU:urban": 30.0,
    "BE-VLG:rural": 70.0,
    "BY:motorway": 110.0,
    "BY:urban": 60.0,
    "CH:rural": 80.0,
    "CH:trunk": 100.0,
    "CZ:motorway": 130.0,
    "DE:living_street": 7.0,
    "DE:motorway": math.inf,
    "DE:rural": 100.0,
    "DK:motorway": 130.0,
    "DK:rural": 80.0,
    "ES:trunk": 90.0,
    "FI:rural": 80.0,
    "FR:motorway": 130.0,
    "FR:rural": 80.0,
    "GB:motorway": 70 * _MILE,
    "GB:nsl_dual": 70 * _MILE,
    "GB:nsl_restricted": 30 * _MILE,
    "GB:nsl_single": 60 * _MILE,
    "GR:motorway": 130.0,
    "HU:motorway": 130.0,
    "IT:motorway": 130.0,
    "KR:motorway": 100.0,
    "KR:rural": 80.0,
    "KR:trunk": 90.0,
    "NL:motorway": 130.0,
    "NL:rural": 80.0,
    "NL:trunk": 100.0,
    "NO:rural": 80.0,
    "PL:motorway": 140.0,
    "PL:trunk": 120.0,
    "RO:motorway": 130.0,
    "RO:trunk": 100.0,
    "RU:living_street": 20.0,
    "RU:motorway": 110.0,
    "RU:urban": 60.0,
    "SE:rural": 70.0,
    "SI:motorway": 130.0,
    "SK:motorway": 130.0,
    "UK:motorway": 70 * _MILE,
    "UK:nsl_dual": 70 * _MILE,
    "UK:nsl_restricted": 30 * _MILE,
    "UK:nsl_single": 60 * _MILE,
    "ZA:rural": 100.0,
    "ZA:urban": 60.0,
}

_COUNTRY = re.compile(r"([A-Za-z]{2}(?:-[A-Za-z]{2,3})?):(.+)")


class Direction(IntEnum):
    """Which way along a road traffic may go."""

    BACKWARD = -1
    BOTH = 0
    FORWARD = 1
    #: Neither way can be relied on: the direction changes with the hour.
    CHANGING = 2


_ONEWAY: Final[Mapping[str, Direction]] = {
    "-1": Direction.BACKWARD,
    "0": Direction.BOTH,
    "1": Direction.FORWARD,
    "alternating": Direction.BOTH,
    "false": Direction.BOTH,
    "no": Direction.BOTH,
    "reverse": Direction.BACKWARD,
    "reversible": Direction.CHANGING,
    "true": Direction.FORWARD,
    "yes": Direction.FORWARD,
}


def oneway(tags: Mapping[str, str], keys: Sequence[str], *, implied: bool = True) -> Direction | None:
    """Return the direction that a road is open in, or None if no tag says.

    Parameters
    ----------
    tags : mapping of str to str
    keys : sequence of str
        ``oneway`` tags, the most specific first: ``["oneway:motorcar", "oneway"]``.
    implied : bool
        Roundabouts count as one-way.

    Examples
    --------
    >>> oneway({"oneway": "-1"}, ["oneway"]).name
    'BACKWARD'
    >>> oneway({"junction": "roundabout"}, ["oneway"]).name
    'FORWARD'
    """
    for key in keys:
        direction = _ONEWAY.get(tags.get(key, "").strip().lower())
        if direction is not None:
            return direction
    if implied and tags.get("junction") in {"roundabout", "circular"}:
        return Direction.FORWARD
    return None


def is_contraflow(tags: Mapping[str, str]) -> bool:
    """Return whether bicycles may ride against the traffic of a one-way street, on a lane or track there.

    Examples
    --------
    >>> is_contraflow({"oneway": "yes", "cycleway": "opposite_lane"})
    True
    >>> is_contraflow({"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "-1"})
    True
    """
    sides = ("", ":left", ":right", ":both")
    return any(
        tags.get(f"cycleway{side}", "").startswith("opposite")
        or tags.get(f"cycleway{side}:oneway") in {"-1", "no"}
        for side in sides
    )


def speed_limit(value: str) -> float | None:
    """Return a ``maxspeed`` in km/h: ``inf`` where there is no limit, None where the value says nothing.

    Of a list (``50;30`` or ``50|30``) the lowest counts; a condition (``30 @ (22:00-06:00)``) does not.

    Parameters
    ----------
    value : str
        A number, also with ``mph`` or ``knots``; ``none``, ``walk``; or a named limit such as ``DE:urban``,
        ``RO:trunk``, ``DE:zone30``.

    Examples
    --------
    >>> speed_limit("50"), round(speed_limit("30 mph")), speed_limit("FR:urban"), speed_limit("signals")
    (50.0, 48, 50.0, None)
    """
    limits = [limit for part in re.split(r"[;|,]", value) if (limit := _one_limit(part.strip())) is not None]
    return min(limits, default=None)


def _one_limit(text: str) -> float | None:
    country = _COUNTRY.fullmatch(text)
    if country is not None:
        name = country[2].lower()
        named = _NAMED_IN_COUNTRY.get(f"{country[1].upper()}:{name}", _NAMED.get(name))
        # a number after the country, perhaps with "zone" before it
        return named if named is not None else _numbered(re.sub(r"^zone:?", "", name))
    named = _NAMED.get(text.lower())
    return named if named is not None else _numbered(text.lower())


def _numbered(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    unit = match[2] or ""
    speed = float(match[1]) * (_MILE if unit == "mph" else _KNOT if unit.startswith("knot") else 1.0)
    return speed if 0 < speed <= _FASTEST else None
