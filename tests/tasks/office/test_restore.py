"""An earlier state of a task comes back whole, as a change of its own, and never over what somebody wrote meanwhile."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.history.models import Change
from apps.tasks.models import Task
from tests.colleagues import staff_with, superuser
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

OLD = {"title": "Old", "description": "One\ntwo", "status": "pending", "priority": 3, "tags": ["a", "b, c"]}


@pytest.fixture
def task(alice: User) -> Task:
    """Its first state is OLD; then it was changed twice, and put into the trash."""
    task = TaskFactory.create(user=alice, due_at="2027-01-31T09:30:00.123456Z", **OLD)
    Task.objects.update(title="Newer", priority=0, due_at=None)
    Task.objects.update(title="Newest", status="completed", tags=[], description=None, deleted_at=timezone.now())
    return task


@pytest.fixture
def support(db: None) -> Client:
    return staff_with("view_task", "change_task")


def stored(task: Task) -> dict[str, Any]:
    return {**Task.objects.filter(pk=task.pk).values().get()}


def page(task: Task, number: int) -> str:
    change = Change.objects.of_task(task.pk).order_by("id")[number]
    return f"/admin/tasks/task/{task.pk}/restore/{change.pk}/"


def restored(client: Client, task: Task, number: int) -> Any:
    path = page(task, number)
    return client.post(path, {"seen": client.get(path).context["seen"]}, follow=True)


def messages(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_the_first_state_comes_back_whole(support: Client, task: Task) -> None:
    answer = restored(support, task, 0)
    assert messages(answer).startswith("Restored: Title, Description, Status, Priority, Due, Tags, In the trash")
    after = stored(task)
    assert {name: after[name] for name in OLD} == OLD
    assert after["due_at"].isoformat() == "2027-01-31T09:30:00.123456+00:00"
    assert (after["deleted_at"], after["completed_at"]) == (None, None)


def test_a_state_in_between_comes_back(support: Client, task: Task) -> None:
    restored(support, task, 1)
    after = stored(task)
    assert (after["title"], after["priority"], after["due_at"], after["tags"]) == ("Newer", 0, None, ["a", "b, c"])


def test_a_restoration_is_a_change_and_may_be_taken_back(support: Client, task: Task) -> None:
    before = stored(task)
    restored(support, task, 0)
    change = Change.objects.of_task(task.pk).latest("id")
    assert (change.source, change.operation) == ("admin", "update")
    assert change.after is not None
    assert change.after["title"] == "Old"
    restored(support, task, 2)
    follows = ("updated_at", "version", "changed_in", "completed_at")
    assert {**before, **{name: stored(task)[name] for name in follows}} == stored(task)


def test_the_page_says_what_would_change_and_changes_nothing(support: Client, task: Task) -> None:
    before = stored(task)
    text = support.get(page(task, 1)).content.decode()
    assert "Newest" in text
    assert "Newer" in text
    assert stored(task) == before


def test_a_change_made_meanwhile_is_not_overwritten(support: Client, task: Task) -> None:
    seen = support.get(page(task, 0)).context["seen"]
    Task.objects.update(title="Mine")
    before = stored(task)
    answer = support.post(page(task, 0), {"seen": seen}, follow=True)
    assert "changed meanwhile" in messages(answer)
    assert stored(task) == before


@pytest.mark.parametrize("seen", ["", "soon", "-1", "0"])
def test_who_has_not_seen_the_page_restores_nothing(support: Client, task: Task, seen: str) -> None:
    before = stored(task)
    support.post(page(task, 0), {"seen": seen})
    assert stored(task) == before


def test_an_onlooker_restores_nothing(task: Task) -> None:
    onlooker = staff_with("view_task", "view_change")
    assert "Restore this state" not in onlooker.get(f"/admin/tasks/task/{task.pk}/history/").content.decode()
    assert [onlooker.get(page(task, 0)).status_code, onlooker.post(page(task, 0)).status_code] == [403, 403]
    assert stored(task)["title"] == "Newest"


def test_a_state_of_another_task_is_none_of_this(support: Client, task: Task, bobs_task: Task) -> None:
    other = Change.objects.of_task(bobs_task.pk).get()
    assert support.get(f"/admin/tasks/task/{task.pk}/restore/{other.pk}/").status_code == 404


def test_the_newest_state_is_not_offered(task: Task) -> None:
    text = superuser().get(f"/admin/tasks/task/{task.pk}/history/").content.decode()
    offered = [change.pk for change in Change.objects.of_task(task.pk) if page_link(task, change) in text]
    assert len(offered) == 2


def page_link(task: Task, change: Change) -> str:
    return f"/admin/tasks/task/{task.pk}/restore/{change.pk}/"


def test_tags_come_back_as_they_are_kept_today(support: Client, alice: User) -> None:
    task = TaskFactory.create(user=alice, tags=["cafe\u0301", "café", "b"])
    Task.objects.update(tags=[])
    restored(support, task, 0)
    assert stored(task)["tags"] == ["café", "b"]
