"""One change to many tasks: previewed with their number, done in batches that can be stopped, each change on record."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps.accounts.models import User
from apps.backoffice.models import Job, JobState
from apps.history.models import Change
from apps.tasks.models import Task
from apps.tasks.office import bulk_editing
from tests.colleagues import staff_with, superuser
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/tasks/task/"


@pytest.fixture
def support(db: None) -> Client:
    return staff_with("view_task", "change_task")


@pytest.fixture
def tasks(alice: User) -> list[Task]:
    return [TaskFactory.create(user=alice, title=f"Task {number}", tags=["old"]) for number in range(5)]


def planned(client: Client, tasks: list[Task], query: str = "", across: str = "0") -> str:
    """The address of the job that the list's action makes."""
    body = {"action": "edit_many", "_selected_action": [task.pk for task in tasks], "select_across": across}
    answer = client.post(LIST + query, body)
    assert answer.status_code == 302
    return str(answer["Location"])


def previewed(client: Client, job: str, **values: Any) -> Any:
    return client.post(job, {"do": "preview", **values})


def step(client: Client, job: str) -> dict[str, Any]:
    answer = client.post(job, {"do": "step"}, headers={"Accept": "application/json"})
    return dict(answer.json())


def done(client: Client, job: str, **values: Any) -> dict[str, Any]:
    assert previewed(client, job, **values).status_code == 200
    client.post(job, {"do": "start"})
    while (progress := step(client, job))["state"] == "running":
        pass
    return progress


def column(name: str) -> list[Any]:
    return list(Task.objects.order_by("id").values_list(name, flat=True))


def test_a_selection_is_changed_and_nothing_else(support: Client, tasks: list[Task]) -> None:
    progress = done(support, planned(support, tasks[:3]), status="completed", priority="3")
    assert (progress["state"], progress["seen"], progress["changed"], progress["refused"]) == ("finished", 3, 3, 0)
    assert column("status") == ["completed"] * 3 + ["pending"] * 2
    assert column("priority") == [3] * 3 + [1] * 2
    assert column("title") == [task.title for task in tasks]


def test_all_that_match_are_changed_though_they_stop_to_match(
    support: Client, tasks: list[Task], bobs_task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_editing, "BATCH", 2)
    job = planned(support, tasks[:1], "?q=alice&status__exact=pending", across="1")
    assert done(support, job, status="completed")["changed"] == 5
    assert column("status") == ["completed"] * 5 + ["pending"]


def test_a_task_that_comes_later_is_not_reached(support: Client, tasks: list[Task], alice: User) -> None:
    job = planned(support, tasks[:1], across="1")
    late = TaskFactory.create(user=alice)
    done(support, job, priority="0")
    assert Task.objects.get(pk=late.pk).priority == 1
    assert Task.objects.filter(priority=0).count() == 5


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"due_at_0": "2027-01-31", "due_at_1": "09:30:00"}, datetime(2027, 1, 31, 9, 30, tzinfo=UTC)),
        ({"no_due": "on"}, None),
    ],
)
def test_due_times_are_set_and_taken_away(support: Client, tasks: list[Task], values: Any, due: Any) -> None:
    Task.objects.filter(pk=tasks[0].pk).update(due_at="2026-12-24T00:00:00Z")
    done(support, planned(support, tasks), **values)
    assert column("due_at") == [due] * 5


def test_a_due_time_is_typed_in_the_zone_of_who_looks(support: Client, tasks: list[Task]) -> None:
    support.cookies["back_office_zone"] = "Europe/Berlin"
    done(support, planned(support, tasks), due_at_0="2027-01-31", due_at_1="09:30:00")
    assert column("due_at") == [datetime(2027, 1, 31, 8, 30, tzinfo=UTC)] * 5


def test_tags_are_added_and_removed(support: Client, tasks: list[Task]) -> None:
    Task.objects.filter(pk=tasks[0].pk).update(tags=["a, b", "new"])
    done(support, planned(support, tasks), add_tags="new\r\nother", remove_tags="old")
    assert column("tags") == [["a, b", "new", "other"]] + [["new", "other"]] * 4


def test_a_task_with_too_many_tags_is_refused_and_stays(support: Client, tasks: list[Task]) -> None:
    full = [f"tag {number}" for number in range(20)]
    Task.objects.filter(pk=tasks[1].pk).update(tags=full)
    job = planned(support, tasks)
    assert "Refused: it would have more than 20 tags." in previewed(support, job, add_tags="new").content.decode()
    progress = done(support, job, add_tags="new", priority="2")
    assert (progress["changed"], progress["refused"]) == (4, 1)
    kept = Task.objects.get(pk=tasks[1].pk)
    assert (kept.tags, kept.priority) == (full, 1)


def test_the_preview_tells_how_many_and_changes_nothing(support: Client, tasks: list[Task]) -> None:
    before = list(Task.objects.order_by("id").values())
    page = previewed(support, planned(support, tasks), status="completed").content.decode()
    assert "Change 5 tasks" in page
    assert list(Task.objects.order_by("id").values()) == before


def test_a_job_is_stopped_and_goes_on(support: Client, tasks: list[Task], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_editing, "BATCH", 2)
    job = planned(support, tasks)
    previewed(support, job, priority="2")
    assert step(support, job)["seen"] == 0
    support.post(job, {"do": "start"})
    assert step(support, job)["changed"] == 2
    support.post(job, {"do": "stop"})
    assert step(support, job) == {**step(support, job), "state": "stopped", "changed": 2}
    assert "Go on" in support.get(job).content.decode()
    support.post(job, {"do": "resume"})
    step(support, job)
    assert step(support, job)["state"] == "finished"
    assert column("priority") == [2] * 5


def test_each_change_is_on_record_with_who(support: Client, tasks: list[Task]) -> None:
    done(support, planned(support, tasks[:2]), priority="2")
    changes = Change.objects.filter(source="bulk")
    assert {change.object_id for change in changes} == {str(task.pk) for task in tasks[:2]}
    assert {change.actor for change in changes} == {User.objects.get(login="staff@example.com").pk}


def test_what_is_so_already_is_not_written(support: Client, tasks: list[Task]) -> None:
    versions = column("version")
    assert done(support, planned(support, tasks), status="pending", add_tags="old")["changed"] == 0
    assert column("version") == versions


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, "Choose at least one thing"),
        ({"status": "done"}, "Select a valid choice"),
        ({"priority": "9"}, "Select a valid choice"),
        ({"due_at_0": "soon", "due_at_1": "late"}, "Enter a valid date"),
        ({"due_at_0": "2027-01-31", "due_at_1": "09:30", "no_due": "on"}, "Either set a due time or take it away"),
        ({"add_tags": "a", "remove_tags": "a"}, "either added or removed"),
        ({"add_tags": "x" * 51}, "at most 50 characters"),
        ({"add_tags": "nul\0"}, "Null characters are not allowed"),
    ],
    ids=str,
)
def test_what_cannot_be_is_an_error_and_starts_nothing(
    support: Client, tasks: list[Task], values: dict[str, str], error: str
) -> None:
    job = planned(support, tasks)
    page = previewed(support, job, **values)
    assert error in page.content.decode()
    support.post(job, {"do": "start"})
    assert Job.objects.get().state == "draft"


def test_nobody_else_sees_or_moves_a_job(support: Client, tasks: list[Task]) -> None:
    job = planned(support, tasks)
    previewed(support, job, priority="2")
    support.post(job, {"do": "start"})
    for other in (superuser(), staff_with("view_task", "change_task", login="other@example.com")):
        assert [other.get(job).status_code, other.post(job, {"do": "step"}).status_code] == [404, 404]
    onlooker = staff_with("view_task", login="onlooker@example.com")
    assert [onlooker.get(job).status_code, onlooker.post(job, {"do": "step"}).status_code] == [403, 403]
    assert column("priority") == [1] * 5


def test_a_batch_costs_few_statements(support: Client, tasks: list[Task], django_assert_max_num_queries: Any) -> None:
    job = planned(support, tasks)
    previewed(support, job, priority="2", add_tags="new")
    support.post(job, {"do": "start"})
    with django_assert_max_num_queries(12):
        step(support, job)


def test_the_start_is_in_the_log_of_staff(support: Client, tasks: list[Task]) -> None:
    job = planned(support, tasks[:3])
    previewed(support, job, priority="3", add_tags="new")
    assert not LogEntry.objects.exists()
    for _ in range(2):
        support.post(job, {"do": "start"})
    assert LogEntry.objects.get().change_message == "Bulk change of 3 tasks: Add the tags, Priority."


def test_a_tag_that_is_named_twice_is_added_once(support: Client, tasks: list[Task]) -> None:
    done(support, planned(support, tasks), add_tags="café\ncafe\u0301")
    assert column("tags") == [["old", "café"]] * 5


def test_only_the_plan_that_is_shown_is_started(support: Client, tasks: list[Task]) -> None:
    job = planned(support, tasks)
    shown = previewed(support, job, status="completed").context["plan"]
    previewed(support, job, status="in_progress")
    support.post(job, {"do": "start", "plan": shown})
    assert Job.objects.get().state == JobState.DRAFT
    support.post(job, {"do": "start", "plan": support.get(job).context["plan"]})
    assert Job.objects.get().state == JobState.RUNNING
