"""Long work that is over: an import keeps the rows of its file until then."""

from datetime import timedelta

from django.db.models import Q

from apps.backoffice.models import Job, JobState
from apps.ops.housekeeping import keep, retain

JOBS_KEPT = timedelta(days=7)

retain(
    "long work of the back office",
    Job,
    "created_at",
    lambda: JOBS_KEPT,
    only=Q(owner__isnull=False) | Q(state=JobState.FINISHED),
    except_for="an erasure that is not finished stays",
)
keep("admin.LogEntry", "it is the record of what staff did; an erasure takes the names off it")
