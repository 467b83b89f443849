"""An import: what each row would do is shown before anything is written; a refused row says why and is left out."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.backoffice.models import Job
from apps.history.models import Change
from apps.tasks.models import Task
from apps.tasks.office import importing
from tests.colleagues import staff_with
from tests.factories import PersonFactory, TaskFactory
from tests.tasks.office.importer import IMPORT, address, finished, outcomes, uploaded
from tests.workbooks import ods, ods_row, ods_table, row, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def operations(db: None) -> Client:
    return staff_with("view_task", "import_task", "export_task")


def rows() -> list[dict[str, Any]]:
    return [{**row} for row in Task.objects.order_by("id").values()]


def test_rows_create_and_change_tasks(operations: Client, task: Task, bob: User) -> None:
    answer = uploaded(
        operations,
        f'id,title,status,user_id,priority,tags\n{task.pk},Renamed,completed,alice,,\n,New one,,bob,urgent,"a, b\nc"\n',
    )
    assert outcomes(answer) == {2: ("change", "title,status"), 3: ("create", "title,priority,tags")}
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
        ({"status": "done"}, "status: Select a valid choice. Write pending"),
        ({"priority": "7"}, "priority: Select a valid choice. Write low"),
        ({"due_at": "soon"}, "due_at: This is no time such as"),
        ({"due_at": "31.01.2027 09:30"}, "due_at: This is no time such as"),
        ({"due_at": "9999-12-31T23:59:59Z"}, "due_at: The time must be from 0001-01-03 to 9999-12-29"),
        ({"due_at": "9999-12-31T23:59:59-12:00"}, "due_at: In UTC, this is not in the years 1 to 9999"),
        ({"title": {"a": 1}}, "title: The value is an object"),
        ({"tags": "x" * 51}, "tags: Item 1 in the array did not validate"),
        ({"user_id": "bob"}, "user_id: a task never changes hands."),
        ({"updated_at": "2001-01-01T00:00:00Z"}, "updated_at: the task was changed after the file was made."),
        ({"updated_at": "never"}, "updated_at: the task was changed after the file was made."),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_says_why_and_is_left_out(
    operations: Client, task: Task, bob: User, cells: dict[str, Any], problem: str
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


def test_a_task_that_is_named_twice_is_changed_once(operations: Client, task: Task) -> None:
    answer = uploaded(operations, f"id,title\n{task.pk},One\n{task.pk},Two\n")
    assert outcomes(answer)[3] == ("refused", "id: an earlier row of the file has the same task.")
    finished(operations, answer)
    assert Task.objects.get().title == "One"


def test_a_task_that_is_named_twice_far_apart_is_changed_once(
    operations: Client, task: Task, bobs_task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is refused does not count as the first of them, in the preview as in the work."""
    monkeypatch.setattr(importing, "BATCH", 1)
    text = f"id,title\n{task.pk},One\n{bobs_task.pk},\n{bobs_task.pk},Other\n{task.pk},Two\n"
    answer = uploaded(operations, text)
    kinds = [kind for _, (kind, _) in sorted(outcomes(answer).items())]
    assert kinds == ["change", "refused", "change", "refused"]
    assert finished(operations, answer)["refused"] == 2
    assert set(Task.objects.values_list("title", flat=True)) == {"One", "Other"}
    assert [one["row"] for one in Job.objects.get().report] == [3, 5]


def test_the_name_of_a_file_is_kept_nowhere(operations: Client, task: Task) -> None:
    finished(operations, uploaded(operations, f"id,title\n{task.pk},Renamed\n", "mallory@example.com.csv"))
    kept = [*Job.objects.values_list("values", flat=True), *LogEntry.objects.values_list("change_message", flat=True)]
    assert kept
    assert "mallory" not in str(kept)


def test_a_task_that_was_changed_after_the_rehearsal_is_refused(operations: Client, task: Task) -> None:
    seen = Task.objects.get().updated_at.isoformat()
    answer = uploaded(operations, f"id,title,updated_at\n{task.pk},Renamed,{seen}\n")
    assert outcomes(answer) == {2: ("change", "title")}
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


def typed(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for each in rows:
        book.active.append(each)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_sheet_typed_by_hand_is_read(operations: Client, task: Task) -> None:
    answer = uploaded(
        operations, typed(("id", "title", "priority"), (float(task.pk), 2027, 3), (None, None, None)), "t.xlsx"
    )
    finished(operations, answer)
    assert (Task.objects.get().title, Task.objects.get().priority) == ("2027", 3)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.exe", b"x", "has to end in .csv"),
        ("t.csv", b"", "The submitted file is empty."),
        ("t.csv", b"id,title\n", "The file has no rows."),
        ("t.csv", b"id,title,ID\n1,x,2\n", "Two columns have the same name"),
        ("t.json", b"{", "The file is not JSON"),
        ("t.json", rb'{"a\u0000": [{"title": "x"}]}', "The name of a sheet or list"),
        ("t.json", rb'{"a\ud800": [{"title": "x"}], "tasks": [{"title": "x"}]}', "The name of a sheet or list"),
        ("t.csv", b"sep=\0\ntitle\0user_id\nx\0alice\n", "a separator that cannot be used"),
        ("t.xlsx", b"no zip", "The content of the file is not what"),
        ("t.xlsx", xlsx(row(1, "id"), "&nbsp;"), "The file is damaged."),
        ("t.csv", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MiB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_table_is_told_so(operations: Client, name: str, content: bytes, sentence: str) -> None:
    answer = uploaded(operations, content, name)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"\xff\xfe" + "title;user_id;due_at\r\nx;alice;2027-01-31 09:30\r\n".encode("utf-16-le")),
        (
            "t.xlsx",
            xlsx(row(1, "title", "user_id", "due_at"), row(2, "x", "alice", "<c t='d'><v>2027-01-31T09:30</v></c>")),
        ),
        (
            "t.ods",
            ods(
                ods_table(
                    ods_row("title", "user_id", "due_at"),
                    ods_row(
                        "x",
                        "alice",
                        '<table:table-cell office:value-type="date" office:date-value="2027-01-31T09:30:00"/>',
                    ),
                )
            ),
        ),
        ("t.json", b'[{"title": "x", "user_id": "alice", "due_at": "2027-01-31T09:30"}]'),
    ],
    ids=["csv", "xlsx", "ods", "json"],
)
def test_a_time_without_an_offset_is_one_of_the_importers_zone(
    operations: Client, alice: User, name: str, content: bytes
) -> None:
    operations.cookies["back_office_zone"] = "Europe/Berlin"
    answer = uploaded(operations, content, name)
    assert "read in the time zone <strong>Europe/Berlin</strong>" in answer.content.decode()
    operations.cookies["back_office_zone"] = "Asia/Tokyo"
    finished(operations, answer)
    assert Task.objects.get().due_at == datetime(2027, 1, 31, 8, 30, tzinfo=UTC)


def test_the_page_says_how_the_file_was_read(operations: Client, alice: User) -> None:
    page = uploaded(operations, "title;user_id\nÜbung;alice\n".encode("cp1252")).content.decode()
    assert "Text in Windows-1252, its cells separated by semicolons" in page
    assert "Übung" in page


@pytest.mark.parametrize(
    "heading",
    [
        "title,user_id,due_at,status,priority",
        "Title,Person,Due,Status,Priority",
        "TITLE,User_Id,Due at,STATUS,priority",
    ],
)
@pytest.mark.parametrize("words", ["in_progress,urgent", "In progress,Urgent", "IN PROGRESS,URGENT", "In-Progress,3"])
def test_the_words_that_the_back_office_shows(operations: Client, alice: User, heading: str, words: str) -> None:
    finished(operations, uploaded(operations, f"{heading}\nx,alice,2027-01-31,{words}\n"))
    task = Task.objects.get()
    assert (task.title, task.status, task.priority, task.due_at is not None) == ("x", "in_progress", 3, True)


def test_a_refusal_names_the_columns_of_the_file(operations: Client, alice: User) -> None:
    answer = uploaded(operations, "Title,Person,Due\n\nx,alice,soon\n")
    (kind, why) = outcomes(answer)[3]
    assert (kind, why.startswith("Due: This is no time")) == ("refused", True)


def test_a_person_may_be_named_by_address(operations: Client, alice: User, bob: User) -> None:
    PersonFactory.create(subject="bob-2", email=bob.email)
    answer = uploaded(
        operations, "title,user_id\na,Alice@Example.com\nb,bob@example.com\nc,nobody@example.com\nd,alice\n"
    )
    assert outcomes(answer)[3][1].startswith("user_id: 2 people have the e-mail address 'bob@example.com'.")
    assert outcomes(answer)[4][1] == "user_id: there is no person 'nobody@example.com'."
    finished(operations, answer)
    assert set(Task.objects.values_list("title", "user_id")) == {("a", "alice"), ("d", "alice")}


def test_a_row_with_the_owners_address_changes_the_task(operations: Client, task: Task, bobs_task: Task) -> None:
    text = f"id,title,user_id\n{task.pk},x,alice@example.com\n{bobs_task.pk},x,alice@example.com\n"
    assert outcomes(uploaded(operations, text)) == {
        2: ("change", "title"),
        3: ("refused", "user_id: a task never changes hands."),
    }


def test_a_cell_that_cannot_be_told_refuses_its_row_alone(operations: Client, task: Task) -> None:
    before = Task.objects.values().get()
    content = xlsx(
        row(1, "id", "title", "description"),
        row(2, str(task.pk), "x", "<c><f>A1</f></c>"),
        row(3, str(task.pk), "y", "kept"),
    )
    answer = uploaded(operations, content, "t.xlsx")
    kind, why = outcomes(answer)[2]
    assert (kind, why.startswith("description: Cell C2 holds a formula whose result is not in the file.")) == (
        "refused",
        True,
    )
    assert outcomes(answer)[3] == ("change", "title,description")
    assert Task.objects.values().get() == before


def test_an_old_job_goes_on(operations: Client, task: Task) -> None:
    """Planned by the release before: rows by our names, and nothing else."""
    job = Job.objects.create(
        owner=User.objects.get(login="staff@example.com"),
        page="tasks.import",
        upper_id=0,
        expected=1,
        values={"file": "t.csv", "rows": [{"id": str(task.pk), "title": "Renamed"}]},
    )
    page = f"{IMPORT}{job.pk}/"
    assert operations.get(page).status_code == 200
    operations.post(page, {"do": "start"})
    operations.post(page, {"do": "step"})
    assert Task.objects.get().title == "Renamed"


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(["csv", "json", "xlsx", "ods"]),
    content=st.binary(max_size=60)
    | st.text(st.sampled_from('id,;\n"=1{}[]:\0é\t'), min_size=1, max_size=40).map(str.encode),
)
def test_no_upload_breaks_the_page(operations: Client, kind: str, content: bytes) -> None:
    assert uploaded(operations, content, f"t.{kind}").status_code == 200


@pytest.mark.parametrize("rights", [("view_task", "change_task", "export_task"), ("import_task",)])
def test_who_may_not_import_uploads_nothing(operations: Client, rights: tuple[str, ...], task: Task) -> None:
    job = address(uploaded(operations, f"id,title\n{task.pk},Renamed\n"))
    other = staff_with(*rights, login="other@example.com")
    assert [other.get(IMPORT).status_code, uploaded(other, "id\n1\n").status_code] == [403, 403]
    assert [other.get(job).status_code, other.post(job, {"do": "start"}).status_code] == [403, 403]
