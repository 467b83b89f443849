"""A task, what the table itself promises of it, and what is left of it for those who follow its changes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now

from apps.tasks.expressions import (
    COMPLETED,
    DUE,
    NUMBER,
    TAG_KEYS,
    TITLE,
    WORD_KEYS,
    CurrentTransactionId,
    FirstTransactionId,
    OfficePriority,
    OfficeStatus,
    OfficeTime,
    TagsAreValid,
    TransactionIdField,
)
from apps.tasks.managers import TaskQuerySet
from apps.values.text import BLANK, UNSEEN, validate_line
from apps.values.times import EARLIEST, LATEST, OUT_OF_RANGE

MOST_TAGS = 20
LONGEST_TAG = 50

ALIVE = models.Q(deleted_at__isnull=True)
OPEN = ALIVE & ~models.Q(status="completed")


class Status(models.TextChoices):
    PENDING = "pending", "Pending"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"


class Priority(models.IntegerChoices):
    """Numbers in the table, so that they order; words in the API."""

    LOW = 0, "Low"
    NORMAL = 1, "Normal"
    HIGH = 2, "High"
    URGENT = 3, "Urgent"

    @property
    def word(self) -> str:
        return self.name.lower()


class Task(models.Model):
    """One person's task. Any status may follow any other."""

    title = models.CharField(max_length=200, validators=[validate_line])
    description = models.CharField(max_length=2000, null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING, db_default=Status.PENDING)
    priority = models.SmallIntegerField(
        choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL.value
    )
    due_at = models.DateTimeField(
        "due",
        null=True,
        blank=True,
        validators=[MinValueValidator(EARLIEST, OUT_OF_RANGE), MaxValueValidator(LATEST, OUT_OF_RANGE)],
    )
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), size=MOST_TAGS, default=list, blank=True, db_default=[])
    # The column `user_id` holds the subject itself. Its indexes are the composite ones below.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="tasks",
        db_index=False,
        verbose_name="person",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Those below are set by triggers at every write, so that no way of writing can forget them.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    version = models.BigIntegerField(default=1, db_default=1, editable=False)
    changed_in = TransactionIdField(db_default=CurrentTransactionId(), editable=False)
    # In the trash since then; None for a task that is alive.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        permissions = (("export_task", "Can export tasks"), ("import_task", "Can import tasks"))
        indexes = (
            # A person's tasks in each order that the API offers, and counts: … WHERE user_id = ? AND deleted_at IS NULL
            # ORDER BY <column>, id LIMIT ?. The one by status serves its filter, the one by due time `overdue`.
            models.Index("user", NUMBER, name="tasks_task_by_id", condition=ALIVE),
            models.Index("user", "created_at", NUMBER, name="tasks_task_by_created_at", condition=ALIVE),
            models.Index("user", "updated_at", NUMBER, name="tasks_task_by_updated_at", condition=ALIVE),
            models.Index("user", TITLE, NUMBER, name="tasks_task_by_folded_title", condition=ALIVE),
            models.Index("user", "status", NUMBER, name="tasks_task_by_status", condition=ALIVE),
            models.Index("user", "priority", NUMBER, name="tasks_task_by_priority", condition=ALIVE),
            models.Index("user", DUE, NUMBER, name="tasks_task_by_due_at", condition=ALIVE),
            models.Index("user", COMPLETED, NUMBER, name="tasks_task_by_completed_at", condition=ALIVE),
            # The trash: … WHERE user_id = ? AND deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC
            models.Index(
                fields=["user", "deleted_at", "id"],
                name="tasks_task_trash",
                condition=models.Q(deleted_at__isnull=False),
            ),
            # The changes feed: … WHERE user_id = ? AND (changed_in, id) > (?, ?) ORDER BY changed_in, id
            models.Index(fields=["user", "changed_in", "id"], name="tasks_task_changes"),
            # Search and tags, each with the owner in the index: no extension is needed for the pair.
            GinIndex(WORD_KEYS, name="tasks_task_search_keys"),
            GinIndex(TAG_KEYS, name="tasks_task_tags"),
            # The back office's drill-down: SELECT … WHERE created_at BETWEEN ? AND ?
            # Not a B-tree, off which a page of one owner's could be read too, past everybody else's rows.
            BrinIndex(fields=["created_at"], name="tasks_task_created_at_range", autosummarize=True),
            # The back office's filters and front page, over expressions that no statement of the API has, for the
            # same reason. Only the first is paid for by every write.
            models.Index(OfficeStatus("status"), "id", name="tasks_task_office_status"),
            models.Index(
                OfficePriority("priority"), "id", name="tasks_task_office_priority", condition=~models.Q(priority=1)
            ),
            models.Index(
                OfficeTime("due_at"), name="tasks_task_office_due", condition=OPEN & models.Q(due_at__isnull=False)
            ),
            models.Index(
                OfficeTime("completed_at"),
                name="tasks_task_office_completed",
                condition=models.Q(completed_at__isnull=False),
            ),
            models.Index(OfficeTime("created_at"), name="tasks_task_office_open", condition=OPEN),
        )
        constraints = (
            models.CheckConstraint(
                name="tasks_task_status_known",
                condition=models.Q(status__in=Status.values),
                violation_error_message="The status is pending, in_progress or completed.",
            ),
            models.CheckConstraint(
                name="tasks_task_title_visible",
                condition=models.Q(title__regex=f"[^{UNSEEN}]"),
                violation_error_message=BLANK,
            ),
            models.CheckConstraint(
                name="tasks_task_priority_known",
                condition=models.Q(priority__in=Priority.values),
                violation_error_message="The priority is low, normal, high or urgent.",
            ),
            models.CheckConstraint(
                name="tasks_task_tags_valid",
                condition=models.Q(tags=[]) | models.Q(TagsAreValid("tags")),
                violation_error_message="Tags are up to 20 different words of 1 to 50 characters.",
            ),
            models.CheckConstraint(
                name="tasks_task_due_at_in_range",
                condition=models.Q(due_at__range=(EARLIEST, LATEST)),
                violation_error_message=OUT_OF_RANGE,
            ),
        )

    def __str__(self) -> str:
        return self.title


class Tombstone(models.Model):
    """A task that was deleted for good, for those who follow the changes. Written by a trigger."""

    # Not a foreign key: with a person, a trigger erases these too.
    user_id = models.CharField(max_length=255)
    task_id = models.BigIntegerField()
    changed_in = TransactionIdField(db_default=CurrentTransactionId())
    deleted_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            # … WHERE user_id = ? AND (changed_in, task_id) > (?, ?) ORDER BY changed_in, task_id
            models.Index(fields=["user_id", "changed_in", "task_id"], name="tasks_tombstone_changes"),
            # The purge: DELETE … WHERE deleted_at < ?
            models.Index(fields=["deleted_at"], name="tasks_tombstone_deleted_at"),
        )

    def __str__(self) -> str:
        return str(self.task_id)


class Feed(models.Model):
    """One row: where the changes feed begins. A cursor of another `epoch`, or from before `floor`, is gone."""

    # Drawn anew where transaction numbers begin anew: in a database that was restored from a dump.
    epoch = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    # The newest tombstone that was purged.
    floor = TransactionIdField(db_default=FirstTransactionId())

    def __str__(self) -> str:
        return str(self.epoch)
