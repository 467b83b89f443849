"""Tasks in the back office: found, completed and edited, never handed to another, and no column written unasked."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.tasks import admin as tasks_admin
from apps.tasks.models import Status, Task
from tests.factories import PersonFactory, TaskFactory, local_account
from tests.forms import untouched

pytestmark = pytest.mark.django_db

TASKS = "/admin/tasks/task/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(task: Task, page: str = "change") -> str:
    return f"{TASKS}{task.pk}/{page}/"


def listed(client: Client, **query: Any) -> set[int]:
    answer = client.get(TASKS, query)
    assert answer.status_code == 200
    return {task.pk for task in answer.context["cl"].result_list}


def row(task: Task) -> dict[str, Any]:
    return {**Task.objects.filter(pk=task.pk).values().get()}


def act(client: Client, action: str, *tasks: Task) -> Any:
    return client.post(TASKS, {"action": action, "_selected_action": [task.pk for task in tasks]}, follow=True)


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def browser_form(client: Client, task: Task) -> dict[str, str]:
    """What a browser would send of the untouched form: line ends as CRLF."""
    values = untouched(client.get(page_of(task)).content.decode(), "task_form")
    return {name: value for name, value in values.items() if name != "csrfmiddlewaretoken"}


def written_columns(client: Client, task: Task, body: dict[str, Any]) -> list[set[str]]:
    """The columns that each UPDATE of tasks names, in saving `body`."""
    with CaptureQueriesContext(connection) as queries:
        assert client.post(page_of(task), body).status_code == 302
    updates = [query["sql"] for query in queries if '*/ UPDATE "tasks_task"' in query["sql"]]
    return [set(re.findall(r'"(\w+)" = ', update.partition(" WHERE ")[0])) for update in updates]


@pytest.fixture
def boss(db: None) -> Client:
    return signed_in(local_account("boss@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def onlooker(db: None) -> Client:
    person = local_account("staff@example.com", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_task", "view_user"]))
    return signed_in(person)


# --- The list


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


# --- The form


DESCRIPTIONS = [
    None,
    "",
    "One line.",
    "Two\nlines.",
    "Two\r\nlines.",
    "\nAn empty line first.",
    "  Spaces around.  ",
    "\n" * 2000,
]


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_an_untouched_form_writes_nothing(boss: Client, task: Task, description: str | None) -> None:
    Task.objects.filter(pk=task.pk).update(description=description)
    before = row(task)
    assert written_columns(boss, task, browser_form(boss, task)) == []
    assert row(task) == before


@pytest.mark.parametrize("description", DESCRIPTIONS)
@pytest.mark.parametrize(("field", "value"), [("title", "Another title"), ("status", "completed")])
def test_a_save_writes_the_changed_column_alone(
    boss: Client, task: Task, description: str | None, field: str, value: str
) -> None:
    Task.objects.filter(pk=task.pk).update(description=description)
    before = row(task)
    assert written_columns(boss, task, {**browser_form(boss, task), field: value}) == [{field}]
    after = row(task)
    kept_by_triggers = {name: after[name] for name in ("updated_at", "version", "changed_in", "completed_at")}
    assert after == {**before, field: value, **kept_by_triggers}
    assert after["updated_at"] > before["updated_at"]
    assert after["version"] == before["version"] + 1


def test_a_changed_description_keeps_its_lines_and_spaces(boss: Client, task: Task) -> None:
    body = {**browser_form(boss, task), "description": "  One\r\n\r\n  two "}
    assert written_columns(boss, task, body) == [{"description"}]
    assert row(task)["description"] == "  One\n\n  two "


def test_an_emptied_description_is_none(boss: Client, task: Task) -> None:
    assert written_columns(boss, task, {**browser_form(boss, task), "description": ""}) == [{"description"}]
    assert row(task)["description"] is None


def test_a_page_of_description_begins_as_it_is_stored(boss: Client, task: Task) -> None:
    """A browser drops one line end behind <textarea>; the page has to give one to drop."""
    Task.objects.filter(pk=task.pk).update(description="\nAn empty line first.")
    page = boss.get(page_of(task)).content.decode()
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert shown is not None
    assert shown[1].replace("\r\n", "\n") == "\n\nAn empty line first."


def test_a_change_is_on_record(boss: Client, task: Task) -> None:
    boss.post(page_of(task), {**browser_form(boss, task), "title": "Another title"})
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(task.pk), "Changed Title.")


def test_a_task_never_changes_hands(boss: Client, task: Task, bob: User) -> None:
    body = {**browser_form(boss, task), "title": "Bob's?", "user": bob.pk, "user_id": bob.pk}
    assert written_columns(boss, task, body) == [{"title"}]
    assert row(task)["user_id"] == "alice"


def test_what_the_database_sets_is_not_edited(boss: Client, task: Task) -> None:
    before = row(task)
    times = {"created_at": "2001-01-01", "created_at_0": "2001-01-01", "created_at_1": "00:00", "id": "1"}
    assert written_columns(boss, task, {**browser_form(boss, task), **times}) == []
    assert row(task) == before


BAD_VALUES = [
    ("title", ""),
    ("title", " \t "),
    ("title", "\u00a0\u2003"),
    ("title", "x" * 201),
    ("title", "nul\x00"),
    ("description", "x" * 2001),
    ("status", "unknown"),
    ("status", ""),
]


@pytest.mark.parametrize(("field", "value"), BAD_VALUES)
def test_a_wrong_value_is_an_error_of_its_field(boss: Client, task: Task, field: str, value: str) -> None:
    before = row(task)
    answer = boss.post(page_of(task), {**browser_form(boss, task), field: value})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert row(task) == before


@pytest.mark.parametrize(("field", "value"), [*BAD_VALUES, ("user", ""), ("user", "nobody")])
def test_a_task_with_a_wrong_value_is_not_added(boss: Client, alice: User, field: str, value: str) -> None:
    body = {"title": "New", "status": "pending", "priority": "1", "user": "alice", field: value}
    answer = boss.post(f"{TASKS}add/", body)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Task.objects.exists()


@pytest.mark.parametrize("subject", ["alice", "a/b c", "Zoë \"'<&>", "a_2Fb", "x" * 255])
def test_a_task_is_added_for_a_person(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject)
    body = {"title": "  New\u00a0", "description": "", "status": "in_progress", "priority": "3", "user": person.pk}
    assert boss.post(f"{TASKS}add/", body).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.description, task.status, task.user_id) == ("New", None, "in_progress", subject)
    assert task.created_at == task.updated_at


def test_the_person_of_a_new_task_is_looked_up(boss: Client, alice: User, bob: User) -> None:
    query = {"app_label": "tasks", "model_name": "task", "field_name": "user", "term": "alice@"}
    answer = boss.get("/admin/autocomplete/", query)
    assert answer.json()["results"] == [{"id": "alice", "text": "Alice"}]


def test_a_task_is_deleted(boss: Client, task: Task, bobs_task: Task) -> None:
    assert boss.post(page_of(task, "delete"), {"post": "yes"}).status_code == 302
    assert set(Task.objects.all()) == {bobs_task}
