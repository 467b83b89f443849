"""A moment on a page: in the zone of whoever looks, or how long ago; exactly on hover."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince


def moment(time: datetime | None, absent: str = "-") -> str:
    return absent if time is None else _told(time, date_format(timezone.localtime(time), "DATETIME_FORMAT"))


def ago(time: datetime | None, absent: str = "-") -> str:
    return absent if time is None else _told(time, f"{timesince(time)} ago")


def _told(time: datetime, words: str) -> str:
    exact = time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return format_html(
        '<time class="whitespace-nowrap" datetime="{}" title="{} (shown in {})">{}</time>',
        exact,
        exact,
        timezone.get_current_timezone_name(),
        words,
    )
