"""The pages of a bulk change: what to change, how many it would reach, and its progress."""

from typing import Any

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.backoffice.estimates import amount_of
from apps.backoffice.jobs import JobView
from apps.backoffice.lists import matching_rows
from apps.backoffice.models import Job, JobState
from apps.backoffice.parameters import LONGEST_QUERY, TOO_LONG, FiltersRefused, kept
from apps.history import diffs
from apps.history.notes import written_by
from apps.tasks.models import Task
from apps.tasks.office.bulk import BATCH, BulkChange, BulkForm

PAGE = "tasks.task"
SAMPLE = 10


def planned(model_admin: Any, request: HttpRequest, tasks: QuerySet[Task]) -> HttpResponse:
    """A new job for the rows that an action of the list was given, and its page."""
    across = request.POST.get("select_across") == "1"
    query = kept(model_admin, request, request.GET) if across else ""
    if len(query) > LONGEST_QUERY:
        messages.error(request, f"Nothing was planned. {TOO_LONG}")
        return HttpResponseRedirect(request.get_full_path())
    job = Job.objects.create(
        owner_id=str(request.user.pk),
        page=PAGE,
        chosen=None if across else list(tasks.order_by().values_list("pk", flat=True)),
        query=query,
        upper_id=Task.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    )
    return HttpResponseRedirect(reverse("admin:tasks_task_bulk", args=[job.pk]))


class BulkView(JobView):
    page = PAGE
    template = "tasks/bulk.html"

    def may_work(self, request: HttpRequest) -> bool:
        return bool(self.model_admin.has_change_permission(request))

    def plan(self, request: HttpRequest, job: Job) -> HttpResponse:
        form = BulkForm(request.POST)
        if job.state == JobState.DRAFT and form.is_valid():
            job.values = form.plan()
            job.expected = amount_of(self._rows(request, job)).rows
            # Not where it was started in another window, or is gone.
            Job.objects.filter(pk=job.pk, state=JobState.DRAFT).update(values=job.values, expected=job.expected)
        return self.shown(request, job, form=form)

    def told(self, job: Job) -> str:
        what = ", ".join(label for label, _ in plan_lines(job.values))
        return f"Bulk change of {job.expected:,} tasks: {what}."

    def do_batch(self, request: HttpRequest, job: Job) -> bool:
        rest = self._rows(request, job).filter(pk__gt=job.last_id).order_by("pk")
        batch = list(rest.values_list("pk", flat=True)[:BATCH])
        with written_by("bulk"):
            changed, refused = BulkChange.of(job.values).applied_to(Task.objects.filter(pk__in=batch))
        job.seen += len(batch)
        job.changed += changed
        job.refused += refused
        job.last_id = batch[-1] if batch else job.last_id
        return len(batch) == BATCH

    def context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        draft = job.state == JobState.DRAFT
        rows: QuerySet[Task] = Task.objects.none()
        unreadable = ""
        try:
            rows = self._rows(request, job) if draft else rows
        except FiltersRefused as refused:
            unreadable = str(refused)
        change = BulkChange.of(job.values)
        return {
            "title": "Change many tasks",
            "media": BulkForm().media,
            "form": BulkForm(),
            "unreadable": unreadable,
            "amount": amount_of(rows) if draft else None,
            "sample": [sampled(task, change) for task in rows.order_by("pk")[:SAMPLE]] if draft and job.values else [],
            "planned": plan_lines(job.values),
            "list_address": reverse("admin:tasks_task_changelist") + (f"?{job.query}" if job.query else ""),
        }

    def _rows(self, request: HttpRequest, job: Job) -> QuerySet[Task]:
        if job.chosen is not None:
            return Task.objects.filter(pk__in=job.chosen)
        return matching_rows(self.model_admin, request, job.query).filter(pk__lte=job.upper_id)


def sampled(task: Task, change: BulkChange) -> tuple[Task, list[diffs.Line] | None]:
    """None where the task would be refused."""
    values = change.values_for(task)
    if values is None:
        return task, None
    return task, diffs.lines({name: getattr(task, name) for name in values}, values)


def plan_lines(plan: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {"add_tags": "Add the tags", "remove_tags": "Remove the tags"}
    return [(labels.get(name) or diffs.label(name), diffs.shown(name, value) or "none") for name, value in plan.items()]
