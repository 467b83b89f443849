"""Who may open and do what: every role on every page and action, and the table that they are kept to."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import Refusal, User
from apps.backoffice.models import Job, SavedView
from apps.history.models import Change
from apps.staff import roles
from apps.tasks.models import Status, Task
from tests.factories import PersonFactory, TaskFactory, local_account
from tests.second_factor import enrolled, signed_in

pytestmark = pytest.mark.django_db

NOBODY, PERSON, STAFF, SUPERUSER = "nobody", "a person", "staff without a role", "superuser"
SUPPORT, OPERATIONS, AUDITOR = "Support", "Operations", "Auditor"
EVERYONE = (NOBODY, PERSON, STAFF, SUPPORT, OPERATIONS, AUDITOR, SUPERUSER)
INSIDE = {STAFF, SUPPORT, OPERATIONS, AUDITOR, SUPERUSER}
READERS = {SUPPORT, OPERATIONS, AUDITOR, SUPERUSER}
EDITORS = {SUPPORT, OPERATIONS, SUPERUSER}
LEADS = {OPERATIONS, SUPERUSER}
BOSSES = {SUPERUSER}


def client_of(role: str) -> Client:
    if role == NOBODY:
        return Client()
    if role == PERSON:
        client = Client()
        client.force_login(local_account("person@example.com"))
        return client
    person = enrolled(is_superuser=role == SUPERUSER)
    if role in roles.ROLES:
        person.groups.set([Group.objects.get(name=role)])
    return signed_in(person)


class Rows:
    """One of each kind, in the state that each step needs."""

    def __init__(self) -> None:
        self.person = PersonFactory.create(subject="somebody")
        self.gone = PersonFactory.create(subject="gone", is_active=False, deactivation_reason="Asked")
        self.local = local_account("somebody@example.com")
        self.task = TaskFactory.create(user=self.person)
        self.group = Group.objects.create(name="Helpers")
        self.refusal = Refusal.objects.create(reason="expired", proved=True, times=1)
        self.view = SavedView.objects.create(owner=self.person, page="tasks.task", name="Somebody's")


PAGES: list[tuple[str, set[str]]] = [
    ("/admin/", INSIDE),
    ("/admin/security/", INSIDE),
    ("/admin/password_change/", INSIDE),
    ("/admin/jsi18n/", INSIDE),
    ("/admin/search/?s=task", INSIDE),
    ("/admin/accounts/user/", READERS),
    ("/admin/accounts/user/?q=some", READERS),
    ("/admin/accounts/user/somebody/change/", READERS),
    ("/admin/accounts/user/somebody/history/", READERS),
    ("/admin/accounts/user/somebody/deactivate/", LEADS),
    ("/admin/accounts/user/gone/reactivate/", LEADS),
    ("/admin/accounts/user/{local}/sign-out/", LEADS),
    ("/admin/accounts/user/somebody/export/", LEADS),
    ("/admin/accounts/user/somebody/erase/", BOSSES),
    ("/admin/accounts/user/somebody/delete/", BOSSES),
    ("/admin/accounts/user/{local}/password/", BOSSES),
    ("/admin/accounts/user/add/", BOSSES),
    ("/admin/accounts/refusal/", READERS),
    ("/admin/accounts/refusal/{refusal}/change/", READERS),
    ("/admin/tasks/task/", READERS),
    ("/admin/tasks/task/{task}/change/", READERS),
    ("/admin/tasks/task/{task}/history/", READERS),
    ("/admin/tasks/task/{task}/delete/", BOSSES),
    ("/admin/tasks/task/add/", BOSSES),
    ("/admin/tasks/task/export/", LEADS),
    ("/admin/tasks/task/import/", LEADS),
    ("/admin/history/change/", {AUDITOR, SUPERUSER}),
    ("/admin/admin/logentry/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/{group}/change/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/{group}/delete/", BOSSES),
    ("/admin/auth/group/add/", BOSSES),
]


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize(("page", "allowed"), PAGES, ids=[page for page, _ in PAGES])
def test_a_page_opens_for_those_who_may(page: str, allowed: set[str], role: str) -> None:
    rows = Rows()
    path = page.format(local=quote(rows.local.pk), task=rows.task.pk, group=rows.group.pk, refusal=rows.refusal.pk)
    expected = 200 if role in allowed else 403 if role in INSIDE else 302
    assert client_of(role).get(path).status_code == expected


Step = Callable[[Client, Rows], Any]


def post(path: str, **body: Any) -> Step:
    def step(client: Client, rows: Rows) -> Any:
        return client.post(path.format(local=quote(rows.local.pk), task=rows.task.pk, group=rows.group.pk), body)

    return step


def people_action(name: str, subject: str) -> Step:
    return post("/admin/accounts/user/", action=name, _selected_action=[subject], reason="Asked")


def task_action(name: str) -> Step:
    def step(client: Client, rows: Rows) -> Any:
        return client.post("/admin/tasks/task/", {"action": name, "_selected_action": [rows.task.pk], "post": "yes"})

    return step


def import_file(client: Client, rows: Rows) -> Any:
    file = SimpleUploadedFile("tasks.csv", f"id,title\n{rows.task.pk},Imported\n".encode())
    return client.post("/admin/tasks/task/import/", {"file": file})


def restore_task(client: Client, rows: Rows) -> Any:
    for title in ("First", "Second"):
        Task.objects.filter(pk=rows.task.pk).update(title=title)
    second, first = Change.objects.of_task(rows.task.pk).order_by("-id")[:2]
    return client.post(f"/admin/tasks/task/{rows.task.pk}/restore/{first.pk}/", {"seen": second.pk})


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
        post("/admin/tasks/task/{task}/change/", title="Edited", description="", status="completed", priority="1"),
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
        post("/admin/accounts/user/somebody/change/", name="Renamed"),
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
        post("/admin/accounts/user/somebody/change/", name="x", is_staff="on", is_superuser="on"),
        BOSSES,
        lambda: User.objects.get(pk="somebody").is_superuser,
    ),
    "edit a group": (
        post("/admin/auth/group/{group}/change/", name="Renamed"),
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


@pytest.mark.parametrize("role", EVERYONE)
def test_an_export_is_for_those_who_may(role: str) -> None:
    Rows()
    answer = client_of(role).post("/admin/accounts/user/somebody/export/")
    assert (answer.status_code == 200) is (role in LEADS)


@pytest.mark.parametrize("role", sorted(READERS))
def test_the_list_offers_what_the_role_may_do(role: str) -> None:
    Rows()
    page = client_of(role).get("/admin/accounts/user/").content.decode()
    assert ('value="deactivate"' in page) is (role in LEADS)
    assert 'value="delete_selected"' not in page


@pytest.mark.parametrize("role", sorted(READERS))
def test_a_persons_page_offers_what_the_role_may_do(role: str) -> None:
    Rows()
    page = client_of(role).get("/admin/accounts/user/somebody/change/").content.decode()
    offered = {name for name in ("deactivate", "reactivate", "export", "erase") if f"somebody/{name}/" in page}
    expected = {"deactivate", "export", "erase"} if role == SUPERUSER else {"deactivate", "export"}
    assert offered == (expected if role in LEADS else set())


# --- The table


def names(role: str) -> set[str]:
    permissions = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def test_the_roles_are_there_after_migrate() -> None:
    assert names(SUPPORT) == {
        "accounts.view_user",
        "accounts.view_refusal",
        "tasks.view_task",
        "tasks.change_task",
    }
    assert names(OPERATIONS) >= names(SUPPORT) | {"accounts.deactivate_user", "accounts.export_user"}
    assert all(name.partition(".")[2].startswith("view_") for name in names(AUDITOR))
    assert names(AUDITOR) >= {"accounts.view_user", "tasks.view_task", "auth.view_group", "admin.view_logentry"}


def test_no_role_may_erase_or_edit_rights() -> None:
    for role in roles.ROLES:
        assert not names(role) & {"accounts.erase_user", "accounts.change_user", "auth.change_group"}


def test_the_command_restores_what_somebody_changed() -> None:
    before = {role: names(role) for role in roles.ROLES}
    Group.objects.get(name=SUPPORT).permissions.set(Permission.objects.all())
    Group.objects.get(name=AUDITOR).delete()
    own = Group.objects.create(name="Own")
    own.permissions.set(Permission.objects.all()[:3])
    call_command("sync_roles", stdout=io.StringIO(), stderr=io.StringIO())
    assert {role: names(role) for role in roles.ROLES} == before
    assert own.permissions.count() == 3


def test_a_line_that_fits_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, SUPPORT, ("tasks.view_task", "tasks.no_such"))
    output = io.StringIO()
    call_command("sync_roles", stdout=io.StringIO(), stderr=output)
    assert "No permission is called tasks.no_such." in output.getvalue()
    assert names(SUPPORT) == {"tasks.view_task"}


def test_a_new_model_is_a_line_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, AUDITOR, ("sessions.view_*",))
    roles.sync()
    assert names(AUDITOR) == {"sessions.view_session"}


def test_a_ready_role_is_edited_by_nobody() -> None:
    client = signed_in(enrolled(is_superuser=True))
    group = Group.objects.get(name=SUPPORT)
    before = names(SUPPORT)
    page = f"/admin/auth/group/{group.pk}/"
    assert client.post(f"{page}change/", {"name": "Mine", "permissions": []}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert names(SUPPORT) == before
