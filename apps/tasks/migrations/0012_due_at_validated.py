"""Repairs what was written while the constraint came, and reads the table through beside its users."""

from importlib import import_module

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

repair = import_module("apps.tasks.migrations.0011_due_at_in_range").repair


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tasks", "0011_due_at_in_range")]

    operations = [
        migrations.RunPython(repair, migrations.RunPython.noop),
        ValidateConstraint("task", "tasks_task_due_at_in_range"),
    ]
