"""Tasks completed and reopened from the list, by those who may, and by nobody who may only look."""

from html import unescape

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.tasks import admin as tasks_admin
from apps.tasks.models import Status, Task
from tests.factories import TaskFactory
from tests.tasks.office.pages import TASKS, act, messages_of, page_of, row

pytestmark = pytest.mark.django_db

# --- Completing and reopening


def test_tasks_are_completed(boss: Client, alice: User, bobs_task: Task) -> None:
    pending, started, done = [TaskFactory.create(user=alice, status=status) for status in Status]
    before = {task.pk: row(task) for task in (pending, started, done, bobs_task)}
    assert messages_of(act(boss, "complete", pending, started, done)) == ["Completed: 2."]
    for task in (pending, started):
        assert row(task)["status"] == Status.COMPLETED
        assert row(task)["updated_at"] > before[task.pk]["updated_at"]
    assert [row(done), row(bobs_task)] == [before[done.pk], before[bobs_task.pk]]


def test_completed_tasks_are_reopened_and_no_others(boss: Client, alice: User) -> None:
    pending, started, done = [TaskFactory.create(user=alice, status=status) for status in Status]
    before = {task.pk: row(task) for task in (pending, started, done)}
    assert messages_of(act(boss, "reopen", pending, started, done)) == ["Reopened: 1."]
    assert row(done)["status"] == Status.PENDING
    assert row(done)["updated_at"] > before[done.pk]["updated_at"]
    assert [row(pending), row(started)] == [before[pending.pk], before[started.pk]]


def test_an_action_reaches_what_a_search_found(boss: Client, task: Task, bobs_task: Task) -> None:
    body = {"action": "complete", "_selected_action": [task.pk], "select_across": "1"}
    answer = boss.post(f"{TASKS}?q=bob&status__exact=pending", body, follow=True)
    assert messages_of(answer) == ["Completed: 1."]
    assert [row(task)["status"], row(bobs_task)["status"]] == [Status.PENDING, Status.COMPLETED]


@pytest.mark.parametrize("action", ["complete", "reopen", "move_to_trash", "take_out_of_trash", "delete_selected"])
def test_more_than_one_request_can_bear_is_left_to_batches(
    boss: Client, alice: User, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setattr(tasks_admin, "MOST_AT_ONCE", 1)
    tasks = [TaskFactory.create(user=alice, status=status) for status in ("pending", "completed")]
    before = [row(task) for task in tasks]
    body = {"action": action, "_selected_action": [tasks[0].pk], "select_across": "1", "post": "yes"}
    answer = boss.post(f"{TASKS}?q=alice", body, follow=True)
    assert "that would have been 2 tasks at once" in messages_of(answer)[0]
    assert answer.redirect_chain == [(f"{TASKS}?q=alice", 302)]
    assert [row(task) for task in tasks] == before


# --- Looking only


def test_an_onlooker_sees_a_task_and_no_way_to_save(onlooker: Client, task: Task) -> None:
    page = onlooker.get(page_of(task)).content.decode()
    assert task.title in unescape(page)
    assert 'name="_save"' not in page
    assert 'name="title"' not in page


@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_onlookers_writes_are_refused(onlooker: Client, task: Task, page: str) -> None:
    before = row(task)
    body = {"title": "Mine", "status": "completed", "post": "yes"}
    assert onlooker.post(page_of(task, page), body).status_code == 403
    assert row(task) == before


@pytest.mark.parametrize("action", ["complete", "reopen", "delete_selected"])
def test_an_onlooker_is_offered_no_action(onlooker: Client, alice: User, action: str) -> None:
    tasks = [TaskFactory.create(user=alice, status=status) for status in Status]
    before = [row(task) for task in tasks]
    assert f'value="{action}"' not in onlooker.get(TASKS).content.decode()
    act(onlooker, action, *tasks)
    assert [row(task) for task in tasks] == before


def test_an_onlooker_adds_nothing(onlooker: Client, alice: User) -> None:
    assert onlooker.post(f"{TASKS}add/", {"title": "New", "status": "pending", "user": "alice"}).status_code == 403
    assert not Task.objects.exists()
