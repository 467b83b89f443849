"""Filters that several lists have: a range of days as whoever looks means it, and people by what staff know of them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter

from apps.values import times

# More people that the same words find are no answer to "who".
MOST_PEOPLE = 10


class DaysFilter(RangeDateFilter):
    """In their time zone, or of UTC where a day ends in Z; the last day included. What is no date is left out."""

    def compared(self, moment: F | Value) -> Any:
        """A column, and what it is compared with, as an index has them."""
        return moment

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, behind = self._midnight("from"), self._midnight("to", days=1)
        column = self.compared(F(self.field_path))
        if first:
            queryset = queryset.filter(GreaterThanOrEqual(column, self.compared(Value(first))))
        if behind:
            queryset = queryset.filter(LessThan(column, self.compared(Value(behind))))
        return queryset

    def _midnight(self, end: str, days: int = 0) -> datetime | None:
        given = str(self.used_parameters.get(f"{self.field_path}_{end}", ""))
        zone = UTC if given.endswith("Z") else timezone.get_current_timezone()
        try:
            day = times.day(given.removesuffix("Z"))
            return datetime.combine(day + timedelta(days=days), time(), zone)
        except times.NotATime:
            return None
        except OverflowError:  # behind the last day of the calendar, where there is nothing to leave out
            return None


def subjects_of(request: HttpRequest, text: str) -> list[str]:
    """Of the person with that subject, else of those whom the list of people finds by these words; else the text."""
    model = get_user_model()
    if not request.user.has_perm("accounts.view_user") or not text.strip() or model.objects.filter(pk=text).exists():
        return [text]
    found, _ = admin.site.get_model_admin(model).get_search_results(request, model._default_manager.order_by(), text)
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE]) or [text]
