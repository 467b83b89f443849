"""What the table promises by itself, whoever writes to it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import User
from apps.tasks.models import Task


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": " \t\n"},
        {"title": None},
        {"status": "done"},
        {"status": None},
        {"user_id": None},
        {"created_at": None},
    ],
    ids=str,
)
def test_a_broken_promise_is_refused(alice: User, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(**{"user_id": "alice", "title": "x", **fields})
    assert not Task.objects.exists()


def test_an_owner_must_exist(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(user_id="nobody", title="x")


def test_plain_sql_gets_the_defaults(alice: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tasks_task (title, user_id) VALUES ('x', 'alice') RETURNING status, created_at")
        status, created_at = cursor.fetchone()
    assert status == "pending"
    assert created_at is not None


@pytest.mark.parametrize("how", ["save", "update", "SQL"])
def test_updated_at_is_kept_whoever_writes(task: Task, how: str) -> None:
    before = Task.objects.get().updated_at
    if how == "save":
        task.title = "changed"
        task.save()
    elif how == "update":
        Task.objects.update(title="changed")
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE tasks_task SET title = 'changed', updated_at = '1999-01-01Z'")
    assert Task.objects.get().updated_at > before


def test_a_task_is_named_by_its_title(task: Task) -> None:
    assert str(task) == "Alice's task"
