"""Migrations go over the direct host, and every one of ours can be taken back."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError

from apps.ops.management.commands import migrate
from apps.ops.migrating import limits
from apps.ops.migrating.turns import LOCK
from tests.clocks import wait_until
from tests.servers import ROOT, Database, manage

POOLED = "postgresql://app:hunter2@ep-x-pooler.us.aws.neon.tech/tasks"
OWN_TABLES = "SELECT tablename FROM pg_tables WHERE tablename ~ '^(accounts|tasks)_' ORDER BY 1"


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[Database]:
    with django_db_blocker.unblock():
        database = Database()
        yield database
        database.drop()


@pytest.mark.parametrize(
    "urls",
    [{"DATABASE_URL": POOLED}, {"DATABASE_URL": "postgresql://a@h/tasks", "DATABASE_URL_UNPOOLED": POOLED}],
    ids=["pooled", "both-pooled"],
)
def test_a_pooled_host_is_refused(urls: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL_UNPOOLED": "", **urls},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("CommandError: ep-x-pooler.us.aws.neon.tech is a pooled host")
    assert "Set DATABASE_URL_UNPOOLED" in line
    assert "hunter2" not in line


def test_the_direct_host_is_used(database: Database) -> None:
    dead = f"postgresql://app@127.0.0.1:1/{database.name}"
    manage({**os.environ, "DATABASE_URL": dead, "DATABASE_URL_UNPOOLED": database.own_url}, "migrate", "--no-input")
    assert ("tasks_task",) in database.rows(OWN_TABLES)


def test_ours_can_be_taken_back(database: Database) -> None:
    environment = {**os.environ, **database.environment}
    functions = "SELECT proname FROM pg_proc WHERE proname ~ '^(accounts|tasks)_' ORDER BY 1"
    manage(environment, "migrate", "--no-input")
    before = database.rows(OWN_TABLES), database.rows(functions)
    manage(environment, "migrate", "tasks", "zero")
    manage(environment, "migrate", "accounts", "zero")
    assert (database.rows(OWN_TABLES), database.rows(functions)) == ([], [])
    manage(environment, "migrate", "--no-input")
    assert (database.rows(OWN_TABLES), database.rows(functions)) == before


@pytest.fixture
def environment(database: Database) -> dict[str, str]:
    return {**os.environ, **database.environment}


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """`manage.py migrate` in a process of its own."""
    command = [sys.executable, "manage.py", "migrate", "--no-input", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True)


def test_from_two_hosts_at_once(database: Database, environment: dict[str, str]) -> None:
    with closing(psycopg2.connect(database.own_url)) as first:
        first.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])
        hosts = [start(environment) for _ in range(3)]
        for host in hosts:
            assert host.stderr is not None
            assert host.stderr.readline().startswith("Another migrate is under way")
    outputs = [host.communicate(timeout=120) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0, 0], outputs
    assert sum("Applying tasks.0001_initial" in output for output, _ in outputs) == 1


def test_a_table_in_use_is_waited_for_without_holding_up_its_users(
    database: Database, environment: dict[str, str]
) -> None:
    # Sixty seconds, in which the reader may be idle in its transaction.
    manage({**environment, "STATEMENT_SECONDS": "60"}, "migrate", "--no-input", "tasks", "0004")
    reader = psycopg2.connect(database.url)
    reader.cursor().execute("SELECT count(*) FROM tasks_task")
    with start(environment, "tasks", "zero") as migration:
        assert migration.stderr is not None
        line = next(line for line in migration.stderr if "trying again" in line)
        assert line.startswith("A table is in use; trying again (1 of ")
        reader.close()
        output, errors = migration.communicate(timeout=120)
    assert migration.returncode == 0, output + errors
    assert ("tasks_task",) not in database.rows(OWN_TABLES)


def test_an_index_whose_building_was_cut_is_built_anew(database: Database, environment: dict[str, str]) -> None:
    manage({**environment, "STATEMENT_SECONDS": "60"}, "migrate", "--no-input", "tasks", "0004")
    with closing(psycopg2.connect(database.own_url)) as cut:
        cut.autocommit = True
        with cut.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_user (subject, email, name, password, is_superuser, is_staff, is_active)"
                " VALUES ('alice', '', '', '', false, false, true)"
            )
            cursor.execute("INSERT INTO tasks_task (user_id, title) VALUES ('alice', 'x'), ('alice', 'x')")
            with pytest.raises(psycopg2.errors.UniqueViolation):
                cursor.execute("CREATE UNIQUE INDEX CONCURRENTLY tasks_task_by_status ON tasks_task (status)")
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tasks_task_by_status'::regclass"
    manage(environment, "migrate", "--plan")
    assert database.rows(valid) == [(False,)]
    done = manage({**environment, "STATEMENT_SECONDS": "60"}, "migrate", "--no-input", "tasks")
    assert "The building of index tasks_task_by_status was cut" in done.stderr
    assert database.rows(valid) == [(True,)]


def test_an_index_that_is_built_beside_its_users_waits_for_them(
    database: Database, environment: dict[str, str]
) -> None:
    """Given up, it would leave half an index, and a migration that can go neither on nor back."""
    manage({**environment, "STATEMENT_SECONDS": "60"}, "migrate", "--no-input", "tasks", "0004")
    writer = psycopg2.connect(database.url)
    writer.cursor().execute("LOCK TABLE tasks_task IN ROW EXCLUSIVE MODE")
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'"
    with start(environment, "tasks") as migration:
        wait_until(lambda: database.rows(waiting) == [(1,)])
        # Longer than any other statement of a migration waits for a lock.
        time.sleep(3)
        assert migration.poll() is None
        writer.close()
        output, errors = migration.communicate(timeout=120)
    assert (migration.returncode, errors) == (0, ""), output
    assert database.rows("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]


def test_the_time_limits_stand_at_the_role(database: Database, environment: dict[str, str]) -> None:
    manage({**environment, "STATEMENT_SECONDS": "8"}, "migrate", "--no-input")
    shown = {name: database.rows(f"SHOW {name}")[0][0] for name in limits.wanted()}
    assert shown == {
        "statement_timeout": "8s",
        "lock_timeout": "4s",
        "idle_in_transaction_session_timeout": "8s",
        "client_connection_check_interval": "2s",
    }
    written = "SELECT s.xmin FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase"
    written += " WHERE datname = current_database()"
    before = database.rows(written)
    manage({**environment, "STATEMENT_SECONDS": "8"}, "migrate", "--no-input")
    assert database.rows(written) == before


def test_a_role_that_may_not_set_them_is_told_how(database: Database, environment: dict[str, str]) -> None:
    role = f"migrator_{database.name}"
    database.rows(f'CREATE ROLE "{role}" LOGIN; GRANT ALL ON DATABASE "{database.name}" TO "{role}"')
    database.rows(f'GRANT ALL ON SCHEMA public TO "{role}"')
    try:
        direct = database.own_url.replace("//postgres", f"//{role}", 1)
        done = manage({**environment, "DATABASE_URL_UNPOOLED": direct}, "migrate", "--no-input")
        assert "time limits are not set" in done.stderr
        assert f"IN DATABASE \"{database.name}\" SET statement_timeout = '10s'" in done.stderr
    finally:
        database.rows(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


class Connection(SimpleNamespace):
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Connection:
    connection = Connection(settings_dict={"HOST": "db.example.com", "NAME": "test_tasks"})
    monkeypatch.setattr(migrate, "connections", {"default": connection})
    return connection


def test_a_test_run_keeps_its_own_database(connection: Connection, settings: Any) -> None:
    settings.DATABASE_UNPOOLED = {"HOST": "direct.example.com", "NAME": "tasks"}
    with migrate._direct_host():
        assert connection.settings_dict == {"HOST": "direct.example.com", "NAME": "test_tasks"}
        assert connection.closed
    assert connection.settings_dict == {"HOST": "db.example.com", "NAME": "test_tasks"}


def test_without_a_direct_host_nothing_changes(connection: Connection, settings: Any) -> None:
    settings.DATABASE_UNPOOLED = None
    with migrate._direct_host():
        assert connection.settings_dict == {"HOST": "db.example.com", "NAME": "test_tasks"}
    assert not connection.closed


@pytest.mark.parametrize("host", ["ep-x-pooler.us.aws.neon.tech", "ep-x-pooler"])
def test_pooled_hosts(connection: Connection, settings: Any, host: str) -> None:
    settings.DATABASE_UNPOOLED = {"HOST": host, "NAME": "tasks"}
    with pytest.raises(CommandError, match="DATABASE_URL_UNPOOLED"), migrate._direct_host():
        pass


@pytest.mark.parametrize("host", ["", "localhost", "pooler.example.com", "db.my-pooler.example.com"])
def test_hosts_that_only_sound_alike(connection: Connection, settings: Any, host: str) -> None:
    settings.DATABASE_UNPOOLED = {"HOST": host, "NAME": "tasks"}
    with migrate._direct_host():
        pass


def test_another_database_is_left_alone(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.management.commands.migrate.Command.handle", lambda *_, **__: None)
    migrate.Command().handle(database="other")
    assert not connection.closed
