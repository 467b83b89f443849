"""What became of a person's tasks since they last asked, with nothing lost between writers that run at once.

Each write stamps its row with the number of its transaction. Transactions commit in any order, so a reader who went by
the highest number seen, or by a clock, would pass over one that began early and committed late. The feed tells only of
transactions older than the oldest one still running: all of them have ended, and none can add a row behind the reader.
A writer that stays open therefore delays the feed, and never breaks it. The transaction may be anybody's, in any
database of the server. Where it holds back changes of the reader's own that are already committed, the answer says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.ops import holdups
from apps.tasks.rows import COLUMNS, NAMES, TaskJson, task_json

BEHIND = "user_id = %(subject)s AND (changed_in, {id}) > (%(transaction)s::xid8, %(task)s) AND changed_in < horizon"

# Each branch is read off its index, by owner, changed_in and id, no further than the page.
READ = f"""
WITH feed AS MATERIALIZED (
    SELECT concat_ws('/', epoch, (SELECT extract(epoch FROM created_at) FROM accounts_user WHERE subject = %(subject)s))
        AS epoch, floor, pg_snapshot_xmin(pg_current_snapshot()) AS horizon
    FROM tasks_feed
), change AS (
    (
        SELECT changed_in, deleted_at IS NOT NULL AS is_deleted, {COLUMNS}
        FROM tasks_task WHERE {BEHIND.format(id="id")} ORDER BY changed_in, id LIMIT %(rows)s
    ) UNION ALL (
        SELECT changed_in, true, task_id, {", ".join(["NULL"] * (len(NAMES) - 1))}
        FROM tasks_tombstone WHERE {BEHIND.format(id="task_id")} ORDER BY changed_in, task_id LIMIT %(rows)s
    ) ORDER BY changed_in, id LIMIT %(rows)s
)
SELECT feed.epoch::text, feed.floor::text, feed.horizon::text,
    coalesce(
        (SELECT true FROM tasks_task WHERE user_id = %(subject)s AND changed_in >= horizon
            ORDER BY changed_in, id LIMIT 1),
        (SELECT true FROM tasks_tombstone WHERE user_id = %(subject)s AND changed_in >= horizon
            ORDER BY changed_in, task_id LIMIT 1),
        false
    ),
    change.changed_in::text, is_deleted, {COLUMNS}
FROM feed LEFT JOIN change ON true ORDER BY change.changed_in, id
""".replace("< horizon", "< (SELECT horizon FROM feed)").replace(">= horizon", ">= (SELECT horizon FROM feed)")  # noqa: S608 - names of columns

RENEW = """
ALTER TABLE tasks_task DISABLE TRIGGER tasks_task_touched;
UPDATE tasks_task SET changed_in = '0'::xid8;
ALTER TABLE tasks_task ENABLE TRIGGER tasks_task_touched;
DELETE FROM tasks_tombstone;
UPDATE tasks_feed SET epoch = gen_random_uuid(), floor = '0'::xid8;
"""


class Gone(Exception):
    """The feed no longer reaches back to that place, or it is a place in another database."""


@dataclass(frozen=True)
class Place:
    """All has been told up to task `task_id` of transaction `transaction`.

    `epoch` is the feed's and the person's: who is erased and comes back has lost tasks of which no tombstone tells.
    `base` is how far the first reading, from nothing, had to go: of what was deleted before, the reader never heard.
    """

    epoch: str
    transaction: int
    task_id: int
    base: int


@dataclass(frozen=True)
class Change:
    """The last state of a task; `task` is None where it was deleted."""

    task_id: int
    task: TaskJson | None


@dataclass(frozen=True)
class Changes:
    changes: list[Change]
    next: Place
    has_more: bool
    # There are committed changes that an older transaction, still open, keeps from being told yet.
    held_back: bool


def since(subject: str, place: Place | None, limit: int) -> Changes:
    """The first `limit` changes behind `place`, each task once; from the beginning where it is None. Raises Gone."""
    number, task_id = (place.transaction, place.task_id) if place else (0, 0)
    parameters: dict[str, Any] = {"subject": subject, "transaction": str(number), "task": task_id, "rows": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        rows = cursor.fetchall()
    epoch, floor, horizon = rows[0][0], int(rows[0][1]), int(rows[0][2])
    if place and not (place.epoch == epoch and max(place.transaction, place.base) >= floor and number <= horizon):
        raise Gone
    base, held_back = place.base if place else horizon, rows[0][3]
    if held_back:
        holdups.watch.note()
    found = [row[4:] for row in rows if row[4] is not None]
    if len(found) > limit:
        last = found[limit - 1]
        return Changes(
            [_change(row) for row in found[:limit]], Place(epoch, int(last[0]), last[2], base), True, held_back
        )
    # Of the oldest transaction that still runs, nothing has been told.
    return Changes([_change(row) for row in found], Place(epoch, horizon, 0, base), False, held_back)


def renew() -> None:
    """Begins the feed anew: in a database restored from a dump, transactions are numbered from the start.

    Locks the table; whoever follows the changes reads all anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(RENEW)


def _change(row: Sequence[Any]) -> Change:
    _, is_deleted, *columns = row
    return Change(columns[0], None if is_deleted else task_json(columns))
