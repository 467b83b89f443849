"""Indexes whose building was cut: they serve no query, cost each write, and stand in the way of the next attempt."""

from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex

UNFINISHED = """
    SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
    WHERE NOT indisvalid AND relname = ANY(%s) AND pg_table_is_visible(oid)
"""


def drop_indexes(connection: BaseDatabaseWrapper, tell: Callable[[str], object]) -> None:
    """Those that a migration adds, while nobody else migrates; the migration that was cut builds them anew."""
    migrations = MigrationLoader(None).disk_migrations.values()
    ours = [step.index.name for each in migrations for step in each.operations if isinstance(step, AddIndex)]
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED, [ours])
        for (name,) in cursor.fetchall():
            tell(f"The building of index {name} was cut; it is dropped, and built anew.")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}")
