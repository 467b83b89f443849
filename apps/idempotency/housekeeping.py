"""Answers that are no longer given again."""

from django.db.models.functions import Now

from apps.idempotency.answers import KEPT
from apps.idempotency.models import StoredAnswer
from apps.ops.housekeeping import delete_in_batches, purges


@purges("answers of idempotency keys")
def purge_answers() -> int:
    return delete_in_batches(StoredAnswer.objects.filter(created_at__lt=Now() - KEPT))
