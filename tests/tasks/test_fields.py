"""Due time, priority, tags and completion: what they take, what they keep, and what the table itself refuses."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.expressions import InfiniteTime
from apps.tasks.models import Priority, Status, Task
from tests.factories import TaskFactory


def created(api: APIClient, **fields: Any) -> dict[str, Any]:
    answer = api.post("/api/tasks", {"title": "x", **fields})
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def test_what_is_left_out_has_its_default(api: APIClient) -> None:
    body = created(api)
    assert (body["priority"], body["due_at"], body["tags"]) == ("normal", None, [])
    assert (body["completed_at"], body["version"]) == (None, 1)


@pytest.mark.parametrize("priority", ["low", "normal", "high", "urgent"])
def test_a_priority_is_a_word_here_and_a_number_in_the_table(api: APIClient, priority: str) -> None:
    body = created(api, priority=priority)
    assert body["priority"] == priority
    assert Task.objects.get(pk=body["id"]).priority == Priority[priority.upper()]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-02-06T12:00:00Z", "2026-02-06T12:00:00Z"),
        ("2026-02-06T12:00:00.5+01:00", "2026-02-06T11:00:00.500000Z"),
        ("2026-02-06t12:00:00z", "2026-02-06T12:00:00Z"),
        ("1000-01-01T00:00:00-12:00", "1000-01-01T12:00:00Z"),
        ("9999-12-29T23:59:59.999999Z", "9999-12-29T23:59:59.999999Z"),
        ("0001-01-03T00:00:00Z", "0001-01-03T00:00:00Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
        (None, None),
    ],
)
def test_a_due_time_is_an_instant(api: APIClient, given: str | None, kept: str | None) -> None:
    body = created(api, due_at=given)
    assert body["due_at"] == kept
    assert api.get(f"/api/tasks/{body['id']}").json()["due_at"] == kept


def test_a_tag_is_trimmed_and_there_once(api: APIClient) -> None:
    assert created(api, tags=[" work ", "work", "😀 home", "é"])["tags"] == ["work", "😀 home", "é"]
    assert len(created(api, tags=[f"{number}" for number in range(20)])["tags"]) == 20
    assert created(api, tags=["x" * 50])["tags"] == ["x" * 50]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"priority": "highest"}, "#/priority", "invalid_choice"),
        ({"priority": 2}, "#/priority", "invalid_choice"),
        ({"priority": None}, "#/priority", "null"),
        ({"due_at": "tomorrow"}, "#/due_at", "invalid"),
        ({"due_at": "2026-02-06"}, "#/due_at", "no_offset"),
        ({"due_at": "2026-02-06T12:00:00"}, "#/due_at", "no_offset"),
        ({"due_at": "2026-02-30T12:00:00Z"}, "#/due_at", "invalid"),
        ({"due_at": "9999-12-31T23:59:59-12:00"}, "#/due_at", "invalid"),
        ({"due_at": "0001-01-01T00:00:00+12:00"}, "#/due_at", "invalid"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "#/due_at", "invalid"),
        ({"due_at": "9999-12-30T00:00:00Z"}, "#/due_at", "invalid"),
        ({"due_at": "0001-01-02T23:59:59Z"}, "#/due_at", "invalid"),
        ({"due_at": "2026-01-31T09:30:00Z\n"}, "#/due_at", "invalid"),
        ({"due_at": "2026-01-30T23:59:60Z"}, "#/due_at", "invalid"),
        ({"due_at": 1770379200}, "#/due_at", "invalid"),
        ({"tags": "work"}, "#/tags", "not_a_list"),
        ({"tags": None}, "#/tags", "null"),
        ({"tags": {"work": 1}}, "#/tags", "not_a_list"),
        ({"tags": ["a", ""]}, "#/tags/1", "blank"),
        ({"tags": ["x" * 51]}, "#/tags/0", "max_length"),
        ({"tags": [5]}, "#/tags/0", "invalid"),
        ({"tags": [None]}, "#/tags/0", "null"),
        ({"tags": ["a\tb"]}, "#/tags/0", "control"),
        ({"tags": ["a\u0085b"]}, "#/tags/0", "control"),
        ({"tags": [str(number) for number in range(21)]}, "#/tags", "max_length"),
        ({"completed_at": "2026-01-01T00:00:00Z"}, "#/completed_at", "read_only"),
        ({"version": 1}, "#/version", "read_only"),
        ({"id": None}, "#/id", "read_only"),
        ({"id": 1.0}, "#/id", "read_only"),
        ({"deleted_at": None}, "#/deleted_at", "unknown"),
    ],
)
def test_a_broken_rule_is_pointed_at(api: APIClient, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = api.post("/api/tasks", {"title": "x", **body})
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert not Task.objects.exists()


def test_the_server_keeps_when_a_task_was_completed(api: APIClient) -> None:
    path = f"/api/tasks/{created(api)['id']}"
    done = api.patch(path, {"status": "completed"}).json()
    assert done["completed_at"] == done["updated_at"]
    renamed = api.patch(path, {"title": "y", "status": "completed"}).json()
    assert renamed["completed_at"] == done["completed_at"]
    assert api.patch(path, {"status": "in_progress"}).json()["completed_at"] is None
    born = created(api, status="completed")
    assert born["completed_at"] == born["created_at"]


def test_a_task_may_be_sent_back_as_it_came(api: APIClient) -> None:
    task = created(api, status="completed", priority="urgent", due_at="2026-02-06T12:00:00Z", tags=["a"])
    answer = api.put(f"/api/tasks/{task['id']}", {**task, "title": "y"})
    assert answer.status_code == 200
    assert answer.json() == {**task, "title": "y", "version": 2, "updated_at": answer.json()["updated_at"]}
    same = {"id": float(task["id"]), "version": 1.0}
    assert api.put(f"/api/tasks/{task['id']}", {**task, **same, "title": "y"}).status_code == 200
    # What is older by now is as good; what never was is not.
    assert api.put(f"/api/tasks/{task['id']}", {**task, "title": "z"}).status_code == 200
    for invented in (
        {"version": 99},
        {"version": True},
        {"version": 1.5},
        {"id": task["id"] + 0.5},
        {"completed_at": "2999-01-01T00:00:00Z"},
    ):
        assert api.put(f"/api/tasks/{task['id']}", {**task, **invented}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"priority": 4},
        {"priority": -1},
        {"tags": [""]},
        {"tags": [" a"]},
        {"tags": ["a", "a"]},
        {"tags": ["a\nb"]},
        {"tags": [str(number) for number in range(21)]},
        {"tags": [None]},
        {"due_at": "9999-12-30T00:00:00Z"},
        {"due_at": "9999-12-31T23:59:59-12:00"},
        {"due_at": "0001-01-02T23:59:59Z"},
        {"due_at": InfiniteTime()},
    ],
)
def test_the_table_keeps_the_rules_too(task: Task, change: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**change)


def test_the_table_counts_versions_and_completes_whoever_writes(alice: User) -> None:
    task = TaskFactory.create(user=alice, status=Status.COMPLETED)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tasks_task SET version = 77, completed_at = NULL, title = 'by hand'")
    task.refresh_from_db()
    assert task.version == 2
    assert task.completed_at is not None
    assert task.completed_at <= datetime.now(UTC)
