"""The roles of staff: who may do what, in one table. Groups of the same names are kept to it."""

from fnmatch import fnmatchcase
from typing import Any

from django.contrib.auth.models import Group, Permission

# Each line is a permission, or a pattern of them as in a shell; what a later model brings is a line here.
SUPPORT = (
    "accounts.view_user",
    "accounts.view_refusal",
    "tasks.view_task",
    "tasks.change_task",
)
OPERATIONS = (
    *SUPPORT,
    "accounts.deactivate_user",
    "accounts.export_user",
    "tasks.import_task",
    "tasks.export_task",
)
AUDITOR = (
    "accounts.view_*",
    "tasks.view_*",
    "auth.view_group",
    "admin.view_logentry",
    "history.view_*",
)
ROLES = {"Support": SUPPORT, "Operations": OPERATIONS, "Auditor": AUDITOR}


def sync() -> list[str]:
    """Makes the groups and gives each the permissions of the table, no more and no fewer.

    The lines that no permission fits, each once.
    """
    unknown: dict[str, None] = {}
    every = {f"{one.content_type.app_label}.{one.codename}": one for one in _permissions()}
    for role, lines in ROLES.items():
        found = {line: [every[name] for name in every if fnmatchcase(name, line)] for line in lines}
        unknown.update(dict.fromkeys(line for line in lines if not found[line]))
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set({one for permissions in found.values() for one in permissions})
    return list(unknown)


def sync_after_migrate(**_: Any) -> None:
    """New permissions come with a migration, and a deploy runs those."""
    sync()


def _permissions() -> Any:
    return Permission.objects.select_related("content_type")
