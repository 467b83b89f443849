"""One migration at a time, from however many hosts, and none that makes the users wait long for a lock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.errors import LockNotAvailable

# The same for every version of this code: "tasks", in ASCII.
LOCK = 0x7461736B73
PAUSE_SECONDS = 1.0
# Whoever queues behind our wait for a lock waits as well: this long at most.
LOCK_TIMEOUT = "2s"
ATTEMPTS = 30

Tell = Callable[[str], object]


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
def limits_of_a_migration(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """It may take its time, but not to get a lock. For this session, since it is on the direct host."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout; RESET idle_in_transaction_session_timeout; RESET lock_timeout")


def patiently(migrate: Callable[[], object], tell: Tell) -> None:
    """Tries again where a lock was not to be had in time; what was applied before stays applied."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            migrate()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or attempt == ATTEMPTS:
                raise
        else:
            return
        tell(f"A table is in use; trying again ({attempt} of {ATTEMPTS - 1}).")
        time.sleep(PAUSE_SECONDS)


def _ask(connection: BaseDatabaseWrapper, sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK])
        return bool(cursor.fetchone()[0])
