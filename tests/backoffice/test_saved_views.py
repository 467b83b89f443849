"""Views of a list that staff keep for themselves or share with their team."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from apps.accounts.models import User
from apps.backoffice.models import SavedView
from apps.tasks.models import Task
from tests.colleagues import staff_with
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/tasks/task/"


@pytest.fixture
def team(db: None) -> Group:
    return Group.objects.create(name="Helpers")


def member(login: str, *groups: Group) -> Client:
    client = staff_with("view_task", login=login)
    User.objects.get(login=login).groups.set(groups)
    return client


def save(client: Client, **body: Any) -> Any:
    return client.post(f"{LIST}views/save/", {"name": "Mine", "query": "", **body}, follow=True)


def names(client: Client) -> list[str]:
    return [view.name for view, _ in client.get(LIST).context["saved_views"]]


def test_a_view_keeps_filters_order_and_columns(alice: User) -> None:
    client = member("ann@example.com")
    urgent = TaskFactory.create(user=alice, priority=3, tags=["home"])
    TaskFactory.create(user=alice)
    answer = save(client, query="priority__exact=3&o=-6&p=4", columns=["show_tags", "due"])
    assert answer.redirect_chain[-1][0] == f"{LIST}?columns=show_tags%2Cdue&o=-6&priority__exact=3"
    shown = answer.context["cl"]
    assert [task.pk for task in shown.result_list] == [urgent.pk]
    assert shown.list_display == ("show_title", "due", "show_tags")
    assert [view.name for view, is_open in answer.context["saved_views"] if is_open] == ["Mine"]


def test_a_view_is_seen_by_its_owner_alone() -> None:
    ann, ben = member("ann@example.com"), member("ben@example.com")
    save(ann)
    assert (names(ann), names(ben)) == (["Mine"], [])


def test_a_shared_view_is_seen_by_the_team(team: Group) -> None:
    ann, ben = member("ann@example.com", team), member("ben@example.com", team)
    stranger = member("cas@example.com")
    save(ann, group=team.pk)
    assert (names(ann), names(ben), names(stranger)) == (["Mine"], ["Mine"], [])
    User.objects.get(login="ben@example.com").groups.clear()
    assert names(ben) == []


def test_nobody_shares_with_a_team_of_others(team: Group) -> None:
    ann = member("ann@example.com")
    assert "The view was not saved" in save(ann, group=team.pk).content.decode()
    assert not SavedView.objects.exists()


def test_the_same_name_saves_the_view_again() -> None:
    ann = member("ann@example.com")
    save(ann, query="priority__exact=3")
    save(ann, query="priority__exact=2")
    assert SavedView.objects.get().query == "priority__exact=2"


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": " "}, {"name": "x" * 61}, {"query": "q=" + "x" * 2000}, {"columns": ["password"]}]
)
def test_what_is_no_view_is_not_saved(body: dict[str, Any]) -> None:
    answer = save(member("ann@example.com"), **body)
    assert "The view was not saved" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_view_is_deleted_by_its_owner_alone(team: Group, task: Task) -> None:
    ann, ben = member("ann@example.com", team), member("ben@example.com", team)
    save(ann, group=team.pk)
    path = f"{LIST}views/{SavedView.objects.get().pk}/delete/"
    assert ben.post(path).status_code == 404
    assert ann.get(path).status_code == 405
    assert ann.post(path).status_code == 302
    assert not SavedView.objects.exists()
    assert Task.objects.filter(pk=task.pk).exists()


def test_who_may_not_see_the_list_keeps_no_view_of_it() -> None:
    assert staff_with("view_user").post(f"{LIST}views/save/", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize("columns", ["", "password", "due,due", "user__password", "show_title"])
def test_odd_columns_are_no_crash(task: Task, columns: str) -> None:
    client = member("ann@example.com")
    answer = client.get(LIST, {"columns": columns})
    assert answer.status_code == 200
    assert "show_title" in answer.context["cl"].list_display


PEOPLE = "/admin/accounts/user/"


def test_the_list_of_people_has_views_of_its_own(alice: User, bob: User) -> None:
    client = staff_with("view_task", "view_user")
    User.objects.filter(pk="bob").update(is_active=False)
    body = {"name": "Locked out", "query": "is_active__exact=0", "columns": ["email", "last_seen", "login"]}
    answer = client.post(f"{PEOPLE}views/save/", body, follow=True)
    shown = answer.context["cl"]
    assert [person.pk for person in shown.result_list] == ["bob"]
    assert shown.list_display == ("subject", "email", "last_seen", "login")
    assert dict(answer.context["view_columns"])["last_seen"] == "Last seen"
    assert [view.name for view, is_open in answer.context["saved_views"] if is_open] == ["Locked out"]
    assert names(client) == []


@pytest.mark.parametrize(
    ("page", "right", "query", "columns"),
    [
        ("/admin/history/change/", "view_change", "source=api", ["whose", "source"]),
        ("/admin/accounts/refusal/", "view_refusal", "proved__exact=1", ["cause", "proved"]),
        ("/admin/admin/logentry/", "view_logentry", "who=ann", ["message", "object_id"]),
    ],
)
def test_each_list_has_views_own_and_shared(team: Group, page: str, right: str, query: str, columns: list[str]) -> None:
    ann, ben = (staff_with(right, login=f"{name}@example.com") for name in ("ann", "ben"))
    for name in ("ann", "ben"):
        User.objects.get(login=f"{name}@example.com").groups.set([team])
    body = {"name": "Ours", "query": query, "columns": columns, "group": team.pk}
    answer = ann.post(f"{page}views/save/", body, follow=True)
    assert set(answer.context["cl"].list_display) == {"when", *columns}
    assert query in answer.redirect_chain[-1][0]
    assert f"{team.name}" in ben.get(page).content.decode()
    view = SavedView.objects.get()
    assert ben.post(f"{page}views/{view.pk}/delete/").status_code == 404
    assert ann.post(f"{page}views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_who_may_not_see_people_keeps_no_view_of_them() -> None:
    assert staff_with("view_task").post(f"{PEOPLE}views/save/", {"name": "Mine"}).status_code == 403
