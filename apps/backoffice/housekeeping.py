"""Long work that is over: an import keeps the rows of its file until then."""

from datetime import timedelta

from apps.backoffice.models import Job
from apps.ops.housekeeping import keep, retain

JOBS_KEPT = timedelta(days=7)

retain("long work of the back office", Job, "created_at", lambda: JOBS_KEPT)
keep("admin.LogEntry", "it is the record of what staff did; an erasure takes the names off it")
