"""Indexes whose building was cut: they serve no query, cost each write, and stand in the way of the next attempt."""

from collections.abc import Callable

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

UNFINISHED = """
    SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
    WHERE NOT indisvalid AND relname = ANY(%s) AND pg_table_is_visible(oid)
"""


def drop_indexes(connection: BaseDatabaseWrapper, tell: Callable[[str], object]) -> None:
    """Those of our own names, while nobody else migrates; the migration that was cut builds them anew."""
    ours = [index.name for model in apps.get_models() for index in model._meta.indexes]
    with connection.cursor() as cursor:
        cursor.execute(UNFINISHED, [ours])
        for (name,) in cursor.fetchall():
            tell(f"The building of index {name} was cut; it is dropped, and built anew.")
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {connection.ops.quote_name(name)}")
