"""Prometheus reads the sum of all workers, on a port of its own, and nobody else reads anything."""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from apps.ops.tracing import trace_id_of
from tests.clocks import wait_until
from tests.servers import Gunicorn, free_port
from tests.tokens import shared_secret_token

TOKEN = "a-token-of-the-tests-for-the-metrics-page"
TASK = "api/tasks/<int:id>"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    chosen = {"METRICS_PORT": str(free_port()), "METRICS_TOKEN": TOKEN, "API_RATE_LIMIT": "none"}
    with django_db_blocker.unblock(), Gunicorn(None, migrated=True, **chosen) as server:
        yield server


def page(server: Gunicorn, path: str = "/metrics", token: str = TOKEN) -> str:
    address = f"http://127.0.0.1:{server.environment['METRICS_PORT']}{path}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(response.read().decode())


def value(server: Gunicorn, name: str, **labels: str) -> float:
    """The sum of the samples of that name with these labels."""
    samples = [sample for family in text_string_to_metric_families(page(server)) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


def call_tasks(server: Gunicorn, count: int) -> None:
    for _ in range(count):
        assert server.call("GET", "/api/tasks", token=shared_secret_token("alice")).status == 200


def test_requests_of_all_workers_are_counted(server: Gunicorn) -> None:
    labels = {"method": "GET", "route": "api/tasks", "status": "200"}
    counted = value(server, "http_requests_total", **labels)
    observed = value(server, "http_request_duration_seconds_count", route="api/tasks")
    call_tasks(server, 20)
    assert value(server, "http_requests_total", **labels) == counted + 20
    assert value(server, "http_request_duration_seconds_count", route="api/tasks") == observed + 20


def test_routes_are_patterns_and_what_fits_none_is_one(server: Gunicorn) -> None:
    before = [value(server, "http_requests_total", route=route, status="404") for route in (TASK, "")]
    for path in ("/api/tasks/123456", "/api/tasks/7654321", "/nowhere", "/else/where"):
        assert server.call("GET", path, token=shared_secret_token("alice")).status == 404
    after = [value(server, "http_requests_total", route=route, status="404") for route in (TASK, "")]
    assert after == [count + 2 for count in before]
    assert "123456" not in page(server)


def test_the_database(server: Gunicorn) -> None:
    before = value(server, "database_statement_duration_seconds_count")
    call_tasks(server, 3)
    assert value(server, "database_statement_duration_seconds_count") >= before + 3
    assert value(server, "database_connections") >= 1


def test_refusals_by_cause(server: Gunicorn) -> None:
    before = value(server, "token_refusals_total")
    assert server.call("GET", "/api/tasks").status == 401
    assert server.call("GET", "/api/tasks", token="nonsense").status == 401
    assert value(server, "token_refusals_total", cause="no Authorization header") == 1
    assert value(server, "token_refusals_total") == before + 2


def test_a_worker_that_died_holds_nothing_and_has_counted(server: Gunicorn) -> None:
    call_tasks(server, 20)
    counted = value(server, "http_requests_total", route="api/tasks", status="200")
    for worker in psutil.Process(server.process.pid).children():
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(60)
    call_tasks(server, 1)
    assert value(server, "http_requests_total", route="api/tasks", status="200") == counted + 1
    # Those of one thread, and of the one that follows withdrawals; of the workers before, none.
    assert value(server, "database_connections") <= 3


@pytest.mark.parametrize(
    ("path", "token", "status"), [("/metrics", "", 401), ("/metrics", "wrong", 401), ("/", TOKEN, 404)]
)
def test_who_may_not_look(server: Gunicorn, path: str, token: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        page(server, path, token)
    assert caught.value.code == status
    caught.value.close()


def test_the_trace_is_in_the_logs(server: Gunicorn) -> None:
    answer = server.call("GET", "/api/tasks/99", token=shared_secret_token("alice"), traceparent=TRACEPARENT)
    (line,) = [line for line in server.log_lines() if line["request_id"] == answer.headers["X-Request-ID"]]
    assert line["trace_id"] == TRACE
    after = server.call("GET", "/health")
    (line,) = [line for line in server.log_lines() if line["request_id"] == after.headers["X-Request-ID"]]
    assert line["trace_id"] is None


def test_connections_are_told_beside_the_limit(server: Gunicorn) -> None:
    def told() -> list[dict[str, Any]]:
        return [line for line in server.log_lines() if "connections" in line]

    wait_until(lambda: bool(told()))
    (line,) = told()
    assert line["connections"] == 2 * (4 + 1)
    assert line["message"].startswith(
        "connections: 2 processes of 4 threads and 1 more hold up to 10; the database takes "
    )
    assert line["database_connections"] > 10


@pytest.mark.parametrize(
    ("header", "trace_id"),
    [
        (TRACEPARENT, TRACE),
        (f"01-{TRACE}-00f067aa0ba902b7-01-more", TRACE),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", None),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_the_standards_header(header: str, trace_id: str | None) -> None:
    assert trace_id_of(header) == trace_id
