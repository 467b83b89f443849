"""What changes nothing leaves the row, its version and its time as they are; what changes anything does not."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.tasks.models import Task

FIELDS: dict[str, tuple[Any, Any]] = {
    "title": ("Report", "report"),
    "description": ("Figures", None),
    "status": ("completed", "pending"),
    "priority": ("high", "low"),
    "due_at": ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500001Z"),
    "tags": (["home", "work"], ["work", "home"]),
}
FULL = {name: values[0] for name, values in FIELDS.items()}
BARE: dict[str, Any] = {"title": "Bare", "description": None, "due_at": None, "tags": []}


@pytest.fixture
def made(api: APIClient) -> Callable[[Any], Any]:
    return lambda body: api.post("/api/tasks", body).json()


def row(task: Any) -> Any:
    """With the transaction that wrote it, so that no write goes unseen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text, ctid::text, t.* FROM tasks_task t WHERE id = %s", [task["id"]])
        return cursor.fetchone()


@pytest.mark.parametrize("body", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("method", ["put", "patch"])
def test_the_same_again_writes_nothing(api: APIClient, made: Any, method: str, body: Any) -> None:
    task = made(body)
    before = row(task)
    for sent in ({}, *({name: value} for name, value in body.items()), body, task):
        answer = getattr(api, method)(f"/api/tasks/{task['id']}", sent)
        assert (answer.status_code, answer["ETag"], answer.json()) == (200, '"1"', task)
    assert row(task) == before


@pytest.mark.parametrize("name", FIELDS)
def test_anything_else_is_written_in_one_statement(api: APIClient, made: Any, name: str) -> None:
    task, (old, new) = made(FULL), FIELDS[name]
    for value, version in ((new, 2), (old, 3)):
        with CaptureQueriesContext(connection) as queries:
            answer = api.put(f"/api/tasks/{task['id']}", {**FULL, name: value})
        assert (len(queries), answer.json()["version"]) == (1, version)
    assert answer.json()[name] == task[name]


def test_the_conditions_are_kept(api: APIClient, made: Any) -> None:
    task = made(FULL)
    path = f"/api/tasks/{task['id']}"
    assert api.put(path, FULL, HTTP_IF_MATCH='"1"').status_code == 200
    assert api.put(path, FULL, HTTP_IF_MATCH='"2"').status_code == 412
    assert api.put(path, FULL, HTTP_IF_NONE_MATCH='"1"').status_code == 412
    assert api.put("/api/tasks/999999", FULL).status_code == 404
    api.delete(path)
    assert api.put(path, FULL).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_another_changes_meanwhile_is_written_over(api: APIClient, made: Any) -> None:
    """Between the statement that found nothing to write and the one that reads what to answer."""
    task = made({"title": "x", "status": "pending"})
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    other.autocommit = True

    def change_before_reading(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT"):
            with other.cursor() as cursor:
                cursor.execute("UPDATE tasks_task SET status = 'completed' WHERE id = %s", [task["id"]])
        return execute(sql, *rest)

    with connection.execute_wrapper(change_before_reading):
        answer = api.put(f"/api/tasks/{task['id']}", {"status": "pending"})
    other.close()
    assert (answer.json()["status"], answer.json()["version"]) == ("pending", 3)
    assert Task.objects.get(pk=task["id"]).status == "pending"


def test_a_bulk_call_writes_those_that_differ(api: APIClient, made: Any) -> None:
    tasks = [made({"title": str(number), "status": status}) for number, status in enumerate(["pending", "completed"])]
    before = row(tasks[1])
    ids = [task["id"] for task in tasks]
    answer = api.post("/api/tasks/bulk", {"update": {"ids": ids, "changes": {"status": "completed"}}})
    assert answer.status_code == 200, answer.json()
    assert [(task["id"], task["status"], task["version"]) for task in answer.json()["updated"]] == [
        (ids[0], "completed", 2),
        (ids[1], "completed", 1),
    ]
    assert row(tasks[1]) == before
