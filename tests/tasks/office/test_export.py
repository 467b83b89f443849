"""The list as a file: the filtered rows, all of them, in bounded memory, and no cell that a spreadsheet runs."""

import csv
import io
import json
import tracemalloc
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.backoffice import exports
from apps.tasks.models import Task
from tests.colleagues import staff_with
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

EXPORT = "/admin/tasks/task/export/"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://evil.example")']


@pytest.fixture
def operations(db: None) -> Client:
    return staff_with("view_task", "export_task")


def exported(client: Client, kind: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{EXPORT}?format={kind}{query}")
    assert answer.status_code == 200
    assert f'.{kind}"' in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # the test client's type is narrower
    if kind == "json":
        return list(json.loads(content))
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    heading, *rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_every_column_is_there(operations: Client, alice: User, kind: str) -> None:
    task = TaskFactory.create(
        user=alice,
        title='Zoë\'s "list", with all',
        description="Two\nlines",
        priority=3,
        due_at="2027-01-31T09:30:00Z",
        tags=["a, b", "c"],
    )
    (row,) = exported(operations, kind)
    assert {name: str(row[name]) for name in ("id", "title", "description", "status", "priority", "user_id")} == {
        "id": str(task.pk),
        "title": task.title,
        "description": "Two\nlines",
        "status": "pending",
        "priority": "3",
        "user_id": "alice",
    }
    assert row["due_at"] == "2027-01-31T09:30:00Z"
    assert row["tags"] == (["a, b", "c"] if kind == "json" else "a, b\nc")
    assert not row["deleted_at"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_filtered_rows_alone_are_exported(operations: Client, alice: User, bobs_task: Task, kind: str) -> None:
    urgent = TaskFactory.create(user=alice, priority=3)
    TaskFactory.create(user=alice, priority=3, status="completed")
    rows = exported(operations, kind, "&priority__exact=3&status__exact=pending&q=alice&columns=due&o=1&p=7")
    assert [int(row["id"]) for row in rows] == [urgent.pk]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_an_empty_list_is_an_empty_file(operations: Client, kind: str) -> None:
    assert exported(operations, kind) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_all_rows_come_in_batches(operations: Client, alice: User, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BATCH", 3)
    tasks = TaskFactory.create_batch(10, user=alice)
    assert [int(row["id"]) for row in exported(operations, kind)] == [task.pk for task in tasks]


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_of_csv_is_a_formula(operations: Client, alice: User, title: str) -> None:
    TaskFactory.create(user=alice, title="x", description=title, tags=["=a"])
    (row,) = exported(operations, "csv")
    assert (row["description"], row["tags"]) == ("'" + title, "'=a")


@pytest.mark.parametrize("title", FORMULAS[:4])
def test_no_cell_of_a_sheet_is_a_formula(operations: Client, alice: User, title: str) -> None:
    TaskFactory.create(user=alice, title=title)
    answer = operations.get(f"{EXPORT}?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    cell = book.active["B2"]
    assert (cell.value, cell.data_type) == (title, "s")


def cells(line: str, separator: str) -> list[str]:
    """As a spreadsheet takes a line apart at `separator`: only a quotation mark that begins a cell quotes."""
    rows = csv.reader(io.StringIO(line, newline=""), delimiter=separator)
    return [cell for row in rows for cell in row]


PARTS = ["=1+1", "+1", "-1", "@x", "=1+1;", '"=1+1', "'=1+1", ' "=1+1', "\uff1d1+1"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("between", [";", "\t", "|", "\n", "\r\n", "\r", '";', ";;"])
@pytest.mark.parametrize("part", PARTS)
def test_no_cell_is_a_formula_whatever_separates_cells(part: str, between: str, separator: str) -> None:
    row = {"id": 7, "text": f"Report{between}{part}{between}x"}
    line = b"".join(exports.as_csv(("id", "text"), iter([row]))).decode("utf-8-sig").partition("\r\n")[2]
    assert not [cell for cell in cells(line, separator) if cell.strip(' "').startswith(("=", "+", "-", "@", "\uff1d"))]


TEXTS = ["x", "'x", "'", "", "'=x", "''=x", "a;=x", "a;'=x", 'a;"=x', "a\n\t=x", "'\t'=", "-", " =x", *FORMULAS, *PARTS]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_made_safe_comes_back(text: str) -> None:
    assert exports.unsafe(exports.safe(text)) == text


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("=+-@\t\r\n;|,'\" x"), max_size=10))
def test_any_text_that_is_made_safe_comes_back(text: str) -> None:
    assert exports.unsafe(exports.safe(text)) == text


def test_csv_begins_with_the_mark_of_its_encoding(operations: Client, alice: User) -> None:
    """Without it LibreOffice and Excel take UTF-8 for another encoding."""
    TaskFactory.create(user=alice, title="Zoë")
    content = b"".join(operations.get(f"{EXPORT}?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbfid,title,")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_a_number_that_a_sheet_cannot_keep_is_text() -> None:
    numbers = [10**15 - 1, 10**15, 2**63 - 1]
    content = b"".join(exports.as_xlsx(("id",), iter([{"id": number} for number in numbers])))
    column = openpyxl.load_workbook(io.BytesIO(content)).active["A"]
    assert [cell.value for cell in column[1:]] == [numbers[0], str(numbers[1]), str(numbers[2])]


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    columns = ("id", "title")

    def peak(rows: int) -> int:
        source = ({"id": number, "title": f"A title of some length {number}"} for number in range(rows))
        tracemalloc.start()
        for _ in {"csv": exports.as_csv, "json": exports.as_json, "xlsx": exports.as_xlsx}[kind](columns, source):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(20_000) < peak(1_000) + 500_000


@pytest.mark.parametrize(
    ("query", "status"),
    [("format=exe", 400), ("format=csv&nonsense=1", 400), ("format=csv&user__password=x", 400)],
)
def test_an_odd_export_is_refused(operations: Client, query: str, status: int) -> None:
    assert operations.get(f"{EXPORT}?{query}").status_code == status


def test_more_than_a_sheet_holds_is_told_so(operations: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.tasks.office.exporting.MOST_SHEET_ROWS", 1)
    TaskFactory.create_batch(2, user=alice)
    answer = operations.get(f"{EXPORT}?format=xlsx", follow=True)
    assert "A sheet holds 1 rows and these are 2. Take CSV." in answer.content.decode()


@pytest.mark.parametrize("rights", [("view_task", "change_task"), ("export_task",)])
def test_who_may_not_export_gets_nothing(rights: tuple[str, ...], task: Task) -> None:
    assert staff_with(*rights).get(EXPORT).status_code == 403
    assert not LogEntry.objects.exists()


def test_an_export_is_on_record(operations: Client, task: Task) -> None:
    exported(operations, "csv", "&q=alice")
    entry = LogEntry.objects.get()
    assert (entry.user.login, entry.change_message) == ("staff@example.com", "Exported as csv: ?q=alice")
