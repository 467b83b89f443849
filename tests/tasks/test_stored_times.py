"""Every time that PostgreSQL can hold is read, whoever put it there: no list, page or export is lost over one."""

import json
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.history.models import Change
from apps.tasks.models import Task
from tests.colleagues import superuser
from tests.tasks.test_paging import BOTH_WAYS, pages

pytestmark = pytest.mark.django_db

TIMES = [
    *("10000-01-01 00:00:00+00", "294276-12-31 23:59:59.999999+00", "infinity", "9999-12-31 23:59:59+00"),
    *("0044-03-15 12:00:00+00 BC", "4714-11-24 00:00:00+00 BC", "-infinity", "0001-01-01 00:00:00+00"),
]
LATEST, EARLIEST = "9999-12-29T23:59:59.999999Z", "0001-01-03T00:00:00Z"
READ = [LATEST] * 4 + [EARLIEST] * 4
ZONES = ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/Juneau"]

UNBOUNDED = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE tasks_task DROP CONSTRAINT tasks_task_due_at_in_range"
INSERT = """
    INSERT INTO tasks_task (title, user_id, status, due_at, created_at, updated_at, completed_at, deleted_at)
    VALUES (%(time)s, 'alice', 'completed', %(time)s, %(time)s, %(time)s, %(time)s, NULL),
        (%(time)s, 'alice', 'pending', %(time)s, %(time)s, %(time)s, NULL, %(time)s)
"""
HISTORY = """
    INSERT INTO history_change (at, kind, object_id, operation, source) VALUES (%(time)s, 'task', '1', 'update', 'sql')
"""
PERSON = """
    UPDATE accounts_user SET created_at = %(time)s, last_login = %(time)s, signed_out_at = %(time)s
    WHERE subject = 'alice';
    INSERT INTO accounts_sighting (user_id, seen_at) VALUES ('alice', %(time)s);
    INSERT INTO accounts_refusal (subject, proved, reason, times, kind, address, refused_at)
    VALUES ('alice', true, 'expired', 1, '', '', %(time)s)
"""


@pytest.fixture
def tasks(alice: User) -> list[Task]:
    """One that is alive and one in the trash for each of TIMES, all of whose times it is."""
    with connection.cursor() as cursor:
        cursor.execute(UNBOUNDED)
        for time in TIMES:
            cursor.execute(INSERT, {"time": time})
    return list(Task.objects.order_by("id"))


def walked(api: APIClient, ordering: str, cursor: str, start: str | None = None) -> tuple[list[int], str]:
    """The tasks of all pages, and the last page's way back."""
    found: list[int] = []
    page: dict[str, Any] = {}
    for page in pages(api, f"ordering={ordering}&limit=1", cursor, start):
        found += [row["id"] for row in page["results"]]
        assert len(found) <= len(TIMES), "a task comes again"
    return found, page["previous_cursor"]


@pytest.mark.parametrize("ordering", BOTH_WAYS)
def test_lists_hold_each_task_once_forwards_and_back(api: APIClient, tasks: list[Task], ordering: str) -> None:
    there, way_back = walked(api, ordering, "next_cursor")
    assert sorted(there) == [task.pk for task in tasks if task.deleted_at is None]
    back, _ = walked(api, ordering, "previous_cursor", way_back)
    assert back == there[-2::-1]


def test_the_api_tells_the_nearest_time(api: APIClient, tasks: list[Task]) -> None:
    rows = api.get("/api/tasks").json()["results"]
    assert [row["title"] for row in rows] == TIMES
    for name in ("due_at", "created_at", "updated_at", "completed_at"):
        assert [row[name] for row in rows] == READ
    assert [api.get(f"/api/tasks/{row['id']}").json() for row in rows] == rows
    assert {row["deleted_at"] for row in api.get("/api/tasks/trash").json()["results"]} == {LATEST, EARLIEST}
    changes = api.get("/api/tasks/changes").json()
    assert {change["id"] for change in changes["results"]} <= {task.pk for task in tasks}
    for query in ("overdue=true", "due_on=today&time_zone=Pacific/Kiritimati", "due_before=9999-12-31T23:59:59Z"):
        assert api.get(f"/api/tasks?{query}").status_code == 200


def test_a_trash_is_read_page_by_page(api: APIClient, tasks: list[Task]) -> None:
    path, found = "/api/tasks/trash?limit=1", []
    while path:
        page = api.get(path).json()
        found += [row["id"] for row in page["results"]]
        assert len(found) <= len(TIMES)
        cursor = page["next_cursor"]
        path = f"/api/tasks/trash?limit=1&cursor={cursor}" if cursor else ""
    assert len(set(found)) == len(TIMES)


def test_a_task_can_be_changed_without_its_time(api: APIClient, tasks: list[Task]) -> None:
    answer = api.patch(f"/api/tasks/{tasks[0].pk}", {"title": "Renamed"})
    assert (answer.status_code, answer.json()["due_at"]) == (200, LATEST)
    assert stored(tasks[0]) == ("Renamed", TIMES[0])


def stored_everywhere(time: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_admin_log DISABLE TRIGGER USER")
        cursor.execute(PERSON + "; UPDATE django_admin_log SET action_time = %(time)s", {"time": time})
        cursor.execute(
            "INSERT INTO history_change (at, kind, object_id, operation, source) VALUES (%s, %s, %s, %s, %s)",
            [time, "task", "1", "update", "sql"],
        )


@pytest.mark.parametrize(("time", "zone"), [*zip(TIMES, ZONES * 2, strict=True)])
def test_every_page_opens(alice: User, tasks: list[Task], time: str, zone: str) -> None:
    client = superuser()
    client.cookies["back_office_zone"] = zone
    task = next(task for task in tasks if task.title == time)
    client.post("/admin/tasks/task/", {"action": "reopen", "_selected_action": [task.pk]})
    stored_everywhere(time)
    first = Change.objects.of_task(task.pk).order_by("id")[0]
    for page in (
        "",
        "tasks/task/?columns=created,updated,completed,due",
        f"tasks/task/{task.pk}/change/",
        f"tasks/task/{task.pk}/history/",
        f"tasks/task/{task.pk}/restore/{first.pk}/",
        f"tasks/task/{task.pk}/delete/",
        "accounts/user/?columns=created,last_seen,last_sign_in",
        "accounts/user/alice/change/",
        "accounts/user/alice/history/",
        "accounts/refusal/",
        "history/change/",
        f"history/change/{first.pk}/change/",
        "admin/logentry/",
    ):
        assert client.get(f"/admin/{page}").status_code == 200, page
    for kind in ("csv", "xlsx", "json"):
        content = b"".join(client.get(f"/admin/tasks/task/export/?format={kind}").streaming_content)  # type: ignore[attr-defined]
        assert content
    document: dict[str, Any] = json.loads(_content(client.post("/admin/accounts/user/alice/export/")))
    assert len(document["tasks"]) == len(tasks)


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("time", TIMES)
def test_history_shows_what_was_stored_and_restores_the_nearest(alice: User, tasks: list[Task], time: str) -> None:
    client: Client = superuser()
    task = next(task for task in tasks if task.title == time)
    first = Change.objects.of_task(task.pk).get()
    assert first.after is not None
    Task.objects.filter(pk=task.pk).update(due_at=None, title="Renamed")
    assert first.after["due_at"] in unescape(client.get(f"/admin/tasks/task/{task.pk}/history/").content.decode())
    path = f"/admin/tasks/task/{task.pk}/restore/{first.pk}/"
    client.post(path, {"seen": client.get(path).context["seen"]})
    assert stored(task) == (time, READ[TIMES.index(time)].replace("T", " ").replace("Z", "+00"))


def stored(task: Task) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, due_at::text FROM tasks_task WHERE id = %s", [task.pk])
        return cursor.fetchone()
