"""A date and a time in a form, typed in the zone of the person who looks."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from apps.values import zones
from apps.values.times import NotATime

HELP = "In your time zone. A time that the clocks show twice needs its offset from UTC, such as 02:30+01:00."


class OffsetTimeField(forms.TimeField):
    """A time of day, with an offset from UTC behind it or without."""

    def to_python(self, value: Any) -> time | None:
        if not isinstance(value, str):
            return super().to_python(value)
        try:
            text, offset = zones.without_offset(value.strip())
        except NotATime as error:
            raise ValidationError(str(error), "invalid") from None
        clock: time | None = super().to_python(text)
        return clock and clock.replace(tzinfo=offset)


class LocalTimeWidget(UnfoldAdminSplitDateTimeWidget):
    def decompress(self, value: datetime | None) -> list[Any]:
        """With the offset where the local time alone would be two instants: sent back, it is the same again."""
        if value is None:
            return [None, None]
        local = timezone.localtime(value)
        clock = local.time().replace(microsecond=0)
        return [local.date(), f"{clock.isoformat()}{zones.offset_of(local)}" if zones.is_repeated(local) else clock]


class LocalTimeField(forms.SplitDateTimeField):
    """Refuses what the clocks skip, and what they show twice unless its offset says which is meant."""

    widget = LocalTimeWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": HELP, **options})
        self.fields = (self.fields[0], OffsetTimeField(required=False, error_messages=self.fields[1].error_messages))

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list or None in data_list:
            # Django says which of the two is missing.
            return super().compress(data_list)
        try:
            return _instant(*data_list)
        except NotATime as error:
            raise ValidationError(str(error), "invalid") from None


def _instant(day: date, clock: time) -> datetime:
    """Raises NotATime."""
    typed = datetime.combine(day, clock)
    return zones.instant_at(typed, timezone.get_current_timezone()) if typed.tzinfo is None else zones.in_utc(typed)
