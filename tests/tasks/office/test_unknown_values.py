"""A row with a status or priority that this code does not know, as newer code may write, is shown everywhere."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import TaskFactory
from tests.forms import save
from tests.tasks.office.pages import TASKS, listed, page_of, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def odd(alice: User) -> Task:
    """In the transaction of the test, which takes the constraints back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE tasks_task DROP CONSTRAINT tasks_task_status_known, DROP CONSTRAINT tasks_task_priority_known"
        )
    TaskFactory.create(user=alice)
    return TaskFactory.create(user=alice, title="Odd one", status="on_hold", priority=7)


def test_the_list_shows_it(boss: Client, odd: Task) -> None:
    page = boss.get(TASKS)
    assert page.context["cl"].result_count == 2
    shown = page.content.decode()
    assert all(re.search(rf">\s*{text}\s*<", shown) for text in ("on_hold", "7", "Odd one"))


@pytest.mark.parametrize("page", ["history", "delete"])
def test_its_pages_show_it(boss: Client, odd: Task, page: str) -> None:
    Task.objects.filter(pk=odd.pk).update(status="later", priority=-3)
    shown = boss.get(page_of(odd, page))
    assert shown.status_code == 200
    if page == "history":
        assert all(text in shown.content.decode() for text in ("later", "-3"))


def test_the_form_shows_it_and_chooses_no_other(boss: Client, odd: Task) -> None:
    shown = boss.get(page_of(odd)).content.decode()
    assert '<option value="on_hold" selected>on_hold (not a known value)</option>' in shown
    assert '<option value="7" selected>7 (not a known value)</option>' in shown
    assert save(boss, page_of(odd), title="New").status_code == 302
    odd.refresh_from_db()
    assert (odd.title, odd.status, odd.priority) == ("New", "on_hold", 7)


def test_the_form_of_who_may_only_look_shows_it(onlooker: Client, odd: Task) -> None:
    shown = onlooker.get(page_of(odd)).content.decode()
    assert all(text in shown for text in ("on_hold", "7"))


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_the_export_has_it(boss: Client, odd: Task, kind: str) -> None:
    answer: Any = boss.get(f"{TASKS}export/?format={kind}")
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert kind == "xlsx" or b"on_hold" in content


def test_the_overview_and_the_persons_page_show_it(boss: Client, onlooker: Client, odd: Task) -> None:
    assert boss.get("/admin/").status_code == 200
    shown = unescape(boss.get("/admin/accounts/user/alice/change/").content.decode())
    assert "on_hold" in shown
    assert len(listed(boss, user__exact="alice")) == 2


def test_actions_change_it_like_any_other(boss: Client, odd: Task) -> None:
    body = {"action": "complete", "_selected_action": [odd.pk]}
    assert boss.post(TASKS, body, follow=True).status_code == 200
    assert row(odd)["status"] == "completed"


def test_the_api_tells_it_as_it_is(api: APIClient, odd: Task) -> None:
    for answer in (api.get(f"/api/tasks/{odd.pk}"), api.patch(f"/api/tasks/{odd.pk}", {"title": "New"})):
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["priority"]) == ("on_hold", "7")
    assert [task["priority"] for task in api.get("/api/tasks").json()["results"]] == ["normal", "7"]
