"""`migrate` over the direct host: PgBouncer's transaction mode takes away the session locks that DDL relies on."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == DEFAULT_DB_ALIAS:
            _use_direct_host()
        super().handle(*args, **options)


def _use_direct_host() -> None:
    """Points the default connection at DATABASE_URL_UNPOOLED, keeping the database's name: a test run has its own."""
    connection = connections[DEFAULT_DB_ALIAS]
    if settings.DATABASE_UNPOOLED:
        connection.close()
        direct = {name: value for name, value in settings.DATABASE_UNPOOLED.items() if name != "NAME"}
        connection.settings_dict.update(direct)
    host = str(connection.settings_dict["HOST"])
    if host.split(".", maxsplit=1)[0].endswith("-pooler"):
        raise CommandError(
            f"{host} is a pooled host, and migrations need the direct one. "
            "Set DATABASE_URL_UNPOOLED to the same URL without '-pooler'."
        )
