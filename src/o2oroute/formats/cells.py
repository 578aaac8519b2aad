"""Cells of tables that people keep: numbers, lengths of time, windows, places, however they are written."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Any, Final

__all__ = [
    "is_decimal_comma",
    "is_empty",
    "read_number",
    "read_place",
    "read_seconds",
    "read_windows",
    "text_of",
]

_EMPTY: Final = frozenset({"", "-", "--", "n/a", "na", "nan", "nat", "none", "null", "#n/a"})
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
#: A comma that can only be a decimal one: not three digits behind it.
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})(?!\d)\D*", re.ASCII)
_SPAN_PART: Final = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(hours?|hrs?|h|시간|minutes?|mins?|min|m|분|seconds?|secs?|sec|s|초)", re.IGNORECASE
)
_SECONDS_IN: Final = {"h": 3600, "시": 3600, "m": 60, "분": 60, "s": 1, "초": 1}
_CLOCK_SPAN: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_CLOCK: Final = re.compile(
    r"(?P<half>오전|오후)?\s*(?P<hour>\d{1,2})(?:(?:[:.h]|시)\s*(?:(?P<minute>[0-5]\d)분?)?(?::(?P<second>[0-5]\d))?)?"
    r"\s*(?P<suffix>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
_TO: Final = re.compile(r"\s*(?:[-\u2012-\u2015~\u301c\uff5e]|\bto\b|\bbis\b|\buntil\b)\s*", re.IGNORECASE)
_OR: Final = re.compile(r"\s*(?:[;,|\n]|\bor\b|또는)\s*", re.IGNORECASE)
_PAIR: Final = re.compile(r"\(?\s*([+-]?\d+(?:[.,]\d+)?)\s*[;,\s]\s*([+-]?\d+(?:[.,]\d+)?)\s*\)?", re.ASCII)
_POINT: Final = re.compile(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)", re.IGNORECASE)


def text_of(cell: Any) -> str:
    """Return a cell as text: full-width characters as plain ones, odd spaces as spaces, none around it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(cell))).strip()


def is_empty(cell: Any) -> bool:
    """Tell whether a cell has nothing in it: blank, a dash, NaN or one of the words for none."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    return text_of(cell).casefold() in _EMPTY


def is_decimal_comma(cell: Any) -> bool:
    """Tell whether a cell is a number whose comma must be a decimal one."""
    return isinstance(cell, str) and "." not in cell and bool(_DECIMAL_COMMA.fullmatch(text_of(cell)))


def read_number(cell: Any, *, decimal_comma: bool = False, unit: str = "") -> float:
    """Return the number of a cell.

    Parameters
    ----------
    cell : object
    decimal_comma : bool
        Whether ``1,234`` is a little more than one; else it is a thousand.
    unit : str
        May stand behind the number.

    Raises
    ------
    ValueError
        If it is none; the message says what is allowed.

    Examples
    --------
    >>> read_number(" 2,5 kg", decimal_comma=True, unit="kg"), read_number("1,234.5")
    (2.5, 1234.5)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
    else:
        text = text_of(cell)
        if unit and text.casefold().endswith(unit.casefold()):
            text = text[: -len(unit)]
        text = re.sub(r"[\s'_]", "", text)
        if "," in text and "." in text:  # the last of them is the decimal one
            thousands = "," if text.rindex(".") > text.rindex(",") else "."
            text = text.replace(thousands, "")
        elif "," in text and not decimal_comma:
            if not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", text, re.ASCII):
                raise ValueError("it must be a number")
            text = text.replace(",", "")
        text = text.replace(",", ".")
        if not _NUMBER.fullmatch(text):
            raise ValueError("it must be a number")
        value = float(text)
    if not math.isfinite(value):
        raise ValueError("it must be a finite number")
    return value


def read_seconds(cell: Any, *, decimal_comma: bool = False) -> int:
    """Return a length of time in seconds: ``300``, ``5 min``, ``1h 30m``, ``5분``, ``0:05`` or ``00:05:00``.

    Raises
    ------
    ValueError
        If it is none of these.

    Examples
    --------
    >>> read_seconds("5 min"), read_seconds("1h 30m"), read_seconds(300), read_seconds("0:05")
    (300, 5400, 300, 300)
    """
    allowed = 'it must be seconds, or such as "5 min", "1h 30m" or "0:05" (hours and minutes)'
    if isinstance(cell, dt.timedelta):
        seconds = cell.total_seconds()
    else:
        text = text_of(cell)
        if match := _CLOCK_SPAN.fullmatch(text):
            return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
        parts = list(_SPAN_PART.finditer(text))
        if parts and not _SPAN_PART.sub("", text).strip():
            seconds = sum(
                float(part[1].replace(",", ".")) * _SECONDS_IN[part[2][0].casefold()] for part in parts
            )
        else:
            try:
                seconds = read_number(cell, decimal_comma=decimal_comma)
            except ValueError:
                raise ValueError(allowed) from None
    if seconds < 0:
        raise ValueError("it must not be negative")
    return round(seconds)


def read_windows(cell: Any) -> list[tuple[str, str]]:
    """Return the windows of a cell: ``09:00-12:00``, ``9~12``, ``9am to 1:30 pm; 14:00-16:00``, ``9시~12시``.

    Raises
    ------
    ValueError
        If it has none.

    Examples
    --------
    >>> read_windows("9-12; 14:00 ~ 16:30")
    [('09:00', '12:00'), ('14:00', '16:30')]
    """
    windows = []
    for part in _OR.split(text_of(cell)):
        ends = _ISO.findall(part) or _TO.split(part)
        if len(ends) != 2:
            raise ValueError('it must be such as "09:00-12:00", several of them with ; between')
        windows.append((read_moment(ends[0]), read_moment(ends[1])))
    return windows


def read_moment(cell: Any) -> str:
    """Return a time of day as ``HH:MM`` (``HH:MM:SS``), or a moment in ISO 8601 as it is.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if isinstance(cell, dt.datetime):
        if cell.tzinfo is None:
            raise ValueError("it must be a time of day, or a moment with an offset")
        return cell.isoformat()
    if isinstance(cell, dt.time):
        cell = cell.isoformat()
    text = text_of(cell)
    if _ISO.fullmatch(text):
        return text
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError('it must be a time of day such as "09:00"')
    hour, minute, second = int(match["hour"]), match["minute"] or "00", match["second"]
    half = (match["suffix"] or "").casefold()[:1] or {"오전": "a", "오후": "p"}.get(match["half"] or "")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("with am and pm, hours run from 1 to 12")
        hour = hour % 12 + 12 * (half == "p")
    return f"{hour:02}:{minute}" + (f":{second}" if second and second != "00" else "")


def read_place(cell: Any, *, lat_first: bool) -> tuple[float, float]:
    """Return longitude and latitude of a cell with both: ``37.55, 126.95`` or ``POINT (126.95 37.55)``.

    Raises
    ------
    ValueError
        If it is no such pair.
    """
    text = text_of(cell)
    if match := _POINT.fullmatch(text):
        return read_number(match[1]), read_number(match[2])
    match = _PAIR.fullmatch(text)
    if match is None:
        raise ValueError("it must be two numbers, latitude and longitude")
    first, second = (read_number(part, decimal_comma=True) for part in match.groups())
    return (second, first) if lat_first else (first, second)
