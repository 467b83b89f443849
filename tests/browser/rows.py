"""What the pages show in the browser: people, tasks of all kinds, a history, a saved view, an erasure."""

from typing import Any

from tests.servers import Gunicorn, manage

BOSS = "boss@example.com"
# The number of the task that was changed twice.
STORIED = 60

ROWS = """
from datetime import timedelta
from django.contrib.auth.models import Group
from django.utils import timezone
from apps.accounts import erasure
from apps.accounts.models import User
from apps.backoffice.models import Job, SavedView
from apps.tasks.models import Task
boss = User.objects.create_superuser("boss@example.com", "a good long password", name="Bo Boss")
team = Group.objects.get(name="Support")
boss.groups.add(team)
now = timezone.now()
for number, name in enumerate(("Ada Berg", "Grace Costa", "Alan Diaz"), start=1):
    person = User.objects.create(subject=f"person-{number}", name=name, email=f"{number}@example.com")
    for turn in range(20):
        task = Task.objects.create(user=person, title=f"Write report {turn} of {name}", priority=turn % 4,
            tags=["home", "quarter 3"][: turn % 3], due_at=now + timedelta(days=turn - 10) if turn % 2 else None)
        Task.objects.filter(pk=task.pk).update(created_at=now - timedelta(days=turn * 5),
            status=("pending", "in_progress", "completed")[turn % 3], deleted_at=now if turn == 7 else None)
task = Task.objects.order_by("-id").first()
Task.objects.filter(pk=task.pk).update(title="Write the report", description="Two\\nlines", priority=3, tags=["urgent"])
Task.objects.filter(pk=task.pk).update(title="Write the yearly report", priority=1, due_at=now)
alan = User.objects.filter(subject="person-3")
alan.update(name="A. Diaz", is_active=False, deactivation_reason="Asked by letter")
alan.update(name="Alan Diaz", is_active=True, deactivation_reason="")
alan.update(email="alan@example.com")
SavedView.objects.create(owner=boss, group=team, page="tasks.task", name="Urgent", query="priority__exact=3")
mary = User.objects.create(subject="person-4", name="Mary Evans", email="mary@example.com")
begun = erasure.begin(mary, boss)
Job.objects.filter(pk=begun.pk).update(state="stopped", seen=48, expected=120)
"""


def add_rows(server: Gunicorn) -> None:
    manage(server.environment, "shell", "-v", "0", "-c", ROWS)


def story(server: Gunicorn) -> dict[str, Any]:
    """The numbers that addresses need: of the task, of earlier states of it and of a person, and of an erasure."""
    ((erasure,),) = server.database.rows("SELECT id FROM backoffice_job WHERE page = 'accounts.erasure'")
    return {
        "task": STORIED,
        "change": _oldest_change(server, f"kind = 'task' AND object_id = '{STORIED}'"),
        "erasure": erasure,
        "person_change": _oldest_change(server, "object_id = 'person-3' AND after @> '{\"is_active\": false}'"),
    }


def _oldest_change(server: Gunicorn, condition: str) -> int:
    ((number,),) = server.database.rows(f"SELECT min(id) FROM history_change WHERE {condition}")
    return int(number)
