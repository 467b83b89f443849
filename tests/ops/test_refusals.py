"""A browser can read what the server refuses before Django sees it, and the log has it under its own request id."""

import json
from typing import Any

import pytest

from apps.ops.serving.refusals import request_from
from tests.clocks import wait_until
from tests.servers import Answer, Gunicorn
from tests.tokens import shared_secret_token
from tests.wire import answer_on, connected, request, sent

ORIGIN = "https://app.example.com"
FROM_A_PAGE = f"Origin: {ORIGIN}"
LONG = "9" * 9000
TOKEN = "eyJhbGciOiJIUzI1NiJ9.a-secret"

# What is sent, and the status that it gets.
REFUSED = {
    "a long target": (request("GET", f"/api/tasks?search={LONG}", FROM_A_PAGE), 414),
    "a very long target": (request("GET", f"/api/tasks?search={LONG * 9}", FROM_A_PAGE), 414),
    "a long header before": (request("GET", "/api/tasks", f"Authorization: Bearer {LONG * 8}", FROM_A_PAGE), 431),
    "a long header behind": (request("GET", "/api/tasks", FROM_A_PAGE, f"Cookie: {LONG * 8}"), 431),
    "many headers": (request("GET", "/api/tasks", FROM_A_PAGE, *[f"X-{n}: 1" for n in range(120)]), 431),
    "a header without a colon": (request("GET", "/api/tasks", FROM_A_PAGE, f"Authorization Bearer {TOKEN}"), 400),
    "a space before the colon": (request("GET", "/api/tasks", FROM_A_PAGE, f"Authorization : Bearer {TOKEN}"), 400),
    "a control character": (request("GET", "/api/tasks", FROM_A_PAGE, f"X-A: {TOKEN}\x00"), 400),
    "a folded header": (request("GET", "/api/tasks", FROM_A_PAGE, "X-A: a", f" {TOKEN}"), 400),
    "two hosts": (request("GET", "/api/tasks", FROM_A_PAGE, "Host: localhost"), 400),
    "a method in small letters": (request("get", "/api/tasks", FROM_A_PAGE), 400),
    "another version": (request("GET", "/api/tasks", FROM_A_PAGE).replace(b"HTTP/1.1", b"HTTP/3.0"), 400),
    "no version": (request("GET", "/api/tasks", FROM_A_PAGE).replace(b" HTTP/1.1", b""), 400),
    "two lengths": (request("POST", "/api/tasks", FROM_A_PAGE, "Content-Length: 2", "Content-Length: 2") + b"{}", 400),
    "a length that is none": (request("POST", "/api/tasks", FROM_A_PAGE, "Content-Length: +2") + b"{}", 400),
    "two framings": (
        request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n",
        400,
    ),
    "chunked twice": (request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: chunked, chunked"), 400),
    "identity": (request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: identity"), 400),
    "an unknown coding": (request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: xchunked"), 501),
    "another unknown coding": (request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: br, chunked"), 501),
    "a coding that is not undone": (
        request("POST", "/api/tasks", FROM_A_PAGE, "Transfer-Encoding: gzip, chunked"),
        501,
    ),
    "another expectation": (request("POST", "/api/tasks", FROM_A_PAGE, "Expect: a-miracle", body=b"{}"), 417),
}
TYPES = {
    400: "bad-request",
    414: "uri-too-long",
    417: "expectation-failed",
    431: "headers-too-large",
    501: "not-implemented",
}


def with_id(data: bytes, request_id: str) -> bytes:
    return data.replace(FROM_A_PAGE.encode(), f"{FROM_A_PAGE}\r\nX-Request-ID: {request_id}".encode(), 1)


def lines_of(live: Gunicorn, request_id: str) -> list[dict[str, Any]]:
    return [line for line in live.log_lines() if line.get("request_id") == request_id]


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_a_browser_can_read_it(live: Gunicorn, data: bytes, status: int) -> None:
    answer = sent(live, data)
    assert (answer.status, answer.json["type"]) == (status, f"/problems/{TYPES[status]}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
    assert "origin" in answer.headers["Vary"].lower()


@pytest.mark.parametrize(("data", "status"), REFUSED.values(), ids=REFUSED)
def test_it_is_in_the_log_as_itself(live: Gunicorn, data: bytes, status: int, request: pytest.FixtureRequest) -> None:
    """On a connection, and so by a thread, that has just answered somebody."""
    own = f"{abs(hash(request.node.name))}"
    with connected(live) as connection:
        good = f"Authorization: Bearer {shared_secret_token('lena')}"
        connection.sendall(globals()["request"]("GET", "/api/tasks", good, "X-Request-ID: the-good-one"))
        assert answer_on(connection).status == 200
        before = len(lines_of(live, "the-good-one"))
        connection.sendall(with_id(data, own))
        answer = answer_on(connection)
    assert (answer.headers["X-Request-ID"], answer.json["instance"]) == (own, own)
    wait_until(lambda: any(line["logger"] == "access" for line in lines_of(live, own)))
    assert {line["subject"] for line in lines_of(live, own)} == {None}
    (access,) = [line for line in lines_of(live, own) if line["logger"] == "access"]
    assert (access["path"], access["status"]) == ("/api/tasks", status)
    assert len(lines_of(live, "the-good-one")) == before
    assert TOKEN not in live.log.read_text()


def test_one_without_an_id_gets_one_that_is_in_the_log(live: Gunicorn) -> None:
    answer = sent(live, REFUSED["a long target"][0])
    assert len(answer.headers["X-Request-ID"]) == 32
    wait_until(lambda: len(lines_of(live, answer.headers["X-Request-ID"])) == 2)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.com.evil.example"])
def test_other_origins_are_told_nothing(live: Gunicorn, origin: str) -> None:
    for data, status in REFUSED.values():
        answer = sent(live, data.replace(ORIGIN.encode(), origin.encode()))
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, None)


def test_the_back_office_is_not_shared(live: Gunicorn) -> None:
    answer = sent(live, request("GET", f"/admin/?q={LONG}", FROM_A_PAGE))
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (414, None)


@pytest.mark.parametrize("target", [f"/api/tasks?search={LONG}", "/api/tasks"])
def test_a_preflight_of_what_is_too_long_is_answered(live: Gunicorn, target: str) -> None:
    asks = ("Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization")
    answer = sent(live, request("OPTIONS", target, FROM_A_PAGE, *asks, f"X-Padding: {LONG * 8}"))
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_a_malformed_preflight_is_not(live: Gunicorn) -> None:
    asks = ("Access-Control-Request-Method: GET", "Host: localhost")
    assert sent(live, request("OPTIONS", "/api/tasks", FROM_A_PAGE, *asks)).status == 400


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
    ],
)
def test_nonsense_is_a_400(live: Gunicorn, data: bytes) -> None:
    assert sent(live, data).status == 400


def test_a_refused_head_request_has_no_body(live: Gunicorn) -> None:
    with connected(live) as connection:
        connection.sendall(request("HEAD", f"/api/tasks?search={LONG}"))
        head, _, body = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 414 ")
    assert body == b""


def test_a_token_with_a_picture_in_it(live: Gunicorn) -> None:
    def answer(size: int) -> Answer:
        token = shared_secret_token("pictured", image="data:image/png;base64," + "A" * size)
        return sent(live, request("GET", "/api/auth/me", f"Authorization: Bearer {token}", FROM_A_PAGE))

    assert answer(9000).json["user_id"] == "pictured"
    for size in (20_000, 60_000, 150_000, 800_000):
        refused = answer(size)
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (431, ORIGIN)
        assert "definePayload" in refused.json["detail"]


def test_a_malformed_chunk_behind_an_answer_gets_none_of_its_own(live: Gunicorn) -> None:
    """It would be taken for the answer to the next request."""
    with connected(live) as connection:
        connection.sendall(request("GET", "/health", "Transfer-Encoding: chunked") + b"no chunk\r\n\r\n")
        everything = b"".join(iter(lambda: connection.recv(4096), b""))
    assert everything.count(b"HTTP/1.1 ") == 1
    assert everything.startswith(b"HTTP/1.1 200 ")


def test_what_can_be_read_of_half_a_head() -> None:
    head = b"GET /api/tasks HTTP/1.1\r\nX-Request-ID: a\r\nx-request-id: b\r\nX: a\nb\r\nOrigin: https://app.exam"
    read = request_from(head)
    assert (read.method, read.path) == ("GET", "/api/tasks")
    assert read.META == {"HTTP_X_REQUEST_ID": "a"}
    behind = request_from(b"GET / HTTP/1.1\r\n\r\nOrigin: https://app.example.com\r\n\r\n")
    assert behind.META == {}
    assert json.dumps([request_from(b"").method, request_from(b"").path]) == '["", ""]'
