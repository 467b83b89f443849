"""Which times may be stored, and how they are read: from RFC 3339, and from PostgreSQL."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

# Python's calendar goes two days further at each end. No time zone is more than 16 hours from UTC, so that any stored
# time can be shown in any zone, and a day can be added to it.
EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, 23, 59, 59, 999999, tzinfo=UTC)

EXAMPLE = "2026-01-31T09:30:00Z"
OUT_OF_RANGE = "The time must be from 0001-01-03 to 9999-12-29, in UTC."
NOT_IN_CALENDAR = "In UTC, this is not in the years 1 to 9999."
NO_OFFSET = "This needs an offset: end it in Z, or in one such as +01:00."
NOT_RFC_3339 = f"This is not an RFC 3339 timestamp such as {EXAMPLE}."
NO_LEAP_SECOND = "Second 60 is allowed only for a leap second: 23:59:60 UTC on the last day of a month."

# Section 5.6. Hours, minutes and seconds are bounded here, the day of the month by Python.
_FULL_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PARTIAL_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|(60))(?:\.[0-9]+)?"
_OFFSET = r"Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DATE = re.compile(_FULL_DATE)
# The literals of the grammar are in either case.
_TIMESTAMP = re.compile(f"{_FULL_DATE}(?:T{_PARTIAL_TIME}({_OFFSET})?)?", re.IGNORECASE | re.ASCII)


class NotATime(ValueError):
    """A sentence for whoever wrote it. `code` is `invalid` or `no_offset`."""

    def __init__(self, sentence: str, code: str = "invalid") -> None:
        super().__init__(sentence)
        self.code = code


def instant(text: str) -> datetime:
    """An RFC 3339 timestamp, in UTC. Digits beyond microseconds are cut off. Raises NotATime.

    A leap second is read as the first moment of the day after it, which is the second that follows.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise NotATime(NOT_RFC_3339)
    if match[2] is None:
        raise NotATime(NO_OFFSET, "no_offset")
    if match[1]:
        return _leap_second(text)
    return _in_utc(text)


def writable_instant(text: str) -> datetime:
    """An RFC 3339 timestamp that may be stored. Raises NotATime."""
    return writable(instant(text))


def writable(time: datetime) -> datetime:
    """Raises NotATime for a time that may not be stored."""
    if EARLIEST <= time <= LATEST:
        return time
    raise NotATime(OUT_OF_RANGE)


def day(text: str) -> date:
    """A full-date of RFC 3339. Raises NotATime."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise NotATime("This is not a date such as 2026-01-31.")


def _in_utc(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise NotATime(NOT_IN_CALENDAR) from None
    except ValueError:  # no such day
        raise NotATime(NOT_RFC_3339) from None


def _leap_second(text: str) -> datetime:
    """Sections 5.6 and 5.7: the last second of a month of UTC, whatever the offset makes of it."""
    before = _in_utc(f"{text[:17]}59{text[19:]}").replace(microsecond=0)
    try:
        after = before + timedelta(seconds=1)
    except OverflowError:
        raise NotATime(NOT_IN_CALENDAR) from None
    if (after.day, after.hour, after.minute) != (1, 0, 0):
        raise NotATime(NO_LEAP_SECOND)
    return after


def from_database(text: str) -> datetime:
    """A timestamptz in PostgreSQL's ISO format; one that could not be written gives the nearest that could.

    PostgreSQL has years before 1 and after 9999, and infinity; what it holds is kept in the name of the time zone.
    """
    # As text: "10000-01-01" passes too, but is none that Python reads.
    if "0001-01-03" <= text < "9999-12-30":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    is_early = text.startswith(("-", "0001-01-0")) or text.endswith("BC")
    return (EARLIEST if is_early else LATEST).replace(tzinfo=timezone(timedelta(0), text))


def in_database(time: datetime) -> str:
    """What `from_database` was given, or its equal."""
    name = str(time.tzname())
    return time.isoformat() if name.startswith("UTC") else name
