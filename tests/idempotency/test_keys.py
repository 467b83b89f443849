"""No double create: an Idempotency-Key answers once, and then says the same again."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.idempotency.models import StoredAnswer
from apps.tasks.models import Task
from tests.conftest import client_for

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
BODY = {"title": "Buy milk"}


def create(api: APIClient, body: Any = None, key: str = KEY, path: str = "/api/tasks", **headers: Any) -> Any:
    return api.post(path, body or BODY, HTTP_IDEMPOTENCY_KEY=key, **headers)


def test_the_answer_of_the_first_is_given_again(api: APIClient) -> None:
    first, again = create(api), create(api)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    for name in ("Location", "ETag", "Content-Type"):
        assert first[name] == again[name]
    assert not first.has_header("Idempotency-Replayed")
    assert again["Idempotency-Replayed"] == "true"
    assert Task.objects.count() == 1


def test_it_is_given_again_as_it_was(api: APIClient) -> None:
    path = create(api)["Location"]
    api.patch(path, {"title": "changed"})
    assert create(api).json()["title"] == "Buy milk"
    minimal = create(api, key="other", HTTP_PREFER="return=minimal")
    assert (minimal.status_code, minimal.content) == (204, b"")
    assert (create(api, key="other").content, create(api, key="other")["Location"]) == (b"", minimal["Location"])


def test_a_key_in_quotes_is_the_key(api: APIClient) -> None:
    """RFC 9651 writes a string in quotes; most clients leave them out."""
    assert create(api, key=f'"{KEY}"').content == create(api).content
    assert create(api, key='"a \\"b\\" \\\\"').status_code == 201
    assert Task.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", '""', '"', "a b", "é", "x" * 256, '"a', "a\tb", '"\\n"'])
def test_what_is_no_key_is_a_422(api: APIClient, key: str) -> None:
    answer = create(api, key=key)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["header"] == "Idempotency-Key"
    assert not Task.objects.exists()


def test_another_request_under_the_key_is_a_422(api: APIClient) -> None:
    create(api)
    for answer in (
        create(api, {"title": "Buy bread"}),
        create(api, {"create": [BODY]}, path="/api/tasks/bulk"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")
        assert answer.json()["errors"][0]["code"] == "reused"
    assert Task.objects.count() == 1


SAME = [
    b'{"title":"a/b","tags":["x","y"],"description":null}',
    b'{"description": null,\r\n\t"tags": ["x", "y"], "title": "a/b"}',
    b'{"t\\u0069tle":"\\u0061\\/b","tags":["x","\\u0079"],"description":null}',
    b'{"title":"other","title":"a/b","tags":["x","y"],"description":null}',
]
OTHERS = [
    b'{"title":"a/b","tags":["y","x"],"description":null}',
    b'{"title":"a/b","tags":["x","y"]}',
    b'{"title":"A/b","tags":["x","y"],"description":null}',
    b'{"title":"a/b ","tags":["x","y"],"description":null}',
]


def raw(api: APIClient, body: bytes, path: str = "/api/tasks") -> Any:
    sent: Any = body  # bytes are sent as they are
    return api.generic("POST", path, sent, "application/json", HTTP_IDEMPOTENCY_KEY=KEY)


def test_the_same_json_written_differently_is_the_same_request(api: APIClient) -> None:
    answers = [raw(api, body) for body in SAME]
    assert [answer.status_code for answer in answers] == [201] * len(SAME)
    assert len({answer.content for answer in answers}) == 1
    assert [raw(api, body).status_code for body in OTHERS] == [422] * len(OTHERS)
    assert Task.objects.count() == 1


def test_a_number_in_another_notation_is_the_same_number(api: APIClient, task: Task) -> None:
    bodies = [f'{{"delete":[{task.pk}{notation}]}}'.encode() for notation in ("", ".0", "e0", ".00E+0")]
    answers = [raw(api, body, "/api/tasks/bulk") for body in bodies]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert raw(api, b'{"delete":[%d.5]}' % task.pk, "/api/tasks/bulk").status_code == 422


@pytest.mark.parametrize("body", [b"{", b"[" * 50_000, b'{"title":"\xff"}', b"1" * 5000, b'{"title": 1e400}', b"NaN"])
def test_what_is_no_body_uses_no_key_up(api: APIClient, body: bytes) -> None:
    assert raw(api, body).status_code in {400, 422}
    assert raw(api, b'{"title": "x"}').status_code == 201


def test_an_answer_that_was_stored_under_the_bytes_as_sent_is_still_given(api: APIClient) -> None:
    """As the release before this rule has stored it."""
    body = b'{"title": "Once", "status": "pending"}'
    first = raw(api, body)
    as_sent = hashlib.sha256(b"POST /api/tasks\n" + body).hexdigest()
    assert StoredAnswer.objects.exclude(fingerprint=as_sent).update(fingerprint=as_sent) == 1
    assert raw(api, body).content == first.content
    assert raw(api, b'{"title": "Twice"}').status_code == 422
    assert Task.objects.count() == 1


def test_a_key_is_ones_own(api: APIClient, bob: User) -> None:
    mine, bobs = create(api), create(client_for("bob"))
    assert mine.json()["id"] != bobs.json()["id"]
    assert not bobs.has_header("Idempotency-Replayed")


@pytest.mark.parametrize("body", [{"title": ""}, {"title": "x", "user_id": "bob"}, []])
def test_an_error_uses_no_key_up(api: APIClient, body: Any) -> None:
    assert api.post("/api/tasks", body, HTTP_IDEMPOTENCY_KEY=KEY).status_code == 422
    assert create(api).status_code == 201
    assert not create(api, key="other").has_header("Idempotency-Replayed")


def test_many_at_once_have_one_too(api: APIClient) -> None:
    body = {"create": [{"title": "a"}, {"title": "b"}]}
    first, again = (create(api, body, path="/api/tasks/bulk") for _ in range(2))
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Task.objects.count() == 2


def test_a_restore_has_one_too(api: APIClient) -> None:
    path = api.post("/api/tasks", BODY)["Location"]
    api.delete(path)
    first, again = (api.post(f"{path}/restore", HTTP_IDEMPOTENCY_KEY=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content


def test_a_slash_at_the_end_is_the_same_request(api: APIClient) -> None:
    assert create(api).content == create(api, path="/api/tasks/").content


def test_after_a_day_a_key_is_free(api: APIClient) -> None:
    create(api)
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert not create(api, {"title": "Buy bread"}).has_header("Idempotency-Replayed")
    assert Task.objects.count() == 2
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=23))
    call_command("purge")
    assert StoredAnswer.objects.count() == 1
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    call_command("purge")
    assert StoredAnswer.objects.count() == 0


def test_a_person_who_is_erased_takes_the_answers_along(api: APIClient, alice: User) -> None:
    create(api)
    alice.delete()
    assert not StoredAnswer.objects.exists()


def test_what_it_costs(api: APIClient) -> None:
    with CaptureQueriesContext(connection) as without:
        api.post("/api/tasks", BODY)
    assert len(without) == 1
    with CaptureQueriesContext(connection) as first:
        create(api)
    with CaptureQueriesContext(connection) as again:
        create(api)
    counts = [len([each for each in queries if "SAVEPOINT" not in each["sql"]]) for queries in (first, again)]
    assert counts == [4, 2]
