"""Waiting for somebody who waits for a lock of this session."""

import time

from django.db import connection


def await_waiting() -> None:
    # Not pg_stat_activity, which shows a transaction the same all along.
    waiting = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(waiting)
            if cursor.fetchone() is not None:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")
