"""The page on which staff restore an earlier state of a task."""

from django.forms import Form
from django.http import HttpRequest

from apps.history.restoration import Restoration
from apps.history.restoring import RestoreView
from apps.tasks.models import Task
from apps.values.text import composed

RESTORED = ("title", "description", "status", "priority", "due_at", "tags", "deleted_at")


class RestoreTaskView(RestoreView):
    def write(self, request: HttpRequest, row: Task, plan: Restoration, form: Form | None) -> None:
        values = dict(plan.values)
        if "tags" in values:
            values["tags"] = list(dict.fromkeys(map(composed, values["tags"])))
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean(exclude={"user"})
        Task.objects.filter(pk=row.pk).update(**values)
