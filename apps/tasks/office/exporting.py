"""The rows of the list of tasks as a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views import View

from apps.backoffice.estimates import amount_of
from apps.backoffice.exports import MOST_SHEET_ROWS, TYPES, download, in_batches
from apps.backoffice.lists import matching_rows
from apps.backoffice.log import ADDRESS_MARK, note
from apps.backoffice.parameters import kept
from apps.tasks.models import Task

COLUMNS = (
    *("id", "title", "description", "status", "priority", "due_at", "tags", "user_id"),
    *("created_at", "updated_at", "completed_at", "deleted_at"),
)


class ExportView(View):
    """GET `?format=csv` and the list's own filters and search."""

    model_admin: Any = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if not (request.user.has_perm("tasks.export_task") and self.model_admin.has_view_permission(request)):
            raise PermissionDenied
        query = request.GET.copy()
        kind = (query.pop("format", None) or ["csv"])[-1]
        if kind not in TYPES:
            raise BadRequest("The format of an export is csv, xlsx or json.")
        address = kept(self.model_admin, request, query)
        tasks = matching_rows(self.model_admin, request, address)
        if kind == "xlsx" and (rows := amount_of(tasks)).rows > MOST_SHEET_ROWS:
            return self._too_many(request, f"A sheet holds {MOST_SHEET_ROWS:,} rows and these are {rows}. Take CSV.")
        # Who took what away stays on record.
        note(request, Task, f"Export as {kind}", f"Exported as {kind}{ADDRESS_MARK}{address}")
        return download(kind, "tasks", COLUMNS, in_batches(tasks, COLUMNS))

    def _too_many(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("admin:tasks_task_changelist"))
