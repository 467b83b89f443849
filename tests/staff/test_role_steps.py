"""Every step for every role: who may take it, told by what the database holds afterwards."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.backoffice.models import Job, SavedView
from apps.history.models import Change, ChangeQuerySet
from apps.tasks.models import Status, Task
from tests.forms import save
from tests.staff.roles import (
    AUDITOR,
    BOSSES,
    EDITORS,
    EVERYONE,
    LEADS,
    READERS,
    SUPERUSER,
    Rows,
    client_of,
)

pytestmark = pytest.mark.django_db

Step = Callable[[Client, Rows], Any]


def post(path: str, **body: Any) -> Step:
    def step(client: Client, rows: Rows) -> Any:
        return client.post(path.format(local=quote(rows.local.pk), task=rows.task.pk, group=rows.group.pk), body)

    return step


def edit(path: str, **body: Any) -> Step:
    return lambda client, rows: save(client, path.format(task=rows.task.pk, group=rows.group.pk), **body)


def people_action(name: str, subject: str) -> Step:
    return post("/admin/accounts/user/", action=name, _selected_action=[subject], reason="Asked")


def task_action(name: str) -> Step:
    def step(client: Client, rows: Rows) -> Any:
        return client.post("/admin/tasks/task/", {"action": name, "_selected_action": [rows.task.pk], "post": "yes"})

    return step


def import_file(client: Client, rows: Rows) -> Any:
    file = SimpleUploadedFile("tasks.csv", f"id,title\n{rows.task.pk},Imported\n".encode())
    return client.post("/admin/tasks/task/import/", {"file": file})


def restore(client: Client, page: str, changes: ChangeQuerySet) -> Any:
    """The state before the last."""
    last, earlier = changes.order_by("-id")[:2]
    return client.post(f"/admin/{page}/restore/{earlier.pk}/", {"seen": last.pk, "reason": "Asked"})


def restore_task(client: Client, rows: Rows) -> Any:
    for title in ("First", "Second"):
        Task.objects.filter(pk=rows.task.pk).update(title=title)
    return restore(client, f"tasks/task/{rows.task.pk}", Change.objects.of_task(rows.task.pk))


def restore_person(**earlier: Any) -> Step:
    def step(client: Client, rows: Rows) -> Any:
        now = {name: getattr(rows.person, name) for name in earlier}
        for values in (earlier, now):
            User.objects.filter(pk="somebody").update(**values)
        return restore(client, "accounts/user/somebody", Change.objects.of_person("somebody"))

    return step


def save_view(page: str) -> Step:
    return post(f"/admin/{page}/views/save/", name="Mine")


def delete_view(client: Client, rows: Rows, *, is_own: bool = True) -> Any:
    if is_own and (user := get_user(client)).is_authenticated:
        SavedView.objects.filter(pk=rows.view.pk).update(owner=user.pk)
    return client.post(f"/admin/tasks/task/views/{rows.view.pk}/delete/")


def is_mine_saved() -> bool:
    return SavedView.objects.filter(name="Mine").exists()


PASSWORDS = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
# What is done, who may, and how the database tells that it was.
STEPS: dict[str, tuple[Step, set[str], Callable[[], bool]]] = {
    "edit a task": (
        edit("/admin/tasks/task/{task}/change/", title="Edited", description="", status="completed", priority="1"),
        EDITORS,
        lambda: Task.objects.filter(title="Edited").exists(),
    ),
    "complete tasks": (
        task_action("complete"),
        EDITORS,
        lambda: Task.objects.filter(status=Status.COMPLETED).exists(),
    ),
    "move tasks to the trash": (
        task_action("move_to_trash"),
        EDITORS,
        lambda: Task.objects.exclude(deleted_at=None).exists(),
    ),
    "plan a change of many": (task_action("edit_many"), EDITORS, Job.objects.exists),
    "import a file": (import_file, LEADS, Job.objects.exists),
    "save a view of tasks": (save_view("tasks/task"), READERS, is_mine_saved),
    "save a view of people": (save_view("accounts/user"), READERS, is_mine_saved),
    "save a view of refusals": (save_view("accounts/refusal"), READERS, is_mine_saved),
    "save a view of history": (save_view("history/change"), {AUDITOR, SUPERUSER}, is_mine_saved),
    "save a view of what staff did": (save_view("admin/logentry"), {AUDITOR, SUPERUSER}, is_mine_saved),
    "delete a view": (delete_view, READERS, lambda: not SavedView.objects.exists()),
    "delete a colleague's view": (
        partial(delete_view, is_own=False),
        set(),
        lambda: not SavedView.objects.exists(),
    ),
    "restore a task": (restore_task, EDITORS, lambda: Task.objects.filter(title="First").exists()),
    "restore a person's name": (
        restore_person(name="First"),
        BOSSES,
        lambda: User.objects.filter(name="First").exists(),
    ),
    "restore a person's rights": (
        restore_person(is_staff=True, is_superuser=True),
        BOSSES,
        lambda: User.objects.get(pk="somebody").is_superuser,
    ),
    "restore a person's deactivation": (
        restore_person(is_active=False),
        LEADS,
        lambda: not User.objects.get(pk="somebody").is_active,
    ),
    "restore name and deactivation of a person": (
        restore_person(name="First", is_active=False),
        LEADS,
        lambda: not User.objects.get(pk="somebody").is_active,
    ),
    "delete a task": (
        post("/admin/tasks/task/{task}/delete/", post="yes"),
        BOSSES,
        lambda: not Task.objects.exists(),
    ),
    "delete tasks": (task_action("delete_selected"), BOSSES, lambda: not Task.objects.exists()),
    "add a task": (
        post("/admin/tasks/task/add/", title="Added", status="pending", priority="1", user="somebody"),
        BOSSES,
        lambda: Task.objects.filter(title="Added").exists(),
    ),
    "rename a person": (
        edit("/admin/accounts/user/somebody/change/", name="Renamed"),
        BOSSES,
        lambda: User.objects.filter(name="Renamed").exists(),
    ),
    "deactivate a person": (
        post("/admin/accounts/user/somebody/deactivate/", reason="Asked"),
        LEADS,
        lambda: not User.objects.get(pk="somebody").is_active,
    ),
    "deactivate people": (
        people_action("deactivate", "somebody"),
        LEADS,
        lambda: not User.objects.get(pk="somebody").is_active,
    ),
    "reactivate a person": (
        post("/admin/accounts/user/gone/reactivate/"),
        LEADS,
        lambda: User.objects.get(pk="gone").is_active,
    ),
    "reactivate people": (people_action("reactivate", "gone"), LEADS, lambda: User.objects.get(pk="gone").is_active),
    "sign a person out": (
        post("/admin/accounts/user/{local}/sign-out/"),
        LEADS,
        lambda: User.objects.get(login="somebody@example.com").signed_out_at is not None,
    ),
    "erase a person": (
        post("/admin/accounts/user/somebody/erase/", typed="erase somebody@example.net"),
        BOSSES,
        lambda: not User.objects.filter(pk="somebody").exists(),
    ),
    "set a password": (
        post("/admin/accounts/user/{local}/password/", **PASSWORDS),
        BOSSES,
        lambda: User.objects.get(login="somebody@example.com").check_password("another good one"),
    ),
    "add a person": (
        post("/admin/accounts/user/add/", login="new@example.com", name="New", **PASSWORDS),
        BOSSES,
        lambda: User.objects.filter(login="new@example.com").exists(),
    ),
    "give oneself rights": (
        edit("/admin/accounts/user/somebody/change/", name="x", is_staff="on", is_superuser="on"),
        BOSSES,
        lambda: User.objects.get(pk="somebody").is_superuser,
    ),
    "edit a group": (
        edit("/admin/auth/group/{group}/change/", name="Renamed"),
        BOSSES,
        lambda: Group.objects.filter(name="Renamed").exists(),
    ),
    "delete a group": (
        post("/admin/auth/group/{group}/delete/", post="yes"),
        BOSSES,
        lambda: not Group.objects.filter(name="Helpers").exists(),
    ),
}


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_taken_by_those_who_may(name: str, role: str) -> None:
    step, allowed, is_done = STEPS[name]
    rows = Rows()
    User.objects.filter(pk="somebody").update(email="somebody@example.net")
    assert not is_done()
    step(client_of(role), rows)
    assert is_done() is (role in allowed)
