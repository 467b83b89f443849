"""Requests that wait for a lock."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections, transaction
from django.test import Client


def posted_during(write: Callable[[], Any], client: Client, path: str, body: dict[str, Any]) -> Any:
    """The answer to a form that is sent while `write` is not yet committed."""

    def post() -> Any:
        try:
            return client.post(path, body)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            write()
            answer = pool.submit(post)
            await_waiting()
        return answer.result()


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
