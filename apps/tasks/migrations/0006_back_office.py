"""Rights to export and import, and the indexes of the back office's lists, built while people write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from apps.tasks.expressions import OfficePriority, OfficeStatus, OfficeTime

OPEN = models.Q(deleted_at__isnull=True) & ~models.Q(status="completed")

INDEXES = (
    models.Index(OfficeStatus("status"), "id", name="tasks_task_office_status"),
    models.Index(OfficePriority("priority"), "id", name="tasks_task_office_priority", condition=~models.Q(priority=1)),
    models.Index(
        OfficeTime("due_at"), name="tasks_task_office_due", condition=OPEN & models.Q(due_at__isnull=False)
    ),
    models.Index(
        OfficeTime("completed_at"),
        name="tasks_task_office_completed",
        condition=models.Q(completed_at__isnull=False),
    ),
    models.Index(OfficeTime("created_at"), name="tasks_task_office_open", condition=OPEN),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0005_task_indexes")]

    operations = [
        migrations.AlterModelOptions(
            name="task",
            options={
                "ordering": ("id",),
                "permissions": (("export_task", "Can export tasks"), ("import_task", "Can import tasks")),
            },
        ),
        *(AddIndexConcurrently("task", index) for index in INDEXES),
    ]
