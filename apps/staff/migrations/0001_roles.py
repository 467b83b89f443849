"""The groups of the ready roles. Their permissions follow as soon as every model has its own (apps/staff/roles.py)."""

from typing import Any

from django.db import migrations

ROLES = ("Support", "Operations", "Auditor")


def make(apps: Any, schema_editor: Any) -> None:
    Group = apps.get_model("auth", "Group")
    for name in ROLES:
        Group.objects.get_or_create(name=name)


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make, remove)]
