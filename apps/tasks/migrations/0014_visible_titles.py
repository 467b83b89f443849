"""Titles and tags that show nothing, titles with control characters, and tags that differ only in how they are composed.

The API takes none of them any more, so that a client could not send such a task back. The history keeps what they were.
"""

from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

import apps.values.text
from apps.values.text import BLANK, CONTROLS, UNSEEN

TITLES = """
    UPDATE tasks_task SET title = CASE WHEN title ~ %(seen)s
        THEN btrim(regexp_replace(title, %(controls)s, ' ', 'g')) ELSE 'Untitled' END
    WHERE id > %(first)s AND id <= %(last)s AND (title !~ %(seen)s OR title ~ %(controls)s)
"""
# A tag that is named twice then is there once, where it stood first. Few letters become two by NFC: a tag may be too long.
TAGS = """
    UPDATE tasks_task SET tags = (
        SELECT coalesce(array_agg(tag ORDER BY place), '{}')
        FROM (SELECT left(normalize(tag, NFC), 50) AS tag, min(place) AS place
            FROM unnest(tags) WITH ORDINALITY AS each (tag, place) WHERE tag ~ %(seen)s GROUP BY 1) AS composed
    )
    WHERE id > %(first)s AND id <= %(last)s AND tags <> '{}' AND EXISTS (
        SELECT FROM unnest(tags) AS tag
        WHERE octet_length(tag) > length(tag) AND (tag IS NOT NFC NORMALIZED OR tag !~ %(seen)s)
    )
"""
BATCH = 10_000


def repair(apps: Any, schema_editor: Any) -> None:
    """A batch at a time, each a transaction, so that nobody waits for long."""
    values: dict[str, Any] = {"seen": f"[^{UNSEEN}]", "controls": f"[{CONTROLS}]+", "last": 0}
    with schema_editor.connection.cursor() as cursor:
        while True:
            values["first"] = values["last"]
            cursor.execute(
                "SELECT max(id) FROM (SELECT id FROM tasks_task WHERE id > %s ORDER BY id LIMIT %s) AS batch",
                [values["first"], BATCH],
            )
            (values["last"],) = cursor.fetchone()
            if values["last"] is None:
                return
            cursor.execute(TITLES, values)
            cursor.execute(TAGS, values)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0013_search_keys")]

    operations = [
        migrations.AlterField(
            "task", "title", models.CharField(max_length=200, validators=[apps.values.text.validate_line])
        ),
        migrations.RunPython(repair, migrations.RunPython.noop),
        AddConstraintNotValid(
            "task",
            models.CheckConstraint(
                condition=models.Q(title__regex=f"[^{UNSEEN}]"),
                name="tasks_task_title_visible",
                violation_error_message=BLANK,
            ),
        ),
        # What the code before wrote meanwhile.
        migrations.RunPython(repair, migrations.RunPython.noop),
        ValidateConstraint("task", "tasks_task_title_visible"),
        migrations.RemoveConstraint("task", "tasks_task_title_not_blank"),
    ]
