"""A task, and what the table itself promises of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.tasks.managers import TaskQuerySet


class Status(models.TextChoices):
    PENDING = "pending", "Pending"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"


class Task(models.Model):
    """One person's task. Any status may follow any other."""

    title = models.CharField(max_length=200)
    description = models.CharField(max_length=2000, null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING, db_default=Status.PENDING)
    # The column `user_id` holds the subject itself. Its index is the composite one below.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="tasks",
        db_index=False,
        verbose_name="person",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Set by a trigger at every UPDATE, so that no way of writing can forget it.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            # SELECT … WHERE user_id = ? ORDER BY id LIMIT ?  and  SELECT count(*) … WHERE user_id = ?
            models.Index(fields=["user", "id"], name="tasks_task_user_id_id"),
            # The back office's drill-down: SELECT … WHERE created_at BETWEEN ? AND ?
            models.Index(fields=["created_at"], name="tasks_task_created_at"),
        )
        constraints = (
            models.CheckConstraint(
                name="tasks_task_status_known",
                condition=models.Q(status__in=Status.values),
                violation_error_message="The status is pending, in_progress or completed.",
            ),
            models.CheckConstraint(
                name="tasks_task_title_not_blank",
                condition=models.Q(title__regex=r"\S"),
                violation_error_message="The title may not be blank.",
            ),
        )

    def __str__(self) -> str:
        return self.title
