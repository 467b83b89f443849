"""Which transaction holds the changes feed back is found, measured, logged and counted, whatever kind it is."""

import logging
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError

from apps.ops import holdups, metrics
from apps.ops.holdups import OLDEST, Holder, Watch
from apps.ops.metrics.recorder import Silence
from tests.clocks import Clock
from tests.postgres import PrivatePostgres

ROLE = "CREATE ROLE guest LOGIN"


@pytest.fixture(scope="module")
def server() -> Iterator[PrivatePostgres]:
    with PrivatePostgres(max_prepared_transactions="5") as server:
        run(server, "CREATE DATABASE other")
        run(server, ROLE)
        yield server


def session(server: PrivatePostgres, database: str = "postgres", user: str = "postgres") -> Any:
    return psycopg2.connect(
        host="127.0.0.1", port=server.port, dbname=database, user=user, application_name=f"a program of {user}"
    )


def run(server: PrivatePostgres, *statements: str) -> None:
    one = session(server)
    one.autocommit = True
    for statement in statements:
        one.cursor().execute(statement)
    one.close()


def found(server: PrivatePostgres, user: str = "postgres") -> list[Holder]:
    asking = session(server, user=user)
    asking.autocommit = True
    cursor = asking.cursor()
    cursor.execute(OLDEST)
    rows = [Holder(*row) for row in cursor.fetchall()]
    asking.close()
    return rows


def test_a_writer_in_another_database_is_named(server: PrivatePostgres) -> None:
    writer = session(server, "other")
    writer.cursor().execute("SELECT pg_current_xact_id()")
    (holder,) = found(server)
    assert holder.name == f"pid {writer.info.backend_pid}"
    assert (holder.application, holder.database) == ("a program of postgres", "other")
    assert holder.state == "idle in transaction"
    assert holder.seconds is not None
    assert 0 <= holder.seconds < 60
    writer.close()


def test_a_role_that_may_not_see_others_still_names_them(server: PrivatePostgres) -> None:
    writer = session(server, "other")
    writer.cursor().execute("SELECT pg_current_xact_id()")
    (holder,) = found(server, user="guest")
    assert (holder.name, holder.database) == (f"pid {writer.info.backend_pid}", "other")
    assert (holder.seconds, holder.state) == (None, "")
    writer.close()


def test_a_prepared_transaction_is_named(server: PrivatePostgres) -> None:
    run(server, "BEGIN; SELECT pg_current_xact_id(); PREPARE TRANSACTION 'left behind'")
    (holder,) = found(server, user="guest")
    assert (holder.name, holder.database, holder.state) == ("prepared left behind", "postgres", "prepared")
    run(server, "ROLLBACK PREPARED 'left behind'")
    assert found(server) == []


def test_readers_and_replication_slots_hold_nothing_back(server: PrivatePostgres) -> None:
    reader = session(server, "other")
    reader.set_session(isolation_level="REPEATABLE READ")
    reader.cursor().execute("SELECT count(*) FROM pg_class")
    run(server, "SELECT pg_create_physical_replication_slot('kept', true)")
    run(server, "CREATE TABLE moving_on ()")
    assert found(server) == []
    asking = session(server)
    cursor = asking.cursor()
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())")
    assert cursor.fetchone() == (True,)
    asking.close()
    reader.close()
    run(server, "SELECT pg_drop_replication_slot('kept')")


class Recorder(Silence):
    def __init__(self) -> None:
        self.told: list[tuple[float, str]] = []

    def feed_held_back(self, seconds: float, database: str, application: str, holder: str) -> None:
        self.told.append((seconds, holder))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    recorder = Recorder()
    monkeypatch.setattr(metrics, "recorder", recorder)
    return recorder.told


def holder(name: str = "pid 7", seconds: float | None = None) -> Holder:
    return Holder(name, name, "psql", "other", "", seconds)


def looks(monkeypatch: pytest.MonkeyPatch, clock: Clock, watch: Watch, *seen: Holder | None) -> None:
    """A look every 30 seconds."""
    for each in seen:
        monkeypatch.setattr(holdups, "oldest", lambda each=each: each)
        watch.look()
        clock.now += 30


def test_its_age_is_measured_where_it_is_hidden(monkeypatch: pytest.MonkeyPatch, told: list[tuple[float, str]]) -> None:
    clock = Clock()
    looks(monkeypatch, clock, Watch(clock), holder(), holder(), holder(), None)
    assert told == [(30, "pid 7"), (60, "pid 7"), (0, "pid 7")]


def test_each_transaction_is_measured_by_itself(monkeypatch: pytest.MonkeyPatch, told: list[tuple[float, str]]) -> None:
    clock = Clock()
    looks(monkeypatch, clock, Watch(clock), holder(seconds=300), holder("pid 8"), holder("pid 8"))
    assert told == [(300, "pid 7"), (0, "pid 7"), (30, "pid 8")]


def test_it_is_logged_after_two_minutes_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: Any, told: list[tuple[float, str]]
) -> None:
    clock = Clock()
    with caplog.at_level(logging.WARNING, "database"):
        looks(monkeypatch, clock, Watch(clock), *[holder()] * 9)
    # At 120, 180 and 240 seconds.
    assert len(caplog.messages) == 3
    assert caplog.messages[0] == (
        "the changes feed has been held back for 120 seconds by a transaction: pid 7, application 'psql',"
        " database 'other'"
    )


def test_a_look_that_fails_leaves_no_alert_behind(
    monkeypatch: pytest.MonkeyPatch, told: list[tuple[float, str]]
) -> None:
    """A restart of the database fails the look, and ends the transaction as well."""
    clock = Clock()
    watch = Watch(clock)

    def fail() -> None:
        raise OperationalError

    looks(monkeypatch, clock, watch, holder(seconds=300.0))
    monkeypatch.setattr(holdups, "oldest", fail)
    monkeypatch.setattr(holdups, "close_old_connections", lambda: None)
    monkeypatch.setattr("apps.ops.holdups.connection.close", lambda: None)
    assert watch._measured() == 0.0
    assert told == [(300.0, "pid 7"), (0.0, "pid 7")]
