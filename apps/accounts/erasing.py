"""The page of an erasure that is under way: how far it is, and the batches that go on while it is open."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.accounts import erasure
from apps.accounts.models import User
from apps.backoffice.jobs import JobView
from apps.backoffice.models import Job


class ErasureView(JobView):
    """Any colleague with the right to erase the person may go on, whoever began."""

    page = erasure.PAGE
    template = "accounts/erasure.html"

    def may_work(self, request: HttpRequest) -> bool:
        return bool(self.model_admin.has_erase_permission(request))

    def found(self, request: HttpRequest, number: Any) -> Job:
        if not self.may_work(request):
            raise PermissionDenied
        job = get_object_or_404(Job, pk=number, page=self.page)
        person = User.objects.filter(pk=job.values.get("subject", "")).first()
        if not self.model_admin.has_erase_permission(request, person):
            raise PermissionDenied
        return job

    def do_batch(self, request: HttpRequest, job: Job) -> bool:
        return erasure.do_batch(job)

    def context(self, request: HttpRequest, job: Job) -> dict[str, Any]:
        return {
            "title": "Erase a person",
            "person": User.objects.filter(pk=job.values.get("subject", "")).first(),
            "pseudonym": job.values["pseudonym"],
            "gone": erasure.in_words(erasure.counts_of(job), "nothing else"),
            "list_address": reverse("admin:accounts_user_changelist"),
        }

    def told(self, job: Job) -> str:
        """The log has one entry, once all is gone."""
        raise Http404
