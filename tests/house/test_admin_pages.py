"""Every page of the back office opens for a superuser, and for nobody without rights."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from apps.accounts.models import Refusal, User, Withdrawal
from apps.history.models import Change
from apps.tasks.models import Task
from tests.factories import PersonFactory, TaskFactory, local_account

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ROWS: dict[type[Model], Callable[[], Any]] = {
    Change: lambda: Change.objects.create(kind="task", object_id="1", operation="update", source="sql"),
    Group: lambda: Group.objects.create(name="Helpers"),
    User: PersonFactory.create,
    Task: TaskFactory.create,
    Refusal: lambda: Refusal.objects.create(reason="expired", proved=True, times=1),
    LogEntry: lambda: LogEntry.objects.create(user=PersonFactory.create(), object_repr="Export", action_flag=CHANGE),
}
# Nobody adds or deletes these by hand, superusers included.
READ_ONLY = dict.fromkeys((Change, LogEntry, Refusal), frozenset({"add", "delete"}))
SITE_PAGES = ["index", "password_change"]
LIST_PAGES = ["changelist", "add"]
ROW_PAGES = ["change", "delete", "history"]


def signed_in(login: str, **rights: bool) -> Client:
    client = Client()
    client.force_login(local_account(login, **rights))
    return client


def address(model: type[Model], page: str) -> str:
    row = [quote(ROWS[model]().pk)] if page in ROW_PAGES else []
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=row)


@pytest.fixture
def boss() -> Client:
    return signed_in("boss@example.com", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("page", LIST_PAGES + ROW_PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_each_page_of_each_model_opens(boss: Client, model: type[Model], page: str) -> None:
    answer = boss.get(address(model, page))
    if page in READ_ONLY.get(model, ()):
        assert answer.status_code == 403
        return
    assert answer.status_code == 200
    assert str(model._meta.verbose_name) in answer.content.decode().lower()


@pytest.mark.parametrize("page", LIST_PAGES + ROW_PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_a_stranger_is_sent_to_the_login(client: Client, model: type[Model], page: str) -> None:
    path = address(model, page)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("admin:login"))


@pytest.mark.parametrize("page", LIST_PAGES + ROW_PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_staff_without_rights_see_no_rows(model: type[Model], page: str) -> None:
    assert signed_in("new@example.com", is_staff=True).get(address(model, page)).status_code == 403


@pytest.mark.parametrize("page", LIST_PAGES + ROW_PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_a_person_who_is_not_staff_is_sent_to_the_login(model: type[Model], page: str) -> None:
    assert signed_in("person@example.com").get(address(model, page)).status_code == 302


@pytest.mark.parametrize("page", SITE_PAGES)
def test_the_pages_of_the_site_open(boss: Client, page: str) -> None:
    assert boss.get(reverse(f"admin:{page}")).status_code == 200


@pytest.mark.parametrize("page", SITE_PAGES)
def test_the_pages_of_the_site_send_a_stranger_to_the_login(client: Client, page: str) -> None:
    assert client.get(reverse(f"admin:{page}")).status_code == 302


def test_the_login_opens_for_anyone(client: Client) -> None:
    answer = client.get(reverse("admin:login"))
    assert answer.status_code == 200
    assert 'name="password"' in answer.content.decode()


def test_staff_sign_in_with_login_and_password(client: Client) -> None:
    person = local_account("staff@example.com", is_staff=True)
    answer = client.post(
        reverse("admin:login"), {"username": "Staff@Example.com", "password": "a good long password", "next": "/admin/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == person.pk


@pytest.mark.parametrize("rights", [{"is_staff": False}, {"is_staff": True, "is_active": False}], ids=str)
def test_nobody_but_active_staff_signs_in(client: Client, rights: dict[str, bool]) -> None:
    local_account("staff@example.com", **rights)
    answer = client.post(reverse("admin:login"), {"username": "staff@example.com", "password": "a good long password"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_index_names_every_model_that_may_be_seen(boss: Client) -> None:
    page = boss.get(reverse("admin:index")).content.decode()
    assert all(address(model, "changelist") in page for model in MODELS)


@pytest.mark.parametrize("model", [OutstandingToken, BlacklistedToken, Withdrawal])
def test_tokens_and_withdrawals_have_no_page(model: type[Model]) -> None:
    assert not admin.site.is_registered(model)


def test_a_nul_in_a_query_is_a_400(boss: Client) -> None:
    """On a list it is a filter that cannot be read, and the list says so."""
    query = "autocomplete/?app_label=tasks&model_name=task&field_name=user&term=%00"
    assert boss.get(f"/admin/{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/?created_at__year=99999",
        "tasks/task/?created_at_from=soon",
        "tasks/task/?created_at__year=99999",
        "history/change/?at_from=soon&at_to=9999-99-99",
        "tasks/task/?p=99999999999999999999",
        "tasks/task/99999999999999999999/change/",
        "accounts/user/%00/change/",
        "accounts/user/_00/change/",
    ],
)
def test_an_odd_address_is_no_crash(boss: Client, path: str) -> None:
    assert boss.get(f"/admin/{path}").status_code in {200, 302, 400, 404}


def test_a_nul_in_a_cookie_is_a_400(client: Client) -> None:
    client.cookies["sessionid"] = "a" * 16 + "\0"
    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize("action", ["complete", "reopen", "delete_selected"])
@pytest.mark.parametrize("selected", ["abc", "", "9" * 30])
def test_an_odd_selection_is_no_crash(boss: Client, action: str, selected: str) -> None:
    answer = boss.post("/admin/tasks/task/", {"action": action, "_selected_action": selected})
    assert answer.status_code in {200, 302, 400}


def test_groups_are_the_superusers_alone() -> None:
    group = ROWS[Group]()
    helper = local_account("helper@example.com", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    client = Client()
    client.force_login(helper)
    path = reverse("admin:auth_group_change", args=[group.pk])
    every = list(Permission.objects.values_list("pk", flat=True))
    assert client.post(path, {"name": "Helpers", "permissions": every}).status_code == 403
    assert not group.permissions.exists()
