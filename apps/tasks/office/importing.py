"""The pages of an import: the file, what it would do, and its progress."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View
from unfold.widgets import UnfoldAdminFileFieldWidget

from apps.backoffice.jobs import JobView
from apps.backoffice.models import Job, JobState
from apps.backoffice.tables.reading import Source, read
from apps.backoffice.tables.table import Unreadable
from apps.history.notes import written_by
from apps.tasks.models import Task
from apps.tasks.office.columns import READ, WRITTEN, from_json, is_known, left_out
from apps.tasks.office.drafts import ColumnsForm, Draft, TableForm
from apps.tasks.office.imports import Outcome, Rehearsal, apply
from apps.tasks.office.search import number

PAGE = "tasks.import"
BATCH = 250
SHOWN = 200
KINDS = (("refused", "Refused"), ("create", "New"), ("change", "Changed"), ("same", "Already so"))


class FileForm(forms.Form):
    file = forms.FileField(label="File", widget=UnfoldAdminFileFieldWidget)

    source: Source

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.source = read(file.name, file.read(), is_known)
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
        draft = Draft.of(form.source, str(timezone.get_current_timezone()))
        job = Job.objects.create(
            owner_id=str(request.user.pk),
            page=PAGE,
            upper_id=0,
            expected=len(draft.values["rows"]),
            values=draft.values,
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
        return f"Import of {job.expected:,} rows."

    def plan(self, request: HttpRequest, job: Job) -> HttpResponse:
        """`do` is table or columns: what the file means is said before it starts."""
        do = request.POST.get("do")
        if do not in {"table", "columns"} or not is_draft(job):
            return self.shown(request, job)
        draft = Draft(job.values)
        form = TableForm(draft, request.POST) if do == "table" else ColumnsForm(draft, request.POST)
        if not form.is_valid():
            return self.shown(request, job, **{f"{do}_form": form})
        if isinstance(form, TableForm):
            draft = draft.with_table(form.cleaned_data["table"])
        else:
            draft = draft.with_mapping(form.mapping())
        job.values, job.expected = draft.values, len(draft.values["rows"])
        job.save(update_fields=["values", "expected"])
        return HttpResponseRedirect(request.path)

    def _start(self, request: HttpRequest, job: Job) -> HttpResponse:
        if is_draft(job):
            draft = Draft(job.values)
            if not draft.is_settled:
                return self.shown(request, job)
            job.values = draft.without_tables()
            job.save(update_fields=["values"])
        return super()._start(request, job)

    def do_batch(self, request: HttpRequest, job: Job) -> bool:
        outcomes = rehearsed(job, job.seen, job.seen + BATCH, lock=True)
        with written_by("import"):
            job.changed += apply(outcomes)
        refused = [one for one in outcomes if one.kind == "refused"]
        job.refused += len(refused)
        job.report = [*job.report, *({"row": one.row, "why": " ".join(one.problems)} for one in refused)]
        job.seen += len(outcomes)
        return job.seen < len(job.values["rows"])

    def context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        draft = Draft(job.values) if is_draft(job) else None
        is_settled = draft is None or draft.is_settled
        outcomes = rehearsed(job) if job.state == JobState.DRAFT and is_settled else []
        groups = [(label, [one for one in outcomes if one.kind == kind]) for kind, label in KINDS]
        return {
            **(reading(draft) if draft else {}),
            "title": "Import tasks",
            "is_settled": is_settled,
            "groups": [(label, len(found), found[:SHOWN]) for label, found in groups if found],
            "writable": sum(one.kind in {"create", "change"} for one in outcomes),
            "refused_rows": sum(one.kind == "refused" for one in outcomes),
            "list_address": reverse("admin:tasks_task_changelist"),
        }


def is_draft(job: Job) -> bool:
    """An earlier release planned some without the tables of the file."""
    return job.state == JobState.DRAFT and "tables" in job.values


def reading(draft: Draft) -> dict[str, Any]:
    """How the file was read, for the page."""
    table = draft.table
    return {
        "about": draft.values["about"],
        "table": table,
        "zone": draft.values["zone"] if "due_at" in draft.mapping.columns else "",
        "left_out": left_out(table.columns, draft.mapping),
        "table_form": TableForm(draft),
        "columns_form": ColumnsForm(draft),
    }


def _taken(job: Job, first: int) -> set[int]:
    """The tasks of the rows before `first` that were not refused."""
    refused = {one["row"] for one in job.report}
    rows = from_json(job.values, 0, first) if first else []
    return {number(row.cells.get("id", "").strip()) for row in rows if row.number not in refused}


def rehearsed(job: Job, first: int = 0, last: int | None = None, *, lock: bool = False) -> list[Outcome]:
    values = job.values
    rows = from_json(values, first, last)
    headings = values.get("mapping", {}).get("columns", {})
    rehearsal = Rehearsal(rows, ZoneInfo(values.get("zone", "UTC")), headings, _taken(job, first), lock=lock)
    return [rehearsal.outcome(row) for row in rows]
