"""A purge of many rows goes in batches, each short enough for the time that a statement has."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.ops import housekeeping
from apps.tasks import housekeeping as trash
from apps.tasks.models import Task, Tombstone
from tests.factories import TaskFactory


def test_it_goes_in_batches_and_spares_the_rest(alice: User, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for room in (housekeeping, trash):
        monkeypatch.setattr(room, "BATCH_ROWS", 3)
    old, kept = timezone.now() - timedelta(days=31), TaskFactory.create(user=alice)
    TaskFactory.create_batch(7, user=alice, deleted_at=old)
    with CaptureQueriesContext(connection) as queries:
        call_command("purge")
    assert "tasks in the trash: 7" in capsys.readouterr().out
    deletes = [query["sql"] for query in queries if 'DELETE FROM "tasks_task"' in query["sql"]]
    assert len(deletes) == 3
    assert Task.objects.get() == kept
    Tombstone.objects.update(deleted_at=timezone.now() - timedelta(days=91))
    call_command("purge")
    assert "tombstones of tasks: 7" in capsys.readouterr().out
    assert not Tombstone.objects.exists()
