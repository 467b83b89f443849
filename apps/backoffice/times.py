"""A moment on a page: in the zone of whoever looks, and exactly on hover."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html


def moment(time: datetime | None, absent: str = "-") -> str:
    if time is None:
        return absent
    exact = time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    local = timezone.localtime(time)
    return format_html(
        '<time class="whitespace-nowrap" datetime="{}" title="{} (shown in {})">{}</time>',
        exact,
        exact,
        timezone.get_current_timezone_name(),
        date_format(local, "DATETIME_FORMAT"),
    )
