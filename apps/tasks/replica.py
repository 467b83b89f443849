"""Lists off a replica, where it is sure to have all that their owner wrote.

A replica lags. Each write stamps its row with the number of its transaction (see changes.py), so one look into an index
tells the primary the newest that touched a person's tasks; and a replica knows the oldest transaction that is still
running for it. All that is older has ended there: beyond the person's newest, nothing of theirs is missing, whichever
instance wrote it. Transactions commit in any order, so to have the newest is not enough: an older one may still come.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection

from apps.ops import replica
from apps.ops.replica import ALIAS, Unfit

Answer = TypeVar("Answer")

# No row of theirs: they may have been erased, and the replica may still hold what was.
NEWEST = """
    SELECT epoch::text, greatest(
        (SELECT changed_in FROM tasks_task WHERE user_id = %(subject)s ORDER BY changed_in DESC, id DESC LIMIT 1),
        (SELECT changed_in FROM tasks_tombstone WHERE user_id = %(subject)s
            ORDER BY changed_in DESC, task_id DESC LIMIT 1)
    )::text FROM tasks_feed
"""
# Of another database, or promoted to one of its own, it counts transactions of its own.
HAS_ALL = """
    SELECT FROM tasks_feed
    WHERE epoch = %s::uuid AND %s::xid8 < pg_snapshot_xmin(pg_current_snapshot()) AND pg_is_in_recovery()
"""


def read(subject: str, ask: Callable[[str], Answer]) -> Answer:
    """What `ask` answers to the alias of the replica, or else to that of the primary. `ask` only reads their tasks."""
    if replica.rest.may_be_tried() and (newest := _newest(subject)):
        try:
            with replica.asked(HAS_ALL, newest):
                return ask(ALIAS)
        except Unfit:
            pass
    return ask(DEFAULT_DB_ALIAS)


def _newest(subject: str) -> tuple[str, str] | None:
    """The epoch of the feed and the number of the newest transaction that touched the subject's tasks."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"subject": subject})
        row: tuple[str, str | None] | None = cursor.fetchone()
    return (row[0], row[1]) if row and row[1] else None
