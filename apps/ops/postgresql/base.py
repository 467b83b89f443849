"""Django's PostgreSQL backend for a database that sleeps, moves, and cuts its connections."""

import math
import time
from collections.abc import Callable
from typing import Any

import psycopg2
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, register_type

from apps.ops import bounds, faults, metrics
from apps.ops.postgresql.cursors import Cursor, DebugCursor
from apps.ops.postgresql.link import Link
from apps.ops.postgresql.patience import connected
from apps.ops.postgresql.times import INSTANT


class DatabaseWrapper(base.DatabaseWrapper):
    """Waits for a database that is away, knows a dead connection by its socket, and waits for no answer for ever."""

    _link: Link | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if bounds.is_over():
            raise faults.OutOfTime
        connection = connected(lambda: self._connect(conn_params))
        try:
            self._link = Link(connection.fileno())
        except OSError as error:  # no descriptor is free
            connection.close()
            raise psycopg2.OperationalError(str(error)) from error
        register_type(INSTANT, connection)
        metrics.recorder.connection_opened()
        return connection

    def _connect(self, conn_params: dict[str, Any]) -> Any:
        wait = min(int(conn_params["connect_timeout"]), bounds.remaining())
        # libpq knows no less than two seconds.
        return super().get_new_connection({**conn_params, "connect_timeout": max(math.ceil(wait), 2)})

    def is_usable(self) -> bool:
        """In place of Django's `SELECT 1`, which fails in an aborted transaction as well."""
        if self._link is None or self.connection.closed or not self._link.is_alive():
            return False
        return bool(self.connection.get_transaction_status() != TRANSACTION_STATUS_INERROR)

    def close_if_health_check_failed(self) -> None:
        """Called before each cursor: outside a transaction none is sent into a connection known to be dead."""
        if self.connection is not None and not self.in_atomic_block and not self.is_usable():
            self.close()

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        return Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorDebugWrapper:
        return DebugCursor(cursor, self)

    def bounded(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """Does what waits for the server's answer, and no longer than it may."""
        due = bounds.statement_due(time.monotonic())
        link = self._link
        if due == bounds.NEVER or link is None:
            return step(*arguments)
        bounds.watchdog.watch(link, due)
        try:
            return step(*arguments)
        finally:
            bounds.watchdog.forget(link)

    def _commit(self) -> None:
        self.bounded(super()._commit)

    def _rollback(self) -> None:
        self.bounded(super()._rollback)

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            if self._link:
                metrics.recorder.connection_closed()
                self._link.close()
                self._link = None
