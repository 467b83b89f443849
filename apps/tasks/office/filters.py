"""Filters of the list of tasks, each of which an index serves."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Value
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThan
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import TextFilter

from apps.backoffice.filters import ChoiceFilter, DaysFilter
from apps.tasks.expressions import TAG_KEYS, Contains, OfficePriority, OfficeStatus, OfficeTime
from apps.tasks.models import OPEN, Priority, Status, Task
from apps.values.text import composed

Tasks = QuerySet[Task]


class StatusFilter(ChoiceFilter):
    title = "status"
    parameter_name = "status__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Status.choices

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        return queryset.filter(Exact(OfficeStatus("status"), Value(self.value()))) if self.value() else queryset


class PriorityFilter(ChoiceFilter):
    title = "priority"
    parameter_name = "priority__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(str(value), label) for value, label in Priority.choices]

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        if self.value() is None:
            return queryset
        priority = int(self.value() or 0)
        if priority == Priority.NORMAL:
            return queryset.filter(priority=priority)
        # The index leaves the normal ones out, which are most.
        return queryset.filter(Exact(OfficePriority("priority"), priority)).exclude(priority=Priority.NORMAL)


class TrashFilter(ChoiceFilter):
    title = "trash"
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("no", "Not in the trash"), ("yes", "In the trash"))

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        if self.value() is None:
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


class DueFilter(ChoiceFilter):
    """Of open tasks."""

    title = "due"
    parameter_name = "due"
    # Days from now, from and to.
    SPANS = {"overdue": (None, 0), "today": (0, 1), "week": (0, 7), "any": (None, None)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("overdue", "Overdue"), ("today", "Within a day"), ("week", "Within a week"), ("any", "At any time"))

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        if self.value() is None:
            return queryset
        return between(queryset.filter(OPEN, due_at__isnull=False), "due_at", *self.SPANS[self.value() or ""])


class OpenFilter(ChoiceFilter):
    """Open tasks by their age."""

    title = "open for"
    parameter_name = "open"
    # Days from now, from and to.
    AGES = {"day": (-1, 0), "week": (-7, -1), "month": (-30, -7), "quarter": (-90, -30), "older": (None, -90)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (
            ("day", "Less than a day"),
            ("week", "1 to 7 days"),
            ("month", "7 to 30 days"),
            ("quarter", "30 to 90 days"),
            ("older", "More than 90 days"),
        )

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        if self.value() is None:
            return queryset
        return between(queryset.filter(OPEN), "created_at", *self.AGES[self.value() or ""])


class PersonFilter(TextFilter):
    """The rows of one person, by their subject."""

    title = "person"
    parameter_name = "user__exact"

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        return queryset.filter(user=self.value()) if self.value() else queryset

    def advice_on(self, name: str, value: str) -> str | None:
        is_known = get_user_model()._default_manager.filter(pk=value).exists()
        return None if is_known else "There is no person with this subject."


class TagFilter(TextFilter):
    title = "tag"
    parameter_name = "tag"

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        if not (tag := composed(self.value() or "")):
            return queryset
        # The key finds it; the tags tell that it is one, and not a tag with its owner.
        return queryset.filter(Contains(TAG_KEYS, [tag]), tags__contains=[tag])


class CompletedFilter(DaysFilter):
    def compared(self, moment: F | Value) -> Any:
        return OfficeTime(moment)

    def queryset(self, request: HttpRequest, queryset: Tasks) -> Tasks:
        named = any(self.used_parameters.values())
        return super().queryset(request, queryset.filter(completed_at__isnull=False) if named else queryset)


def between(tasks: Tasks, column: str, first: int | None, last: int | None) -> Tasks:
    """Those whose `column` lies from `first` days from now, up to `last`."""
    now = timezone.now()
    if first is not None:
        tasks = tasks.filter(GreaterThanOrEqual(OfficeTime(column), OfficeTime(Value(now + timedelta(days=first)))))
    if last is not None:
        tasks = tasks.filter(LessThan(OfficeTime(column), OfficeTime(Value(now + timedelta(days=last)))))
    return tasks
