"""Tasks in the back office: found, filtered, and each with a link to its person."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.tasks.models import Status, Task
from tests.factories import PersonFactory, TaskFactory
from tests.tasks.office.pages import TASKS, listed, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["Water the", "zoe-1", "ZOE@elsewhere", "Zoë Ün", "plants zoë"])
def test_tasks_are_found_by_title_and_person(boss: Client, task: Task, words: str) -> None:
    zoe = PersonFactory.create(subject="zoe-1", name="Zoë Ünal", email="zoe@elsewhere.example")
    theirs = TaskFactory.create(user=zoe, title="Water the plants")
    assert listed(boss, q=words) == {theirs.pk}


def test_a_task_is_found_by_its_number(boss: Client, alice: User) -> None:
    tasks = TaskFactory.create_batch(3, user=alice)
    assert listed(boss, q=str(tasks[1].pk)) == {tasks[1].pk}


@pytest.mark.parametrize("words", ["%", "__", "\\", "'; --", "9" * 30, "-1", "no such task", "a" * 500])
def test_odd_searches_find_nothing(boss: Client, task: Task, words: str) -> None:
    assert listed(boss, q=words) == set()


def test_tasks_are_filtered_by_status(boss: Client, alice: User) -> None:
    tasks = {status: TaskFactory.create(user=alice, status=status) for status in Status}
    for status, task in tasks.items():
        assert listed(boss, status__exact=status.value) == {task.pk}


def test_tasks_are_filtered_by_the_day_they_came(boss: Client, task: Task, bobs_task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(created_at=datetime(2021, 3, 7, 12, tzinfo=UTC))
    assert listed(boss, created_at_from="2021-03-07", created_at_to="2021-03-08") == {task.pk}
    assert listed(boss, created_at_to="2021-03-06") == set()
    assert listed(boss, created_at_to="2021-03-07") == {task.pk}
    assert listed(boss, created_at_from="2021-03-08") == {bobs_task.pk}


def test_the_newest_task_comes_first(boss: Client, alice: User) -> None:
    tasks = TaskFactory.create_batch(3, user=alice)
    shown = [task.pk for task in boss.get(TASKS).context["cl"].result_list]
    assert shown == [task.pk for task in reversed(tasks)]


def test_a_title_is_shown_as_text(boss: Client, alice: User) -> None:
    TaskFactory.create(user=alice, title="<script>alert(1)</script>")
    page = boss.get(TASKS).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_more_tasks_cost_no_more_queries(boss: Client) -> None:
    TaskFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        boss.get(TASKS)
    TaskFactory.create_batch(18)
    with CaptureQueriesContext(connection) as many:
        boss.get(TASKS)
    assert len(few) == len(many)


@pytest.mark.parametrize("page", ["list", "change"])
@pytest.mark.parametrize("subject", ["bob", "a/b c", "Zoë \"'<&>", "a_2Fb", "per%2Fcent?#", "x" * 255])
def test_a_task_links_to_its_person(boss: Client, subject: str, page: str) -> None:
    theirs = TaskFactory.create(user=PersonFactory.create(subject=subject, name="<b>Odd"))
    shown = boss.get(TASKS if page == "list" else page_of(theirs)).content.decode()
    link = re.search(r'href="(/admin/accounts/user/[^"]+/change/)">([^/]*)</a>', shown)
    assert link is not None
    assert unescape(link[2]) == "<b>Odd"
    answer = boss.get(unescape(link[1]))
    assert answer.status_code == 200
    assert answer.context["original"].pk == subject


def test_a_sign_between_words_is_no_word(boss: Client, alice: User) -> None:
    TaskFactory.create(user=alice, title="Pay the rent")
    assert "Pay the rent" in boss.get(TASKS, {"q": "pay - rent"}).content.decode()


def test_a_new_task_is_suggested_no_time_that_cannot_be_kept(boss: Client) -> None:
    boss.cookies["back_office_zone"] = "Asia/Tokyo"
    page = boss.get(f"{TASKS}add/", {"due_at": "9999-12-31T23:59:59Z"})
    assert page.status_code == 200
    assert "9999" not in page.content.decode()
