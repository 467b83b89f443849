"""An action of the list leaves out what left the state that it is for, while it waited."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps.tasks.models import Task
from tests.locks import posted_during
from tests.tasks.office.pages import TASKS

pytestmark = pytest.mark.django_db(transaction=True)

WRITES: dict[str, Callable[[Task], Any]] = {
    "somebody reopens it": lambda task: Task.objects.filter(pk=task.pk).update(status="in_progress"),
    "somebody deletes it": lambda task: Task.objects.get(pk=task.pk).delete(),
}


@pytest.mark.parametrize("how", WRITES)
@pytest.mark.parametrize("query", ["", "?q=alice&o=6"])
def test_a_task_that_is_no_longer_completed_is_not_reopened(boss: Client, task: Task, how: str, query: str) -> None:
    Task.objects.filter(pk=task.pk).update(status="completed")
    body = {"action": "reopen", "_selected_action": [task.pk]}
    assert posted_during(lambda: WRITES[how](task), boss, TASKS + query, body).status_code == 302
    assert not Task.objects.filter(pk=task.pk).exclude(status="in_progress").exists()
    assert not LogEntry.objects.exists()
