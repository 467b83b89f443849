"""The trash and the tombstones behind it, each for its time."""

from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet

from apps.backoffice.belongings import belongs
from apps.ops.housekeeping import BATCH_ROWS, Retention, retain
from apps.tasks.models import Task, Tombstone

TRASH_KEPT = timedelta(days=30)
# A follower of the changes that stays away for longer reads all anew.
TOMBSTONES_KEPT = timedelta(days=90)

# The floor is one more than the number of the last transaction whose tombstones are gone.
PURGE_TOMBSTONES = """
    WITH gone AS (
        DELETE FROM tasks_tombstone WHERE id IN (
            SELECT id FROM tasks_tombstone WHERE deleted_at < statement_timestamp() - make_interval(secs => %s) LIMIT %s
        ) RETURNING changed_in::text::bigint AS number
    ), risen AS (
        UPDATE tasks_feed SET floor = greatest(floor, (SELECT max(number) + 1 FROM gone)::text::xid8)
        WHERE EXISTS (SELECT FROM gone)
    )
    SELECT count(*) FROM gone
"""


def purge_tombstones(rule: Retention) -> int:
    """The floor of the feed rises with them: a cursor from below it is told that it is gone."""
    deleted, batch = 0, BATCH_ROWS
    with connection.cursor() as cursor:
        while batch == BATCH_ROWS:
            cursor.execute(PURGE_TOMBSTONES, [rule.age().total_seconds(), BATCH_ROWS])
            (batch,) = cursor.fetchone()
            deleted += batch
    return deleted


purge_trash = retain("tasks in the trash", Task, "deleted_at", lambda: TRASH_KEPT).purge
retain("tombstones of tasks", Tombstone, "deleted_at", lambda: TOMBSTONES_KEPT, delete=purge_tombstones)


@belongs
def tombstones_of(subject: str) -> QuerySet[Tombstone]:
    return Tombstone.objects.filter(user_id=subject).order_by("changed_in", "task_id")
