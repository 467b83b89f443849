"""A stranger walks every verb: another person's task is as one that never was, staff and superusers included."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.conftest import client_for
from tests.factories import TaskFactory

NEVER = 10**12
VERBS: list[tuple[str, Any]] = [
    ("get", None),
    ("put", {"title": "Mine now"}),
    ("put", {}),
    ("patch", {"status": "completed"}),
    ("patch", {"created_at": "2026-01-01T00:00:00Z"}),
    ("delete", None),
]


def without_instance(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


@pytest.mark.parametrize(("verb", "body"), VERBS, ids=str)
@pytest.mark.parametrize("rights", ["none", "staff", "superuser"])
def test_anothers_task_is_as_one_that_never_was(
    alice: User, bobs_task: Task, verb: str, body: Any, rights: str
) -> None:
    User.objects.filter(pk="alice").update(is_staff=rights != "none", is_superuser=rights == "superuser")
    client = client_for("alice")
    before = Task.objects.filter(pk=bobs_task.pk).values().get()
    answers = [getattr(client, verb)(f"/api/tasks/{number}", body) for number in (bobs_task.pk, NEVER)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_instance(answers[0]) == without_instance(answers[1])
    assert Task.objects.filter(pk=bobs_task.pk).values().get() == before


@pytest.mark.parametrize("body", [{"title": ""}, {"bogus": 1}, {"id": 5}])
def test_a_broken_body_tells_nothing_either(api: APIClient, bobs_task: Task, body: Any) -> None:
    answers = [api.put(f"/api/tasks/{number}", body) for number in (bobs_task.pk, NEVER)]
    assert answers[0].status_code == answers[1].status_code
    assert without_instance(answers[0]) == without_instance(answers[1])


def test_lists_hold_ones_own_tasks_alone(api: APIClient, task: Task, bob: User) -> None:
    TaskFactory.create_batch(3, user=bob)
    assert [row["id"] for row in api.get("/api/tasks").json()["results"]] == [task.pk]
    assert api.get("/api/tasks").json()["count"] == 1


def test_a_subject_is_matched_exactly(db: None, alice: User) -> None:
    TaskFactory.create(user=alice)
    for subject in ("Alice", "al ice", "alic_", "%", "alice%"):
        assert client_for(subject).get("/api/tasks").json()["count"] == 0
