"""Long work that is over: an import keeps the rows of its file until then."""

from datetime import timedelta

from django.db.models.functions import Now

from apps.backoffice.models import Job
from apps.ops.housekeeping import delete_in_batches, purges

JOBS_KEPT = timedelta(days=7)


@purges("long work of the back office")
def purge_jobs() -> int:
    return delete_in_batches(Job.objects.filter(created_at__lt=Now() - JOBS_KEPT))
