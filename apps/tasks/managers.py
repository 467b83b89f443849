"""The one door to tasks: what a person owns."""

from typing import TYPE_CHECKING, Self

from django.db import models

from apps.tasks.expressions import IsOwner, has_words

if TYPE_CHECKING:
    from apps.tasks.models import Task  # noqa: F401 - the forward reference below


class TaskQuerySet(models.QuerySet["Task"]):
    def owned_by(self, subject: str, words: str = "") -> Self:
        """Those that have all the `words`, if any, which only the index of words finds.

        One by owner would be read as a whole beside it, since the planner takes every word for a common one.
        """
        if words:
            return self.filter(IsOwner("user", models.Value(subject)), has_words(words, subject))
        return self.filter(user_id=subject)

    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def trashed(self) -> Self:
        return self.filter(deleted_at__isnull=False)
