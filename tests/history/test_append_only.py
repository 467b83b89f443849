"""History only grows, whoever asks; what has served its time and what was of an erased person goes by its own door."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.history import retention
from apps.history.models import Change, Kind
from apps.history.notes import written_by
from apps.tasks.models import Task
from tests.conftest import NO_TRUNCATE
from tests.factories import PersonFactory, TaskFactory

pytestmark = pytest.mark.django_db


def aged(days: int) -> Change:
    return Change.objects.create(
        kind="task", object_id="1", operation="update", source="sql", at=timezone.now() - timedelta(days=days)
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE history_change SET actor = 'somebody else'",
        "UPDATE history_change SET actor = 'somebody else' WHERE id < 0",
        "DELETE FROM history_change",
        "DELETE FROM history_change WHERE at < now() - interval '10 years'",
    ],
)
def test_what_is_recorded_stays(task: Task, sql: str) -> None:
    before = list(Change.objects.values())
    with pytest.raises(DatabaseError, match="history only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Change.objects.values()) == before


@pytest.mark.parametrize(("trigger", "table"), NO_TRUNCATE.items())
def test_no_recorded_table_is_truncated(task: Task, trigger: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert Task.objects.exists()


def test_the_model_refuses_as_well(task: Task) -> None:
    change = Change.objects.latest("id")
    change.actor = "somebody else"
    for write in (change.save, change.delete):
        with pytest.raises(DatabaseError, match="history only grows"), transaction.atomic():
            write()


# --- Retention


def test_purge_takes_what_has_served_its_time(settings: Any) -> None:
    settings.HISTORY_DAYS = 30
    old, young = aged(31), aged(29)
    call_command("purge")
    assert set(Change.objects.all()) == {young}
    assert not Change.objects.filter(pk=old.pk).exists()


def test_purge_goes_in_batches(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HISTORY_DAYS = 30
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        aged(40)
    assert retention.purge() == 5
    assert not Change.objects.exists()


def test_nothing_younger_than_a_week_is_purged() -> None:
    aged(3)
    with pytest.raises(DatabaseError, match="seven days"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_purge(1, 1000)")
    assert Change.objects.count() == 1


def test_the_door_shuts_behind_a_purge(task: Task) -> None:
    retention.purge()
    with pytest.raises(DatabaseError, match="history only grows"), transaction.atomic():
        Change.objects.all().delete()


# --- Erasure


def test_an_erased_person_leaves_no_trace(alice: User, bob: User) -> None:
    TaskFactory.create(user=alice, title="Secret")
    theirs = TaskFactory.create(user=bob, title="Bob's")
    with connection.cursor() as cursor:
        # As a member of staff, Alice changed a task of Bob's.
        note = f"/*history admin r-1 {b'alice'.hex()}*/ "
        cursor.execute(f"{note}UPDATE tasks_task SET title = 'Changed' WHERE id = %s", [theirs.pk])
    alice.delete()
    with written_by("admin"):
        gone = retention.erase("alice")
    left = list(Change.objects.order_by("id").values())
    assert gone == 4
    assert "alice" not in str(left)
    assert "Secret" not in str(left)
    assert [(row["operation"], row["after"]) for row in left][-2:] == [
        ("update", {"title": "Changed"}),
        ("erase", {"rows": 4}),
    ]


def test_the_history_of_a_living_person_is_not_erased(alice: User) -> None:
    with pytest.raises(IntegrityError, match="erased person"), transaction.atomic():
        retention.erase("alice")
    assert Change.objects.filter(kind=Kind.PERSON, object_id="alice").exists()


def test_an_erasure_reaches_no_namesake() -> None:
    for subject in ("alice", "alice2", "ALICE"):
        PersonFactory.create(subject=subject)
    User.objects.filter(pk="alice").delete()
    retention.erase("alice")
    assert set(Change.objects.values_list("object_id", flat=True)) == {"alice2", "ALICE", ""}
