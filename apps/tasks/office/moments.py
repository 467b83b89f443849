"""Times in files: with an offset as RFC 3339 has them, and without one in the zone of the person who imports."""

import re
from datetime import datetime, tzinfo

from django import forms

from apps.values import times, zones

# A date, or a date and a time to the minute or finer.
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
INVALID = "This is no time such as 2027-01-31T09:30:00Z, 2027-01-31 09:30 or 2027-01-31."


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """In UTC; None for an empty text. A date alone is its midnight. Raises ValidationError."""
    if not text.strip():
        return None
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        raise forms.ValidationError(INVALID)
    day, minute, second, offset = found.groups()
    local = f"{day}T{minute or '00:00'}{second or ':00'}"
    try:
        return times.writable(times.instant(local + offset) if offset else zones.instant_at(_clock(local), zone))
    except times.NotATime as error:
        raise forms.ValidationError(str(error)) from None


def _clock(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(INVALID) from None
