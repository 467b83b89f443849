"""Bounds the due time. Rows that are out of bounds get the nearest bound.

They are repaired before the constraint comes, since it is asked at each change of a row, and once more by the next
migration. A time far in the future stays one, so that "never" is not taken for "no due time"; history keeps what it
was, and so does the changes feed tell of it.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
LATEST = datetime(9999, 12, 29, 23, 59, 59, 999999, tzinfo=UTC)
OUT_OF_RANGE = "The time must be from 0001-01-03 to 9999-12-29, in UTC."

REPAIR = """
    UPDATE tasks_task SET due_at = least(greatest(due_at, %(earliest)s), %(latest)s) WHERE id IN (
        SELECT id FROM tasks_task WHERE due_at NOT BETWEEN %(earliest)s AND %(latest)s AND id > %(last)s
        ORDER BY id LIMIT 2000
    ) RETURNING id
"""


def repair(apps: Any, schema_editor: Any) -> None:
    """A batch at a time, each a transaction."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(REPAIR, {"earliest": EARLIEST, "latest": LATEST, "last": last})
            rows = cursor.fetchall()
            if not rows:
                return
            last = max(number for (number,) in rows)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0010_words_by_owner")]

    operations = [
        migrations.AlterField(
            "task",
            "due_at",
            models.DateTimeField(
                blank=True,
                null=True,
                validators=[MinValueValidator(EARLIEST, OUT_OF_RANGE), MaxValueValidator(LATEST, OUT_OF_RANGE)],
                verbose_name="due",
            ),
        ),
        migrations.RunPython(repair, migrations.RunPython.noop),
        AddConstraintNotValid(
            "task",
            models.CheckConstraint(
                condition=models.Q(("due_at__range", (EARLIEST, LATEST))),
                name="tasks_task_due_at_in_range",
                violation_error_message=OUT_OF_RANGE,
            ),
        ),
    ]
