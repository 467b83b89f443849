"""A client that will send no more still gets its answer and its write; a body that is not all there is not written."""

import json
import socket
import struct
import time

import pytest

from tests.clocks import wait_until
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token
from tests.wire import answer_on, connected, request, sent

SECRET = "a" * 32
PEOPLE = iter(range(10_000))


@pytest.fixture
def person() -> str:
    return f"half-closing-{next(PEOPLE)}"


def create(person: str, title: str, *lines: str) -> bytes:
    body = json.dumps({"title": title}).encode()
    return request("POST", "/api/tasks", bearer(person), *lines, body=body)


def bearer(person: str) -> str:
    return f"Authorization: Bearer {shared_secret_token(person)}"


def titles(server: Gunicorn, person: str) -> list[str]:
    page = server.call("GET", "/api/tasks", token=shared_secret_token(person)).json
    return [task["title"] for task in page["results"]]


@pytest.mark.parametrize("line", ["Connection: close", "Connection: keep-alive", "X-Nothing: 1"])
def test_a_write_is_done_and_answered(live: Gunicorn, person: str, line: str) -> None:
    answers = [sent(live, create(person, str(number), line), half_close=True) for number in range(5)]
    assert [answer.status for answer in answers] == [201] * 5
    assert titles(live, person) == ["0", "1", "2", "3", "4"]
    changed = request("PATCH", f"/api/tasks/{answers[0].json['id']}", bearer(person), body=b'{"status": "completed"}')
    assert sent(live, changed, half_close=True).json["status"] == "completed"
    deleted = request("DELETE", f"/api/tasks/{answers[0].json['id']}", bearer(person), line)
    assert sent(live, deleted, half_close=True).status == 204


def test_a_read_is_answered(live: Gunicorn, person: str) -> None:
    assert sent(live, request("GET", "/api/tasks", bearer(person)), half_close=True).status == 200


def test_all_requests_of_a_connection_are_answered(live: Gunicorn, person: str) -> None:
    with connected(live) as connection:
        connection.sendall(create(person, "first"))
        assert answer_on(connection).status == 201
        connection.sendall(create(person, "second") + create(person, "third") + request("GET", "/health"))
        connection.shutdown(socket.SHUT_WR)
        assert [answer_on(connection).status for _ in range(3)] == [201, 201, 200]
        assert connection.recv(1) == b""
    assert titles(live, person) == ["first", "second", "third"]


def test_a_body_that_comes_in_pieces(live: Gunicorn, person: str) -> None:
    data = create(person, "pieces")
    with connected(live) as connection:
        for start in range(0, len(data), 40):
            connection.sendall(data[start : start + 40])
            time.sleep(0.01)
        connection.shutdown(socket.SHUT_WR)
        assert answer_on(connection).status == 201


def test_a_body_that_ends_too_soon_is_not_written(live: Gunicorn, person: str) -> None:
    """What came of it is sound JSON."""
    whole = create(person, "not all of it")
    longer = whole.replace(b"Content-Length: ", b"Content-Length: 9")
    assert longer != whole
    answer = sent(live, longer, half_close=True)
    assert (answer.status, answer.json["type"]) == (400, "/problems/malformed-json")
    assert answer.json["detail"] == "The body ended before its Content-Length."
    assert titles(live, person) == []


@pytest.mark.parametrize(("missing", "status"), [(0, 200), (9, 403)])
def test_a_form_that_ends_too_soon_is_not_read(live: Gunicorn, missing: int, status: int) -> None:
    form = f"csrfmiddlewaretoken={SECRET}&username=ada&password=x".encode()
    form_type = "Content-Type: application/x-www-form-urlencoded"
    lines = (form_type, f"Cookie: csrftoken={SECRET}", f"Content-Length: {len(form) + missing}")
    assert sent(live, request("POST", "/admin/login/", *lines) + form, half_close=True).status == status


def test_a_connection_that_is_reset_is_no_error_of_ours(live: Gunicorn, person: str) -> None:
    bulk = json.dumps({"create": [{"title": "x" * 200, "description": "y" * 1500}] * 100}).encode()
    # Of the tests before this one.
    known = len(live.log.read_text())
    for data in (
        create(person, "reset"),
        request("GET", "/api/tasks", bearer(person)),
        request("POST", "/api/tasks/bulk", bearer(person), body=bulk)[:100_000],
        create(person, "half of it")[:-5],
    ):
        with connected(live) as connection:
            connection.sendall(data)
            # Closing then sends a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # What comes to be done at all is done by now.
    wait_until(lambda: live.call("GET", "/health").status == 200)
    time.sleep(1)
    log = live.log.read_text()[known:]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line for line in lines if line["logger"] == "database" and line["level"] == "ERROR"] == []
    assert [line for line in lines if line.get("status") == 500] == []
    assert "Traceback" not in log
    assert "half of it" not in titles(live, person)
