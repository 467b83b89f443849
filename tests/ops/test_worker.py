"""Neither slow clients nor a slow database hold up those who need neither, and nobody waits for a thread for ever."""

import http.client
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg2
import pytest

from tests.servers import Answer, Gunicorn
from tests.tokens import shared_secret_token

THREADS = 2
HEAD = b"POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with (
        django_db_blocker.unblock(),
        Gunicorn(WEB_CONCURRENCY="1", WEB_THREADS=str(THREADS), STATEMENT_SECONDS="30") as server,
    ):
        assert tasks(server).status == 200
        yield server


def tasks(server: Gunicorn) -> Answer:
    return server.call("GET", "/api/tasks", token=shared_secret_token("alice"))


def tasks_request() -> bytes:
    token = shared_secret_token("alice")
    return f"GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def answered(connection: socket.socket) -> int:
    response = http.client.HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


@contextmanager
def clients_that_send(server: Gunicorn, start: bytes, count: int) -> Iterator[list[socket.socket]]:
    """So many connections, each of which sends `start` and then nothing."""
    with ExitStack() as stack:
        connections = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(count)]
        for connection in connections:
            stack.enter_context(connection)
            connection.sendall(start)
        yield connections


@contextmanager
def every_thread_waits_for_the_database(server: Gunicorn) -> Iterator[list[Answer]]:
    """The answers that these get in the end."""
    answers: list[Answer] = []
    holder = psycopg2.connect(server.database.url)
    holder.cursor().execute("LOCK TABLE tasks_task IN ACCESS EXCLUSIVE MODE")
    threads = [threading.Thread(target=lambda: answers.append(tasks(server))) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    eventually(lambda: waiting_for_a_lock(server) == THREADS)
    yield answers
    holder.close()
    for thread in threads:
        thread.join()


def waiting_for_a_lock(server: Gunicorn) -> int:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return int(server.database.rows(sql)[0][0])


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    "start",
    [b"", b"GET /api/tasks HT", HEAD + b"X-Half: ", HEAD + b"Content-Length: 900\r\n\r\n{", b"\r\n", b"GET /health"],
    ids=["nothing", "half-a-line", "half-a-head", "half-a-body", "line-ends", "half-a-probe"],
)
def test_a_flood_of_clients_that_do_not_finish(server: Gunicorn, start: bytes) -> None:
    with clients_that_send(server, start, 60):
        assert tasks(server).status == 200
        assert server.call("GET", "/health").status == 200


def test_whoever_does_not_finish_is_cut(server: Gunicorn) -> None:
    with clients_that_send(server, HEAD, 3) as connections:
        assert all(is_ended(connection) for connection in connections)


def is_ended(connection: socket.socket) -> bool:
    """Waits for it. A reset, where something was left unread."""
    try:
        while connection.recv(1000):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("length", [20, 3000, 60_000])
def test_a_request_in_small_pieces(server: Gunicorn, length: int) -> None:
    token = shared_secret_token("alice")
    title = b'{"title": "In pieces"}'.ljust(length)
    request = HEAD + f"Authorization: Bearer {token}\r\nContent-Length: {len(title)}\r\n\r\n".encode() + title
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        for step in range(10):
            size = len(request) // 10 + 1
            connection.sendall(request[step * size : (step + 1) * size])
            time.sleep(0.02)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 201


def test_a_client_that_waits_to_be_told(server: Gunicorn) -> None:
    start = HEAD + b"Expect: 100-continue\r\nContent-Length: 900\r\n\r\n"
    with clients_that_send(server, start, 1) as (connection,), connection.makefile("rb") as answers:
        assert next(answers) == b"HTTP/1.1 100 Continue\r\n"
        next(answers)
        connection.sendall(b"x" * 900)
        assert next(answers) == b"HTTP/1.1 401 Unauthorized\r\n"


@pytest.mark.parametrize(
    ("framing", "status"),
    [(b"Content-Length: 999999999", b"413"), (b"Transfer-Encoding: chunked", b"411")],
    ids=["long", "chunked"],
)
def test_a_body_that_never_ends(server: Gunicorn, framing: bytes, status: bytes) -> None:
    authorization = f"Authorization: Bearer {shared_secret_token('alice')}\r\n".encode()
    chunk = b"5\r\naaaaa\r\n" if b"chunked" in framing else b"a" * 10
    start = HEAD + authorization + framing + b"\r\n\r\n" + chunk * 10_000
    with clients_that_send(server, start, 3) as connections:
        for connection in connections:
            assert connection.recv(1000).startswith(b"HTTP/1.1 " + status)
        assert tasks(server).status == 200
        assert all(is_ended(connection) for connection in connections)


def test_whoever_does_not_hang_up_holds_up_nobody(server: Gunicorn) -> None:
    with clients_that_send(server, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 60):
        assert tasks(server).status == 200


def test_probes_answer_while_every_thread_waits(server: Gunicorn) -> None:
    with every_thread_waits_for_the_database(server) as answers:
        assert server.call("GET", "/health").status == 200
        assert answers == []
    assert [answer.status for answer in answers] == [200] * THREADS


def test_nobody_waits_for_a_thread_for_ever(server: Gunicorn) -> None:
    with every_thread_waits_for_the_database(server) as answers:
        refused = tasks(server)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
        assert refused.json["type"] == "/problems/unavailable"
        assert answers == []


def test_who_has_connected_is_served_before_the_end(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), Gunicorn(WEB_CONCURRENCY="1", WEB_THREADS=str(THREADS)) as server:
        assert tasks(server).status == 200
        with ExitStack() as stack:
            with every_thread_waits_for_the_database(server) as answers:
                queued = stack.enter_context(clients_that_send(server, tasks_request(), 5))
                server.process.send_signal(signal.SIGTERM)
                eventually(lambda: not takes_connections(server.port))
            assert [answer.status for answer in answers] == [200] * THREADS
            assert [answered(connection) for connection in queued] == [200] * 5
        assert server.process.wait(60) == 0


def takes_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_before_it_ends_it_says_so(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), Gunicorn(WEB_CONCURRENCY="1", DRAIN_SECONDS="5") as server:
        assert server.call("GET", "/ready").status == 200
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.call("GET", "/ready").status == 503)
        assert tasks(server).status == 200
        health = server.call("GET", "/health")
        assert (health.status, health.json["status"]) == (200, "leaving")
        assert server.process.wait(60) == 0
