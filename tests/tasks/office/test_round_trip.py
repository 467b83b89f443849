"""An export that nobody changed is imported as no change, whatever the tasks hold."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.tasks.models import Task
from apps.values.text import composed, validate_line
from apps.values.times import EARLIEST, LATEST
from tests.colleagues import staff_with
from tests.factories import PersonFactory, TaskFactory
from tests.tasks.office.importer import outcomes, uploaded

pytestmark = pytest.mark.django_db

KINDS = ["csv", "xlsx", "json"]


@pytest.fixture
def operations(db: None) -> Client:
    return staff_with("view_task", "import_task", "export_task")


def exported(client: Client, kind: str) -> bytes:
    answer = client.get(f"/admin/tasks/task/export/?format={kind}")
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def comes_back(client: Client, kind: str, content: bytes | None = None) -> None:
    answer = uploaded(client, exported(client, kind) if content is None else content, f"t.{kind}")
    assert {found[0] for found in outcomes(answer).values()} == {"same"}, outcomes(answer)
    assert len(outcomes(answer)) == Task.objects.count()


TEXTS = [
    "a\r\nb", "a\rb", "a\nb", "\na\n", "a\tb", "\ta", " a ", "  ", "", "a\u2028b\u2029c\u0085d", "\ufeffa",
    "\x01\x0b\x1f\x7f", "_x000D_", "_x005F_x000D_", "_x0041_ and _xD83D_", "_x0041_x0042_x0043_",
    "a_x0041_x0042_<b> & c", "\ufffe\uffff", "👩\u200d👩\u200d👧", "'", "'a", "'=1", "''=1", "=1+1", "Report;=1+1;x",
    'a;"=1', "a\n-b", "a\tb;c|d,e", '"', '""', '"a"', "a\\", "sep=;", "x" * 2_000, "é" * 2_000,
]  # fmt: skip
TITLES = [
    "007",
    "1e5",
    "1E5",
    "TRUE",
    "false",
    "2026-01-01",
    "09:30",
    "5 000",
    "5,0",
    "#N/A",
    "null",
    "NaN",
    "=1",
    "'=1",
]


@pytest.mark.parametrize("kind", KINDS)
def test_texts_that_look_like_something_else(operations: Client, alice: User, kind: str) -> None:
    for title in TITLES:
        TaskFactory.create(user=alice, title=title, tags=[title])
    for text in TEXTS:
        title = text.strip()[:200] if any(sign.isprintable() for sign in text.strip()) else "x"
        TaskFactory.create(user=alice, title=title, description=text)
    TaskFactory.create(user=alice, description=None, tags=["a, b", "c;d", 'e"f', "g\u2028h", "i|j", "=k", "'l"])
    TaskFactory.create(user=PersonFactory.create(subject="1E5"), due_at="2027-03-28T01:30:00.123456Z")
    TaskFactory.create(user=PersonFactory.create(subject="=x;y"), due_at="2027-10-31T03:30:00+05:45")
    comes_back(operations, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_zone_the_importer_is_in(operations: Client, alice: User, kind: str) -> None:
    TaskFactory.create(user=alice, due_at="2027-10-31T00:30:00Z")
    content = exported(operations, kind)
    operations.cookies["back_office_zone"] = "Europe/Berlin"
    comes_back(operations, kind, content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_is_older_than_a_rule(operations: Client, alice: User, kind: str) -> None:
    """A title that is not trimmed was once taken."""
    TaskFactory.create(user=alice, title=" x ")
    comes_back(operations, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_one_change_in_it_is_one_change(operations: Client, alice: User, kind: str) -> None:
    task = TaskFactory.create(user=alice, title="Before", description="a\r\n=b", tags=["a, b", "c"])
    TaskFactory.create(user=alice)
    content = exported(operations, "csv" if kind == "csv" else "json").replace(b"Before", b"After")
    answer = uploaded(operations, content, "t.csv" if kind == "csv" else "t.json")
    changed = [found for found in outcomes(answer).values() if found[0] != "same"]
    assert (changed, Task.objects.get(pk=task.pk).title) == ([("change", "title")], "Before")


def test_what_a_spreadsheet_makes_of_line_ends_is_no_change(operations: Client, alice: User) -> None:
    TaskFactory.create(user=alice, description="a\r\nb\rc")
    content = exported(operations, "json").replace(rb"a\r\nb\rc", rb"a\nb\nc")
    comes_back(operations, "json", content)


def is_line(text: str) -> bool:
    try:
        validate_line(text)
    except ValidationError:
        return False
    return True


# What the API takes: a trimmed title, tags in NFC, both with something that can be seen and without control characters.
SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(is_line)
TAG = WORD.map(composed)
DUE = st.datetimes(*(end.replace(tzinfo=None) for end in (EARLIEST, LATEST))).map(lambda time: time.isoformat() + "Z")
TASK = st.fixed_dictionaries(
    {
        "title": WORD,
        "description": st.none() | st.text(SIGNS | st.sampled_from("\r\n\t;=-'\"_x"), max_size=30),
        "priority": st.sampled_from([0, 1, 2, 3]),
        "status": st.sampled_from(["pending", "in_progress", "completed"]),
        "due_at": st.none() | DUE,
        "tags": st.lists(TAG, max_size=4, unique=True),
    }
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tasks=st.lists(TASK, min_size=1, max_size=4))
@example(tasks=[{"title": "x", "description": "_x0041_x0042_"}])
def test_any_tasks(operations: Client, alice: User, tasks: list[dict[str, Any]]) -> None:
    Task.objects.all().delete()
    for fields in tasks:
        TaskFactory.create(user=alice, **fields)
    for kind in KINDS:
        comes_back(operations, kind)
