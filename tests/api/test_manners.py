"""HTTP manners: what caches, compressors, browsers and frugal clients go by."""

import gzip
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import TaskFactory
from tests.tokens import shared_secret_token

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


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate", "x-gzip", "identity, gzip", "zstd"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/tasks"),
        ("patch", "/api/tasks/{id}"),
        ("put", "/api/tasks/{id}"),
        ("post", "/api/tasks/bulk"),
        ("post", "/api/auth/token"),
        ("post", "/api/auth/logout"),
    ],
)
def test_a_compressed_body_is_not_read(api: APIClient, task: Task, method: str, path: str, coding: str) -> None:
    answer = getattr(api, method)(path.format(id=task.pk), {"title": "x"}, HTTP_CONTENT_ENCODING=coding)
    assert (answer.status_code, answer["Accept-Encoding"]) == (415, "identity")
    assert "without Content-Encoding" in answer.json()["detail"]
    assert list(Task.objects.values_list("title", flat=True)) == [task.title]


@pytest.mark.parametrize("coding", ["", "identity", "Identity", "identity, identity"])
def test_a_body_as_it_is_may_say_so(api: APIClient, coding: str) -> None:
    assert api.post("/api/tasks", {"title": "x"}, HTTP_CONTENT_ENCODING=coding).status_code == 201


ACCEPTED = {
    "application/json": True,
    "*/*;q=0, application/json": True,
    "application/*;q=0, application/json;q=0.1": True,
    "application/json;q=0.001": True,
    "text/html, application/xhtml+xml, */*;q=0.8": True,
    "application/json; charset=utf-8": True,
    "APPLICATION/JSON": True,
    "application/json;q=often": True,
    "application/json;q=0.5;q=0": True,
    "": True,
    "application/json;q=0": False,
    "application/json; Q=0.000": False,
    "application/json;q=0, */*": False,
    "*/*, application/json ; q=0": False,
    "application/*;q=0, */*;q=1": False,
    "*/*;q=0": False,
    "*/*;q=0.": False,
    "text/html": False,
    "application/problem+json": False,
    "application/json; x*=nope''a;q=0": False,
    "application": False,
}


@pytest.mark.parametrize(("accept", "accepted"), ACCEPTED.items())
def test_what_is_accepted_is_said_by_the_most_specific_range(api: APIClient, accept: str, accepted: bool) -> None:
    answer = api.get("/api/tasks", HTTP_ACCEPT=accept)
    assert answer.status_code == (200 if accepted else 406)
    assert answer["Content-Type"] == ("application/json" if accepted else "application/problem+json")


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "BEARER  {}", "Bearer       {}"])
def test_any_number_of_spaces_stands_before_a_token(anonymous: APIClient, alice: User, header: str) -> None:
    sent = header.format(shared_secret_token("alice"))
    assert anonymous.get("/api/auth/me", HTTP_AUTHORIZATION=sent).json()["user_id"] == "alice"


@pytest.mark.parametrize("header", ["Bearer\t{}", "Bearer \t{}", "Bearer {} x", "Bearer{}", " Bearer {}", "Bearer   "])
def test_nothing_else_stands_there(anonymous: APIClient, alice: User, header: str) -> None:
    assert anonymous.get("/api/auth/me", HTTP_AUTHORIZATION=header.format(shared_secret_token())).status_code == 401


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
