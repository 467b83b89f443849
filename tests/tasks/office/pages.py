"""What the tests do to tasks in the back office, and read off its pages."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.tasks.models import Task
from tests.forms import opened

TASKS = "/admin/tasks/task/"


def page_of(task: Task, page: str = "change") -> str:
    return f"{TASKS}{task.pk}/{page}/"


def listed(client: Client, **query: Any) -> set[int]:
    answer = client.get(TASKS, query)
    assert answer.status_code == 200
    return {task.pk for task in answer.context["cl"].result_list}


def row(task: Task) -> dict[str, Any]:
    return {**Task.objects.filter(pk=task.pk).values().get()}


def act(client: Client, action: str, *tasks: Task) -> Any:
    return client.post(TASKS, {"action": action, "_selected_action": [task.pk for task in tasks]}, follow=True)


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def browser_form(client: Client, task: Task) -> dict[str, Any]:
    """What a browser would send of the untouched form: line ends as CRLF."""
    return opened(client, page_of(task))


def written_columns(client: Client, task: Task, body: dict[str, Any]) -> list[set[str]]:
    """The columns that each UPDATE of tasks names, in saving `body`."""
    with CaptureQueriesContext(connection) as queries:
        assert client.post(page_of(task), body).status_code == 302
    updates = [query["sql"] for query in queries if '*/ UPDATE "tasks_task"' in query["sql"]]
    return [set(re.findall(r'"(\w+)" = ', update.partition(" WHERE ")[0])) for update in updates]
