"""Files of other tools: people say which sheet is meant and which column is what before anything is written."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.erasure import erase
from apps.accounts.models import User
from apps.backoffice.models import Job
from apps.tasks.models import Task
from apps.tasks.office.columns import mapping_of
from tests.colleagues import staff_with
from tests.tasks.office.importer import address, finished, outcomes, uploaded
from tests.workbooks import packed, row, sheet, workbook

pytestmark = pytest.mark.django_db

TODOIST = (
    "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE\r\n"
    "task,Buy milk,,1,1,Ada (1),,2027-01-31,en,Europe/Berlin\r\n"
)
GITHUB = (
    'number,title,state,labels,assignee,created_at\n1,Crash,open,"bug,ui",ada,2026-01-01T00:00:00Z\n2,Y,closed,,,\n'
)
TASKS = [{"id": 1, "title": "x", "done": True, "due_date": "0001-01-01T00:00:00Z", "priority": 0}]
VIKUNJA = json.dumps([{"id": 1, "title": "Project", "tasks": TASKS}])
TRELLO = json.dumps({"id": "5f", "name": "Board", "cards": [{"id": "a", "name": "Card", "due": None}], "lists": []})


@pytest.fixture
def operations(db: None) -> Client:
    return staff_with("view_task", "import_task")


def chosen(client: Client, answer: Any, **values: str) -> Any:
    """The form as the page shows it, with some of its values changed."""
    form = answer.context["columns_form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    return client.post(address(answer), {**shown, **values, "do": "columns"}, follow=True)


def labels(answer: Any) -> dict[str, str]:
    """What the page shows as chosen."""
    form = answer.context["columns_form"]
    return {
        name: dict(form.fields[name].choices)[form[name].value()]
        for name in form.fields
        if name not in {"separator", "person"} and form[name].value()
    }


def test_todoist(operations: Client, alice: User) -> None:
    answer = uploaded(operations, TODOIST)
    assert answer.context["groups"] == []
    assert labels(answer) == {
        "title": "CONTENT (such as “Buy milk”)",
        "description": "DESCRIPTION (empty)",
        "priority": "PRIORITY (such as “1”)",
        "due_at": "DATE (such as “2027-01-31”)",
        "user_id": "RESPONSIBLE (empty)",
    }
    answer = chosen(operations, answer, person="alice@example.com")
    assert outcomes(answer)[2][1].startswith("PRIORITY: A number means something else in each tool.")
    answer = chosen(operations, answer, priority="", person="alice@example.com")
    finished(operations, answer)
    task = Task.objects.get()
    assert (task.title, task.user_id, task.priority, task.description) == ("Buy milk", "alice", 1, None)


def test_github(operations: Client, alice: User) -> None:
    answer = chosen(operations, uploaded(operations, GITHUB), user_id="", person="alice")
    finished(operations, answer)
    assert list(Task.objects.order_by("id").values_list("title", "status", "tags")) == [
        ("Crash", "pending", ["bug", "ui"]),
        ("Y", "completed", []),
    ]


def test_vikunja(operations: Client, alice: User) -> None:
    answer = chosen(operations, uploaded(operations, VIKUNJA, "v.json"), id="", priority="", person="alice")
    finished(operations, answer)
    task = Task.objects.get()
    assert (task.title, task.status, task.due_at) == ("x", "completed", None)


def test_trello(operations: Client, alice: User) -> None:
    answer = uploaded(operations, TRELLO, "t.json")
    assert "list <strong>cards</strong>" in answer.content.decode()
    finished(operations, chosen(operations, answer, id="", person="alice"))
    assert Task.objects.get().title == "Card"


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        (["title", "user_id"], {"title": "title", "user_id": "user_id"}),
        (["Name", "Notes", "Deadline"], {"title": "Name", "description": "Notes", "due_at": "Deadline"}),
        (["name", "title"], {"title": "title"}),
        (["Due", "due_at"], {"due_at": "Due"}),
        (["number", "colour"], {}),
    ],
)
def test_guesses(columns: list[str], mapping: dict[str, str]) -> None:
    assert mapping_of(columns).columns == mapping


@pytest.mark.parametrize(
    "heading", ["id,title,colour", "title,person,Name", "id,Due,due_at", "name,user_id", "title,x"]
)
def test_nothing_starts_before_somebody_has_said_what_the_columns_are(
    operations: Client, task: Task, heading: str
) -> None:
    answer = uploaded(
        operations, f"{heading}\n{task.pk},alice,2027-01-31\n" if heading.count(",") > 1 else f"{heading}\nx,alice\n"
    )
    assert "Say which column is what" in answer.content.decode()
    operations.post(address(answer), {"do": "start"})
    assert Job.objects.get().state == "draft"


def test_columns_that_are_left_out_are_named(operations: Client, task: Task) -> None:
    answer = uploaded(operations, f"id,title,colour\n{task.pk},x,red\n")
    assert "<code>colour</code>" in answer.content.decode()
    assert outcomes(chosen(operations, answer)) == {2: ("change", "title")}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": "99"}, "Select a valid choice."),
        ({"title": "x"}, "Select a valid choice."),
        ({"title": ""}, "Choose a column for the id to change tasks"),
        ({"person": "nobody"}, "There is no person &#x27;nobody&#x27;."),
        ({"separator": "x"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_meant_is_told(operations: Client, alice: User, values: dict[str, str], sentence: str) -> None:
    answer = uploaded(operations, "name,user_id\nx,alice\n")
    before = Job.objects.values().get()
    answer = operations.post(
        address(answer), {"title": "0", "user_id": "1", "separator": ",", "do": "columns", **values}
    )
    assert sentence in answer.content.decode()
    assert Job.objects.values().get() == before


BOOK = packed(
    workbook(
        sheet(row(1, "title", "user_id"), row(2, "secret", "alice")),
        sheet(row(1, "title", "user_id"), row(2, "first", "alice")),
        sheet(row(1, "title", "user_id"), row(2, "second", "alice"), row(3, "third", "alice")),
        names=("A", "B", "C"),
        hidden=("A",),
    )
)


def test_the_sheet_is_named_and_another_may_be_chosen(operations: Client, alice: User) -> None:
    answer = uploaded(operations, BOOK, "t.xlsx")
    page = answer.content.decode()
    assert ("sheet <strong>B</strong>" in page, "secret" in page) == (True, False)
    answer = operations.post(address(answer), {"do": "table", "table": "1"}, follow=True)
    assert "sheet <strong>C</strong>" in answer.content.decode()
    finished(operations, answer)
    assert set(Task.objects.values_list("title", flat=True)) == {"second", "third"}
    assert "tables" not in Job.objects.get().values


@pytest.mark.parametrize("table", ["2", "-1", "x", ""])
def test_a_sheet_that_is_not_there_is_not_chosen(operations: Client, alice: User, table: str) -> None:
    answer = uploaded(operations, BOOK, "t.xlsx")
    answer = operations.post(address(answer), {"do": "table", "table": table})
    assert (answer.status_code, Job.objects.get().values["table"]) == (200, 0)


def test_what_has_started_keeps_its_columns(operations: Client, alice: User) -> None:
    answer = uploaded(operations, BOOK, "t.xlsx")
    operations.post(address(answer), {"do": "start"})
    operations.post(address(answer), {"do": "table", "table": "1"})
    operations.post(address(answer), {"do": "step"})
    assert Task.objects.get().title == "first"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "name,colour\nx,alice\n"),
        ("t.csv", "Email,name\nALICE@example.com,x\n"),
        ("t.json", json.dumps({"cards": [{"name": "x"}], "members": [{"id": "alice"}]})),
    ],
)
def test_an_erasure_takes_a_draft_that_speaks_of_the_person(
    operations: Client, alice: User, name: str, content: str
) -> None:
    uploaded(operations, content, name)
    erase(alice, User.objects.get(login="staff@example.com"))
    assert not Job.objects.exists()


def test_an_erasure_takes_a_draft_with_the_number_of_a_task_in_another_sheet(operations: Client, task: Task) -> None:
    book = workbook(
        sheet(row(1, "title", "user_id"), row(2, "x", "bob")), sheet(row(1, "ID", "title"), row(2, str(task.pk), "x"))
    )
    uploaded(operations, packed(book), "t.xlsx")
    erase(task.user, User.objects.get(login="staff@example.com"))
    assert not Job.objects.exists()
