"""An earlier state of a task, put together from its history, and made its state again."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.history.models import Change
from apps.tasks.models import Task

RESTORED = ("title", "description", "status", "priority", "due_at", "tags", "deleted_at")
COLUMNS: dict[str, Any] = {field.name: field for field in Task._meta.concrete_fields}


class Stale(Exception):
    """The task was changed since the page was shown on which somebody decided."""


@dataclass(frozen=True)
class Restoration:
    """`seen` is the newest change that was known; `values` the columns that differ from the state it left."""

    seen: int
    values: dict[str, Any]


def restoration(task: Task, change: Change) -> Restoration:
    """What makes `task` as it was right after `change`: every newer change is undone, newest first."""
    state = {name: getattr(task, name) for name in RESTORED}
    seen = change.pk
    for newer in Change.objects.of_task(task.pk).filter(id__gt=change.pk).order_by("-id"):
        seen = max(seen, newer.pk)
        for name, value in (newer.before or {}).items():
            if name in RESTORED:
                state[name] = COLUMNS[name].to_python(value)
    return Restoration(seen, {name: value for name, value in state.items() if value != getattr(task, name)})


@transaction.atomic
def restore(number: int, change: Change, seen: int) -> dict[str, Any]:
    """Writes what differs, and returns it. Raises Stale; ValidationError where an old value may be no more."""
    task = Task.objects.select_for_update().get(pk=number)
    plan = restoration(task, change)
    if plan.seen != seen:
        raise Stale
    for name, value in plan.values.items():
        setattr(task, name, value)
    task.full_clean(exclude={"user"})
    if plan.values:
        Task.objects.filter(pk=number).update(**plan.values)
    return plan.values
