"""The form of one task: no column is written unasked, and no task is ever handed to another."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import PersonFactory
from tests.tasks.office.pages import TASKS, browser_form, page_of, row, written_columns

pytestmark = pytest.mark.django_db

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
