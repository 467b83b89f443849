"""Local times: the instant that a clock on a wall means, where it means one."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from apps.values.times import NOT_IN_CALENDAR, NotATime

# Zones had offsets with seconds before they had hours.
_OFFSET = re.compile(r"\s*([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


def instant_at(local: datetime, zone: tzinfo) -> datetime:
    """In UTC, what `local`, a datetime without a zone, means in `zone`.

    Raises NotATime for what the zone's clocks skip, and for what they show twice (PEP 495).
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise NotATime(_ambiguous(first, second) if is_repeated(first) else _skipped(first))
    return in_utc(first)


def is_repeated(time: datetime) -> bool:
    """Whether clocks in the zone of `time` show it twice: at the end of summer time, for example."""
    first, second = (time.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def in_utc(time: datetime) -> datetime:
    """Raises NotATime."""
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise NotATime(NOT_IN_CALENDAR) from None


def offset_of(time: datetime) -> str:
    """Such as +01:00."""
    return time.isoformat()[len(time.replace(tzinfo=None).isoformat()) :]


def without_offset(text: str) -> tuple[str, timezone | None]:
    """A text before the offset at its end, and that offset; None where there is none. Raises NotATime."""
    match = re.search(_OFFSET.pattern + r"\Z", text)
    if match is None:
        return text, None
    sign, hours, minutes, seconds = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    if offset >= timedelta(days=1):
        raise NotATime("An offset from UTC is less than 24 hours.")
    return text[: match.start()], timezone(-offset if sign == "-" else offset)


def _ambiguous(first: datetime, second: datetime) -> str:
    one, other = (f"{time:%H:%M:%S}{offset_of(time)}" for time in (first, second))
    return f"{_written(first)} occurs twice in {first.tzinfo}. Write the time as {one} or as {other}, to say which."


def _skipped(time: datetime) -> str:
    return f"{_written(time)} does not exist in {time.tzinfo}: the clocks skip it. Write another time."


def _written(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(" ", "seconds")
