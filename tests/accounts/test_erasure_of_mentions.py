"""GDPR, article 17: what staff keep for their work, such as the rows of an imported file, names nobody erased."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import erasure
from apps.accounts.models import User
from apps.backoffice.models import Job, SavedView
from apps.tasks.models import Task
from tests.accounts.test_erasure import whole_database
from tests.colleagues import staff_with
from tests.factories import PersonFactory, TaskFactory, local_account

pytestmark = pytest.mark.django_db

IMPORT = "/admin/tasks/task/import/"


@pytest.fixture
def zoe() -> User:
    return PersonFactory.create(subject="sub-7", name="Zoë Ünal", email="zoe@elsewhere.example")


@pytest.fixture
def colleague() -> Client:
    return staff_with("view_task", "change_task", "import_task", login="colleague@example.com")


def uploaded(client: Client, *rows: dict[str, Any], name: str = "tasks.json") -> Job:
    file = SimpleUploadedFile(name, json.dumps(rows).encode())
    assert client.post(IMPORT, {"file": file}).status_code == 302
    return Job.objects.latest("created_at")


def erase(person: User) -> None:
    erasure.erase(person, by=local_account("boss@example.com", is_superuser=True))


def test_a_file_with_rows_for_them_goes(colleague: Client, zoe: User) -> None:
    uploaded(colleague, {"title": "Secret plan", "user_id": "sub-7"}, {"title": "Other", "user_id": "nobody"})
    assert "Secret plan" in whole_database()
    erase(zoe)
    assert not Job.objects.exists()
    assert "Secret plan" not in whole_database()


@pytest.mark.parametrize("written", ["{}", "0{}", " {} "])
def test_a_file_with_a_task_of_theirs_goes(colleague: Client, zoe: User, written: str) -> None:
    theirs = TaskFactory.create(user=zoe)
    uploaded(colleague, {"id": written.format(theirs.pk), "title": "Secret plan"})
    erase(zoe)
    assert not Job.objects.exists()


def test_a_file_with_a_task_that_they_had_goes(colleague: Client, zoe: User) -> None:
    theirs = TaskFactory.create(user=zoe)
    uploaded(colleague, {"id": theirs.pk, "title": "Secret plan"})
    Task.objects.filter(pk=theirs.pk).delete()
    erase(zoe)
    assert not Job.objects.exists()


def test_a_file_that_was_imported_goes_and_its_tasks(colleague: Client, zoe: User) -> None:
    job = uploaded(colleague, {"title": "Secret plan", "user_id": "sub-7"})
    for step in ("start", "step"):
        colleague.post(f"{IMPORT}{job.pk}/", {"do": step})
    assert Task.objects.get().title == "Secret plan"
    erase(zoe)
    assert "Secret plan" not in whole_database()


def test_files_about_others_stay(colleague: Client, zoe: User, task: Task) -> None:
    job = uploaded(colleague, {"id": task.pk, "title": "sub-70"}, {"title": "x", "user_id": "alice"})
    erase(zoe)
    assert Job.objects.get() == job


@pytest.mark.parametrize("name", ["zoe@elsewhere.example.json", "tasks_sub-7.json", "Zoe-Ünal (2).json"])
def test_a_file_that_is_named_after_them_goes(colleague: Client, zoe: User, task: Task, name: str) -> None:
    """Of the code before, which kept the name of the file."""
    other, theirs = (uploaded(colleague, {"id": task.pk, "title": "x"}) for _ in range(2))
    for job, file in ((other, "sub-70 zoe.json"), (theirs, name)):
        Job.objects.filter(pk=job.pk).update(values={**job.values, "file": file})
    erase(zoe)
    assert Job.objects.get() == other


def test_the_log_of_imports_names_no_file(colleague: Client, task: Task) -> None:
    job = uploaded(colleague, {"id": task.pk, "title": "x"}, name="Zoë Ünal.json")
    for step in ("start", "step"):
        colleague.post(f"{IMPORT}{job.pk}/", {"do": step})
    messages = LogEntry.objects.filter(change_message__startswith="Import").values_list("change_message", flat=True)
    assert set(messages) == {"Import of 1 rows."}


@pytest.mark.parametrize("name", ["\u0301", " ", "-", "()"])
def test_a_name_without_letters_is_in_no_file_and_no_list(colleague: Client, task: Task, name: str) -> None:
    odd = PersonFactory.create(subject="sub-8", name=name, email="odd@elsewhere.example")
    file = uploaded(colleague, {"id": task.pk, "title": ""}, {"id": task.pk, "title": "x"})
    SavedView.objects.create(owner=task.user, page="tasks.task", name="all", query="q=&x=+-+()")
    erase(odd)
    assert Job.objects.get() == file
    assert SavedView.objects.exists()
    assert not User.objects.filter(pk="sub-8").exists()


def test_an_import_under_way_ends_with_a_page_that_says_so(colleague: Client, zoe: User) -> None:
    job = uploaded(colleague, {"title": "Secret plan", "user_id": "sub-7"})
    colleague.post(f"{IMPORT}{job.pk}/", {"do": "start"})
    erase(zoe)
    assert colleague.post(f"{IMPORT}{job.pk}/", {"do": "step"}).status_code == 404


def test_the_log_of_exports_forgets_for_whom_they_asked(zoe: User) -> None:
    exporter = staff_with("view_task", "export_task")
    for value in ("zoe@elsewhere.example", "zoe@elsewhere.example rent", "sub-70"):
        exporter.get("/admin/tasks/task/export/", {"format": "csv", "q": value})
    erase(zoe)
    messages = set(LogEntry.objects.filter(object_repr="Export as csv").values_list("change_message", flat=True))
    assert messages == {"Exported as csv.", "Exported as csv: ?q=sub-70"}


@pytest.mark.parametrize(
    "value",
    [
        "sub-7",
        "zoe@elsewhere.example",
        "Zoë ünal",
        "ZOE@elsewhere.example rent",
        'rent "zoe@elsewhere.example"',
        "rent of Zoe  Ünal",
    ],
)
def test_lists_that_were_kept_of_them_go(zoe: User, alice: User, value: str) -> None:
    about, other = urlencode({"q": value}), urlencode({"q": "sub-70 sub zoe big-zoe@elsewhere.example Zoë's Ünal"})
    for number, query in enumerate((about, other)):
        SavedView.objects.create(owner=alice, page="tasks.task", name=str(number), query=query)
        Job.objects.create(owner=alice, page="tasks.task", upper_id=1, query=query)
    erase(zoe)
    assert SavedView.objects.get().query == Job.objects.get().query == other
