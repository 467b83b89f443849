"""The migration that repairs titles and tags which were written before there were rules for them."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import TaskFactory

migration: Any = import_module("apps.tasks.migrations.0014_visible_titles")


def repaired() -> None:
    migration.repair(None, SimpleNamespace(connection=connection))


@pytest.fixture
def before(alice: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_task DROP CONSTRAINT tasks_task_title_visible")


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("\u200b\u3164", "Untitled"),
        ("\u200b\t", "Untitled"),
        ("Buy\nmilk\x07", "Buy milk"),
        ("é\x85\x85é", "é é"),
        ("Zoe\u0308", "Zoe\u0308"),
    ],
    ids=ascii,
)
def test_a_title_can_be_sent_back(alice: User, title: str, wanted: str) -> None:
    task = TaskFactory.create(user=alice, title=title)
    repaired()
    assert Task.objects.get(pk=task.pk).title == wanted


@pytest.mark.usefixtures("before")
def test_two_spellings_of_a_tag_are_one_where_the_first_stood(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "BATCH", 1)
    tasks = [
        TaskFactory.create(user=alice, tags=tags) for tags in (["b", "cafe\u0301", "a", "café"], ["a"], [], ["e\u0301"])
    ]
    repaired()
    assert [Task.objects.get(pk=task.pk).tags for task in tasks] == [["b", "café", "a"], ["a"], [], ["é"]]
    # What was right is not written.
    assert [Task.objects.get(pk=task.pk).version for task in tasks] == [2, 1, 1, 2]


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        # NFC makes two characters of each of these.
        (["\u0958" * 50], ["\u0915\u093c" * 25]),
        (["a", "\u200b", "\u2800"], ["a"]),
        (["\u3164"], []),
    ],
    ids=ascii,
)
def test_a_tag_that_is_too_long_or_shows_nothing_is_repaired(alice: User, tags: list[str], wanted: list[str]) -> None:
    task = TaskFactory.create(user=alice, tags=tags)
    repaired()
    assert Task.objects.get(pk=task.pk).tags == wanted
