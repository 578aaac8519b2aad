"""Times of day: three kinds, days of every length, and back."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2oroute.model.times import ClockTime, TimeReader, kind_of_time

SEOUL = TimeReader(dt.date(2026, 11, 23), ZoneInfo("Asia/Seoul"))
# the clock jumps from 02:00 to 03:00, and falls back from 03:00 to 02:00
SPRING = TimeReader(dt.date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
AUTUMN = TimeReader(dt.date(2026, 10, 25), ZoneInfo("Europe/Berlin"))
ZONES = ["Asia/Seoul", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe"]

readers = st.builds(
    TimeReader,
    st.none() | st.dates(dt.date(1975, 1, 1), dt.date(2150, 1, 1)),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from([1, 10, 1000]),
)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (-60, -60),
        ("00:00", 0),
        ("09:30", 34200),
        ("09:30:15", 34215),
        ("47:59:59", 172799),
        ("2026-11-23T09:30:00+09:00", 34200),
        ("2026-11-23T00:30:00Z", 34200),
        ("2026-11-22T23:00:00+09:00", -3600),
    ],
)
def test_kinds_of_time(value, seconds):
    assert SEOUL.read(value) == seconds


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("9:30", "HH:MM"),
        ("48:00", "47:59"),
        ("09:60", "HH:MM"),
        ("09:30 ", "HH:MM"),
        ("٠٩:٣٠", "HH:MM"),
        ("", "HH:MM"),
        ("2026-11-23T09:30:00", "offset"),
        ("2026-11-23", "offset"),
        ("2126-11-23T09:30:00Z", "midnight"),
        (True, "HH:MM"),
        (None, "HH:MM"),
        (1.5, "HH:MM"),
        (2**40, "midnight"),
        (-(2**40), "midnight"),
    ],
)
def test_what_is_no_time(value, told):
    with pytest.raises(ValueError, match=told):
        SEOUL.read(value)


def test_iso_needs_a_date():
    with pytest.raises(ValueError, match='needs the "date"'):
        TimeReader().read("2026-11-23T09:30:00Z")


@pytest.mark.parametrize(
    ("reader", "value", "hours"),
    [
        (SPRING, "01:59", 1 + 59 / 60),
        (SPRING, "02:00", 2),
        (SPRING, "02:30", 2),  # never shown: the moment of the change
        (SPRING, "03:00", 2),
        (SPRING, "09:00", 8),
        (SPRING, "24:00", 23),
        (SPRING, "33:00", 32),
        (AUTUMN, "02:00", 2),
        (AUTUMN, "02:30", 2.5),  # shown twice: the first
        (AUTUMN, "03:00", 4),
        (AUTUMN, "09:00", 10),
        (AUTUMN, "24:00", 25),
    ],
)
def test_days_of_a_clock_change_have_their_true_length(reader, value, hours):
    assert reader.read(value) == round(hours * 3600)


def test_a_midnight_that_the_clock_skips():
    beirut = TimeReader(dt.date(2026, 3, 29), ZoneInfo("Asia/Beirut"))  # 00:00 is 01:00
    assert beirut.iso(0) == "2026-03-29T01:00:00+03:00"
    assert [beirut.read(time) for time in ("00:00", "00:30", "01:00", "09:00")] == [0, 0, 0, 8 * 3600]


def test_ticks():
    reader = TimeReader(dt.date(2026, 11, 23), ZoneInfo("Asia/Seoul"), ticks_per_second=10)
    assert [reader.read(time) for time in (7, "00:01", "2026-11-23T00:00:00.26+09:00")] == [7, 600, 3]
    assert reader.iso(605) == "2026-11-23T00:01:00.500000+09:00"
    assert [reader.clock(time) for time in (600, 605, 610)] == ["00:01", None, "00:01:01"]


def test_no_date_no_iso():
    assert TimeReader().iso(0) is None


@given(readers, st.integers(-(2**26), 2**26))
def test_iso_is_read_back(reader, ticks):
    text = reader.iso(ticks)
    if reader.date is not None:
        assert reader.read(text) == ticks


@given(readers, st.integers(-(2**26), 2**26))
def test_iso_is_what_the_zone_says(reader, ticks):
    if reader.midnight is not None:
        moment = reader.midnight.astimezone(dt.UTC) + dt.timedelta(seconds=ticks / reader.ticks_per_second)
        for _ in range(2):
            assert reader.iso(ticks) == moment.astimezone(reader.midnight.tzinfo).isoformat()


@given(readers, st.integers(-(2**26), 2**26))
def test_clock_is_read_back(reader, ticks):
    text = reader.clock(ticks)
    if text is not None:
        assert kind_of_time(text) == "clock"
        assert reader.read(text) == ticks


@given(readers)
def test_later_on_the_clock_is_never_earlier(reader):
    times = [reader.read(f"{hour:02}:{minute:02}") for hour in range(48) for minute in (0, 15, 30, 45)]
    assert all(first <= second for first, second in pairwise(times))


@given(readers, st.integers(0, 47), st.integers(0, 59))
def test_whole_minutes_that_come_once_have_a_clock_time(reader, hour, minute):
    text = f"{hour:02}:{minute:02}"
    ticks = reader.read(text)
    back = reader.clock(ticks)
    assert back is not None
    # another text only where the clock skips this one
    assert back == text or reader.read(back) == ticks


def test_clock_times_read_outside_a_problem_keep_their_text():
    time = ClockTime("09:30")
    for twin in (copy.deepcopy(time), pickle.loads(pickle.dumps(time))):  # noqa: S301 - our own
        assert (twin, twin.text) == (34200, "09:30")
    assert SPRING.read(time) == 34200 - 3600
