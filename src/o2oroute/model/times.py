"""Times of day: read from the three kinds that files use, and written back."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

__all__ = ["ClockTime", "KindOfTime", "TimeReader", "kind_of_time"]

#: The kinds of time that files use.
KindOfTime: TypeAlias = Literal["integer", "clock", "iso"]

_CLOCK: Final = re.compile(r"([0-4]\d):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_LATEST_HOUR: Final = 47
_HOUR: Final = 3600
_MOST_TOLD: Final = 100_000
_DAY: Final = 86_400
_SECOND: Final = dt.timedelta(seconds=1)
# sums of two still fit an int32
_LARGEST: Final = 2**29
_ALLOWED: Final = 'it must be whole seconds since midnight, "HH:MM", or ISO 8601 with an offset'


class ClockTime(int):
    """A clock time that was read outside a problem: seconds since midnight that remember their text.

    The problem reads the text again on its date: 09:00 is eight hours into a day on which the clock jumps
    forward at night.

    Examples
    --------
    >>> ClockTime("09:30"), ClockTime("09:30").text
    (34200, '09:30')
    """

    text: str

    def __new__(cls, text: str) -> Self:
        """Read a text of the form ``HH:MM`` or ``HH:MM:SS``."""
        time = super().__new__(cls, _seconds_of_clock(text))
        time.text = text
        return time

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]
        """Return what copies and pickles are made from."""
        return (self.text,)


def kind_of_time(value: Any) -> KindOfTime | None:
    """Return which of the three kinds of time a value is, or None.

    Examples
    --------
    >>> kind_of_time("09:30"), kind_of_time(34200), kind_of_time("2026-11-23T09:30:00+09:00")
    ('clock', 'integer', 'iso')
    """
    if isinstance(value, ClockTime):
        return "clock"
    if isinstance(value, int) and not isinstance(value, bool):
        return "integer"
    if not isinstance(value, str):
        return None
    return "clock" if _CLOCK.fullmatch(value) else "iso"


@dataclass(frozen=True)
class TimeReader:
    """Turns times in files into integer ticks since the midnight of the problem's date, and back.

    Attributes
    ----------
    date : datetime.date or None
        Day that ``"HH:MM"`` belongs to; without one, clock times count from an unnamed midnight.
    zone : zoneinfo.ZoneInfo or None
        Where the problem's midnight is; None is UTC. Days with a clock change have their true length: a
        clock time that the change skips is the moment of the change, one that comes twice is its first.
    ticks_per_second : int
    """

    date: dt.date | None = None
    zone: ZoneInfo | None = None
    ticks_per_second: int = 1
    # files repeat the same few clock times in thousands of orders
    _known: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    # and plans tell thousands of moments of the same few hours, again when they are checked
    _hours: dict[int, tuple[str, str] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _told: dict[int, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def midnight(self) -> dt.datetime | None:
        """The problem's midnight, or None without a date."""
        if self.date is None:
            return None
        return dt.datetime.combine(self.date, dt.time(), self.zone or dt.UTC)

    @cached_property
    def _begin(self) -> dt.datetime | None:
        """The midnight in UTC, where sums of times are true."""
        return None if self.midnight is None else self.midnight.astimezone(dt.UTC)

    def read(self, value: Any) -> int:
        """Return a time in ticks.

        Parameters
        ----------
        value : int or str
            Integer ticks, ``"HH:MM"`` or ``"HH:MM:SS"`` up to 47:59:59, or ISO 8601 with an offset.

        Raises
        ------
        ValueError
            If it is none of these; the message goes on after "... is <value>; ".

        Examples
        --------
        >>> TimeReader().read("09:30")
        34200
        """
        kind = kind_of_time(value)
        if kind is None:
            raise ValueError(_ALLOWED)
        if kind == "clock":
            text = value.text if isinstance(value, ClockTime) else value
            ticks = self._known.get(text)
            if ticks is None:
                ticks = self._known[text] = self._elapsed(_seconds_of_clock(text)) * self.ticks_per_second
        elif kind == "iso":
            ticks = round(self._seconds_of_iso(value) * self.ticks_per_second)
        else:
            ticks = int(value)
        if abs(ticks) > _LARGEST:
            raise ValueError(f"times lie within {_LARGEST} ticks of the midnight of the file's date")
        return ticks

    def iso(self, ticks: int) -> str | None:
        """Return a time as ISO 8601 with the offset in force, or None without a date, or beyond any.

        Examples
        --------
        >>> TimeReader(dt.date(2026, 11, 23), ZoneInfo("Asia/Seoul")).iso(34200)
        '2026-11-23T09:30:00+09:00'
        """
        try:
            return self._told[ticks]
        except KeyError:
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            text = self._told[ticks] = self._iso(ticks)
            return text

    def _iso(self, ticks: int) -> str | None:
        of_hour = _HOUR * self.ticks_per_second
        hour, rest = divmod(ticks, of_hour)
        if hour not in self._hours:
            self._hours[hour] = self._shown(hour * of_hour, (hour + 1) * of_hour - 1)
        shown = self._hours[hour]
        seconds, fraction = divmod(rest, self.ticks_per_second)
        if shown is None or fraction:
            moment = self._local(ticks)
            return None if moment is None else moment.isoformat()
        return f"{shown[0]}:{seconds // 60:02}:{seconds % 60:02}{shown[1]}"

    def _shown(self, first: int, last: int) -> tuple[str, str] | None:
        """Return what stands before and behind minutes and seconds in an hour; None if that changes in it."""
        begin, end = self._local(first), self._local(last)
        if (
            begin is None
            or end is None
            or begin.utcoffset() != end.utcoffset()
            or begin.minute
            or begin.second
        ):
            return None
        text = begin.isoformat()
        return text[:13], text[19:]

    def clock(self, ticks: int) -> str | None:
        """Return a time as :meth:`read` reads it back, or None where no clock time says exactly this.

        Examples
        --------
        >>> TimeReader().clock(34200), TimeReader().clock(93601), TimeReader().clock(-1)
        ('09:30', '26:00:01', None)
        """
        seconds, rest = divmod(ticks, self.ticks_per_second)
        moment = self._local(ticks)
        if moment is not None and self.date is not None:
            wall = dt.datetime.combine(self.date, dt.time())
            seconds = (moment.replace(tzinfo=None) - wall) // _SECOND
        hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
        if rest or not 0 <= hours <= _LATEST_HOUR:
            return None
        text = f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
        return text if self.read(text) == ticks else None

    def _local(self, ticks: int) -> dt.datetime | None:
        if self.midnight is None or self._begin is None:
            return None
        try:
            moment = self._begin + dt.timedelta(seconds=ticks / self.ticks_per_second)
            return moment.astimezone(self.midnight.tzinfo)
        except OverflowError:
            return None

    def _elapsed(self, wall: int) -> int:
        """Return the true seconds from midnight to what the clock shows after `wall` seconds."""
        midnight = self.midnight
        if midnight is None:
            return wall
        shown = midnight + dt.timedelta(days=wall // _DAY, seconds=wall % _DAY)  # arithmetic of the clock
        moment = shown.astimezone(dt.UTC)
        if moment.astimezone(midnight.tzinfo).replace(tzinfo=None) != shown.replace(tzinfo=None):
            moment = _moment_of_change(shown)
        return (moment - midnight.astimezone(dt.UTC)) // _SECOND

    def _seconds_of_iso(self, value: str) -> float:
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(_ALLOWED) from None
        if moment.tzinfo is None:
            raise ValueError("it has no offset; end it with one, such as +09:00 or Z")
        if self._begin is None:
            raise ValueError('a time in ISO 8601 needs the "date" of the file to count from')
        return (moment - self._begin).total_seconds()


def _seconds_of_clock(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > _LATEST_HOUR:
        raise ValueError('clock times run from "00:00" to "47:59"')
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def _moment_of_change(skipped: dt.datetime) -> dt.datetime:
    """Return when the clock jumped over a time that it never showed."""
    before = skipped.utcoffset()
    # the two folds of a skipped time lie on either side of the change
    earlier = skipped.replace(fold=1).astimezone(dt.UTC)
    span = (skipped.astimezone(dt.UTC) - earlier) // _SECOND

    def changed(seconds: int) -> bool:
        return (earlier + seconds * _SECOND).astimezone(skipped.tzinfo).utcoffset() != before

    return earlier + bisect_left(range(span), x=True, key=changed) * _SECOND
