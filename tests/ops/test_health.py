"""A load balancer learns whether the process lives and whether its database answers, and nothing else."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from apps.ops import readiness as probe
from apps.ops import views
from tests.servers import Answer, Gunicorn, _execute, manage

client = Client()


@pytest.fixture(autouse=True)
def _nothing_probed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "readiness", probe.Readiness())


@pytest.mark.parametrize("path", ["/health", "/health/"])
def test_health_needs_no_database(path: str) -> None:
    # Without a database fixture, pytest-django lets no query through.
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    body = response.json()
    assert list(body) == ["status", "timestamp"]
    assert body["status"] == "ok"
    age = datetime.now(UTC) - datetime.fromisoformat(body["timestamp"])
    assert timedelta(0) <= age < timedelta(minutes=1)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_only_reading(path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert response["Allow"] == "GET, HEAD"
    assert response.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize("path", ["/health", "/ready"])
@pytest.mark.django_db
def test_head_has_no_body(path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/ready", "/ready/"])
@pytest.mark.django_db
def test_ready(path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


@pytest.mark.django_db
def test_a_probe_is_kept_for_a_while(django_assert_num_queries: Any) -> None:
    # Is there a table of migrations, and what is in it.
    with django_assert_num_queries(2):
        client.get("/ready")
    with django_assert_num_queries(0):
        assert client.get("/ready").status_code == 200


@pytest.mark.django_db
def test_and_no_longer(django_assert_num_queries: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/ready")
    later = time.monotonic() + settings.READY_CACHE_SECONDS
    monkeypatch.setattr("apps.ops.readiness.time.monotonic", lambda: later)
    with django_assert_num_queries(1):
        assert client.get("/ready").status_code == 200


def test_not_ready_before_every_migration(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), Gunicorn(migrated=False, WEB_CONCURRENCY="1") as server:
        assert server.call("GET", "/ready").status == 503
        assert server.call("GET", "/health").status == 200
        manage(server.environment, "migrate", "--no-input", "tasks", "0001")
        manage(server.environment, "migrate", "--no-input", "accounts")
        assert server.call("GET", "/ready").status == 503
        manage(server.environment, "migrate", "--no-input")
        wait_until_ready_says(server, 200)


def test_a_refusal_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def refuse(*_: Any) -> None:
        asked.append(True)
        raise OperationalError("no password for db.internal")

    monkeypatch.setattr("apps.ops.readiness.connection.cursor", refuse)
    for _ in range(3):
        response = client.get("/ready")
        assert (response.status_code, response["Retry-After"]) == (503, "2")
        assert "db.internal" not in response.content.decode()
    assert asked == [True]


@pytest.fixture(scope="module")
def cut_off(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    """A server whose database took its connections once, and takes none any more."""
    with django_db_blocker.unblock(), Gunicorn(WEB_CONCURRENCY="1") as server:
        assert server.call("GET", "/ready").status == 200
        allow_connections(server, "false")
        wait_until_ready_says(server, 503)
        yield server


def allow_connections(server: Gunicorn, allowed: str) -> None:
    name = server.database.name
    _execute(server.database._server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}')
    _execute(
        server.database._server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


def wait_until_ready_says(server: Gunicorn, status: int) -> Answer:
    deadline = time.monotonic() + 60
    while (answer := server.call("GET", "/ready")).status != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.2)
    return answer


def test_away_and_back(cut_off: Gunicorn) -> None:
    answer = cut_off.call("GET", "/ready")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "2"
    assert {**answer.json, "instance": ""} == {
        "type": "/problems/unavailable",
        "title": "Temporarily unavailable",
        "status": 503,
        "detail": "The service cannot answer just now; try again shortly.",
        "instance": "",
    }
    assert answer.json["instance"] == answer.headers["X-Request-ID"]
    assert cut_off.call("GET", "/health").status == 200
    assert not [line for line in cut_off.log_lines() if "Traceback" in json.dumps(line)]
    allow_connections(cut_off, "true")
    wait_until_ready_says(cut_off, 200)
