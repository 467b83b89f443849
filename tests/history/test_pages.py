"""History as staff read it: a diff on the task's and the person's page, and a list with filters for the auditor."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.history.models import Change
from apps.history.notes import written_by
from apps.tasks.models import Task
from tests.colleagues import staff_with, superuser
from tests.factories import PersonFactory, TaskFactory
from tests.forms import save

pytestmark = pytest.mark.django_db

LIST = "/admin/history/change/"


def text_of(page: str) -> str:
    """The words on a page, blanks run together."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2] or page).split())


def shown(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def listed(client: Client, **query: Any) -> set[str]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return {f"{change.kind} {change.object_id} {change.operation}" for change in answer.context["cl"].result_list}


def test_a_tasks_page_tells_each_change_with_before_and_after(api: APIClient, task: Task) -> None:
    api.patch(f"/api/tasks/{task.pk}", {"title": "<b>New", "status": "completed"}, HTTP_X_REQUEST_ID="r-1")
    page = shown(staff_with("view_task"), f"/admin/tasks/task/{task.pk}/history/")
    assert re.search(r"Title before: Alice.{,6}s task → after: &lt;b&gt;New", page)
    assert "Status before: Pending → after: Completed" in page
    assert "by Alice (api) request r-1" in page


def test_a_persons_page_tells_their_changes(alice: User, bob: User) -> None:
    User.objects.filter(pk="alice").update(is_active=False, name="Alicia")
    User.objects.filter(pk="bob").update(name="Robert")
    page = shown(staff_with("view_user"), "/admin/accounts/user/alice/history/")
    assert "Active before: Yes → after: No" in page
    assert "Alicia" in page
    assert "Robert" not in page


def test_a_long_history_goes_on_behind_a_link(task: Task) -> None:
    for number in range(60):
        Task.objects.update(title=f"Title {number}")
    client = staff_with("view_task")
    path = f"/admin/tasks/task/{task.pk}/history/"
    first = client.get(path)
    assert first.content.decode().count("<article") == 50
    older = client.get(path, {"before": first.context["older"]})
    assert older.content.decode().count("<article") == 11
    assert "Older changes" not in older.content.decode()


@pytest.mark.parametrize("before", ["soon", "-1", "9" * 30, "%00"])
def test_an_odd_page_of_a_history_is_refused(task: Task, before: str) -> None:
    assert superuser().get(f"/admin/tasks/task/{task.pk}/history/?before={before}").status_code == 400


def test_who_may_not_see_tasks_sees_no_history_of_them(task: Task) -> None:
    assert staff_with("view_user").get(f"/admin/tasks/task/{task.pk}/history/").status_code == 403
    assert staff_with("view_task", login="other@example.com").get(LIST).status_code == 403


def test_the_page_of_a_task_without_history_says_so(task: Task) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL history.door TO 'open'")
        cursor.execute("DELETE FROM history_change")
    assert "Nothing is on record here." in shown(superuser(), f"/admin/tasks/task/{task.pk}/history/")


# --- The auditor's list


@pytest.fixture
def auditor(db: None) -> Client:
    return staff_with("view_change")


def test_the_auditor_filters_by_who_whose_source_and_request(auditor: Client, api: APIClient, bobs_task: Task) -> None:
    number = api.post("/api/tasks", {"title": "New"}, HTTP_X_REQUEST_ID="r-1").json()["id"]
    with written_by("admin"):
        Task.objects.filter(pk=bobs_task.pk).update(title="By staff")
    mine, theirs = f"task {number} create", f"task {bobs_task.pk} update"
    assert mine in listed(auditor, who="alice")
    assert theirs not in listed(auditor, whose="alice")
    assert listed(auditor, source="admin", kind__exact="task") == {theirs}
    assert listed(auditor, request="r-1", operation__exact="create") == {mine, theirs} & {mine}
    assert mine in listed(auditor, q=str(number))
    assert listed(auditor, q="no such thing") == set()


@pytest.mark.parametrize(("source", "found"), [("command", {"one", "two"}), ("import", {"three"}), ("sql", set())])
def test_commands_are_one_source(auditor: Client, alice: User, source: str, found: set[str]) -> None:
    for origin, subject in (("command", "one"), ("command:purge", "two"), ("import", "three")):
        with written_by(origin):
            PersonFactory.create(subject=subject)
    names = {row.split()[1] for row in listed(auditor, source=source)}
    assert names & {"one", "two", "three"} == found


def test_the_auditor_filters_by_day(auditor: Client, task: Task) -> None:
    assert listed(auditor, at_from="2001-01-01") == {"person alice create", f"task {task.pk} create"} | listed(auditor)
    assert listed(auditor, at_to="2001-01-01") == set()


def test_a_change_has_a_page_that_nobody_edits(auditor: Client, task: Task) -> None:
    change = Change.objects.of_task(task.pk).get()
    page = auditor.get(f"{LIST}{change.pk}/change/")
    assert "after: Alice" in text_of(page.content.decode())
    assert 'name="_save"' not in page.content.decode()
    assert auditor.post(f"{LIST}{change.pk}/change/", {"actor": "x"}).status_code == 403
    assert superuser().post(f"{LIST}{change.pk}/change/", {"actor": "x"}).status_code == 403
    assert superuser("b@example.com").post(f"{LIST}{change.pk}/delete/", {"post": "yes"}).status_code == 403


def test_more_changes_cost_the_list_no_more_queries(auditor: Client, django_assert_num_queries: Any) -> None:
    TaskFactory.create_batch(2)
    auditor.get(LIST)
    with django_assert_num_queries(8) as few:
        auditor.get(LIST)
    TaskFactory.create_batch(20)
    with django_assert_num_queries(len(few)):
        auditor.get(LIST)


def test_staff_are_found_and_told_of_by_their_names(alice: User) -> None:
    """An auditor knows colleagues by name and address, not by the subject of a local account."""
    boss, auditor = superuser(), staff_with("view_change", "view_user", login="auditor@example.com")
    User.objects.filter(login="boss@example.com").update(name="Bo Boss")
    save(boss, "/admin/accounts/user/alice/change/", name="Alicia")
    for words in ("boss@example.com", "Bo Boss"):
        assert listed(auditor, who=words) >= {"person alice update"}
    page = auditor.get(LIST, {"who": "bo boss"}).content.decode()
    assert ">Bo Boss</a>" in page
    assert listed(staff_with("view_change", login="blind@example.com"), who="boss@example.com") == set()
