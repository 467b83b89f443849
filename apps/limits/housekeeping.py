"""Counters whose window has ended."""

from datetime import timedelta

from apps.limits.models import Counter
from apps.ops.housekeeping import retain

LONGEST_WINDOW = timedelta(days=1)

retain("counters of quotas", Counter, "started_at", lambda: LONGEST_WINDOW)
