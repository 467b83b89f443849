"""How long history is kept, and what goes with a person who is erased."""

from datetime import timedelta

from django.conf import settings
from django.db import connection

from apps.history.models import Change
from apps.history.notes import statement_note
from apps.ops.housekeeping import Retention, retain

BATCH = 10_000


def purge_batch(rule: Retention) -> int:
    return _rows("SELECT history_purge(%s, %s)", rule.age().days, BATCH)


def purge_changes(rule: Retention) -> int:
    """Deletes what is older than HISTORY_DAYS, a batch a transaction; how many rows that were."""
    gone = batch = purge_batch(rule)
    while batch == BATCH:
        batch = purge_batch(rule)
        gone += batch
    return gone


purge = retain(
    "changes in the history", Change, "at", lambda: timedelta(days=settings.HISTORY_DAYS), delete=purge_changes
).purge


def erase(subject: str) -> int:
    """Deletes what history says of a person and of what they owned, and takes their name off what they did.

    Call it in the transaction that deletes the person, behind the deletion, which is a change of its own. One row
    stays, without a name, that says who erased and how many rows. Raises IntegrityError where the person still exists.
    """
    return _rows(f"{statement_note()}SELECT history_erase(%s)", subject)


def erase_batch(subject: str, most: int) -> tuple[int, int]:
    """As `erase`, at most so many rows and without the row that stays, once the erasure of the person has begun.

    Returns how many rows went, and how many of others lost the person's name.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT deleted, renamed FROM history_erase_batch(%s, %s)", [subject, most])
        deleted, renamed = cursor.fetchone()
    return deleted, renamed


def finish_erasure(subject: str, earlier: int) -> int:
    """As `erase`, behind the batches; `earlier` is how many rows went in those."""
    return _rows(f"{statement_note()}SELECT history_erase(%s, %s)", subject, earlier)


def _rows(sql: str, *parameters: int | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (rows,) = cursor.fetchone()
    return int(rows)
