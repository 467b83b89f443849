"""Times in files: with an offset as RFC 3339 has them, and without one in the zone of the person who imports."""

import re
from datetime import UTC, datetime, tzinfo

from django import forms

# A date, or a date and a time to the minute or finer.
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
# Two days from the ends of the calendar: every zone can then show it, and the day before and after.
EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, 23, 59, 59, 999999, tzinfo=UTC)
INVALID = "This is no time such as 2027-01-31T09:30:00Z, 2027-01-31 09:30 or 2027-01-31."


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """None for an empty text. A date alone is its midnight. Raises ValidationError."""
    if not text.strip():
        return None
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        raise forms.ValidationError(INVALID)
    day, time, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}{(offset or '').upper()}")
    except ValueError:
        raise forms.ValidationError(INVALID) from None
    return _bounded(moment if moment.tzinfo else _local(moment, zone))


def _local(moment: datetime, zone: tzinfo) -> datetime:
    """Where the clocks are changed, an hour occurs twice or not at all."""
    local = moment.replace(tzinfo=zone)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise forms.ValidationError(
            f"The clocks are changed at that time in {zone}: it occurs twice or not at all. "
            "Write it with an offset, such as 2027-01-31T09:30:00+01:00."
        )
    return local


def _bounded(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise forms.ValidationError("The time must be from 0001-01-03 to 9999-12-29, in UTC.")
    return moment.astimezone(UTC)
