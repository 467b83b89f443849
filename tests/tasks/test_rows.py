"""What is done a short way gives the same as the plain one: rows as JSON, serializers that are used again."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ValidationError
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Priority, Status
from apps.tasks.serializers import (
    Addressee,
    TaskCreateSerializer,
    TaskSerializer,
    TaskUpdateSerializer,
    sent_to,
    validated,
)
from tests.factories import TaskFactory

ODD = [
    {"title": 'é "😀\u2028\\', "description": "line\nend\t\x7f", "tags": ["a", "ß"]},
    {"status": Status.COMPLETED, "priority": Priority.URGENT, "due_at": datetime(9999, 12, 29, tzinfo=UTC)},
    {"due_at": datetime(2026, 1, 31, 9, 30, 0, 120000, tzinfo=UTC), "description": None},
]


@pytest.mark.parametrize("fields", ODD)
def test_a_row_is_told_as_the_serializer_would(api: APIClient, alice: User, fields: dict[str, Any]) -> None:
    task = TaskFactory.create(user=alice, **fields)
    task.refresh_from_db()
    plain = json.loads(JSONRenderer().render(TaskSerializer(task).data))
    answers = [
        api.get(f"/api/tasks/{task.pk}").json(),
        api.get("/api/tasks").json()["results"][0],
        api.get("/api/tasks?ordering=-title").json()["results"][0],
        api.patch(f"/api/tasks/{task.pk}", {}).json(),
    ]
    assert answers == [plain] * len(answers)


BODIES: list[Any] = [
    {"title": " x "},
    {"title": "x", "tags": ["a", " a "], "priority": "low", "due_at": "2026-01-01T00:00:00+01:00"},
    {"title": ""},
    {"tags": ["", 5], "bogus": 1},
    {"user_id": "bob"},
    {"user_id": "alice", "title": "x"},
    [],
    None,
]


@pytest.mark.parametrize("serializer", [TaskCreateSerializer, TaskUpdateSerializer])
def test_a_serializer_that_is_used_again_says_the_same_as_a_new_one(serializer: Any) -> None:
    def outcome(run: Any) -> Any:
        try:
            return run()
        except ValidationError as error:
            return error.get_full_details()

    def anew(body: Any) -> Any:
        token = sent_to.set(Addressee("alice"))
        try:
            return serializer().run_validation(body)
        finally:
            sent_to.reset(token)

    for body in BODIES * 2:
        assert outcome(lambda: validated(serializer, body, Addressee("alice"))) == outcome(lambda: anew(body))  # noqa: B023


def test_callers_at_once_are_not_taken_for_one_another() -> None:
    wrong: list[str] = []

    def send(subject: str) -> None:
        for _ in range(300):
            body = {"title": subject, "user_id": subject}
            try:
                if validated(TaskCreateSerializer, body, Addressee(subject)) != {"title": subject}:
                    wrong.append(subject)
            except ValidationError:
                wrong.append(subject)

    threads = [threading.Thread(target=send, args=[f"person-{number}"]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
