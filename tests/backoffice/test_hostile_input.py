"""Nothing that a member of staff sends under /admin is a 500, and what is refused is a page that says why."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote as percent

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.models import User
from apps.backoffice.models import Job, SavedView
from apps.tasks.models import Task
from tests.colleagues import superuser
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

LONG = "9" * 5000
VALUES = ["a\0b", LONG, str(2**63), "-1", "[", "x" * 20_000]
IDS = ["a%00b", LONG, str(2**64), "%ED%A0%80", "%25", "_ZZ", "x" * 3000]
NAMES = ["p", "o", "q", "_popup", "_changelist_filters", "before", "format", "columns", "all", "_facets"]
NAMES += ["id__exact", "title__regex", "created_at__year", "term", "field_name", "s", "page", "next", "e"]
# Of "add" pages, which take first values from their address.
NAMES += ["user", "due_at", "status", "priority", "tags", "permissions", "title", "login", "id"]


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and not one.pattern.regex.pattern.startswith("(?P<url>"):
            yield route


ADMIN = sorted(route for route in routes(get_resolver().url_patterns) if route.startswith("admin/"))
SIGN_OUT = ("admin/logout/", "admin/security/sign-out/")


@pytest.fixture
def boss(db: None) -> Client:
    client = superuser()
    client.raise_request_exception = False
    return client


@pytest.fixture
def known(alice: User, boss: Client) -> dict[str, str]:
    """A value that exists for each parameter of a path."""
    task = TaskFactory.create(user=alice)
    owner = User.objects.get(login="boss@example.com")
    job = Job.objects.create(owner=owner, page="tasks.task", upper_id=1)
    view = SavedView.objects.create(owner=owner, page="tasks.task", name="x")
    return {"object_id": str(task.pk), "id": "alice", "job": str(job.pk), "number": str(view.pk), "change": "1"}


def filled(route: str, values: dict[str, str]) -> str:
    """The route with its parameters, such as <path:object_id>, filled in; /admin/auth/… as it is."""
    path = "/" + route.replace("^", "").replace("$", "")
    while "<" in path:
        before, _, rest = path.partition("<")
        name, _, after = rest.partition(">")
        path = before + values.get(name.rpartition(":")[2], "1") + after
    return path


def assert_readable(answer: Any, what: Any) -> None:
    assert answer.status_code < 500, what
    if answer.status_code >= 400:
        text = answer.content.decode()
        assert answer["Content-Type"] == "text/html; charset=utf-8", what
        # The page of an error, or of a row that is gone.
        assert f"<span>{answer.status_code}</span>" in text or "is gone" in text, what


@pytest.mark.parametrize("route", ADMIN)
def test_every_page_bears_odd_parameters(boss: Client, known: dict[str, str], route: str) -> None:
    if route in SIGN_OUT:
        return
    path = filled(route, known)
    is_step_of_sign_in = route.startswith("admin/second-factor/")
    assert is_step_of_sign_in or "/admin/login/" not in boss.get(path).headers.get("Location", "")
    for value in VALUES:
        query = "&".join(f"{name}={percent(value)}" for name in NAMES)
        for address in (f"{path}?{query}", f"{path}?_to_field={percent(value)}&{percent(value)}=x"):
            assert_readable(boss.get(address), (path, value[:20]))


@pytest.mark.parametrize("route", [route for route in ADMIN if "<" in route])
def test_every_page_bears_odd_ids(boss: Client, route: str) -> None:
    for value in IDS:
        path = filled(route, dict.fromkeys(("object_id", "id", "job", "number", "change", "app_label", "url"), value))
        assert_readable(boss.get(path), (path[:100], value[:20]))
        assert_readable(boss.post(path, {"post": "yes"}), (path[:100], value[:20]))


@pytest.mark.parametrize("route", ADMIN)
def test_every_page_bears_odd_forms(boss: Client, known: dict[str, str], route: str) -> None:
    if route in SIGN_OUT:
        return
    path = filled(route, known)
    fields = ["name", "query", "group", "columns", "do", "reason", "seen", "phrase", "code", "username", "password"]
    fields += ["title", "description", "status", "priority", "due_at_0", "due_at_1", "tags", "user", "permissions"]
    fields += ["groups", "login", "email", "password1", "password2", "old_password", "index", "action", "add_tags"]
    for value in ("a\0b", LONG, str(2**63)):
        assert_readable(boss.post(path, dict.fromkeys(fields, value)), (path, value[:20]))


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str))
def test_every_list_bears_odd_selections(boss: Client, model: type[Model]) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for value in ("a\0b", LONG, str(2**63), "abc"):
        for name in ("_selected_action", "select_across", "index", "action"):
            body = {"action": "delete_selected", "_selected_action": "1", "index": "0", name: value}
            assert_readable(boss.post(path, body), (path, name, value[:20]))


def test_a_row_without_a_page_outside_has_no_shortcut_to_one(boss: Client) -> None:
    kind = ContentType.objects.get_for_model(Job)
    assert boss.get(f"/admin/r/{kind.pk}/abc/").status_code == 404


@pytest.mark.parametrize("field", ["tasks", "sighting", "groups", "password", "user"])
def test_autocomplete_serves_the_fields_of_forms_alone(boss: Client, field: str) -> None:
    for app, model in (("accounts", "user"), ("tasks", "task"), ("admin", "logentry"), ("\0", "\0")):
        query = {"app_label": app, "model_name": model, "field_name": field, "term": "a"}
        expected = 200 if (app, field) == ("tasks", "user") else 403
        assert boss.get("/admin/autocomplete/", query).status_code == expected


def test_an_add_page_takes_what_its_fields_can_hold(boss: Client, alice: User) -> None:
    good = {"title": "Buy milk", "due_at": "2027-01-31 09:30:00Z", "user": "alice", "priority": "3", "tags": "a,b"}
    page = boss.get("/admin/tasks/task/add/", good)
    assert page.context["adminform"].form.initial["title"] == "Buy milk"
    shown = page.content.decode()
    assert all(text in shown for text in ('value="Buy milk"', 'value="2027-01-31"', '<option value="3" selected'))
    bad = {"title": "\0", "due_at": "soon", "user": "nobody", "priority": "urgent", "version": "x", "tombstone": "1"}
    assert not boss.get("/admin/tasks/task/add/", bad).context["adminform"].form.initial


def test_nothing_was_changed_by_all_this(boss: Client, known: dict[str, str]) -> None:
    body = {"action": "complete", "_selected_action": [known["object_id"], "abc"]}
    assert boss.post("/admin/tasks/task/", body).status_code == 400
    assert Task.objects.get().status == "pending"
    assert not LogEntry.objects.exists()


def test_every_model_of_the_site_is_walked() -> None:
    for model in admin.site._registry:
        assert any(f"admin/{model._meta.label_lower.replace('.', '/')}/" in route for route in ADMIN)
