"""Retries at once, and a worker that dies at the worst moment, over a real server with two workers."""

import http.client
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2

from tests.clocks import wait_until
from tests.servers import Answer, Gunicorn
from tests.tokens import shared_secret_token

DAWDLING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"


def create(server: Gunicorn, token: str, key: str) -> Answer:
    return server.call("POST", "/api/tasks", token=token, body={"title": "once"}, Idempotency_Key=key)


def rows_of(server: Gunicorn, subject: str) -> list[tuple[Any, ...]]:
    return server.database.rows(f"SELECT id FROM tasks_task WHERE user_id = '{subject}'")


def test_fifty_retries_at_once_make_one_task(live: Gunicorn) -> None:
    token = shared_secret_token("retrier")
    live.call("GET", "/api/auth/me", token=token)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: create(live, token, "fifty"), range(50)))
    assert {answer.status for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status == 409:
            assert answer.json["type"] == "/problems/still-running"
            assert int(answer.headers["Retry-After"]) >= 1
    made = [answer for answer in answers if answer.status == 201]
    assert len({answer.body for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    assert rows_of(live, "retrier") == [(made[0].json["id"],)]


def test_one_still_running_is_a_409(live: Gunicorn) -> None:
    """Somebody else's lock on the table keeps the first from its end."""
    token = shared_secret_token("waiting")
    live.call("GET", "/api/auth/me", token=token)
    blocker = psycopg2.connect(live.database.url)
    with ThreadPoolExecutor(1) as pool:
        with blocker, blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE tasks_task IN SHARE MODE")
            first = pool.submit(create, live, token, "slow")
            _await_lock(cursor)
            assert create(live, token, "slow").status == 409
            assert create(live, token, "slow").status == 409
        blocker.close()
        assert first.result().status == 201
    again = create(live, token, "slow")
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")


def test_a_worker_killed_between_the_write_and_the_answer(django_db_setup: None, django_db_blocker: Any) -> None:
    """A trigger at the commit holds the request there: the row is written, and the worker dies."""
    with django_db_blocker.unblock(), Gunicorn(WEB_CONCURRENCY="2") as server:
        token = shared_secret_token("unlucky")
        server.call("GET", "/api/auth/me", token=token)
        server.database.rows(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;"
            " CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON tasks_task DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(create, server, token, "unlucky")
            wait_until(lambda: server.database.rows(DAWDLING) == [(1,)])
            for worker in _workers(server):
                os.kill(worker, signal.SIGKILL)
            try:
                status = lost.result().status
            except (OSError, http.client.HTTPException):
                status = 0
        assert status == 0
        server.database.rows("DROP TRIGGER dawdle ON tasks_task")
        retried = _persistently(server, token, "unlucky")
        assert retried.status == 201
        assert rows_of(server, "unlucky") == [(retried.json["id"],)]
        assert _persistently(server, token, "unlucky").body == retried.body


def _persistently(server: Gunicorn, token: str, key: str) -> Answer:
    """As a client that retries what it has no answer to."""
    deadline = time.monotonic() + 60
    while True:
        try:
            answer = create(server, token, key)
        except (OSError, http.client.HTTPException):
            answer = None
        if answer and answer.status != 409:
            return answer
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _workers(server: Gunicorn) -> list[int]:
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children") as children:  # noqa: PTH123
        return [int(word) for word in children.read().split()]


def _await_lock(cursor: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.02)
    raise AssertionError("the first request never came to hold its key")
