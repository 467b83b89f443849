"""Answers that are no longer given again."""

from apps.idempotency.answers import KEPT
from apps.idempotency.models import StoredAnswer
from apps.ops.housekeeping import retain

retain("answers of idempotency keys", StoredAnswer, "created_at", lambda: KEPT)
