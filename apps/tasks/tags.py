"""The tags that a person uses."""

from django.db import DEFAULT_DB_ALIAS, connections

USED = """
    SELECT tag, number FROM (
        SELECT unnest(tags) AS tag, count(*) AS number FROM tasks_task
        WHERE user_id = %s AND deleted_at IS NULL AND tags <> '{}' GROUP BY 1
    ) AS used ORDER BY number DESC, tasks_sort_key(tag) COLLATE "C", tag COLLATE "C" LIMIT %s
"""


def most_used(subject: str, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, int]]:
    """Each tag and on how many of the subject's tasks it is, the most used first, then by name."""
    with connections[using].cursor() as cursor:
        cursor.execute(USED, [subject, limit])
        return list(cursor.fetchall())
