"""No update is lost: conditional requests on a task, by RFC 9110, section 13."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from apps.tasks.models import Task
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

WRITES: list[tuple[str, Any]] = [("put", {"title": "new"}), ("patch", {"title": "new"}), ("delete", None)]


def path_of(task: Task) -> str:
    return f"/api/tasks/{task.pk}"


def test_the_tag_is_the_version_and_moves_with_every_change(api: APIClient, task: Task) -> None:
    assert api.get(path_of(task))["ETag"] == '"1"'
    assert api.patch(path_of(task), {"title": "x"})["ETag"] == '"2"'
    assert api.put(path_of(task), {})["ETag"] == '"2"'
    assert api.get(path_of(task))["ETag"] == '"2"'
    assert api.get(path_of(task)).json()["version"] == 2
    assert api.post("/api/tasks", {"title": "x"})["ETag"] == '"1"'


# The row is at version 1.
MATCHES = ['"1"', "*", '"7", "1"', ' "1" , "9"', '"x","1"', '"2",,"1"', ', "1",']
MISMATCHES = ['"2"', 'W/"1"', '"7", "8"', "1", '"1', "", '"01"', '"1" "2"', "nonsense", '"' + "9" * 500 + '"']


@pytest.mark.parametrize(("method", "body"), WRITES)
@pytest.mark.parametrize("header", MATCHES)
def test_a_write_goes_through_where_the_tag_matches(
    api: APIClient, task: Task, method: str, body: Any, header: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(api, method)(path_of(task), body, HTTP_IF_MATCH=header)
    assert answer.status_code == (204 if method == "delete" else 200)
    assert len(queries) == 1


@pytest.mark.parametrize(("method", "body"), [*WRITES, ("put", {})])
@pytest.mark.parametrize("header", MISMATCHES)
def test_a_write_is_refused_where_it_does_not(api: APIClient, task: Task, method: str, body: Any, header: str) -> None:
    before = Task.objects.filter(pk=task.pk).values().get()
    answer = getattr(api, method)(path_of(task), body, HTTP_IF_MATCH=header)
    assert (answer.status_code, answer["ETag"]) == (412, '"1"')
    assert answer.json()["type"] == "/problems/precondition-failed"
    assert Task.objects.filter(pk=task.pk).values().get() == before


@pytest.mark.parametrize(("method", "body"), WRITES)
@pytest.mark.parametrize(
    ("header", "goes_through"), [('"2"', True), ('"1"', False), ('W/"1"', False), ("*", False), ('"3", "1"', False)]
)
def test_if_none_match_on_a_write(
    api: APIClient, task: Task, method: str, body: Any, header: str, goes_through: bool
) -> None:
    status = getattr(api, method)(path_of(task), body, HTTP_IF_NONE_MATCH=header).status_code
    assert status == ((204 if method == "delete" else 200) if goes_through else 412)


@pytest.mark.parametrize("header", ['"1"', 'W/"1"', "*", '"5", W/"1"'])
def test_a_copy_that_is_still_good_is_not_sent_again(api: APIClient, task: Task, header: str) -> None:
    for method in ("get", "head"):
        answer = getattr(api, method)(path_of(task), HTTP_IF_NONE_MATCH=header)
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"1"')
        assert not answer.has_header("Content-Length")
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer["Vary"]


def test_a_read_may_ask_for_a_version_too(api: APIClient, task: Task) -> None:
    assert api.get(path_of(task), HTTP_IF_MATCH='"1"').status_code == 200
    answer = api.get(path_of(task), HTTP_IF_MATCH='"2"', HTTP_IF_NONE_MATCH='"1"')
    assert (answer.status_code, answer["ETag"]) == (412, '"1"')


@pytest.mark.parametrize("header", ['"2"', "1", '""', "nonsense"])
def test_a_copy_that_is_not_is(api: APIClient, task: Task, header: str) -> None:
    assert api.get(path_of(task), HTTP_IF_NONE_MATCH=header).status_code == 200


@pytest.mark.parametrize(("method", "body"), [("get", None), *WRITES])
@pytest.mark.parametrize("header", ['"1"', '"2"', "*"])
def test_anothers_task_is_a_404_first(api: APIClient, bobs_task: Task, method: str, body: Any, header: str) -> None:
    for name in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        answers = [
            getattr(api, method)(f"/api/tasks/{number}", body, **{name: header}) for number in (bobs_task.pk, 10**12)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert not any(answer.has_header("ETag") for answer in answers)
    assert Task.objects.get(pk=bobs_task.pk).version == 1


OF_TRASH = [("post", "/api/tasks/{}/restore", 200), ("delete", "/api/tasks/trash/{}", 204)]


@pytest.fixture
def trashed(task: Task) -> Task:
    Task.objects.filter(pk=task.pk).update(deleted_at=timezone.now(), version=1)
    return Task.objects.get(pk=task.pk)


@pytest.mark.parametrize(("method", "path", "status"), OF_TRASH)
@pytest.mark.parametrize("header", [None, *MATCHES])
def test_a_write_to_the_trash_goes_through_where_the_tag_matches(
    api: APIClient, trashed: Task, method: str, path: str, status: int, header: str | None
) -> None:
    tag = f'"{trashed.version}"'
    headers = {} if header is None else {"HTTP_IF_MATCH": header.replace('"1"', tag)}
    with CaptureQueriesContext(connection) as queries:
        answer = getattr(api, method)(path.format(trashed.pk), **headers)
    assert (answer.status_code, len(queries)) == (status, 1)
    assert Task.objects.filter(pk=trashed.pk, deleted_at=None).exists() == (method == "post")


@pytest.mark.parametrize(("method", "path", "status"), OF_TRASH)
@pytest.mark.parametrize(
    ("name", "header"),
    [*(("IF_MATCH", each) for each in MISMATCHES), *(("IF_NONE_MATCH", each) for each in ("*", '"1"', 'W/"1"'))],
)
def test_a_write_to_the_trash_is_refused_where_it_does_not(
    api: APIClient, trashed: Task, method: str, path: str, status: int, name: str, header: str
) -> None:
    tag, other = f'"{trashed.version}"', f'"{trashed.version + 1}"'
    sent = header.replace('"2"', other).replace('"1"', tag)
    before = Task.objects.filter(pk=trashed.pk).values().get()
    answer = getattr(api, method)(path.format(trashed.pk), **{f"HTTP_{name}": sent})
    assert (answer.status_code, answer["ETag"]) == (412, tag)
    assert answer.json()["type"] == "/problems/precondition-failed"
    assert Task.objects.filter(pk=trashed.pk).values().get() == before


@pytest.mark.parametrize(("method", "path", "status"), OF_TRASH)
@pytest.mark.parametrize("name", ["HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"])
@pytest.mark.parametrize("header", ['"1"', '"2"', "*"])
def test_anothers_trash_is_a_404_first(
    api: APIClient, bobs_task: Task, method: str, path: str, status: int, name: str, header: str
) -> None:
    Task.objects.filter(pk=bobs_task.pk).update(deleted_at=timezone.now())
    before = Task.objects.filter(pk=bobs_task.pk).values().get()
    for number in (bobs_task.pk, 10**12, 2**63):
        answer = getattr(api, method)(path.format(number), **{name: header})
        assert (answer.status_code, answer.has_header("ETag")) == (404, False)
    assert Task.objects.filter(pk=bobs_task.pk).values().get() == before


def test_a_restore_that_is_refused_uses_no_key_up_and_a_replay_asks_for_no_version(
    api: APIClient, trashed: Task
) -> None:
    def restore(tag: str) -> Any:
        return api.post(f"/api/tasks/{trashed.pk}/restore", HTTP_IF_MATCH=tag, HTTP_IDEMPOTENCY_KEY="k")

    assert restore('"999"').status_code == 412
    first, again = (restore(f'"{trashed.version}"') for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotency-Replayed"] == "true"


UNCONDITIONAL_WRITES: list[tuple[str, str, Any]] = [
    ("post", "/api/tasks", {"title": "x"}),
    ("post", "/api/tasks/bulk", {"create": [{"title": "x"}]}),
    ("delete", "/api/tasks/trash", None),
    ("post", "/api/auth/token", {"email": "a@example.com", "password": "x"}),
    ("post", "/api/auth/token/refresh", {"refresh": "x"}),
    ("post", "/api/auth/logout", {"refresh": "x"}),
]


@pytest.mark.parametrize(("method", "path", "body"), UNCONDITIONAL_WRITES)
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("header", ['"1"', "*", "nonsense", ""])
def test_a_condition_that_nobody_can_check_is_refused(
    api: APIClient, trashed: Task, method: str, path: str, body: Any, name: str, header: str
) -> None:
    before = list(Task.objects.values())
    answer = getattr(api, method)(path, body, headers={name: header})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["header"], error["code"]) == (name, "not_supported")
    assert list(Task.objects.values()) == before


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/trash", "/api/tasks/tags", "/api/tasks/changes", "/"])
def test_a_list_has_no_version(api: APIClient, path: str) -> None:
    assert api.get(path, HTTP_IF_MATCH='"1"').json()["errors"][0]["header"] == "If-Match"
    assert api.get(path, HTTP_IF_NONE_MATCH='"1"').status_code == 200
    assert api.options(path, HTTP_IF_MATCH='"1"').status_code == 204


@pytest.mark.parametrize(("method", "body"), WRITES)
def test_a_date_is_no_condition_where_there_is_no_last_modified(
    api: APIClient, task: Task, method: str, body: Any
) -> None:
    """RFC 9110, section 13.1.4: where the resource has no modification date, it must be ignored."""
    assert not api.get(path_of(task)).has_header("Last-Modified")
    past = "Thu, 01 Jan 1970 00:00:00 GMT"
    answer = getattr(api, method)(path_of(task), body, HTTP_IF_UNMODIFIED_SINCE=past)
    assert answer.status_code in {200, 204}


def test_of_many_writers_with_one_tag_one_wins(live: Gunicorn) -> None:
    token = shared_secret_token("racer")
    path = live.call("POST", "/api/tasks", token=token, body={"title": "x"}).headers["Location"]

    def write(number: int) -> int:
        body = {"title": f"by {number}"}
        return live.call("PATCH", path, token=token, body=body, If_Match='"1"').status

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(write, range(16)))
    assert statuses == [200] + [412] * 15
    assert live.call("GET", path, token=token).json["version"] == 2
