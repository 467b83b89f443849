"""Every change of a task or a person is a row of history, whoever makes it and by whatever way."""

import os
import sys
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.history.models import Change, Kind
from apps.history.notes import command, statement_note, written_by
from apps.ops import context
from apps.tasks.models import Task
from tests.factories import PASSWORD, TaskFactory, local_account
from tests.servers import Database, Gunicorn, manage
from tests.tokens import shared_secret_token

pytestmark = pytest.mark.django_db

# Set by the table itself, or by triggers: they follow from what is recorded.
FOLLOWS = {"id", "updated_at", "completed_at", "version", "changed_in"}


def last() -> Change:
    return Change.objects.latest("id")


def told(change: Change) -> tuple[Any, ...]:
    return change.kind, change.operation, change.source, change.actor, change.owner


# --- By the API


def test_a_created_task_is_recorded(api: APIClient) -> None:
    answer = api.post("/api/tasks", {"title": "New"}, HTTP_X_REQUEST_ID="a-request")
    change = last()
    assert told(change) == ("task", "create", "api", "alice", "alice")
    assert (change.object_id, change.request_id, change.before) == (str(answer.json()["id"]), "a-request", None)
    assert change.after is not None
    assert (change.after["title"], change.after["status"]) == ("New", "pending")


def test_an_update_records_the_changed_columns_alone(api: APIClient, task: Task) -> None:
    answer = api.patch(f"/api/tasks/{task.pk}", {"status": "completed", "title": task.title})
    change = last()
    assert told(change) == ("task", "update", "api", "alice", "alice")
    assert (change.before, change.after) == ({"status": "pending"}, {"status": "completed"})
    assert change.request_id == answer["X-Request-ID"]


def test_an_update_of_nothing_is_not_recorded(api: APIClient, task: Task) -> None:
    count = Change.objects.count()
    assert api.patch(f"/api/tasks/{task.pk}", {"title": task.title}).status_code == 200
    assert Change.objects.count() == count


def test_a_deleted_task_is_recorded(api: APIClient, task: Task) -> None:
    assert api.delete(f"/api/tasks/{task.pk}").status_code == 204
    change = last()
    assert (change.kind, change.source, change.actor, change.object_id) == ("task", "api", "alice", str(task.pk))
    assert change.operation == "delete" or (change.after or {}).get("deleted_at")


def test_a_first_token_is_recorded(anonymous: APIClient) -> None:
    anonymous.get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {shared_secret_token('zoë')}")
    change = last()
    assert told(change) == ("person", "create", "api", "zoë", "zoë")


def test_history_costs_the_api_no_query(api: APIClient, task: Task, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        api.post("/api/tasks", {"title": "New"})
    with django_assert_num_queries(1):
        api.patch(f"/api/tasks/{task.pk}", {"title": "New"})
    with django_assert_num_queries(1):
        api.get(f"/api/tasks/{task.pk}")


# --- By staff


def test_a_change_in_the_back_office_names_the_member_of_staff(client: Client, task: Task) -> None:
    boss = local_account("boss@example.com", is_staff=True, is_superuser=True)
    client.force_login(boss)
    client.post(
        "/admin/tasks/task/",
        {"action": "complete", "_selected_action": [task.pk]},
        headers={"X-Request-ID": "from-staff"},
    )
    change = Change.objects.of_task(task.pk).latest("id")
    assert told(change) == ("task", "update", "admin", boss.pk, "alice")
    assert (change.request_id, change.after) == ("from-staff", {"status": "completed"})


def test_a_request_of_staff_leaves_no_name_behind(client: Client, api: APIClient, task: Task) -> None:
    client.force_login(local_account("boss@example.com", is_staff=True, is_superuser=True))
    client.post("/admin/tasks/task/", {"action": "complete", "_selected_action": [task.pk]})
    api.patch(f"/api/tasks/{task.pk}", {"title": "Mine"})
    assert told(last()) == ("task", "update", "api", "alice", "alice")


# --- By commands and plain SQL


def test_a_command_is_named(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    monkeypatch.setattr(sys, "argv", ["./manage.py", "createsuperuser"])
    command.cache_clear()
    call_command("createsuperuser", login="root@example.com", interactive=False)
    command.cache_clear()
    assert told(last())[:4] == ("person", "create", "command:createsuperuser", None)


def test_plain_sql_is_recorded_without_a_name(api: APIClient, task: Task) -> None:
    """Behind a request on the same connection: what the request told must not stick to it."""
    api.patch(f"/api/tasks/{task.pk}", {"title": "Mine"})
    raw = connection.connection.cursor()
    raw.execute("UPDATE tasks_task SET title = '/*history api x 626f62*/', due_at = '2027-01-01Z', tags = '{a,b}'")
    change = last()
    assert told(change) == ("task", "update", "sql", None, "alice")
    assert change.request_id is None
    assert change.after == {
        "title": "/*history api x 626f62*/",
        "due_at": "2027-01-01T00:00:00+00:00",
        "tags": ["a", "b"],
    }


def test_a_statement_that_goes_around_django_may_carry_its_note(task: Task) -> None:
    context.request_id.set("r-1")
    context.subject.set("bob */ 'x' %s")
    connection.connection.cursor().execute(f"{statement_note()}DELETE FROM tasks_task WHERE id = %s", (task.pk,))
    change = last()
    assert (change.source, change.request_id, change.actor) == ("api", "r-1", "bob */ 'x' %s")
    assert (change.operation, change.after) == ("delete", None)
    assert change.before is not None
    assert change.before["title"] == "Alice's task"


def test_a_named_source_ends_with_its_block(task: Task) -> None:
    with written_by("import"):
        Task.objects.update(title="One")
    assert last().source == "import"
    Task.objects.update(title="Two")
    assert last().source == "command"


@pytest.mark.parametrize("sql", ["update", "  \n UPDATE", "WITH x AS (SELECT 1) UPDATE"])
def test_any_spelling_of_a_write_is_noted(task: Task, sql: str) -> None:
    with written_by("admin"), connection.cursor() as cursor:
        cursor.execute(f"{sql} tasks_task SET title = %s", ["New"])
    assert last().source == "admin"


def test_a_write_of_what_is_not_recorded_carries_no_note(alice: User, task: Task) -> None:
    with CaptureQueriesContext(connection) as queries:
        Group.objects.create(name="Helpers")
        Task.objects.update(title="New")
    noted = [query["sql"].startswith("/*history") for query in queries]
    assert noted == [False, True]


# --- What is recorded


def test_each_column_of_a_task_is_recorded(bob: User) -> None:
    """A column that is added must be recorded, or named among those that follow from others."""
    task = TaskFactory.create(
        user=bob, description="d", due_at="2027-01-01T00:00:00Z", tags=["a"], deleted_at="2027-01-01T00:00:00Z"
    )
    columns = {field.column for field in Task._meta.concrete_fields} - FOLLOWS
    assert set(last().after or {}) == columns
    Task.objects.filter(pk=task.pk).delete()
    assert set(last().before or {}) == columns


def test_no_secret_of_a_person_is_recorded() -> None:
    person = local_account("local@example.com")
    person.set_password("another good password")
    person.save()
    changes = list(Change.objects.filter(kind=Kind.PERSON, object_id=person.pk).order_by("id"))
    assert (changes[-1].before, changes[-1].after) == ({"password": "hidden"}, {"password": "hidden"})
    text = "".join(str(change.before) + str(change.after) for change in changes)
    assert not any(secret in text for secret in ("md5$", "pbkdf2", PASSWORD))


def test_a_sign_in_is_no_change(client: Client) -> None:
    local_account("staff@example.com", is_staff=True)
    count = Change.objects.count()
    client.post("/admin/login/", {"username": "staff@example.com", "password": PASSWORD, "next": "/admin/"})
    assert User.objects.get().last_login is not None
    assert Change.objects.count() == count


def test_groups_and_rights_of_a_person_are_recorded(alice: User) -> None:
    alice.groups.add(Group.objects.create(name="Helpers"))
    assert (last().object_id, last().before, last().after) == ("alice", {"groups": None}, {"groups": "Helpers"})
    alice.user_permissions.add(Permission.objects.get(codename="view_task"))
    assert last().after == {"user_permissions": "view_task"}
    alice.groups.clear()
    assert (last().before, last().after) == ({"groups": "Helpers"}, {"groups": None})


def test_a_person_goes_with_all_their_tasks_on_record(alice: User) -> None:
    tasks = TaskFactory.create_batch(3, user=alice)
    alice.delete()
    gone = Change.objects.filter(operation="delete")
    assert {(change.kind, change.object_id) for change in gone} == {
        ("person", "alice"),
        *(("task", str(task.pk)) for task in tasks),
    }


# --- Over real processes


def test_the_real_server_records_who_and_which_request(live: Gunicorn) -> None:
    token = shared_secret_token("dora")
    task = live.call("POST", "/api/tasks", token=token, body={"title": "Live"}, X_Request_ID="live-1").json
    found = live.database.rows(
        f"SELECT source, actor, request_id FROM history_change WHERE kind = 'task' AND object_id = '{task['id']}'"
    )
    assert found == [("api", "dora", "live-1")]


def test_history_ends_where_its_migrations_are_taken_back() -> None:
    database = Database()
    try:
        environment = {**os.environ, **database.environment}
        for step in (("migrate",), ("migrate", "history", "zero"), ("migrate",)):
            manage(environment, *step, *(("--no-input",) if len(step) == 1 else ()))
        database.rows(
            "INSERT INTO accounts_user (subject, password, is_superuser, email, name, is_staff, is_active)"
            " VALUES ('sql', '', false, '', '', false, true)"
        )
        assert database.rows("SELECT object_id, source FROM history_change") == [("sql", "sql")]
    finally:
        database.drop()
