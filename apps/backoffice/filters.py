"""A range of days as whoever looks means it: in their time zone, the last day included."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import RangeDateFilter


class DaysFilter(RangeDateFilter):
    """What is no date is left out."""

    def compared(self, moment: F | Value) -> Any:
        """A column, and what it is compared with, as an index has them."""
        return moment

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (self._day(end) for end in ("from", "to"))
        column = self.compared(F(self.field_path))
        if first:
            queryset = queryset.filter(GreaterThanOrEqual(column, self.compared(Value(first))))
        if last:
            queryset = queryset.filter(LessThan(column, self.compared(Value(last + timedelta(days=1)))))
        return queryset

    def _day(self, end: str) -> datetime | None:
        try:
            day = parse_date(str(self.used_parameters.get(f"{self.field_path}_{end}", "")))
            return timezone.make_aware(datetime.combine(day, time())) if day else None
        except (ValueError, OverflowError):
            return None
