"""A dump, restored into a new database by the README's commands, is the same database and serves."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.stage import Instance
from tests.postgres import BINARIES, PrivatePostgres
from tests.servers import Database, manage
from tests.tokens import shared_secret_token


@pytest.fixture
def databases(postgres: PrivatePostgres) -> Iterator[tuple[Database, Database]]:
    """The one that is dumped, with tasks in it, and a new one."""
    source, target = Database(postgres.url), Database(postgres.url)
    with Instance(source, WEB_CONCURRENCY="1", API_RATE_LIMIT="none") as server:
        for number in range(20):
            created = server.call(
                "POST",
                "/api/tasks",
                token=shared_secret_token("alice"),
                body={"title": f"Kept {number}", "tags": ["ä"]},
            )
            assert created.status == 201
        server.call("DELETE", created.headers["Location"], token=shared_secret_token("alice"))
    yield source, target
    source.drop()
    target.drop()


def run(program: str, *words: str) -> None:
    done = subprocess.run([str(BINARIES / program), *words], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def restore(source: Database, target: Database, folder: Path) -> None:
    dump = str(folder / "tasks.dump")
    run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", source.url)
    run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={target.url}", dump)


def fingerprint(database: Database) -> str:
    return manage({**os.environ, **database.environment}, "fingerprint").stdout


def test_a_dump_comes_back_equal(databases: tuple[Database, Database], tmp_path: Path) -> None:
    source, target = databases
    restore(source, target, tmp_path)
    before = fingerprint(source)
    assert "public.tasks_task 20 " in before
    assert fingerprint(target) == before
    target.rows("UPDATE tasks_task SET title = 'Altered' WHERE title = 'Kept 3'")
    assert fingerprint(target) != before


def test_the_restored_one_serves(databases: tuple[Database, Database], tmp_path: Path) -> None:
    source, target = databases
    restore(source, target, tmp_path)
    manage({**os.environ, **target.environment}, "renew_changes")
    with Instance(target, WEB_CONCURRENCY="1", API_RATE_LIMIT="none") as server:
        tasks = server.call("GET", "/api/tasks", token=shared_secret_token("alice")).json
        assert [task["title"] for task in tasks["results"]] == [f"Kept {number}" for number in range(19)]
        again = server.call("POST", "/api/tasks", token=shared_secret_token("alice"), body={"title": "After"}).json
        assert again["id"] > tasks["results"][-1]["id"]
