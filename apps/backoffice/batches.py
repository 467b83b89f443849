"""Long work in batches: one at a time, each in a transaction with the job's progress."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.backoffice.models import Job, JobState

PROGRESS = ("last_id", "seen", "changed", "refused", "report", "state", "finished_at")


@transaction.atomic
def step(number: Any, do_batch: Callable[[Job], bool]) -> Job:
    """Does one batch of a running job: both the work and its progress are written, or neither is.

    `do_batch` counts what it does in the job, and returns False where nothing is left. Of two at once, one waits for
    the other. Raises Job.DoesNotExist.
    """
    job = Job.objects.select_for_update().get(pk=number)
    if job.state == JobState.RUNNING:
        if not do_batch(job):
            job.state, job.finished_at = JobState.FINISHED, timezone.now()
        job.save(update_fields=PROGRESS)
    return job
