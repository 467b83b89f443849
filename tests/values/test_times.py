"""RFC 3339 by its grammar, and what PostgreSQL writes, in years that Python does not have too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import orjson
import pytest

from apps.values import times

READ = [
    ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00+00:00"),
    ("2026-01-31t09:30:00z", "2026-01-31T09:30:00+00:00"),
    ("2026-01-31T09:30:00-00:00", "2026-01-31T09:30:00+00:00"),
    ("2026-01-31T09:30:00.5+01:00", "2026-01-31T08:30:00.500000+00:00"),
    ("2026-01-31T09:30:00+23:59", "2026-01-30T09:31:00+00:00"),
    # Cut off, not rounded: it does not become another day.
    ("2026-01-31T23:59:59.9999999999Z", "2026-01-31T23:59:59.999999+00:00"),
    ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00+00:00"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
    # Leap seconds: two of the examples of section 5.8, and one that has a fraction.
    ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00+00:00"),
    ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00+00:00"),
    ("2012-06-30T23:59:60.75Z", "2012-07-01T00:00:00+00:00"),
]
REFUSED = [
    "2026-W05-6T09:30:00Z",
    "2026-031T09:30:00Z",
    "20260131T093000Z",
    "2026-01-31 09:30:00Z",
    "2026-01-31x09:30:00Z",
    "2026-01-31🎉09:30:00Z",
    "2026-01-31T09:30:00,5Z",
    "2026-01-31T09:30:00.Z",
    "2026-01-31T09:30:00+01:00:30",
    "2026-01-31T09:30:00+0100",
    "2026-01-31T09:30:00+01",
    "2026-01-31T09:30:00+24:00",
    "2026-01-31T09:30:00+01:60",
    "2026-01-31T09:30:00\u221201:00",
    "2026-01-31T09:30:00Z\n",
    "2026-01-31T09:30:00Z ",
    " 2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00Z[UTC]",
    "2026-01-31T09:30Z",
    "2026-01-31T09Z",
    "2026-1-5T9:30:00Z",
    "26-01-31T09:30:00Z",
    "+2026-01-31T09:30:00Z",
    "12026-01-31T09:30:00Z",
    "2026-02-30T09:30:00Z",
    "2026-00-31T09:30:00Z",
    "0000-01-01T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:30:61Z",
    "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0663\u0661T\u0660\u0669:\u0663\u0660:\u0660\u0660Z",
    "\uff12\uff10\uff12\uff16-01-31T09:30:00Z",
    "2026-01-31T09\uff1a30:00Z",
    # Not at the end of a month, and not at midnight of UTC.
    "2026-01-30T23:59:60Z",
    "2026-01-31T23:58:60Z",
    "2026-01-31T22:59:60Z",
    "2026-01-31T23:59:60+01:00",
    # Not in Python's calendar, in UTC.
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:60Z",
    "0001-01-01T00:00:00+12:00",
    "",
]


@pytest.mark.parametrize(("text", "read"), READ)
def test_a_timestamp_is_read(text: str, read: str) -> None:
    assert times.instant(text).isoformat() == read


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(times.NotATime) as refused:
        times.instant(text)
    assert refused.value.code == "invalid"


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T09:30:00", "2026-01-31t09:30:00.5"])
def test_a_time_without_an_offset_is_told_so(text: str) -> None:
    with pytest.raises(times.NotATime) as refused:
        times.instant(text)
    assert refused.value.code == "no_offset"


def test_a_leap_second_has_a_sentence_of_its_own() -> None:
    with pytest.raises(times.NotATime, match="leap second"):
        times.instant("2026-01-30T23:59:60Z")


@pytest.mark.parametrize(
    "text",
    [
        "2026-W05",
        "2026-W05-6",
        "20260131",
        "2026-1-31",
        "2026-02-30",
        "2026-01-31\n",
        "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0663\u0661",
    ],
)
def test_only_a_full_date_is_a_day(text: str) -> None:
    assert times.day("2026-01-31") == date(2026, 1, 31)
    with pytest.raises(times.NotATime):
        times.day(text)


@pytest.mark.parametrize("bound", [times.EARLIEST, times.LATEST])
def test_any_zone_can_show_a_bound_and_the_day_beside_it(bound: datetime) -> None:
    for name in available_timezones():
        for days in (-1, 0, 1):
            assert bound + timedelta(days=days) == (bound + timedelta(days=days)).astimezone(ZoneInfo(name))


def test_only_what_is_in_between_is_writable() -> None:
    for text in ("0001-01-03T00:00:00Z", "9999-12-29T23:59:59.999999Z", "9999-12-30T00:00:00+00:01"):
        assert times.writable_instant(text) == times.instant(text)
    for text in ("0001-01-02T23:59:59.999999Z", "9999-12-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        with pytest.raises(times.NotATime, match="from 0001-01-03 to 9999-12-29"):
            times.writable_instant(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-01-31 09:30:00+00", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("2026-01-31 09:30:00.12+00", datetime(2026, 1, 31, 9, 30, 0, 120000, tzinfo=UTC)),
        ("1850-01-01 00:19:32+00:19:32", datetime(1850, 1, 1, tzinfo=UTC)),
        ("0001-01-03 00:00:00+00", times.EARLIEST),
        ("9999-12-29 23:59:59.999999+00", times.LATEST),
        ("9999-12-31 23:59:59+00", times.LATEST),
        ("10000-01-01 00:00:00+00", times.LATEST),
        ("294276-12-31 23:59:59.999999+00", times.LATEST),
        ("infinity", times.LATEST),
        ("0001-01-02 23:59:59+00", times.EARLIEST),
        ("0001-01-01 00:00:00+00", times.EARLIEST),
        ("0044-03-15 12:00:00+00 BC", times.EARLIEST),
        ("4714-11-24 00:00:00+00 BC", times.EARLIEST),
        ("-infinity", times.EARLIEST),
    ],
)
def test_what_postgresql_writes_is_read(text: str, read: datetime) -> None:
    found = times.from_database(text)
    assert found == read
    assert found.utcoffset() is not None
    assert orjson.dumps(found) == orjson.dumps(read) or found.utcoffset()
    stored = times.in_database(found)
    assert stored == text or datetime.fromisoformat(stored) == read
