"""HTTP manners: what caches, compressors, browsers and frugal clients go by."""

import gzip
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import TaskFactory

ALLOWED = {
    "/api/tasks": {"GET", "POST", "HEAD", "OPTIONS"},
    "/api/tasks/{id}": {"GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"},
    "/api/tasks/{id}/restore": {"POST", "OPTIONS"},
    "/api/tasks/trash": {"GET", "DELETE", "HEAD", "OPTIONS"},
    "/api/tasks/trash/{id}": {"DELETE", "OPTIONS"},
    "/api/tasks/bulk": {"POST", "OPTIONS"},
    "/api/tasks/changes": {"GET", "HEAD", "OPTIONS"},
    "/api/tasks/tags": {"GET", "HEAD", "OPTIONS"},
}
VERBS = {"get", "post", "put", "patch", "delete", "head"}
READS = [path for path, verbs in ALLOWED.items() if "GET" in verbs]


@pytest.mark.parametrize("path", ALLOWED)
def test_options_tells_exactly_the_methods(api: APIClient, task: Task, path: str) -> None:
    address = path.format(id=task.pk)
    answer = api.options(address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer["Allow"].split(", ")) == ALLOWED[path]
    for verb in VERBS - {word.lower() for word in ALLOWED[path]}:
        refused = getattr(api, verb)(address)
        assert (refused.status_code, refused["Allow"]) == (405, answer["Allow"])


@pytest.mark.parametrize("path", READS)
def test_a_read_is_kept_by_the_caller_alone(api: APIClient, task: Task, path: str) -> None:
    answer = api.get(path.format(id=task.pk))
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    head = api.head(path.format(id=task.pk))
    assert head.status_code == 200
    # gunicorn sends the headers alone; the length is that of the answer to GET.
    for name in ("Content-Type", "Cache-Control", "Vary", "ETag"):
        assert head.headers.get(name) == answer.headers.get(name)


def test_tokens_are_kept_by_nobody(api: APIClient) -> None:
    assert api.post("/api/auth/token", {"email": "a@example.com", "password": "x"})["Cache-Control"] == "no-store"


def test_a_long_answer_is_compressed_for_those_who_take_it(api: APIClient, alice: User) -> None:
    TaskFactory.create_batch(50, user=alice)
    for path in ("/api/tasks", "/api/tasks?ordering=-title"):
        plain = api.get(path)
        packed = api.get(path, HTTP_ACCEPT_ENCODING="br, gzip")
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert len(packed.content) < len(plain.content) / 2
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer["Vary"]
    assert not plain.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [("gzip", True), ("br;q=1, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False)],
)
def test_a_client_may_decline_it(api: APIClient, alice: User, accepted: str, is_compressed: bool) -> None:
    TaskFactory.create_batch(20, user=alice)
    assert api.get("/api/tasks", HTTP_ACCEPT_ENCODING=accepted).has_header("Content-Encoding") is is_compressed


def test_a_short_answer_and_a_tagged_one_are_not(api: APIClient, alice: User) -> None:
    """A strong ETag names these very bytes."""
    task = TaskFactory.create(user=alice, description="x" * 2000)
    for path in (f"/api/tasks/{task.pk}", "/api/tasks?limit=1&status=completed", "/api/tasks/tags"):
        assert not api.get(path, HTTP_ACCEPT_ENCODING="gzip").has_header("Content-Encoding")


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async, return=minimal; foo", 'return="minimal"'])
def test_a_client_that_knows_what_it_wrote(api: APIClient, prefer: str) -> None:
    created = api.post("/api/tasks", {"title": "x"}, HTTP_PREFER=prefer)
    assert (created.status_code, created.content) == (204, b"")
    assert created["Preference-Applied"] == "return=minimal"
    for method in ("put", "patch"):
        changed = getattr(api, method)(created["Location"], {"title": method}, HTTP_PREFER=prefer)
        assert (changed.status_code, changed.content) == (204, b"")
        assert changed["ETag"] == api.get(created["Location"])["ETag"]
        assert api.get(created["Location"]).json()["title"] == method
    api.delete(created["Location"])
    restored = api.post(f"{created['Location']}/restore", HTTP_PREFER=prefer)
    assert (restored.status_code, restored.content) == (204, b"")
    assert api.post("/api/tasks/bulk", {"create": [{"title": "x"}]}, HTTP_PREFER=prefer).status_code == 204


@pytest.mark.parametrize(
    "prefer",
    [
        "return=representation",
        "minimal",
        "return=minimally",
        "xreturn=minimal",
        "return=representation, return=minimal",
        'foo="a,return=minimal,b"',
    ],
)
def test_another_preference_changes_nothing(api: APIClient, prefer: str) -> None:
    answer = api.post("/api/tasks", {"title": "x"}, HTTP_PREFER=prefer)
    assert answer.json()["title"] == "x"
    assert not answer.has_header("Preference-Applied")


def preflight(api: APIClient, headers: str) -> Any:
    return api.options(
        "/api/tasks/1",
        HTTP_ORIGIN="https://app.example.com",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="PATCH",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS=headers,
    )


def test_a_browser_may_send_and_read_all_of_it(api: APIClient, task: Task) -> None:
    asked = "authorization, content-type, idempotency-key, if-match, if-none-match, prefer"
    answer = preflight(api, asked)
    allowed = answer["Access-Control-Allow-Headers"].split(", ")
    assert set(asked.split(", ")) <= set(allowed)
    assert int(answer["Access-Control-Max-Age"]) >= 600
    exposed = api.get(f"/api/tasks/{task.pk}", HTTP_ORIGIN="https://app.example.com")["Access-Control-Expose-Headers"]
    assert {"ETag", "Location", "Idempotency-Replayed", "Preference-Applied"} <= set(exposed.split(", "))
