"""Lists off a real streaming replica: everybody sees what they wrote, however far behind it is, or away."""

import re
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from apps.tasks.replica import HAS_ALL
from tests.chaos.stage import Instance
from tests.clocks import wait_until
from tests.postgres import PrivatePostgres, Replica
from tests.servers import Answer, Database, Gunicorn, free_port
from tests.tokens import shared_secret_token

LISTS = (
    "/api/tasks",
    "/api/tasks?limit=1&offset=99",
    "/api/tasks?status=pending&ordering=-title",
    "/api/tasks?search=shown",
    "/api/tasks/tags",
)


@dataclass(frozen=True)
class Pair:
    """Two servers before a primary and its replica."""

    replica: Replica
    servers: list[Gunicorn]
    database: Database

    def call(self, method: str, path: str, subject: str = "alice", server: int = 0, **options: Any) -> Answer:
        return self.servers[server].call(method, path, token=shared_secret_token(subject), **options)

    def create(self, title: str, subject: str = "alice") -> str:
        """Through the first server; the address of the task."""
        created = self.call("POST", "/api/tasks", subject, body={"title": title, "tags": ["shown"]})
        assert created.status == 201
        return str(created.headers["Location"])

    def titles(self, subject: str = "alice", path: str = "/api/tasks") -> list[str]:
        """Through the second server."""
        answer = self.call("GET", path, subject, server=1)
        assert answer.status == 200
        return [task["title"] for task in answer.json["results"]]

    def is_off_the_replica(self, path: str, subject: str = "alice") -> bool:
        before = self._reads()
        assert self.call("GET", path, subject, server=1).status == 200
        return self._reads() > before

    def _reads(self) -> int:
        return self.replica.log.read_text().replace('"', "").count("FROM tasks_task")


@pytest.fixture(scope="module")
def pair(postgres: PrivatePostgres) -> Iterator[Pair]:
    with Replica(postgres) as replica:
        database = Database(postgres.url)
        chosen: dict[str, Any] = {
            "DATABASE_REPLICA_URL": database.url.replace(f":{postgres.port}/", f":{replica.port}/"),
            "WEB_CONCURRENCY": "1",
            "WEB_THREADS": "2",
        }
        counted = {"METRICS_PORT": str(free_port())}
        with Gunicorn(database, **chosen) as first, Instance(database, migrated=False, **chosen, **counted) as second:
            yield Pair(replica, [first, second], database)
            for server in (first, second):
                assert [line for line in server.log_lines() if line.get("status") == 500] == []


@pytest.fixture(autouse=True)
def _all_of_it_works(pair: Pair) -> Iterator[None]:
    """And each test begins with two people whom the replica knows."""
    for subject in ("alice", "bob"):
        pair.create("First", subject)
    pair.replica.catch_up()
    eventually_off_the_replica(pair)
    yield
    pair.replica.thaw()
    pair.replica.start()
    pair.replica.resume()
    pair.database.rows("DELETE FROM tasks_task")


def eventually_off_the_replica(pair: Pair, path: str = "/api/tasks", subject: str = "alice") -> None:
    """On a busy machine it may be too slow to say how far it is, and is left alone for a second."""
    wait_until(lambda: pair.is_off_the_replica(path, subject))


def outcomes(pair: Pair) -> Counter[str]:
    """How often the second server asked the replica, and how that went."""
    address = f"http://127.0.0.1:{pair.servers[1].environment['METRICS_PORT']}/metrics"
    with urllib.request.urlopen(address, timeout=60) as page:
        found = re.findall(r'^replica_reads_total\{outcome="(\w+)"\} (\S+)$', page.read().decode(), re.MULTILINE)
    return Counter({outcome: int(float(count)) for outcome, count in found})


@contextmanager
def lagging(pair: Pair) -> Iterator[None]:
    pair.replica.pause()
    yield
    pair.replica.resume()


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_read_off_it(pair: Pair, path: str) -> None:
    eventually_off_the_replica(pair, path)


def test_nothing_else_is(pair: Pair) -> None:
    task = pair.create("Single")
    pair.replica.catch_up()
    for path in (task, "/api/tasks/changes", "/api/tasks/trash"):
        assert not pair.is_off_the_replica(path)


def test_both_give_the_same_pages(pair: Pair) -> None:
    for number in range(3):
        pair.create(f"Shown {number}")
    with lagging(pair):
        pair.create("Shown last")
        of_the_primary = [pair.call("GET", path).json for path in LISTS]
    pair.replica.catch_up()
    eventually_off_the_replica(pair)
    assert [pair.call("GET", path).json for path in LISTS] == of_the_primary


def test_what_one_wrote_one_sees_through_any_server(pair: Pair) -> None:
    with lagging(pair):
        task = pair.create("Shown at once")
        assert pair.titles() == ["First", "Shown at once"]
        assert pair.titles(path="/api/tasks?search=shown") == ["Shown at once"]
        assert pair.call("PATCH", task, body={"title": "Renamed"}).status == 200
        assert pair.titles() == ["First", "Renamed"]
        assert pair.call("DELETE", task).status == 204
        assert pair.titles() == ["First"]
        assert pair.call("DELETE", "/api/tasks/trash").status == 204
        assert pair.titles() == ["First"]


def test_who_wrote_nothing_is_read_off_it_though_it_lags(pair: Pair) -> None:
    with lagging(pair):
        pair.create("By somebody else")
        eventually_off_the_replica(pair, subject="bob")
        assert not pair.is_off_the_replica("/api/tasks", "alice")
    pair.replica.catch_up()
    eventually_off_the_replica(pair)
    assert pair.titles() == ["First", "By somebody else"]


def test_it_is_counted_how_that_went(pair: Pair) -> None:
    before = outcomes(pair)
    pair.titles()
    with lagging(pair):
        pair.create("Not there yet")
        pair.titles()
    pair.replica.kill()
    pair.titles()
    assert outcomes(pair) - before == {"answered": 1, "behind": 1, "failed": 1}


def test_what_began_early_and_was_committed_late_is_seen(pair: Pair) -> None:
    """The replica has the newest of the writes, and not all."""
    early = psycopg2.connect(pair.database.url)
    early.cursor().execute("INSERT INTO tasks_task (title, user_id) VALUES ('Early', 'alice')")
    pair.create("Late")
    pair.replica.catch_up()
    with lagging(pair):
        early.commit()
        assert sorted(pair.titles()) == ["Early", "First", "Late"]
    early.close()


def test_who_was_erased_is_not_shown_what_they_had(pair: Pair) -> None:
    """Of them no number is left to compare."""
    with lagging(pair):
        pair.database.rows("DELETE FROM tasks_task WHERE user_id = 'bob'")
        pair.database.rows("DELETE FROM tasks_tombstone WHERE user_id = 'bob'")
        assert pair.titles("bob") == []


def test_behind_a_migration_the_primary_answers(pair: Pair) -> None:
    """The column is there, and the replica has not heard of it; of the tasks themselves it has all."""
    pair.database.rows("ALTER TABLE tasks_task RENAME COLUMN priority TO unknown_yet")
    pair.replica.catch_up()
    before = outcomes(pair)
    with lagging(pair):
        pair.database.rows("ALTER TABLE tasks_task RENAME COLUMN unknown_yet TO priority")
        assert pair.titles() == ["First"]
        assert [pair.call("GET", path, server=1).status for path in LISTS] == [200] * len(LISTS)
        pair.create("Meanwhile")
        assert pair.titles() == ["First", "Meanwhile"]
    assert (outcomes(pair) - before)["failed"] > 0
    pair.replica.catch_up()
    eventually_off_the_replica(pair)


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_away_the_primary_answers(pair: Pair, how: str) -> None:
    pair.replica.kill() if how == "killed" else pair.replica.freeze()
    before = outcomes(pair)
    assert pair.titles() == ["First"]
    pair.create("Meanwhile")
    assert [pair.titles() for _ in range(20)] == [["First", "Meanwhile"]] * 20
    # Not each of them had to find out.
    assert 0 < (outcomes(pair) - before)["failed"] < 10
    assert pair.servers[1].call("GET", "/ready").status == 200
    pair.replica.thaw()
    pair.replica.start()
    pair.replica.catch_up()
    eventually_off_the_replica(pair)


def test_promoted_it_is_a_replica_no_more(pair: Pair, postgres: PrivatePostgres) -> None:
    """From then on it counts transactions of its own."""
    epoch, *_ = pair.database.rows("SELECT epoch::text FROM tasks_feed")[0]
    with (
        Replica(postgres) as replica,
        psycopg2.connect(f"{replica.url.rpartition('/')[0]}/{pair.database.name}") as session,
    ):
        session.autocommit = True
        cursor = session.cursor()
        cursor.execute(HAS_ALL, (epoch, "3"))
        assert cursor.rowcount == 1
        cursor.execute(HAS_ALL, (str(uuid.uuid4()), "3"))
        assert cursor.rowcount == 0
        cursor.execute("SELECT pg_promote()")
        cursor.execute(HAS_ALL, (epoch, "3"))
        assert cursor.rowcount == 0
    session.close()
