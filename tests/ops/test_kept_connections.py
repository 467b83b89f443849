"""A connection serves one request after the other, however these come, and whoever else is there."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg2
import pytest

from apps.ops.serving.connections import ClientSocket, Connection
from apps.ops.serving.idle import Idle
from tests.ops.test_worker import (
    THREADS,
    answered,
    eventually,
    every_thread_waits_for_the_database,
    server,
    takes_connections,
    tasks_request,
    waiting_for_a_lock,
)
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

__all__ = ["server"]  # the fixture

KEEPALIVE_SECONDS = 75
PROBE = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def connected(server: Gunicorn, count: int = 1) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        yield [stack.enter_context(socket.create_connection(address, timeout=60)) for _ in range(count)]


def test_many_more_connections_than_threads(server: Gunicorn) -> None:
    with connected(server, 40) as connections:
        for _ in range(5):
            for connection in connections:
                connection.sendall(tasks_request())
            assert [answered(connection) for connection in connections] == [200] * 40


def test_requests_that_come_in_one_piece(server: Gunicorn) -> None:
    with connected(server) as (connection,), connection.makefile("rb") as answers:
        request = tasks_request()
        connection.sendall(request + PROBE + request[:30])
        time.sleep(0.1)
        connection.sendall(request[30:])
        statuses = []
        for _ in range(3):
            statuses.append(next(answers).split()[1])
            length = int(dict(_headers(answers))["content-length"])
            answers.read(length)
        assert statuses == [b"200"] * 3


def _headers(answers: Any) -> Iterator[tuple[str, str]]:
    while line := next(answers).decode().strip():
        name, _, value = line.partition(": ")
        yield name.lower(), value


def test_half_a_request_on_a_kept_connection_holds_no_thread(server: Gunicorn) -> None:
    with connected(server, 4) as connections:
        for connection in connections:
            connection.sendall(PROBE)
            assert answered(connection) == 200
            connection.sendall(tasks_request()[:40])
        assert server.call("GET", "/api/tasks", token=shared_secret_token("alice")).status == 200
        for connection in connections:
            connection.sendall(tasks_request()[40:])
            assert answered(connection) == 200


def test_a_probe_on_a_kept_connection_while_every_thread_waits(server: Gunicorn) -> None:
    with connected(server) as (connection,):
        connection.sendall(PROBE)
        assert answered(connection) == 200
        with every_thread_waits_for_the_database(server) as answers:
            connection.sendall(PROBE)
            assert answered(connection) == 200
            assert answers == []


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    accepted, theirs = socket.socketpair()
    with ClientSocket.taken_over(accepted) as ours, theirs:
        yield Connection(None, ours, ("127.0.0.1", 1), ("127.0.0.1", 2)), theirs


def test_one_that_is_not_used_is_taken_out_in_time(pair: tuple[Connection, socket.socket]) -> None:
    idle = Idle(keepalive=30)
    conn, theirs = pair
    idle.put(conn)
    now = time.monotonic()
    assert list(idle.overdue(now + 15)) == []
    assert list(idle.overdue(now + 60)) == [conn]
    theirs.sendall(b"too late")
    assert idle.next(0.1) is None
    assert len(idle) == 0


def test_one_that_is_readable_goes_to_one(pair: tuple[Connection, socket.socket]) -> None:
    idle = Idle(keepalive=30)
    conn, theirs = pair
    for _ in range(2):
        idle.put(conn)
        theirs.sendall(b"x")
        assert idle.next(5) is conn
        assert idle.next(0) is None
    idle.ring()
    assert idle.next(5) is None


def test_all_that_are_readable_are_taken_and_the_bell_goes_on(pair: tuple[Connection, socket.socket]) -> None:
    idle = Idle(keepalive=30)
    conn, theirs = pair
    idle.put(conn)
    theirs.sendall(b"x")
    idle.ring()
    assert idle.ready() == [conn]
    assert idle.ready() == []
    started = time.monotonic()
    assert idle.next(20) is None
    assert time.monotonic() - started < 10


def test_one_whose_socket_is_closed_stays_with_its_owner() -> None:
    ours, theirs = socket.socketpair()
    conn = Connection(None, ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    idle = Idle(keepalive=30)
    idle.put(conn)
    assert list(idle.overdue(float("inf"))) == [conn]
    number = ours.detach()
    with pytest.raises(ValueError, match="descriptor"):
        idle.put(conn)
    assert len(idle) == 0
    socket.socket(fileno=number).close()
    theirs.close()


@pytest.mark.parametrize(
    "start",
    [
        b"POST /api/auth/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 20_000,
        PROBE + b"G",
    ],
    ids=["holds-its-body-back", "a-probe-without-end", "one-byte-of-the-next"],
)
def test_whoever_stalls_soon_leaves_the_threads_to_others(server: Gunicorn, start: bytes) -> None:
    with connected(server, 6) as connections:
        for connection in connections:
            connection.sendall(start)
        time.sleep(0.3)
        started = time.monotonic()
        assert server.call("GET", "/api/tasks", token=shared_secret_token("alice")).status in {200, 503}
        assert server.call("GET", "/health").status == 200
        assert time.monotonic() - started < 20


def test_who_keeps_a_connection_does_not_hold_up_the_end(django_db_setup: None, django_db_blocker: Any) -> None:
    """A request is under way at SIGTERM; its client keeps the connection, and sends nothing more."""
    with (
        django_db_blocker.unblock(),
        Gunicorn(WEB_CONCURRENCY="1", WEB_THREADS=str(THREADS)) as own,
        connected(own) as (connection,),
    ):
        assert own.call("GET", "/api/tasks", token=shared_secret_token("alice")).status == 200
        with closing(psycopg2.connect(own.database.url)) as holder:
            holder.cursor().execute("LOCK TABLE tasks_task IN ACCESS EXCLUSIVE MODE")
            connection.sendall(tasks_request())
            eventually(lambda: waiting_for_a_lock(own) == 1)
            own.process.send_signal(signal.SIGTERM)
            eventually(lambda: not takes_connections(own.port))
        assert answered(connection) == 200
        assert own.process.wait(KEEPALIVE_SECONDS / 2) == 0
