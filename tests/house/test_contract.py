"""The contract from outside: a real gunicorn with two workers, walked as a frontend walks it."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.servers import Gunicorn, call, end_sessions, manage
from tests.tokens import shared_secret_token

WITHIN_SECONDS = 5.0


def subjects_tasks(live: Gunicorn, subject: str) -> int:
    rows = live.database.rows(f"SELECT count(*) FROM tasks_task WHERE user_id = '{subject}'")
    return int(rows[0][0])


def test_a_task_from_create_to_delete(live: Gunicorn) -> None:
    token = shared_secret_token("walker")
    created = live.call("POST", "/api/tasks", token=token, body={"title": " Walk ", "description": "d"})
    assert created.status == 201
    path = created.headers["Location"]
    assert live.call("GET", path, token=token).json == created.json
    changed = live.call("PUT", path, token=token, body={**created.json, "status": "in_progress"})
    assert (changed.status, changed.json["status"], changed.json["title"]) == (200, "in_progress", "Walk")
    patched = live.call("PATCH", path, token=token, body={"description": None})
    assert (patched.json["description"], patched.json["status"]) == (None, "in_progress")
    assert live.call("GET", "/api/tasks", token=token).json["count"] == 1
    assert live.call("HEAD", path, token=token).body == b""
    assert live.call("DELETE", path, token=token).status == 204
    assert live.call("GET", path, token=token).status == 404


def test_a_stranger_walks_every_verb(live: Gunicorn) -> None:
    owner, stranger = shared_secret_token("owner"), shared_secret_token("stranger")
    path = live.call("POST", "/api/tasks", token=owner, body={"title": "Mine"}).headers["Location"]
    never = "/api/tasks/999999999"
    for verb, body in (("GET", None), ("PUT", {"title": "x"}), ("PATCH", {"status": "completed"}), ("DELETE", None)):
        answers = [live.call(verb, address, token=stranger, body=body) for address in (path, never)]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].json["detail"] == answers[1].json["detail"]
    assert live.call("GET", path, token=owner).json["title"] == "Mine"


def test_a_hundred_first_requests_at_once(live: Gunicorn) -> None:
    token = shared_secret_token("crowd")

    def create(number: int) -> int:
        return live.call("POST", "/api/tasks", token=token, body={"title": f"Task {number}"}).status

    with ThreadPoolExecutor(100) as pool:
        statuses = list(pool.map(create, range(100)))
    assert statuses == [201] * 100
    assert subjects_tasks(live, "crowd") == 100
    assert live.database.rows("SELECT count(*) FROM accounts_user WHERE subject = 'crowd'") == [(1,)]


def test_deactivation_reaches_every_worker(live: Gunicorn) -> None:
    token = shared_secret_token("banned")

    def statuses() -> set[int]:
        # A connection each, so that both workers answer.
        return {live.call("GET", "/api/tasks", token=token).status for _ in range(20)}

    assert statuses() == {200}
    live.database.rows("UPDATE accounts_user SET is_active = false WHERE subject = 'banned' RETURNING 1")
    asked = deactivated = time.monotonic()
    while statuses() != {401}:
        # It is when they were asked that counts: a busy machine answers late.
        assert asked - deactivated < WITHIN_SECONDS
        asked = time.monotonic()
    assert statuses() == {401}


def test_a_steady_reader_asks_nothing_for_authentication(live: Gunicorn) -> None:
    token = shared_secret_token("reader")
    for _ in range(10):
        assert live.call("GET", "/api/auth/me", token=token).status == 200
    before = scans(live)
    for _ in range(300):
        live.call("GET", "/api/auth/me", token=token)
    # A lookup at each request would be 300. What a thread notes of arrivals now and then looks at their rows, too.
    assert scans(live) - before < 30


def scans(live: Gunicorn) -> int:
    """How often the table of people was read, by PostgreSQL's own count."""
    # A session tells of what it did up to ten seconds later, or at its end. The server opens others.
    end_sessions(live.database.name)
    rows = live.database.rows("SELECT seq_scan + idx_scan FROM pg_stat_user_tables WHERE relname = 'accounts_user'")
    return int(rows[0][0])


def test_bad_input_gets_an_answer_and_never_a_500(live: Gunicorn) -> None:
    token = shared_secret_token("fumbler")
    table: list[tuple[str, str, Any, int]] = [
        ("POST", "/api/tasks", b"{", 400),
        ("POST", "/api/tasks", b"", 400),
        ("POST", "/api/tasks", b"[" * 60_000, 400),
        ("POST", "/api/tasks", b'{"title": "\\u0000"}', 422),
        ("POST", "/api/tasks", b'{"title": "\\ud800"}', 422),
        ("POST", "/api/tasks", [], 422),
        ("POST", "/api/tasks", {"title": "x" * 70_000}, 413),
        ("POST", "/api/tasks", b"x" * 3_000_000, 413),
        ("GET", "/api/tasks/" + "9" * 400, None, 404),
        ("GET", "/api/tasks?limit=0", None, 422),
        ("GET", "/api/tasks?offset=" + "9" * 400, None, 422),
        ("GET", "/api/tasks/%00", None, 404),
        ("GET", "/%ff%fe", None, 404),
        ("BREW", "/api/tasks", None, 405),
        ("DELETE", "/api/tasks", None, 405),
    ]
    for verb, path, body, status in table:
        answer = live.call(verb, path, token=token, body=body)
        assert (verb, path[:40], answer.status) == (verb, path[:40], status)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["instance"] == answer.headers["X-Request-ID"]
    assert subjects_tasks(live, "fumbler") == 0


def test_odd_content_types_are_no_crash(live: Gunicorn) -> None:
    token = shared_secret_token("typist")
    for parameter in ("charset=hex", "charset=rot13", "charset=undefined", "a*=bogus'en'%41", "charset=utf-16", "=;=;"):
        sent = {"Content_Type": f"application/json; {parameter}"}
        created = live.call("POST", "/api/tasks?", token=token, body={"title": "typed"}, **sent)
        assert (parameter, created.status) == (parameter, 201)
        assert live.call("GET", "/api/tasks?limit=%41%ff", token=token, **sent).status == 422
        assert live.call("GET", "/admin/login/?next=%41%ff", **sent).status == 200


def test_headers_beyond_measure_are_refused_by_the_server(live: Gunicorn) -> None:
    for answer, status in (
        (live.call("GET", "/api/tasks", token="x" * 17_000), 431),
        (live.call("GET", "/api/tasks", token="x" * 90_000), 431),
        (live.call("GET", "/api/tasks?limit=" + "9" * 9000), 414),
    ):
        assert answer.status == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["instance"] == answer.headers["X-Request-ID"]
    assert live.call("GET", "/api/tasks", token="x" * 16_000).status == 401


def test_a_chunked_body_is_told_to_name_its_length(live: Gunicorn) -> None:
    token = shared_secret_token("chunky")
    request = (
        f"POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        '10\r\n{"title": "abcd"\r\n1\r\n}\r\n0\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.sendall(request.encode())
        assert b" 411 " in connection.recv(64)


def test_two_authorization_headers_are_none(live: Gunicorn) -> None:
    header = f"Authorization: Bearer {shared_secret_token('alice')}\r\n"
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.sendall(
            f"GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}{header}\r\n".encode()
        )
        assert connection.recv(64).split()[1] in {b"400", b"401"}


def test_an_issued_token_works(live: Gunicorn) -> None:
    token = manage(live.environment, "issue_token", "--sub", "issued").stdout.strip()
    assert live.call("GET", "/api/auth/me", token=token).json["user_id"] == "issued"


def test_a_local_account_signs_in_refreshes_and_leaves(live: Gunicorn) -> None:
    secret = "correct horse battery"
    script = f"from apps.accounts.models import User; User.objects.create_user('me@example.com', '{secret}')"
    manage(live.environment, "shell", "-c", script)
    pair = call(live.port, "POST", "/api/auth/token", body={"email": "me@example.com", "password": secret}).json
    assert live.call("POST", "/api/tasks", token=pair["access"], body={"title": "x"}).status == 201
    fresh = live.call("POST", "/api/auth/token/refresh", body={"refresh": pair["refresh"]})
    assert fresh.status == 200
    assert live.call("POST", "/api/auth/logout", body={"refresh": fresh.json["refresh"]}).status == 204
    for used in (pair["refresh"], fresh.json["refresh"]):
        assert live.call("POST", "/api/auth/token/refresh", body={"refresh": used}).status == 401


def test_the_service_pages_answer(live: Gunicorn) -> None:
    for path in ("/", "/health", "/ready", "/openapi.json", "/docs", "/redoc", "/admin/login/", "/health/"):
        assert live.call("GET", path).status == 200
    assert live.call("GET", "/admin/").status == 302
