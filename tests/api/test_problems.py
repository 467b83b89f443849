"""Every kind of error, one row each: the same document whether DRF, Django or we make it."""

import logging
from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from apps.api import problems
from apps.api.exceptions import Unavailable
from apps.api.handler import json_pointer
from apps.tasks.views.tasks import TaskViewSet
from tests.conftest import client_for
from tests.tokens import shared_secret_token

Send = Callable[[APIClient], Any]
JSON = "application/json"

TABLE: dict[str, tuple[int, str, Send]] = {
    "not JSON": (400, "malformed-json", lambda api: api.generic("POST", "/api/tasks", "{", JSON)),
    "no body": (400, "malformed-json", lambda api: api.generic("PATCH", "/api/tasks/1", "", JSON)),
    "not UTF-8": (400, "malformed-json", lambda api: api.post("/api/tasks", b'{"title": "\xff"}', content_type=JSON)),
    "NaN": (400, "malformed-json", lambda api: api.generic("POST", "/api/tasks", '{"title": NaN}', JSON)),
    "long number": (400, "malformed-json", lambda api: api.generic("POST", "/api/tasks", "1" * 5000, JSON)),
    "deep nesting": (400, "malformed-json", lambda api: api.generic("POST", "/api/tasks", "[" * 60_000, JSON)),
    "chunked": (
        411,
        "length-required",
        lambda api: api.generic("POST", "/api/tasks", "", JSON, HTTP_TRANSFER_ENCODING="chunked"),
    ),
    "a thousand parameters": (400, "bad-request", lambda api: api.get("/api/tasks?" + "&" * 1001)),
    "half a pair as a word": (
        422,
        "validation",
        lambda api: api.generic("POST", "/api/tasks", r'{"title": "x", "status": "\ud800"}', JSON),
    ),
    "bad host": (400, "bad-request", lambda api: api.get("/api/tasks", HTTP_HOST="evil.example")),
    "no token": (401, "authentication", lambda _: APIClient().get("/api/tasks")),
    "bad token": (401, "authentication", lambda _: APIClient().get("/api/tasks", HTTP_AUTHORIZATION="Bearer x")),
    "expired": (
        401,
        "token-expired",
        lambda _: APIClient().get("/api/tasks", HTTP_AUTHORIZATION=f"Bearer {shared_secret_token(exp=1)}"),
    ),
    "wrong password": (
        401,
        "invalid-credentials",
        lambda api: api.post("/api/auth/token", {"email": "a@example.com", "password": "x"}),
    ),
    "no such task": (404, "not-found", lambda api: api.get("/api/tasks/999")),
    "no such path": (404, "not-found", lambda api: api.get("/api/nope")),
    "no such page": (404, "not-found", lambda api: api.get("/nope")),
    "no such file": (404, "not-found", lambda api: api.get("/static/nope.css")),
    "verb of the API": (405, "method-not-allowed", lambda api: api.put("/api/tasks", {})),
    "verb of Django": (405, "method-not-allowed", lambda api: api.post("/health", {})),
    "accept": (406, "not-acceptable", lambda api: api.get("/api/tasks", HTTP_ACCEPT="text/html")),
    "large body": (
        413,
        "content-too-large",
        lambda api: api.post("/api/tasks", {"title": "x", "description": "x" * 70_000}),
    ),
    "form": (415, "unsupported-media-type", lambda api: api.post("/api/tasks", {"title": "x"}, format="multipart")),
    "compressed": (
        415,
        "unsupported-media-type",
        lambda api: api.generic("POST", "/api/tasks", '{"title": "x"}', JSON, HTTP_CONTENT_ENCODING="gzip"),
    ),
    "transfer coding": (
        501,
        "not-implemented",
        lambda api: api.generic("POST", "/api/tasks", "", JSON, HTTP_TRANSFER_ENCODING="gzip, chunked"),
    ),
    "long token": (
        431,
        "headers-too-large",
        lambda _: APIClient().get("/api/tasks", HTTP_AUTHORIZATION="Bearer " + "x" * 17_000),
    ),
    "rule of the body": (422, "validation", lambda api: api.post("/api/tasks", {})),
    "rule of the query": (422, "validation", lambda api: api.get("/api/tasks?limit=0")),
    "half a surrogate pair": (
        422,
        "validation",
        lambda api: api.generic("POST", "/api/tasks", r'{"title": "\ud800"}', JSON),
    ),
    "half a pair as a name": (
        422,
        "validation",
        lambda api: api.generic("POST", "/api/tasks", r'{"title": "x", "\udfff": 1}', JSON),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "slug", "send"), TABLE.values(), ids=TABLE)
def test_each_kind_of_error_is_a_problem_document(api: APIClient, status: int, slug: str, send: Send) -> None:
    assert_problem(send(api), status, slug)


def assert_problem(answer: Any, status: int, slug: str) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == problems.CONTENT_TYPE
    body = answer.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["instance"] == answer["X-Request-ID"]
    assert body["title"]
    assert body["detail"].endswith((".", "says which."))
    assert ("errors" in body) == (status == 422)


@pytest.mark.parametrize("depth", range(900, 960, 5))
def test_a_nest_on_the_edge_of_the_stack_is_no_crash(api: APIClient, depth: int) -> None:
    answer = api.generic("POST", "/api/tasks", f'{{"title": "x", "status": {"[" * depth}{"]" * depth}}}', JSON)
    assert answer.status_code in {400, 422}


def test_a_401_challenges_and_a_405_lists_the_methods(api: APIClient) -> None:
    assert APIClient().get("/api/tasks")["WWW-Authenticate"] == 'Bearer realm="api"'
    bad = APIClient().get("/api/tasks", HTTP_AUTHORIZATION="Bearer x")
    assert bad["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert api.put("/api/tasks", {})["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert api.post("/health", {})["Allow"] == "GET, HEAD"


def crash_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(TaskViewSet, "list", crash)


@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_tells_nothing_of_the_inside(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    crash_with(RuntimeError("the password is hunter2"), monkeypatch)
    answer = api.get("/api/tasks")
    assert_problem(answer, 500, "internal")
    assert b"hunter2" not in answer.content
    assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.ERROR] == [True]


def test_a_database_that_is_away_is_a_503(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = OperationalError("connection to 10.0.0.1 failed")
    error.__cause__ = psycopg2.OperationalError("connection to 10.0.0.1 failed")
    crash_with(error, monkeypatch)
    answer = api.get("/api/tasks")
    assert_problem(answer, 503, "unavailable")
    assert int(answer["Retry-After"]) >= 1
    assert b"10.0.0.1" not in answer.content
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors[0].getMessage() == "database error: OperationalError"
    assert not any(record.exc_info for record in errors)


def test_the_back_office_keeps_its_pages_but_not_its_crashes(
    client: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/admin/nope/")["Content-Type"].startswith("text/html")

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    client.cookies["sessionid"] = "x" * 32
    client.raise_request_exception = False
    answer = client.get("/admin/")
    assert answer.status_code == 503
    assert answer["Retry-After"]


@pytest.mark.django_db
def test_too_many_requests_are_a_429(settings: Any) -> None:
    settings.API_RATE_LIMIT = "3/min"
    client = client_for("busy")
    answers = [client.get("/api/auth/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_problem(answers[-1], 429, "quota-exceeded")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert client_for("calm").get("/api/auth/me").status_code == 200
    assert APIClient().get("/api/auth/me").status_code == 401


def test_every_kind_is_listed_once() -> None:
    slugs = [kind.slug for kind in problems.KINDS]
    assert len(slugs) == len(set(slugs))
    assert problems.kind_for(418).status == 400
    assert problems.kind_for(599).status == 500
    assert problems.kind_for(401).slug == "authentication"


@pytest.mark.parametrize(
    ("attr", "pointer"),
    [
        (None, "#"),
        ("non_field_errors", "#"),
        ("title", "#/title"),
        ("tasks\x1f3\x1ftitle", "#/tasks/3/title"),
        ("tasks\x1f3\x1fnon_field_errors", "#/tasks/3"),
        ("a/b", "#/a~1b"),
        ("a~b", "#/a~0b"),
        ("naïve %", "#/na%C3%AFve%20%25"),
        ("", "#/"),
        ("\ud800", "#/%3F"),
    ],
)
def test_pointers_are_uri_fragments(attr: str | None, pointer: str) -> None:
    assert json_pointer(attr) == pointer


def test_an_unavailable_service_says_when_to_come_back() -> None:
    assert Unavailable.wait >= 1
