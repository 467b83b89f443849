from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate


class TasksConfig(AppConfig):
    name = "apps.tasks"
    label = "tasks"

    def ready(self) -> None:
        from apps.tasks import housekeeping  # noqa: F401 - it registers itself

        post_migrate.connect(begin_feed, sender=self)


def begin_feed(using: str, apps: Any = apps, **kwargs: Any) -> None:
    """The one row of the changes feed: after `migrate`, and after `flush`, which empties its table."""
    try:
        feed = apps.get_model("tasks", "Feed")
    except LookupError:  # migrated back to before it
        return
    if not feed.objects.using(using).exists():
        with connections[using].cursor() as cursor:
            cursor.execute("INSERT INTO tasks_feed DEFAULT VALUES")
