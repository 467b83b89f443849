"""`migrate` over the direct host: PgBouncer's transaction mode takes away the session locks that DDL relies on."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.ops.migrating import limits, pooler, turns


class Command(DjangoMigrate):
    """Safe from several hosts at once, and beside the users: see apps.ops.migrating."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        role = str(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])
        _use_direct_host()
        connection = connections[DEFAULT_DB_ALIAS]
        if pooler.shares_backends(connection):
            raise CommandError("A pooler in transaction mode stands before the database. " + ADVICE)
        migrate = super().handle
        with turns.turn(connection, self.stderr.write):
            with turns.limits_of_a_migration(connection):
                turns.patiently(lambda: migrate(*args, **options), self.stderr.write)
            self._set_limits(connection, role)

    def _set_limits(self, connection: BaseDatabaseWrapper, role: str) -> None:
        try:
            limits.set_limits(connection, role)
        except limits.NotAllowed as error:
            self.stderr.write(f"The database's time limits are not set. Once, as a role that may: {error}")


ADVICE = "Set DATABASE_URL_UNPOOLED to the URL of the database itself; on Neon, the same one without '-pooler'."


def _use_direct_host() -> None:
    """Points the default connection at DATABASE_URL_UNPOOLED, keeping the database's name: a test run has its own."""
    connection = connections[DEFAULT_DB_ALIAS]
    if settings.DATABASE_UNPOOLED:
        connection.close()
        direct = {name: value for name, value in settings.DATABASE_UNPOOLED.items() if name != "NAME"}
        connection.settings_dict.update(direct)
    host = str(connection.settings_dict["HOST"])
    if host.split(".", maxsplit=1)[0].endswith("-pooler"):
        raise CommandError(f"{host} is a pooled host, and migrations need the direct one. {ADVICE}")
