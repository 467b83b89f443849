"""Filters of the list of tasks, each of which an index serves."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import TextFilter

from apps.tasks.expressions import LABELS, Contains
from apps.tasks.models import OPEN, Task


class TrashFilter(admin.SimpleListFilter):
    title = "trash"
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return (("no", "Not in the trash"), ("yes", "In the trash"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        return {"no": queryset.filter(deleted_at=None), "yes": queryset.exclude(deleted_at=None)}.get(
            self.value() or "", queryset
        )


class DueFilter(admin.SimpleListFilter):
    """Of open tasks."""

    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return (("overdue", "Overdue"), ("today", "Within a day"), ("week", "Within a week"), ("any", "At any time"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        now = timezone.now()
        spans = {
            "overdue": Q(due_at__lt=now),
            "today": Q(due_at__gte=now, due_at__lt=now + timedelta(days=1)),
            "week": Q(due_at__gte=now, due_at__lt=now + timedelta(days=7)),
            "any": Q(due_at__isnull=False),
        }
        span = spans.get(self.value() or "")
        return queryset.filter(OPEN, span, due_at__isnull=False) if span else queryset


class OpenFilter(admin.SimpleListFilter):
    """Open tasks by their age."""

    title = "open for"
    parameter_name = "open"
    # Days, from and to.
    AGES = {"day": (0, 1), "week": (1, 7), "month": (7, 30), "quarter": (30, 90), "older": (90, None)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return (
            ("day", "Less than a day"),
            ("week", "1 to 7 days"),
            ("month", "7 to 30 days"),
            ("quarter", "30 to 90 days"),
            ("older", "More than 90 days"),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        if self.value() not in self.AGES:
            return queryset
        youngest, oldest = self.AGES[self.value() or ""]
        now = timezone.now()
        opened = queryset.filter(OPEN, created_at__lte=now - timedelta(days=youngest))
        return opened if oldest is None else opened.filter(created_at__gt=now - timedelta(days=oldest))


class TagFilter(TextFilter):
    title = "tag"
    parameter_name = "tag"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        return queryset.filter(Contains(LABELS, [self.value()])) if self.value() else queryset
