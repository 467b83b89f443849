"""One migration at a time, from however many hosts, and none that makes the users wait long for a lock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.errors import LockNotAvailable

# The same for every version of this code: "tasks", in ASCII.
LOCK = 0x7461736B73
PAUSE_SECONDS = 1.0
# Whoever queues behind our wait for a lock waits as well: this long at most.
SHORT = "SET lock_timeout = '2s'"
ATTEMPTS = 30
Tell = Callable[[str], object]


class TableInUse(CommandError):
    pass


@contextmanager
def turn(connection: BaseDatabaseWrapper, tell: Tell) -> Iterator[None]:
    """Waits while another host migrates.

    It asks again and again: a statement that waits would hold back a CREATE INDEX CONCURRENTLY, which waits for it.
    """
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s)"):
        tell("Another migrate is under way; waiting for it.")
        time.sleep(PAUSE_SECONDS)
    try:
        yield
    finally:
        if connection.is_usable():
            _ask(connection, "SELECT pg_advisory_unlock(%s)")


@contextmanager
def short_locks(connection: BaseDatabaseWrapper, tell: Tell) -> Iterator[None]:
    """A migration may take its time, but not to get a lock. For this session, since it is on the direct host."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute(SHORT)

    def one_at_a_time(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Outside a transaction a statement stands alone: what is before it cannot be taken back, nor done again."""
        if connection.in_atomic_block:
            return execute(sql, params, many, context)
        if "CONCURRENTLY" not in str(sql):
            return patiently(lambda: execute(sql, params, many, context), tell)
        # It holds up nobody while it waits; given up, it would leave half an index.
        execute("SET lock_timeout = 0", None, False, context)
        try:
            return execute(sql, params, many, context)
        finally:
            execute(SHORT, None, False, context)

    with connection.execute_wrapper(one_at_a_time):
        yield
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout; RESET idle_in_transaction_session_timeout; RESET lock_timeout")


def patiently(step: Callable[[], Any], tell: Tell) -> Any:
    """Tries again where a lock was not to be had in time. Raises TableInUse."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return step()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        tell(f"A table is in use; trying again ({attempt} of {ATTEMPTS}).")
        time.sleep(PAUSE_SECONDS)
    raise TableInUse("A table stayed in use; run migrate again once it is not.")


def _ask(connection: BaseDatabaseWrapper, sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK])
        return bool(cursor.fetchone()[0])
