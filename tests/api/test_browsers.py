"""What a frontend on another origin needs, and what it must not get."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

ORIGIN = "https://app.example.com"


def preflight(client: Client, origin: str = ORIGIN, path: str = "/api/tasks") -> Any:
    return client.options(
        path,
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="PATCH",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization, content-type, x-request-id",
    )


def test_a_preflight_needs_no_token(client: Client) -> None:
    answer = preflight(client)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert {"authorization", "content-type", "x-request-id"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
    assert {"PATCH", "PUT", "DELETE"} <= set(answer["Access-Control-Allow-Methods"].split(", "))
    assert int(answer["Access-Control-Max-Age"]) > 0


def test_headers_of_tracing_may_be_sent(client: Client) -> None:
    allowed = preflight(client)["Access-Control-Allow-Headers"].split(", ")
    assert {"traceparent", "tracestate", "baggage", "sentry-trace"} <= set(allowed)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 422])
def test_answers_and_errors_can_be_read(api: APIClient, status: int) -> None:
    path = {404: "/api/nope", 422: "/api/tasks?limit=0"}.get(status, "/api/tasks")
    host = "evil.example" if status == 400 else "testserver"
    answer = (APIClient() if status == 401 else api).get(path, HTTP_ORIGIN=ORIGIN, HTTP_HOST=host)
    assert answer.status_code == status
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert {"Location", "Retry-After", "X-Request-ID", "WWW-Authenticate"} <= set(
        answer["Access-Control-Expose-Headers"].split(", ")
    )
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.com.evil.example", "null"])
def test_other_origins_get_nothing(client: Client, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, origin).headers


def test_the_back_office_is_never_shared(client: Client, db: None) -> None:
    answer = client.get("/admin/login/", HTTP_ORIGIN=ORIGIN)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer["X-Frame-Options"] == "DENY"


def test_options_lists_the_methods(api: APIClient) -> None:
    answer = api.options("/api/tasks")
    assert (answer.status_code, answer["Allow"]) == (204, "GET, POST, HEAD, OPTIONS")


def test_static_files_are_served(client: Client) -> None:
    answer = client.get("/static/admin/css/base.css")
    assert answer.status_code == 200
    assert answer.getvalue()
    assert "max-age" in answer["Cache-Control"]
