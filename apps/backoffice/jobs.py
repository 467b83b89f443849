"""The pages of long work: planned, then done in batches by small requests of the page, which may be stopped."""

import hashlib
import json
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views import View

from apps.backoffice import batches
from apps.backoffice.log import note
from apps.backoffice.models import Job, JobState


class JobView(View):
    """GET shows the job as it stands. POST `do` is start, step, stop or resume, or what a subclass plans with."""

    model_admin: Any = None
    page: ClassVar[str]
    template: ClassVar[str]

    def may_work(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        raise NotImplementedError

    def told(self, job: Job) -> str:
        """What is about to be done, for the log of staff."""
        raise NotImplementedError

    def do_batch(self, request: HttpRequest, job: Job) -> bool:
        """Works on the next rows and counts them in `job`; False where none are left."""
        raise NotImplementedError

    def get(self, request: HttpRequest, job: Any) -> HttpResponse:
        return self.shown(request, self.found(request, job))

    def post(self, request: HttpRequest, job: Any) -> HttpResponse:
        mine = self.found(request, job)
        if job_is_not_as_shown(request, mine):
            messages.warning(request, "Nothing was started: the plan was changed in another window. Look at it again.")
            return HttpResponseRedirect(request.path)
        acts = {"start": self._start, "resume": self._start, "step": self._step, "stop": self._stop}
        act = acts.get(request.POST.get("do", ""))
        return act(request, mine) if act else self.plan(request, mine)

    def plan(self, request: HttpRequest, job: Job) -> HttpResponse:
        return self.shown(request, job)

    def shown(self, request: HttpRequest, job: Job, **more: Any) -> HttpResponse:
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "job": job,
            "progress": progress(job),
            "plan": digest(job.values),
            **self.context(request, job),
            **more,
        }
        return TemplateResponse(request, self.template, context)

    def _start(self, request: HttpRequest, job: Job) -> HttpResponse:
        if job.values and Job.objects.filter(pk=job.pk, state=JobState.DRAFT).update(state=JobState.RUNNING):
            note(request, self.model_admin.model, f"Many {self.model_admin.opts.verbose_name_plural}", self.told(job))
        Job.objects.filter(pk=job.pk, state=JobState.STOPPED).update(state=JobState.RUNNING)
        return HttpResponseRedirect(request.path)

    def _stop(self, request: HttpRequest, job: Job) -> HttpResponse:
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(state=JobState.STOPPED)
        return HttpResponseRedirect(request.path)

    def _step(self, request: HttpRequest, job: Job) -> HttpResponse:
        try:
            done = batches.step(job.pk, lambda locked: self.do_batch(request, locked))
        except Job.DoesNotExist as error:
            # Gone meanwhile where a person was erased of whom its file speaks.
            raise Http404 from error
        if request.headers.get("Accept") != "application/json":
            return HttpResponseRedirect(request.path)
        return JsonResponse(progress(done))

    def found(self, request: HttpRequest, number: Any) -> Job:
        """Raises PermissionDenied, Http404."""
        if not self.may_work(request):
            raise PermissionDenied
        return get_object_or_404(Job, pk=number, page=self.page, owner=request.user.pk)


def job_is_not_as_shown(request: HttpRequest, job: Job) -> bool:
    shown = request.POST.get("plan")
    return bool(shown) and job.state == JobState.DRAFT and shown != digest(job.values)


def digest(values: dict[str, Any]) -> str:
    """Tells one plan from another."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def progress(job: Job) -> dict[str, Any]:
    done = job.state == JobState.FINISHED
    return {
        "state": job.state,
        "percent": 100 if done else min(99, 100 * job.seen // max(job.expected, 1)),
        "seen": job.seen,
        "changed": job.changed,
        "refused": job.refused,
        "expected": job.expected,
    }
