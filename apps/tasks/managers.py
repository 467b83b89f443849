"""The one door to tasks: what a person owns."""

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from apps.tasks.models import Task  # noqa: F401 - the forward reference below


class TaskQuerySet(models.QuerySet["Task"]):
    def owned_by(self, subject: str) -> Self:
        return self.filter(user_id=subject)

    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def trashed(self) -> Self:
        return self.filter(deleted_at__isnull=False)
