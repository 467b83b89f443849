"""The pages of a bulk change: what to change, how many it would reach, and its progress."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View

from apps.backoffice.estimates import amount_of
from apps.backoffice.lists import kept, matching_rows
from apps.backoffice.models import Job, JobState
from apps.history import diffs
from apps.history.notes import written_by
from apps.tasks.models import Task
from apps.tasks.office.bulk import BATCH, BulkChange, BulkForm

PAGE = "tasks.task"
SAMPLE = 10


def planned(model_admin: Any, request: HttpRequest, tasks: QuerySet[Task]) -> HttpResponse:
    """A new job for the rows that an action of the list was given, and its page."""
    across = request.POST.get("select_across") == "1"
    job = Job.objects.create(
        owner_id=str(request.user.pk),
        page=PAGE,
        chosen=None if across else list(tasks.order_by().values_list("pk", flat=True)),
        query=kept(request.GET) if across else "",
        upper_id=Task.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    )
    return HttpResponseRedirect(reverse("admin:tasks_task_bulk", args=[job.pk]))


class BulkView(View):
    """GET shows the job as it stands. POST `do` is preview, start, step, stop or resume."""

    model_admin: Any = None

    def get(self, request: HttpRequest, job: Any) -> HttpResponse:
        return self._page(request, self._job(request, job))

    def post(self, request: HttpRequest, job: Any) -> HttpResponse:
        act = {
            "preview": self._preview,
            "start": self._start,
            "step": self._step,
            "stop": self._stop,
            "resume": self._start,
        }.get(request.POST.get("do", ""))
        mine = self._job(request, job)
        return act(request, mine) if act else self._page(request, mine)

    def _preview(self, request: HttpRequest, job: Job) -> HttpResponse:
        form = BulkForm(request.POST)
        if job.state != JobState.DRAFT or not form.is_valid():
            return self._page(request, job, form)
        job.values = form.plan()
        job.expected = amount_of(self._rows(request, job)).rows
        job.save(update_fields=["values", "expected"])
        return self._page(request, job, form)

    def _start(self, request: HttpRequest, job: Job) -> HttpResponse:
        if job.values:
            may_start = Job.objects.filter(pk=job.pk, state__in=[JobState.DRAFT, JobState.STOPPED])
            may_start.update(state=JobState.RUNNING)
        return HttpResponseRedirect(request.path)

    def _stop(self, request: HttpRequest, job: Job) -> HttpResponse:
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(state=JobState.STOPPED)
        return HttpResponseRedirect(request.path)

    def _step(self, request: HttpRequest, job: Job) -> HttpResponse:
        """One batch, and the job's progress with it, in one transaction: either both are written or neither is."""
        with transaction.atomic(), written_by("bulk"):
            locked = Job.objects.select_for_update().get(pk=job.pk)
            if locked.state == JobState.RUNNING:
                self._do_batch(request, locked)
        if request.headers.get("Accept") != "application/json":
            return HttpResponseRedirect(request.path)
        return JsonResponse(progress(locked))

    def _do_batch(self, request: HttpRequest, job: Job) -> None:
        rest = self._rows(request, job).filter(pk__gt=job.last_id).order_by("pk")
        batch = list(rest.values_list("pk", flat=True)[:BATCH])
        changed, refused = BulkChange.of(job.values).applied_to(Task.objects.filter(pk__in=batch))
        job.seen += len(batch)
        job.changed += changed
        job.refused += refused
        job.last_id = batch[-1] if batch else job.last_id
        if len(batch) < BATCH:
            job.state, job.finished_at = JobState.FINISHED, timezone.now()
        job.save()

    def _rows(self, request: HttpRequest, job: Job) -> QuerySet[Task]:
        if job.chosen is not None:
            return Task.objects.filter(pk__in=job.chosen)
        return matching_rows(self.model_admin, request, job.query).filter(pk__lte=job.upper_id)

    def _job(self, request: HttpRequest, number: Any) -> Job:
        if not self.model_admin.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Job, pk=number, page=PAGE, owner=request.user.pk)

    def _page(self, request: HttpRequest, job: Job, form: BulkForm | None = None) -> HttpResponse:
        draft = job.state == JobState.DRAFT
        rows = self._rows(request, job) if draft else Task.objects.none()
        change = BulkChange.of(job.values)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Change many tasks",
            "opts": Task._meta,
            "media": (form or BulkForm()).media,
            "job": job,
            "form": (form or BulkForm()) if draft else None,
            "amount": amount_of(rows) if draft else None,
            "sample": [sampled(task, change) for task in rows.order_by("pk")[:SAMPLE]] if draft and job.values else [],
            "planned": plan_lines(job.values),
            "progress": progress(job),
            "list_address": reverse("admin:tasks_task_changelist") + (f"?{job.query}" if job.query else ""),
        }
        return TemplateResponse(request, "tasks/bulk.html", context)


def sampled(task: Task, change: BulkChange) -> tuple[Task, list[diffs.Line] | None]:
    """None where the task would be refused."""
    values = change.values_for(task)
    if values is None:
        return task, None
    return task, diffs.lines({name: getattr(task, name) for name in values}, values)


def plan_lines(plan: dict[str, Any]) -> list[tuple[str, str]]:
    labels = {"add_tags": "Add the tags", "remove_tags": "Remove the tags"}
    return [(labels.get(name) or diffs.label(name), diffs.shown(name, value) or "none") for name, value in plan.items()]


def progress(job: Job) -> dict[str, Any]:
    done = job.state == JobState.FINISHED
    share = 100 if done else min(99, 100 * job.seen // max(job.expected, 1))
    return {
        "state": job.state,
        "percent": share,
        "seen": job.seen,
        "changed": job.changed,
        "refused": job.refused,
        "expected": job.expected,
    }
