"""PgBouncer in transaction mode: one server connection serves everyone, and nobody finds what another left there."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
import pytest

from tests.pgbouncer import PROGRAM, PgBouncer
from tests.postgres import PrivatePostgres
from tests.servers import ROOT, Answer, Database, Gunicorn
from tests.tokens import shared_secret_token

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")

# What PgBouncer itself carries from one client to the next, and sets right for each.
CARRIED = (
    "'application_name', 'client_encoding', 'DateStyle', 'IntervalStyle', 'TimeZone', 'standard_conforming_strings'"
)
# All that a session can keep for whoever comes next. No cursor: each is a portal of this very statement.
LEFT_BEHIND = f"""
    SELECT 'setting ' || name || '=' || setting FROM pg_settings
    WHERE source = 'session' AND name <> 'role' AND name NOT IN ({CARRIED})
    UNION ALL SELECT 'prepared ' || statement FROM pg_prepared_statements
    UNION ALL SELECT 'advisory lock ' || objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
    UNION ALL SELECT 'listening to ' || pg_listening_channels()
    UNION ALL SELECT 'temporary table ' || relname FROM pg_class WHERE relpersistence = 't'
    UNION ALL SELECT 'role ' || current_user WHERE current_user <> session_user
"""


@dataclass(frozen=True)
class Pooled:
    gunicorn: Gunicorn
    url: str

    def left_behind(self) -> list[str]:
        """In the one server connection that everybody shares."""
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(LEFT_BEHIND)
                return [text for (text,) in cursor.fetchall()]
        finally:
            connection.close()

    def execute(self, sql: str) -> None:
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()

    def call(self, method: str, path: str, subject: str = "alice", **options: object) -> Answer:
        return self.gunicorn.call(method, path, token=shared_secret_token(subject), **options)


@pytest.fixture(scope="module")
def pooled(postgres: PrivatePostgres) -> Iterator[Pooled]:
    database = Database(postgres.url)
    with (
        PgBouncer(postgres.url, pool_size=1) as pooler,
        Gunicorn(
            database,
            DATABASE_URL=pooler.url(database.name),
            DATABASE_URL_UNPOOLED=database.url,
            API_RATE_LIMIT="600/min",
        ) as gunicorn,
    ):
        yield Pooled(gunicorn, pooler.url(database.name))


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path TO nowhere",
        "SET statement_timeout = '9s'",
        "PREPARE theirs AS SELECT 1",
        "SELECT pg_advisory_lock(7)",
        "LISTEN theirs",
        "CREATE TEMPORARY TABLE theirs (id int)",
        "SET ROLE pg_monitor",
    ],
)
def test_what_a_session_keeps_would_be_seen(pooled: Pooled, sql: str) -> None:
    pooled.execute(sql)
    assert len(pooled.left_behind()) == 1
    pooled.execute("DISCARD ALL")
    assert pooled.left_behind() == []


def test_no_request_leaves_anything_to_the_next_person(pooled: Pooled) -> None:
    created = pooled.call("POST", "/api/tasks", body={"title": "Mine"}, Idempotency_Key="one-and-only")
    task = created.headers["Location"]
    requests = [
        ("GET", "/api/tasks?search=mine&ordering=-due_at", None),
        ("PATCH", task, {"status": "completed"}),
        ("GET", task, None),
        ("GET", "/api/tasks/changes", None),
        ("POST", "/api/tasks/bulk", {"operations": [{"op": "create", "values": {"title": "Many"}}]}),
        ("DELETE", task, None),
        ("GET", "/api/auth/me", None),
        ("GET", "/admin/login/", None),
        ("GET", "/ready", None),
    ]
    assert created.status == 201
    for method, path, body in requests:
        answer = pooled.call(method, path, body=body)
        assert answer.status < 500, (method, path)
        assert pooled.left_behind() == [], (method, path)


def test_two_people_on_one_server_connection(pooled: Pooled) -> None:
    for subject in ("alice", "bob"):
        assert pooled.call("POST", "/api/tasks", subject, body={"title": f"Of {subject}"}).status == 201
    for subject in ("alice", "bob", "alice"):
        owners = {task["user_id"] for task in pooled.call("GET", "/api/tasks", subject).json["results"]}
        assert owners == {subject}


def test_migrations_refuse_it(pooled: Pooled) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": pooled.url, "DATABASE_URL_UNPOOLED": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: A pooler in transaction mode stands before the database.")


def test_the_time_limits_reach_through_it(pooled: Pooled) -> None:
    connection = psycopg2.connect(pooled.url)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("10s",)
    connection.close()
