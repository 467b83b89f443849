"""What a worker has few of: threads, held by those who do not read, and descriptors, by those who only come."""

import json
import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from typing import Any

import psutil
import psycopg2
import pytest
from django.db import OperationalError, connection

from tests.clocks import wait_until
from tests.servers import Answer, Gunicorn
from tests.tokens import shared_secret_token

THREADS = 2
DESCRIPTORS = 96
FLOOD = 120


class Starved(Gunicorn):
    prefix = ("prlimit", f"--nofile={DESCRIPTORS}")


@pytest.fixture
def starved(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with django_db_blocker.unblock(), Starved(WEB_CONCURRENCY="1", WEB_THREADS=str(THREADS)) as server:
        yield server


def tasks(server: Gunicorn) -> Answer:
    return server.call("GET", "/api/tasks", token=shared_secret_token("alice"))


def worker_of(server: Gunicorn) -> psutil.Process:
    (worker,) = psutil.Process(server.process.pid).children()
    return worker


@contextmanager
def flood(server: Gunicorn) -> Iterator[None]:
    """Clients that connect and say nothing; the kernel takes those that the server does not."""
    with ExitStack() as stack:
        for _ in range(FLOOD):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        yield


def cpu_seconds(worker: psutil.Process, during: float) -> float:
    before = sum(worker.cpu_times()[:2])
    time.sleep(during)
    return sum(worker.cpu_times()[:2]) - before


def is_as_before(server: Gunicorn, worker: psutil.Process) -> bool:
    statuses = [server.call("GET", "/health").status, tasks(server).status]
    return statuses == [200, 200] and worker_of(server) == worker


def test_a_flood_leaves_descriptors_to_work_with(starved: Gunicorn) -> None:
    worker = worker_of(starved)
    early = HTTPConnection("127.0.0.1", starved.port, timeout=30)
    early.connect()
    with flood(starved):
        wait_until(lambda: worker.num_fds() > DESCRIPTORS - 50)
        assert cpu_seconds(worker, 1.5) < 0.3
        assert worker.num_fds() < DESCRIPTORS
        # Its thread has no connection to the database yet.
        early.request("GET", "/api/tasks", headers={"Authorization": f"Bearer {shared_secret_token('alice')}"})
        assert early.getresponse().status == 200
    early.close()
    assert is_as_before(starved, worker)


def test_where_none_is_left_it_waits_at_ease(starved: Gunicorn) -> None:
    """Others took what was reserved: the limit falls below it."""
    worker = worker_of(starved)
    assert tasks(starved).status == 200
    limit = worker.num_fds() + 10
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (limit, limit))
    with flood(starved):
        wait_until(lambda: worker.num_fds() == limit)
        assert cpu_seconds(worker, 1.5) < 0.3
    wait_until(lambda: is_as_before(starved, worker))
    assert [line for line in starved.log_lines() if line.get("status") == 500] == []


@pytest.mark.django_db(transaction=True)
def test_a_database_connection_without_a_descriptor_is_a_passing_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_is_free(_: int) -> int:
        raise OSError(24, "Too many open files")

    connection.close()
    monkeypatch.setattr(os, "dup", none_is_free)
    with pytest.raises(OperationalError, match="Too many open files"):
        connection.ensure_connection()
    assert connection.connection is None
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


# --- Threads


@pytest.fixture
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    chosen = {"WEB_CONCURRENCY": "1", "WEB_THREADS": str(THREADS), "STATEMENT_SECONDS": "1"}
    with django_db_blocker.unblock(), Gunicorn(None, migrated=True, **chosen) as server:
        assert tasks(server).status == 200
        fill(server.database.url)
        yield server


def fill(url: str) -> None:
    """With a page of a megabyte and a half."""
    session = psycopg2.connect(url)
    with session, session.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "INSERT INTO tasks_task (user_id, title, description) "
            "SELECT 'alice', 'Long', repeat('\U0001f4a4', 2000) FROM generate_series(1, 200)"
        )
    session.close()


@contextmanager
def deaf_client(server: Gunicorn) -> Iterator[socket.socket]:
    """It asks for the page, and takes next to nothing of it."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.settimeout(30)
        client.connect(("127.0.0.1", server.port))
        token = f"Authorization: Bearer {shared_secret_token('alice')}"
        client.sendall(f"GET /api/tasks?limit=200 HTTP/1.1\r\nHost: localhost\r\n{token}\r\n\r\n".encode())
        yield client


def test_who_does_not_read_holds_no_thread_for_good(server: Gunicorn) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(deaf_client(server)) for _ in range(THREADS)]
        for client in clients:
            # Its answer has begun: a thread is at it.
            client.recv(1, socket.MSG_PEEK)
        assert server.call("GET", "/health").status == 200
        assert tasks(server).status == 503
        deadline = time.monotonic() + 30
        while (answer := tasks(server)).status == 503:
            assert time.monotonic() < deadline
        assert (answer.status, len(answer.json["results"])) == (200, 50)
        # They were cut in the middle of their answers.
        for client in clients:
            assert not is_whole(client)


def is_whole(client: socket.socket) -> bool:
    """A kernel may let go of what it holds for so deaf a client without a word: then no more comes, nor an end."""
    client.settimeout(3)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    received = b""
    try:
        while data := client.recv(1 << 20):
            received += data
    except (ConnectionResetError, TimeoutError):
        return False
    try:
        return bool(json.loads(received.partition(b"\r\n\r\n")[2]))
    except ValueError:
        return False
