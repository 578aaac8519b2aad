"""Sizes, weights and durations as OpenStreetMap writes them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["metres", "seconds", "tonnes"]

_FOOT: Final = 0.3048
_INCH: Final = 0.0254
_POUND: Final = 0.00045359237
_SHORT_TON: Final = 0.90718474

_METRES = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|metres?|meters?|cm|ft|feet)?", re.ASCII | re.IGNORECASE)
_FEET_INCHES = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:'|ft|feet)\s*(?:(\d+(?:[.,]\d+)?)\s*(?:\"|''|in|inch(?:es)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_TONNES = re.compile(r"(\d+(?:[.,]\d+)?)\s*(t|tonnes?|mt|kg|lbs?|st|tons?)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,3}):)?(\d+)", re.ASCII)
_ISO = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII | re.IGNORECASE
)


def metres(value: str) -> float | None:
    r"""Return a length such as ``maxheight`` in metres, or None where the value says nothing.

    Examples
    --------
    >>> metres("3.5"), metres("3,5 m"), round(metres("12'6\""), 2), metres("default")
    (3.5, 3.5, 3.81, None)
    """
    text = value.strip()
    match = _METRES.fullmatch(text)
    if match is not None:
        unit = (match[2] or "m").lower()
        factor = _FOOT if unit in {"ft", "feet"} else 0.01 if unit == "cm" else 1.0
        return _number(match[1]) * factor
    match = _FEET_INCHES.fullmatch(text)
    return None if match is None else _number(match[1]) * _FOOT + _number(match[2] or "0") * _INCH


def tonnes(value: str) -> float | None:
    """Return a weight such as ``maxweight`` in metric tonnes, or None where the value says nothing.

    Examples
    --------
    >>> tonnes("3.5"), tonnes("7500 kg"), round(tonnes("8 st"), 2), tonnes("none")
    (3.5, 7.5, 7.26, None)
    """
    match = _TONNES.fullmatch(value.strip())
    if match is None:
        return None
    unit = (match[2] or "t").lower()
    if unit == "kg":
        factor = 0.001
    elif unit in {"lb", "lbs"}:
        factor = _POUND
    else:
        factor = _SHORT_TON if unit in {"st", "ton", "tons"} else 1.0
    return _number(match[1]) * factor


def seconds(value: str) -> float | None:
    """Return a ``duration`` in seconds: minutes, ``HH:MM``, ``HH:MM:SS`` or ISO 8601.

    Examples
    --------
    >>> seconds("25"), seconds("01:10"), seconds("00:02:30"), seconds("PT1H5M"), seconds("soon")
    (1500.0, 4200.0, 150.0, 3900.0, None)
    """
    text = value.strip()
    match = _CLOCK.fullmatch(text)
    if match is not None:
        first, second, last = (int(part) if part else 0 for part in match.groups())
        if match[1]:
            return float(first * 3600 + second * 60 + last)
        return float(second * 3600 + last * 60)
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + rest


def _number(text: str) -> float:
    return float(text.replace(",", "."))
