"""The one door to tasks: what a person owns."""

from typing import TYPE_CHECKING, Any, Self, cast

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.sql import UpdateQuery

if TYPE_CHECKING:
    from apps.tasks.models import Task


class TaskQuerySet(models.QuerySet["Task"]):
    def owned_by(self, subject: str) -> Self:
        return self.filter(user_id=subject)

    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def trashed(self) -> Self:
        return self.exclude(deleted_at=None)

    def update_returning(self, **values: Any) -> list["Task"]:
        """Writes the named columns of every matching row and returns the rows as they are then: one statement.

        Django's own `update()` returns a count; a read behind it could see another writer's change.
        """
        query = cast(UpdateQuery, self.query.chain(UpdateQuery))
        query.add_update_values(values)
        try:
            update, parameters = query.get_compiler(self.db).as_sql()
        except EmptyResultSet:  # an id that no bigint can hold
            return []
        columns = ", ".join(f'"{field.column}"' for field in self.model._meta.concrete_fields)
        return list(self.using(self.db).raw(f"{update} RETURNING {columns}", parameters))
