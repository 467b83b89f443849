"""An answer leaves in one piece, and is to the byte what gunicorn's own response would be."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName
from gunicorn.http.wsgi import Response
from gunicorn.util import http_date as gunicorn_date

from apps.ops.serving.answers import SMALL_BYTES, Answer, http_date
from apps.ops.serving.connections import ClientSocket

JSON = ("Content-Type", "application/json")


class Wire(list[bytes]):
    sendall = list.append


def sent(kind: type[Response], method: str, status: str, headers: list[Any], body: list[bytes]) -> list[bytes]:
    request = SimpleNamespace(method=method, version=(1, 1), should_close=lambda: False)
    wire = Wire()
    response = kind(request, wire, Config())
    response.start_response(status, headers)
    for piece in body:
        response.write(piece)
    response.close()
    return wire


STEADY = [
    ("X-Frame-Options", "DENY"),
    JSON,
    ("Vary", "Origin"),
    ("Content-Length", "1"),
    ("Vary", "Prefer"),
    ("vary", "x"),
]
CASES = {
    "steady headers": ("GET", "200 OK", STEADY, [b"x"]),
    "json": ("GET", "200 OK", [JSON, ("Content-Length", "2")], [b"{}"]),
    "more than was announced": ("GET", "200 OK", [JSON, ("Content-Length", "2")], [b"{}, and", b"more"]),
    "none": ("DELETE", "204 No Content", [], []),
    "an empty piece": ("DELETE", "204 No Content", [], [b""]),
    "not modified": ("GET", "304 Not Modified", [("ETag", '"1"')], [b"left out"]),
    "head": ("HEAD", "200 OK", [JSON, ("Content-Length", "2")], [b"{}"]),
    "streamed": ("GET", "200 OK", [JSON], [b"", b"a", b"bc"]),
    "large": ("GET", "200 OK", [("Content-Length", str(SMALL_BYTES + 1))], [b"x" * (SMALL_BYTES + 1)]),
    "closing": ("GET", "500 Internal Server Error", [("Connection", "close"), ("Content-Length", "1")], [b"x"]),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("time", ["the first", "again"])
def test_it_is_what_gunicorn_would_send(case: str, time: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gunicorn.util.http_date", lambda: "Tue, 24 Nov 2026 12:00:00 GMT")
    plain, ours = sent(Response, *CASES[case]), sent(Answer, *CASES[case])
    assert b"".join(ours) == b"".join(plain)
    assert ours[0].startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize(("case", "calls"), [("json", 1), ("none", 1), ("head", 1), ("streamed", 4), ("large", 2)])
def test_a_small_one_takes_one_call(case: str, calls: int) -> None:
    assert len(sent(Answer, *CASES[case])) == calls


@pytest.mark.parametrize("header", [("Vary", "a\r\nb: c"), ("Vary", 5), ("Content Type", "x"), ("Vary", "x\x00")])
def test_a_header_is_checked_as_before(header: Any) -> None:
    for _ in range(2):
        with pytest.raises((InvalidResponseHeader, InvalidResponseHeaderName, TypeError)):
            sent(Answer, "GET", "200 OK", [("Vary", "Origin"), header], [b""])


def test_an_error_before_anything_left_can_still_be_told() -> None:
    request = SimpleNamespace(method="GET", version=(1, 1), should_close=lambda: False)
    wire = Wire()
    response = Answer(request, wire, Config())
    response.start_response("200 OK", [JSON])
    with pytest.raises(TypeError):
        response.write("no bytes")
    assert (wire, response.headers_sent) == ([], False)


def test_a_mode_is_set_where_it_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    client = ClientSocket.taken_over(ours)
    with client, theirs:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.settimeout(0.01)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.setblocking(True)
        monkeypatch.setattr(socket.socket, "settimeout", lambda *_: pytest.fail("it is in that mode already"))
        client.setblocking(True)
        client.settimeout(None)
        theirs.sendall(b"x")
        assert client.recv(1) == b"x"


def test_a_date_is_what_gunicorn_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    for moment in (0.0, 1_795_000_000.9, 1_795_000_001.0, 1_795_000_001.7, 1_795_000_000.9):
        monkeypatch.setattr("time.time", lambda moment=moment: moment)
        assert http_date() == gunicorn_date()
        assert http_date(moment) == gunicorn_date(moment)
