"""The log of what staff did only grows, whoever asks; an erasure takes names off it, and puts no others there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from tests.factories import local_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(alice: User) -> LogEntry:
    return LogEntry.objects.create(
        user=local_account("staff@example.com", is_staff=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id="alice",
        object_repr="Alice",
        action_flag=CHANGE,
        change_message="Deactivated: Fraud: case 17",
    )


@pytest.mark.parametrize(
    "values",
    [
        {"user": "alice"},
        {"object_id": "bob"},
        {"object_id": None},
        {"object_repr": "Bob"},
        {"action_flag": DELETION},
        {"action_time": datetime(2026, 1, 1, tzinfo=UTC)},
        {"change_message": "Deactivated: Asked."},
        {"change_message": "Deactiv."},
        {"change_message": "."},
        {"change_message": ""},
        {"content_type": 0},
        # What is allowed is no cover for what is not.
        {"object_repr": "Erased person", "action_flag": DELETION},
    ],
    ids=str,
)
def test_an_entry_is_not_rewritten(entry: LogEntry, bob: User, values: dict[str, Any]) -> None:
    before = list(LogEntry.objects.values())
    with pytest.raises(DatabaseError, match="the log of staff only grows"), transaction.atomic():
        LogEntry.objects.update(**values)
    assert list(LogEntry.objects.values()) == before


DELETIONS: dict[str, Callable[[], Any]] = {
    "itself": lambda: LogEntry.objects.all().delete(),
    "with whoever did it": lambda: User.objects.get(login="staff@example.com").delete(),
}


@pytest.mark.parametrize("how", DELETIONS)
def test_an_entry_is_not_deleted(entry: LogEntry, how: str) -> None:
    with pytest.raises(DatabaseError, match="the log of staff only grows"), transaction.atomic():
        DELETIONS[how]()
    assert LogEntry.objects.get() == entry


def test_a_person_goes_whom_the_log_only_speaks_of(entry: LogEntry, alice: User) -> None:
    alice.delete()
    assert LogEntry.objects.get() == entry


def test_names_are_taken_off(entry: LogEntry) -> None:
    User.objects.create(subject="erased:1f", is_active=False)
    names = {"user": "erased:1f", "object_id": "erased:1f", "object_repr": "Erased person"}
    assert LogEntry.objects.update(**names, change_message="Deactivated.") == 1


def test_what_speaks_of_a_model_outlives_it(entry: LogEntry) -> None:
    assert LogEntry.objects.update(content_type=None) == 1
