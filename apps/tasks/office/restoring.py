"""The page on which staff restore an earlier state of a task."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View

from apps.history import diffs
from apps.history.models import Change
from apps.tasks.models import Task
from apps.tasks.office.restore import RESTORED, Stale, restoration, restore


class RestoreView(View):
    model_admin: Any = None

    def get(self, request: HttpRequest, number: int, change: int) -> HttpResponse:
        """Says what would change."""
        task, chosen = self._chosen(request, number, change)
        plan = restoration(task, chosen)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Restore an earlier state",
            "opts": Task._meta,
            "object": task,
            "change": chosen,
            "seen": plan.seen,
            "lines": diffs.lines({name: getattr(task, name) for name in plan.values}, plan.values),
        }
        return TemplateResponse(request, "tasks/restore.html", context)

    def post(self, request: HttpRequest, number: int, change: int) -> HttpResponse:
        task, chosen = self._chosen(request, number, change)
        seen = request.POST.get("seen", "")
        try:
            written = restore(task.pk, chosen, int(seen) if seen.isdecimal() else 0)
        except Stale:
            messages.error(request, "The task was changed meanwhile. Look at what would change now, and decide again.")
            return HttpResponseRedirect(request.path)
        except ValidationError as error:
            messages.error(request, f"Not restored: {' '.join(error.messages)}")
            return HttpResponseRedirect(request.path)
        fields = ", ".join(diffs.label(name) for name in RESTORED if name in written) or "nothing"
        self.model_admin.log_change(request, task, f"Restored an earlier state: {fields}.")
        messages.success(request, f"Restored: {fields}.")
        return HttpResponseRedirect(reverse("admin:tasks_task_history", args=[task.pk]))

    def _chosen(self, request: HttpRequest, number: int, change: int) -> tuple[Task, Change]:
        task = get_object_or_404(Task, pk=number)
        if not self.model_admin.has_change_permission(request, task):
            raise PermissionDenied
        return task, get_object_or_404(Change.objects.of_task(task.pk), pk=change)
