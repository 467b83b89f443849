"""A time is shown in the zone of whoever looks, and exactly on hover, wherever one is shown."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from apps.accounts.models import Refusal, Sighting, User
from apps.history.models import Change
from apps.tasks.models import Task
from tests.colleagues import superuser

pytestmark = pytest.mark.django_db

SHOWN = re.compile(r">\s*\d{4}-\d\d-\d\d \d\d:\d\d[^<]*<(/?\w+)")
TITLE = r'<time [^>]*datetime="([^"]+)" title="\1 \(shown in Asia/Tokyo\)">'
EXACT = re.compile(TITLE + r"\s*(?:\d{4}-\d\d-\d\d \d\d:\d\d|[^<]* ago)</time>")


@pytest.fixture
def numbers(task: Task, alice: User) -> dict[str, Any]:
    Sighting.objects.create(user=alice, seen_at="2026-01-02T03:04:05Z")
    refusal = Refusal.objects.create(subject="alice", proved=True, reason="expired", times=1)
    superuser().post("/admin/tasks/task/", {"action": "complete", "_selected_action": [task.pk]})
    change, entry = Change.objects.of_task(task.pk).latest("id"), LogEntry.objects.latest("id")
    return {"task": task.pk, "change": change.pk, "refusal": refusal.pk, "entry": entry.pk}


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("", 2),
        ("tasks/task/?columns=created,updated,completed,due", 3),
        ("tasks/task/{task}/change/", 3),
        ("tasks/task/{task}/history/", 3),
        ("tasks/task/{task}/restore/{change}/", 1),
        ("accounts/user/?columns=created,last_seen,last_sign_in", 3),
        ("accounts/user/alice/change/", 3),
        ("accounts/user/alice/history/", 1),
        ("accounts/refusal/", 1),
        ("accounts/refusal/{refusal}/change/", 1),
        ("history/change/", 2),
        ("history/change/{change}/change/", 1),
        ("admin/logentry/", 1),
        ("admin/logentry/{entry}/change/", 1),
    ],
)
def test_each_time_is_exact_on_hover(numbers: dict[str, Any], page: str, least: int) -> None:
    client = superuser("looker@example.com")
    client.cookies["back_office_zone"] = "Asia/Tokyo"
    answer = client.get(f"/admin/{page.format(**numbers)}")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert len(EXACT.findall(shown)) >= least
    assert set(SHOWN.findall(shown)) <= {"/time"}
