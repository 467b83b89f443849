"""An import: what each row would do is shown before anything is written; a refused row says why and is left out."""

import io
import json
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.backoffice.models import Job
from apps.history.models import Change
from apps.tasks.models import Task
from apps.tasks.office import importing
from tests.colleagues import staff_with
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

IMPORT = "/admin/tasks/task/import/"


@pytest.fixture
def operations(db: None) -> Client:
    return staff_with("view_task", "import_task", "export_task")


def uploaded(client: Client, content: str | bytes, name: str = "tasks.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)}, follow=True)


def outcomes(answer: Any) -> dict[int, tuple[str, str]]:
    """By row: the kind, and the problems or the changed columns."""
    found = [one for _, _, group in answer.context["groups"] for one in group]
    return {one.row: (one.kind, " ".join(one.problems) or ",".join(one.values)) for one in found}


def address(answer: Any) -> str:
    return str(answer.redirect_chain[-1][0])


def finished(client: Client, answer: Any) -> dict[str, Any]:
    job = address(answer)
    client.post(job, {"do": "start"})
    while True:
        progress: dict[str, Any] = client.post(job, {"do": "step"}, headers={"Accept": "application/json"}).json()
        if progress["state"] != "running":
            return progress


def rows() -> list[dict[str, Any]]:
    return [{**row} for row in Task.objects.order_by("id").values()]


def test_rows_create_and_change_tasks(operations: Client, task: Task, bob: User) -> None:
    answer = uploaded(
        operations,
        f'id,title,status,user_id,priority,tags\n{task.pk},Renamed,completed,alice,,\n,New one,,bob,urgent,"a, b\nc"\n',
    )
    assert outcomes(answer) == {1: ("change", "title,status"), 2: ("create", "title,priority,tags")}
    assert Task.objects.get().title == "Alice's task"
    assert finished(operations, answer)["changed"] == 2
    changed, new = Task.objects.order_by("id")
    assert (changed.title, changed.status, changed.priority) == ("Renamed", "completed", 1)
    assert (new.title, new.user_id, new.priority, new.tags, new.status) == (
        "New one",
        "bob",
        3,
        ["a, b", "c"],
        "pending",
    )


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"id": "999999"}, "id: there is no task '999999'."),
        ({"id": "abc"}, "id: there is no task 'abc'."),
        ({"id": "9" * 30}, "id: there is no task"),
        ({"title": ""}, "title: This field is required."),
        ({"title": "x" * 201}, "title: Ensure this value has at most 200 characters"),
        ({"description": "x" * 2001}, "description: Ensure this value has at most 2000"),
        ({"status": "done"}, "status: Select a valid choice."),
        ({"priority": "7"}, "priority: Select a valid choice."),
        ({"due_at": "soon"}, "due_at: This is not an RFC 3339 timestamp such as"),
        ({"due_at": "2027-01-31T09:30:00"}, "due_at: This needs an offset"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "due_at: The time must be from 0001-01-03 to 9999-12-29"),
        ({"due_at": "9999-12-31T23:59:59-12:00"}, "due_at: In UTC, this is not in the years 1 to 9999"),
        ({"tags": "a\na"}, "tags: A tag is named twice."),
        ({"tags": "x" * 51}, "tags: Item 1 in the array did not validate"),
        ({"user_id": "bob"}, "user_id: a task never changes hands."),
        ({"updated_at": "2001-01-01T00:00:00Z"}, "updated_at: the task was changed after the file was made."),
        ({"updated_at": "never"}, "updated_at: the task was changed after the file was made."),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_says_why_and_is_left_out(
    operations: Client, task: Task, bob: User, cells: dict[str, str], problem: str
) -> None:
    other = TaskFactory.create(user=bob)
    before = rows()
    good = {"id": str(other.pk), "title": "Renamed"}
    answer = uploaded(operations, json.dumps([{"id": str(task.pk), **cells}, good]), "tasks.json")
    kind, why = outcomes(answer)[1]
    assert (kind, problem in why) == ("refused", True), why
    assert "1 row is refused" in answer.content.decode()
    progress = finished(operations, answer)
    assert (progress["changed"], progress["refused"]) == (1, 1)
    assert rows()[0] == before[0]
    assert problem.split("'", maxsplit=1)[0] in operations.get(address(answer)).context["job"].report[0]["why"]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"title": "x"}, "user_id: a new task needs a person."),
        ({"title": "x", "user_id": "nobody"}, "user_id: there is no person 'nobody'."),
        ({"user_id": "alice"}, "title: This field is required."),
    ],
    ids=str,
)
def test_a_new_task_needs_a_person_and_a_title(
    operations: Client, alice: User, cells: dict[str, str], problem: str
) -> None:
    answer = uploaded(operations, json.dumps([{"title": "", "user_id": "", **cells}]), "tasks.json")
    assert outcomes(answer) == {1: ("refused", problem)}
    assert "No row would change anything." in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_an_export_comes_back_as_it_is(operations: Client, alice: User, kind: str) -> None:
    for title, description in (("=1+1", None), ("Zoë's", "\nTwo\nlines "), ("'quoted", "-")):
        TaskFactory.create(
            user=alice, title=title, description=description, tags=["a, b", "c"], due_at="2027-01-31T09:30:00.123456Z"
        )
    before = rows()
    export = operations.get(f"/admin/tasks/task/export/?format={kind}")
    answer = uploaded(operations, b"".join(export.streaming_content), f"t.{kind}")  # type: ignore[attr-defined]
    assert {kind for kind, _ in outcomes(answer).values()} == {"same"}
    assert rows() == before


def test_a_task_that_is_named_twice_is_changed_once(operations: Client, task: Task) -> None:
    answer = uploaded(operations, f"id,title\n{task.pk},One\n{task.pk},Two\n")
    assert outcomes(answer)[2] == ("refused", "id: an earlier row of the file has the same task.")
    finished(operations, answer)
    assert Task.objects.get().title == "One"


def test_a_task_that_was_changed_after_the_rehearsal_is_refused(operations: Client, task: Task) -> None:
    seen = Task.objects.get().updated_at.isoformat()
    answer = uploaded(operations, f"id,title,updated_at\n{task.pk},Renamed,{seen}\n")
    assert outcomes(answer) == {1: ("change", "title")}
    Task.objects.update(title="Meanwhile")
    assert finished(operations, answer)["refused"] == 1
    assert Task.objects.get().title == "Meanwhile"


def test_it_goes_in_batches_that_can_be_stopped(
    operations: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    answer = uploaded(operations, "title,user_id\n" + "".join(f"Task {n},alice\n" for n in range(5)))
    job = address(answer)
    operations.post(job, {"do": "start"})
    operations.post(job, {"do": "step"})
    operations.post(job, {"do": "stop"})
    operations.post(job, {"do": "step"})
    assert Task.objects.count() == 2
    operations.post(job, {"do": "resume"})
    operations.post(job, {"do": "step"})
    operations.post(job, {"do": "step"})
    assert [Task.objects.count(), Job.objects.get().state] == [5, "finished"]


def test_an_import_is_on_record(operations: Client, task: Task) -> None:
    finished(operations, uploaded(operations, f"id,title\n{task.pk},Renamed\n"))
    change = Change.objects.of_task(task.pk).latest("id")
    assert (change.source, change.actor) == ("import", User.objects.get(login="staff@example.com").pk)


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_sheet_typed_by_hand_is_read(operations: Client, task: Task) -> None:
    answer = uploaded(
        operations, sheet(("id", "title", "priority"), (float(task.pk), 2027, 3), (None, None, None)), "t.xlsx"
    )
    finished(operations, answer)
    assert (Task.objects.get().title, Task.objects.get().priority) == ("2027", 3)


def zipped(size: int) -> bytes:
    """A sheet that is small until it is unpacked."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"x" * size)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.txt", b"x", "ends in .csv, .xlsx or .json"),
        ("t.csv", b"", "The submitted file is empty."),
        ("t.csv", b"id,title\n", "The file has no rows."),
        ("t.csv", b"id,colour\n1,red\n", "There is no column &#x27;colour&#x27;."),
        ("t.csv", b"title\nx\n", "needs a column id"),
        ("t.csv", b"id,title\n1\n", "cannot be read"),
        ("t.csv", b"id,title\n1,a,b\n", "cannot be read"),
        ("t.csv", b"\xff\xfe\x00", "cannot be read"),
        ("t.csv", b"id,title\n1,\x00\n", "NUL character"),
        ("t.json", b"{", "cannot be read"),
        ("t.json", b"[1]", "cannot be read"),
        ("t.json", b"3", "cannot be read"),
        ("t.json", b"[" * 100_000, "cannot be read"),
        ("t.json", b"[{}]", "needs a column id"),
        ("t.xlsx", b"no zip", "cannot be read"),
        ("t.xlsx", zipped(51 * 1024 * 1024), "unpacks to more than 50 MiB"),
        ("t.csv", b"id,title\n" + b"1,x\n" * 5001, "more than 5,000 rows"),
        ("t.csv", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MiB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_table_of_tasks_is_told_so(operations: Client, name: str, content: bytes, sentence: str) -> None:
    answer = uploaded(operations, content, name)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("rights", [("view_task", "change_task", "export_task"), ("import_task",)])
def test_who_may_not_import_uploads_nothing(operations: Client, rights: tuple[str, ...], task: Task) -> None:
    job = address(uploaded(operations, f"id,title\n{task.pk},Renamed\n"))
    other = staff_with(*rights, login="other@example.com")
    assert [other.get(IMPORT).status_code, uploaded(other, "id\n1\n").status_code] == [403, 403]
    assert [other.get(job).status_code, other.post(job, {"do": "start"}).status_code] == [403, 403]
