"""Long work goes when it is old, with what it kept of a file."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.backoffice.models import Job


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_old_jobs_are_purged(alice: User, days: int, left: int) -> None:
    Job.objects.create(owner=alice, page="tasks.task", upper_id=0, created_at=timezone.now() - timedelta(days=days))
    call_command("purge")
    assert Job.objects.count() == left
