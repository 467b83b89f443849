"""A person's deleted tasks, until they are gone for good."""

import time
from typing import Any

from django.conf import settings
from django.db import connection

from apps.ops.housekeeping import BATCH_ROWS
from apps.tasks import lists
from apps.tasks.lists import Page, Span
from apps.tasks.models import Task

# The latest first.
ORDERING = "-deleted_at"

IN_TRASH = "user_id = %(subject)s AND deleted_at <= %(until)s"
# Locked before they go: one that is restored in this moment is left, and two who empty it cannot deadlock.
EMPTY = f"""
    WITH doomed AS MATERIALIZED (
        SELECT id FROM tasks_task WHERE {IN_TRASH} ORDER BY deleted_at, id LIMIT %(rows)s FOR UPDATE
    )
    DELETE FROM tasks_task USING doomed WHERE tasks_task.id = doomed.id
"""  # noqa: S608 - our own words


def page(subject: str, span: Span) -> Page:
    return lists.page(Task.objects.owned_by(subject).trashed(), span)


def empty(subject: str) -> int:
    """For good; each task leaves its tombstone. How many of those that were there still are, for want of time.

    A batch at a time, each a transaction: one statement for all could take longer than a statement may. What is moved
    to the trash meanwhile stays there: nobody has asked for that.
    """
    give_up_at = time.monotonic() + settings.STATEMENT_SECONDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        doomed: dict[str, Any] = {"subject": subject, "until": cursor.fetchone()[0], "rows": BATCH_ROWS}
        while True:
            cursor.execute(EMPTY, doomed)
            if cursor.rowcount < BATCH_ROWS:
                return 0
            if time.monotonic() > give_up_at:
                cursor.execute(f"SELECT count(*) FROM tasks_task WHERE {IN_TRASH}", doomed)  # noqa: S608
                return int(cursor.fetchone()[0])
