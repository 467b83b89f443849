"""What staff see first of a person: when they came, what they own, what went wrong, what was done about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models import Refusal, User

SHOWN = 10


@dataclass(frozen=True)
class TaskCount:
    label: str
    count: int
    address: str


@dataclass(frozen=True)
class Summary:
    person: User
    seen_at: datetime | None
    tasks: list[TaskCount]
    refusals: list[Refusal]
    failed_sign_ins: int
    actions: list[LogEntry]


def summary(person: User) -> Summary:
    sighting = getattr(person, "sighting", None)
    return Summary(
        person=person,
        seen_at=sighting.seen_at if sighting else None,
        tasks=_tasks(person),
        refusals=list(Refusal.objects.filter(subject=person.pk)[:SHOWN]),
        failed_sign_ins=_failed_sign_ins(person),
        actions=list(_log_of(person)[:SHOWN]),
    )


def _tasks(person: User) -> list[TaskCount]:
    """One for each status, those without a task included; and for each that only the rows have."""
    counts = dict(person.tasks.order_by().values_list("status").annotate(Count("pk")))
    status: Any = person.tasks.model._meta.get_field("status")
    known = [
        TaskCount(str(label), counts.pop(value, 0), tasks_address(person, status__exact=value))
        for value, label in status.flatchoices
    ]
    return known + [TaskCount(value, count, tasks_address(person)) for value, count in sorted(counts.items())]


def tasks_address(person: User, **filters: str) -> str:
    return f"{reverse('admin:tasks_task_changelist')}?{urlencode({'user__exact': person.pk, **filters})}"


def _failed_sign_ins(person: User) -> int:
    """Those that still count towards a lockout."""
    if not person.login:
        return 0
    found = AccessAttempt.objects.filter(username=person.login).aggregate(Sum("failures_since_start"))
    return int(found["failures_since_start__sum"] or 0)


def _log_of(person: User) -> Any:
    kind = ContentType.objects.get_for_model(User)
    return LogEntry.objects.filter(content_type=kind, object_id=person.pk).select_related("user").order_by("-pk")
