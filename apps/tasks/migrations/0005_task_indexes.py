"""The indexes of the API's lists, search and feed, built while people write; the constraints, read through; old rows."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.models.functions import Coalesce

from apps.tasks.expressions import InfiniteTime, OwnNumber

ALIVE = models.Q(deleted_at__isnull=True)


def ordered(name: str, *columns: Any) -> AddIndexConcurrently:
    expressions = [models.F(column) if isinstance(column, str) else column for column in ("user", *columns)]
    index = models.Index(*expressions, OwnNumber("id"), name=f"tasks_task_by_{name}", condition=ALIVE)
    return AddIndexConcurrently("task", index)


COMPLETED = """
    UPDATE tasks_task SET completed_at = updated_at WHERE id IN (
        SELECT id FROM tasks_task WHERE status = 'completed' AND completed_at IS NULL AND id > %s ORDER BY id LIMIT 2000
    ) RETURNING id
"""


def tell_since_when(apps: Any, schema_editor: Any) -> None:
    """Of tasks that were completed before: a batch at a time, each a transaction, so that nobody waits for long."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(COMPLETED, [last])
            rows = cursor.fetchall()
            if not rows:
                return
            last = max(number for (number,) in rows)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0004_task_triggers")]

    operations = [
        migrations.RunPython(tell_since_when, migrations.RunPython.noop),
        ordered("id"),
        ordered("created_at", "created_at"),
        ordered("updated_at", "updated_at"),
        ordered("title", "title"),
        ordered("status", "status"),
        ordered("priority", "priority"),
        ordered("due_at", Coalesce("due_at", InfiniteTime())),
        ordered("completed_at", Coalesce("completed_at", InfiniteTime())),
        AddIndexConcurrently(
            "task",
            models.Index(
                fields=["user", "deleted_at", "id"],
                name="tasks_task_trash",
                condition=models.Q(deleted_at__isnull=False),
            ),
        ),
        AddIndexConcurrently("task", models.Index(fields=["user", "changed_in", "id"], name="tasks_task_changes")),
        AddIndexConcurrently(
            "task",
            GinIndex(
                models.Func(
                    "title", "description", "user", function="tasks_words", output_field=SearchVectorField()
                ),
                name="tasks_task_words",
            ),
        ),
        AddIndexConcurrently(
            "task",
            GinIndex(
                models.Func("tags", "user", function="tasks_labels", output_field=ArrayField(models.TextField())),
                name="tasks_task_labels",
            ),
        ),
        RemoveIndexConcurrently("task", "tasks_task_user_id_id"),
        AddIndexConcurrently(
            "task", BrinIndex(fields=["created_at"], name="tasks_task_created_at_range", autosummarize=True)
        ),
        RemoveIndexConcurrently("task", "tasks_task_created_at"),
        ValidateConstraint("task", "tasks_task_priority_known"),
        ValidateConstraint("task", "tasks_task_tags_valid"),
    ]
