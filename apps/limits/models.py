"""The counters, where every process and machine sees them."""

from django.db import models


class Counter(models.Model):
    """How often something happened in the window that began at its first time."""

    key = models.CharField(max_length=300, primary_key=True)
    started_at = models.DateTimeField()
    hits = models.PositiveIntegerField()

    class Meta:
        indexes = (
            # The purge: DELETE … WHERE started_at < ?
            models.Index(fields=["started_at"], name="limits_counter_started_at"),
        )

    def __str__(self) -> str:
        return f"{self.key}: {self.hits}"
