"""The pages of an import: the file, what it would do, and its progress."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View
from unfold.widgets import UnfoldAdminFileFieldWidget

from apps.backoffice.jobs import JobView
from apps.backoffice.models import Job, JobState
from apps.history.notes import written_by
from apps.tasks.models import Task
from apps.tasks.office.imports import Outcome, Rehearsal, apply
from apps.tasks.office.sheets import READ, WRITTEN, Unreadable, rows_of

PAGE = "tasks.import"
BATCH = 250
SHOWN = 200
KINDS = (("refused", "Refused"), ("create", "New"), ("change", "Changed"), ("same", "Already so"))


class FileForm(forms.Form):
    file = forms.FileField(label="File", widget=UnfoldAdminFileFieldWidget)

    rows: list[dict[str, str]]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.rows = rows_of(file.name, file.read())
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        return file


def may_import(model_admin: Any, request: HttpRequest) -> bool:
    return request.user.has_perm("tasks.import_task") and bool(model_admin.has_view_permission(request))


class FileView(View):
    """GET shows the form; POST takes the file, and leads to what it would do."""

    model_admin: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, FileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_import(self.model_admin, request):
            raise PermissionDenied
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        job = Job.objects.create(
            owner_id=str(request.user.pk),
            page=PAGE,
            upper_id=0,
            expected=len(form.rows),
            values={"file": form.cleaned_data["file"].name[:200], "rows": form.rows},
        )
        return HttpResponseRedirect(reverse("admin:tasks_task_import_job", args=[job.pk]))

    def _page(self, request: HttpRequest, form: FileForm) -> HttpResponse:
        if not may_import(self.model_admin, request):
            raise PermissionDenied
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Import tasks",
            "opts": Task._meta,
            "form": form,
            "written": WRITTEN,
            "read": READ,
        }
        return TemplateResponse(request, "tasks/import.html", context)


class ImportView(JobView):
    page = PAGE
    template = "tasks/import_job.html"

    def may_work(self, request: HttpRequest) -> bool:
        return may_import(self.model_admin, request)

    def told(self, job: Job) -> str:
        return f"Import of {job.expected:,} rows from {job.values['file']}."

    def do_batch(self, request: HttpRequest, job: Job) -> bool:
        rows = job.values["rows"][job.seen : job.seen + BATCH]
        rehearsal = Rehearsal(rows, lock=True)
        outcomes = [rehearsal.outcome(job.seen + place, cells) for place, cells in enumerate(rows, start=1)]
        with written_by("import"):
            job.changed += apply(outcomes)
        refused = [one for one in outcomes if one.kind == "refused"]
        job.refused += len(refused)
        job.report = [*job.report, *({"row": one.row, "why": " ".join(one.problems)} for one in refused)]
        job.seen += len(rows)
        return job.seen < len(job.values["rows"])

    def context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        draft = job.state == JobState.DRAFT
        outcomes = rehearsed(job) if draft else []
        groups = [(label, [one for one in outcomes if one.kind == kind]) for kind, label in KINDS]
        return {
            "title": f"Import {job.values['file']}",
            "groups": [(label, len(found), found[:SHOWN]) for label, found in groups if found],
            "writable": sum(one.kind in {"create", "change"} for one in outcomes),
            "refused_rows": sum(one.kind == "refused" for one in outcomes),
            "list_address": reverse("admin:tasks_task_changelist"),
        }


def rehearsed(job: Job) -> list[Outcome]:
    rows = job.values["rows"]
    rehearsal = Rehearsal(rows)
    return [rehearsal.outcome(place, cells) for place, cells in enumerate(rows, start=1)]
