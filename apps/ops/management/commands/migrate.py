"""`migrate` over the direct host: PgBouncer's transaction mode takes away the session locks that DDL relies on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.ops.migrating import limits, pooler, turns, unfinished


class Command(DjangoMigrate):
    """Safe from several hosts at once, and beside the users: see apps.ops.migrating."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        # Of those who serve requests; the direct host may be another's.
        role = str(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])
        with _direct_host() as connection:
            if pooler.shares_backends(connection):
                raise CommandError("A pooler in transaction mode stands before the database. " + ADVICE)
            migrate = super().handle
            with turns.turn(connection, self.stderr.write):
                if not options["check_unapplied"] and not options["plan"]:
                    unfinished.drop_indexes(connection, self.stderr.write)
                with turns.short_locks(connection, self.stderr.write):
                    turns.patiently(lambda: migrate(*args, **options), self.stderr.write)
                self._set_limits(connection, role)

    def _set_limits(self, connection: BaseDatabaseWrapper, role: str) -> None:
        try:
            limits.set_limits(connection, role)
        except limits.NotAllowed as error:
            self.stderr.write(f"The database's time limits are not set. Once, as a role that may: {error}")


ADVICE = "Set DATABASE_URL_UNPOOLED to the URL of the database itself; on Neon, the same one without '-pooler'."


@contextmanager
def _direct_host() -> Iterator[BaseDatabaseWrapper]:
    """The default connection, pointed at DATABASE_URL_UNPOOLED meanwhile. It keeps its database: a test has its own."""
    connection = connections[DEFAULT_DB_ALIAS]
    before = dict(connection.settings_dict)
    direct = {name: value for name, value in (settings.DATABASE_UNPOOLED or {}).items() if name != "NAME"}
    if direct:
        connection.close()
        connection.settings_dict.update(direct)
    try:
        _refuse_pooled(str(connection.settings_dict["HOST"]))
        yield connection
    finally:
        if direct:
            connection.close()
            connection.settings_dict.update(before)


def _refuse_pooled(host: str) -> None:
    if host.split(".", maxsplit=1)[0].endswith("-pooler"):
        raise CommandError(f"{host} is a pooled host, and migrations need the direct one. {ADVICE}")
