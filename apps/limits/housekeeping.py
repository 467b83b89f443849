"""Counters whose window has ended."""

from datetime import timedelta

from django.db.models.functions import Now

from apps.limits.models import Counter
from apps.ops.housekeeping import delete_in_batches, purges

LONGEST_WINDOW = timedelta(days=1)


@purges("counters of quotas")
def purge_counters() -> int:
    return delete_in_batches(Counter.objects.filter(started_at__lt=Now() - LONGEST_WINDOW))
