"""Answers that were given under an Idempotency-Key."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class StoredAnswer(models.Model):
    """Written in the transaction of the request that it answers: there are both or neither."""

    # A person who is erased takes these along. The constraint below is its index too.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    # JSON, as text: what is sent again is what was sent.
    body = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="idempotency_answer_of_a_key"),)
        indexes = (
            # The purge: DELETE … WHERE created_at < ?
            models.Index(fields=["created_at"], name="idempotency_created_at"),
        )

    def __str__(self) -> str:
        return self.key
