"""Conditional tags of OpenStreetMap: what a tag such as ``access:conditional`` says at a moment.

``no @ (Mo-Fr 07:00-09:00); destination @ (22:00-06:00 AND weight>7.5)`` is a list of clauses, each a value
and what it holds under. Of those that hold, the last one counts. Times are read by ``opening-hours-py``,
which knows the time zones, public holidays and sunsets of the world.

Source: wiki.openstreetmap.org/wiki/Conditional_restrictions.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from o2oroute.optional import load
from o2oroute.osm.measures import metres, tonnes

__all__ = ["CONDITIONAL", "Circumstances", "Clause", "clauses", "settled"]

#: What the key of a conditional tag ends with.
CONDITIONAL: Final = ":conditional"

#: Whether something holds at a moment.
Holds = Callable[[datetime], bool]


class Clause(NamedTuple):
    """A value, and what all has to hold for it; nothing to hold: it was not understood."""

    value: str
    conditions: tuple[str, ...]


# a semicolon parts clauses if a value and its "@" follow, and times if not
_BETWEEN_CLAUSES = re.compile(r";(?=[^@;()]*@)")
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
_COMPARISON = re.compile(r"(\w+)\s*(<=|>=|<|>|==?)\s*(.+)", re.ASCII)
_WHOLE_MINUTES = re.compile(r"\b(\d{1,2}:\d\d):00\b", re.ASCII)
_SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")

_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "==": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}

#: Sizes and weights by the names that they have in conditions.
_SIZES: Final[Mapping[str, str]] = {
    "axleload": "axle_load",
    "height": "height",
    "length": "length",
    "weight": "weight",
    "weightrating": "weight",
    "width": "width",
}

#: Who is meant where a condition names people or vehicles; none of them is a delivery vehicle on its round.
_OTHERS: Final = frozenset(
    {
        "agricultural",
        "bus",
        "caravan",
        "coach",
        "disabled",
        "emergency",
        "forestry",
        "hazmat",
        "hov",
        "military",
        "permit",
        "permit_holder",
        "psv",
        "resident",
        "residents",
        "staff",
        "taxi",
        "tourist_bus",
        "trailer",
        "women",
    }
)


def clauses(text: str) -> tuple[Clause, ...]:
    """Split the value of a conditional tag.

    Examples
    --------
    >>> clauses("no @ (Mo-Fr 07:00-09:00; PH off); yes @ (22:00-06:00 AND weight<3.5)")[1]
    Clause(value='yes', conditions=('22:00-06:00', 'weight<3.5'))
    """
    found = []
    for part in _BETWEEN_CLAUSES.split(text):
        value, at, condition = part.partition("@")
        condition = condition.strip()
        if condition.startswith("(") and condition.endswith(")"):
            condition = condition[1:-1]
        conditions = tuple(word.strip() for word in _AND.split(condition)) if at else ()
        found.append(Clause(value.strip(), conditions))
    return tuple(found)


@dataclass(frozen=True)
class Circumstances:
    """Where conditions are looked at, and for which vehicle.

    Attributes
    ----------
    lon, lat : float
        Degrees; the place says which time zone and which public holidays.
    sizes : mapping of str to float or None
        ``height``, ``width``, ``length`` in metres, ``weight`` and ``axle_load`` in tonnes.
    """

    lon: float
    lat: float
    sizes: Mapping[str, float | None]

    @cached_property
    def _known(self) -> dict[str, Holds | None]:
        return {}

    def understood(self, condition: str) -> Holds | None:
        """Return what tells whether a condition holds, or None if it is not understood.

        Examples
        --------
        >>> milan = Circumstances(9.19, 45.46, {"weight": 3.5})
        >>> at_night = datetime(2026, 11, 25, 23, 30)
        >>> milan.understood("22:00-06:00")(at_night), milan.understood("weight>7.5")(at_night)
        (True, False)
        >>> milan.understood("wet") is None
        True
        """
        if condition not in self._known:
            self._known[condition] = self._read(condition)
        return self._known[condition]

    def _read(self, condition: str) -> Holds | None:
        if condition in _OTHERS:
            return lambda _when: False
        compared = _COMPARISON.fullmatch(condition)
        if compared is not None:
            return self._comparison(*compared.groups())
        # school holidays differ from district to district, and nothing knows them
        return None if _SCHOOL_HOLIDAYS.search(condition) else self._hours(condition)

    def _comparison(self, name: str, sign: str, text: str) -> Holds | None:
        name = _SIZES.get(name, "")
        limit = (tonnes if name in {"weight", "axle_load"} else metres)(text)
        if not name or limit is None:
            return None
        size = self.sizes.get(name)
        holds = size is not None and _COMPARED[sign](size, limit)
        return lambda _when: holds

    def _hours(self, text: str) -> Holds | None:
        hours = load("opening_hours")
        text = _WHOLE_MINUTES.sub(r"\1", text)
        try:
            hours.OpeningHours(text)
        except hours.ParserError:
            return None

        @cache
        def there() -> Any:
            # with a place it loads the time zones of the world, which takes as long as a small city
            return hours.OpeningHours(text, coords=(self.lat, self.lon))

        return lambda when: bool(there().is_open(when))


def settled(tags: Mapping[str, str], when: datetime, circumstances: Circumstances) -> dict[str, str]:
    """Return tags as they are at a moment: conditional ones have taken the place of those that they modify.

    Parameters
    ----------
    tags : mapping of str to str
    when : datetime
        Without a time zone: by the clocks of the place.
    circumstances : Circumstances

    Examples
    --------
    >>> milan = Circumstances(9.19, 45.46, {})
    >>> tags = {"highway": "residential", "access:conditional": "no @ (22:00-06:00)"}
    >>> settled(tags, datetime(2026, 11, 25, 23, 30), milan)
    {'highway': 'residential', 'access': 'no'}
    >>> settled(tags, datetime(2026, 11, 25, 12, 0), milan)
    {'highway': 'residential'}
    """
    # the library takes no time zones but named ones
    moment = when if when.tzinfo is None else when.astimezone(ZoneInfo("UTC"))
    result = {key: value for key, value in tags.items() if not key.endswith(CONDITIONAL)}
    for key in tags.keys() - result.keys():
        for clause in clauses(tags[key]):
            held = [circumstances.understood(condition) for condition in clause.conditions]
            if held and all(holds is not None and holds(moment) for holds in held):
                result[key.removesuffix(CONDITIONAL)] = clause.value
    return result
