"""Local times that are no instant, or two."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.values import zones
from apps.values.times import NotATime


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("UTC", "2026-10-25T02:30", "2026-10-25T02:30:00+00:00"),
        ("Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59+00:00"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00+00:00"),
        ("Asia/Kathmandu", "2026-01-31T09:30", "2026-01-31T03:45:00+00:00"),
        ("Europe/Amsterdam", "1850-01-01T00:00", "1849-12-31T23:41:47+00:00"),
    ],
)
def test_a_local_time_is_an_instant(zone: str, local: str, instant: str) -> None:
    found = zones.instant_at(datetime.fromisoformat(local), ZoneInfo(zone))
    # What is known of old times differs from one issue of the IANA database to another.
    assert abs(found - datetime.fromisoformat(instant)) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("zone", "local", "sentence"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "Write the time as 02:30:00+02:00 or as 02:30:00+01:00"),
        ("America/New_York", "2026-11-01T01:30", "Write the time as 01:30:00-04:00 or as 01:30:00-05:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "Write the time as 01:45:00+11:00 or as 01:45:00+10:30"),
        ("Europe/Berlin", "2026-03-29T02:30", "does not exist in Europe/Berlin"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "does not exist"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30 12:00:00 does not exist in Pacific/Apia"),
        ("Etc/GMT+12", "9999-12-31T23:59", "not in the years 1 to 9999"),
        ("Asia/Tokyo", "0001-01-01T00:00", "not in the years 1 to 9999"),
    ],
)
def test_what_is_none_or_two_is_refused(zone: str, local: str, sentence: str) -> None:
    with pytest.raises(NotATime) as refused:
        zones.instant_at(datetime.fromisoformat(local), ZoneInfo(zone))
    assert sentence in str(refused.value)
