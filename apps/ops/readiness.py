"""Whether requests should come here. A probe's result is kept for a while, since each would wake a sleeping Neon."""

import threading
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from apps.ops import bounds
from apps.ops.faults import log_fault

PROBE_SECONDS = 2.0


class Readiness:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked_at = float("-inf")
        self._answers = False
        self._is_migrated = False
        self.is_leaving = False

    def leave(self) -> None:
        """This process is about to end: whoever spreads requests should leave it out."""
        self.is_leaving = True

    def database_answers(self) -> bool:
        """True where a query went through within the last READY_CACHE_SECONDS. One caller asks for all.

        False until every migration of this code has been applied; that is then known for good.
        """
        is_stale = time.monotonic() - self._checked_at >= settings.READY_CACHE_SECONDS
        # Whoever comes while one asks is told the last answer: a silent database must not hold every thread here.
        if is_stale and self._lock.acquire(blocking=False):
            try:
                self._answers = self._query_goes_through()
                self._checked_at = time.monotonic()
            finally:
                self._lock.release()
        return self._answers and not self.is_leaving

    def _query_goes_through(self) -> bool:
        try:
            with bounds.impatience(PROBE_SECONDS):
                if self._is_migrated:
                    _ask()
                else:
                    self._is_migrated = _is_migrated()
        except (DatabaseError, InterfaceError) as error:
            log_fault(error)
            return False
        return self._is_migrated


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


readiness = Readiness()
