"""Filters that several lists have: a range of days as whoever looks means it, and people by what staff know of them."""

from datetime import UTC, datetime, time
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter

from apps.values import times

# More people that the same words find are no answer to "who".
MOST_PEOPLE = 10
# The second one, where clocks go back and the last hour of a day is there twice.
END_OF_DAY = time.max.replace(fold=1)


class ChoiceFilter(admin.SimpleListFilter):
    """One of a few values. unfold's form of the other filters carries the chosen one along by these two names."""

    @property
    def lookup_kwarg(self) -> str | None:
        return self.parameter_name

    @property
    def lookup_val(self) -> list[str]:
        value = self.value()
        return [] if value is None else [value]


class DaysFilter(RangeDateFilter):
    """In their time zone, or of UTC where a day ends in Z; the last day included."""

    def compared(self, moment: F | Value) -> Any:
        """A column, and what it is compared with, as an index has them."""
        return moment

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        column = self.compared(F(self.field_path))
        if first := self._given("from"):
            queryset = queryset.filter(GreaterThanOrEqual(column, self.compared(Value(moment_of(first, time.min)))))
        if last := self._given("to"):
            queryset = queryset.filter(LessThanOrEqual(column, self.compared(Value(moment_of(last, END_OF_DAY)))))
        return queryset

    def advice_on(self, name: str, value: str) -> str | None:
        try:
            moment_of(value, time.min)
        except times.NotATime:
            return "Write a day as 2027-01-31, or as 2027-01-31Z for a day of UTC."
        return None

    def _given(self, end: str) -> str:
        return str(self.used_parameters.get(f"{self.field_path}_{end}", ""))


def moment_of(text: str, clock: time) -> datetime:
    """On a day such as 2027-01-31, in the reader's zone, or in UTC where a Z follows. Raises NotATime."""
    zone = UTC if text.endswith("Z") else timezone.get_current_timezone()
    return datetime.combine(times.day(text.removesuffix("Z")), clock, zone)


def subjects_of(request: HttpRequest, text: str) -> list[str]:
    """Of the person with that subject, else of those whom the list of people finds by these words; else the text."""
    model = get_user_model()
    if not request.user.has_perm("accounts.view_user") or not text.strip() or model.objects.filter(pk=text).exists():
        return [text]
    found, _ = admin.site.get_model_admin(model).get_search_results(request, model._default_manager.order_by(), text)
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE]) or [text]
