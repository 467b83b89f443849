"""What may take how long, and what happens to that which takes longer."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction

from apps.ops import bounds, context, faults


@pytest.fixture
def _in_a_request(settings: Any) -> Iterator[None]:
    settings.STATEMENT_CUT_SECONDS = 0.5
    bounds.begin_request()
    yield
    bounds.end_request()


@pytest.mark.usefixtures("_in_a_request")
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_does_not_come_is_given_up() -> None:
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    bounds.end_request()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_a_command_may_take_its_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_serving", False)
    settings.STATEMENT_CUT_SECONDS = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.6)")


@pytest.mark.django_db
def test_nothing_is_begun_after_the_request_had_its_time(settings: Any, django_assert_num_queries: Any) -> None:
    settings.REQUEST_SECONDS = 0
    bounds.begin_request()
    try:
        with pytest.raises(faults.OutOfTime), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        bounds.end_request()


def test_a_lock_is_not_waited_for_longer_than_the_request_has(settings: Any) -> None:
    settings.REQUEST_SECONDS = 0.1
    lock, refused = bounds.BoundedLock(), threading.Event()

    def wait() -> None:
        bounds.begin_request()
        try:
            with lock:
                pass
        except faults.OutOfTime:
            refused.set()

    with lock:
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert refused.is_set()
    with lock:
        pass


class Wait:
    def __init__(self) -> None:
        self.was_cut = threading.Event()

    def cut(self) -> None:
        self.was_cut.set()


def test_the_watchdog_cuts_what_is_due_and_nothing_else() -> None:
    watchdog = bounds.Watchdog()
    due, later, done = Wait(), Wait(), Wait()
    now = time.monotonic()
    watchdog.watch(later, now + 60)
    # Not yet: it could be cut before it is forgotten.
    watchdog.watch(done, now + 1)
    watchdog.forget(done)
    watchdog.watch(due, now + 1)
    assert due.was_cut.wait(30)
    assert not later.was_cut.is_set()
    assert not done.was_cut.is_set()


@pytest.mark.parametrize(
    ("sql", "is_reading", "repeated"),
    [
        ("SELECT 1", False, True),
        (" select 1", False, True),
        ("/*history api - -*/ WITH hit AS (SELECT 1) SELECT 1", True, True),
        ("WITH hit AS (SELECT 1) SELECT 1", False, False),
        ("/* SELECT */ INSERT INTO t VALUES (1)", True, False),
        ("UPDATE t SET a = 1", True, False),
        ("", True, False),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_is_asked_again_on_a_dead_connection(sql: str, is_reading: bool, repeated: bool) -> None:
    token = context.is_reading.set(is_reading)
    try:
        with connection.cursor() as cursor:
            assert not cursor._may_repeat(sql)
            connection._link.cut()  # type: ignore[attr-defined]
            assert cursor._may_repeat(sql) is repeated
    finally:
        context.is_reading.reset(token)
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_in_an_aborted_transaction_is_of_no_use() -> None:
    with transaction.atomic():
        with pytest.raises(ProgrammingError):
            connection.cursor().execute("SELECT nothing")
        assert not connection.is_usable()
        transaction.set_rollback(True)
    assert connection.is_usable()
