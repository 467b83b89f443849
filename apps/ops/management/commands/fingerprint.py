"""Proves a restored database equal to the one that was dumped: the same lines come out of both."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
# An order of rows that no plan decides: each row's digest, added up. Numbers of 128 bits, so none is lost to rounding.
DIGEST = """
    SELECT count(*), coalesce(sum(('x' || substr(md5(row::text), 1, 15))::bit(60)::bigint::numeric), 0)
    FROM {table} AS row
"""
SEQUENCES = """
    SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, 0) FROM pg_sequences ORDER BY 1
"""
# By name: PostgreSQL words an expression in another way once it has read its own dump.
OBJECTS = """
    SELECT 'constraints', md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', conrelid::regclass, conname, contype, convalidated) AS line FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    ) AS constraints
    UNION ALL SELECT 'indexes', md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', indexrelid::regclass, indrelid::regclass, indisvalid, indisunique) AS line
        FROM pg_index JOIN pg_class ON oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    ) AS indexes
    UNION ALL SELECT 'triggers', md5(string_agg(pg_get_triggerdef(oid), ',' ORDER BY pg_get_triggerdef(oid)))
        FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'functions', md5(string_agg(pg_get_functiondef(oid), ',' ORDER BY pg_get_functiondef(oid)))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
"""


class Command(BaseCommand):
    help = "Prints a digest of each table, sequence and kind of object, of one moment; diff it with another database's."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # One moment for all tables, and however long they take; for this transaction, so through a pooler too.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
            for line in _lines(cursor):
                self.stdout.write(" ".join(map(str, line)))


def _lines(cursor: Any) -> list[tuple[Any, ...]]:
    cursor.execute(TABLES)
    tables = [table for (table,) in cursor.fetchall()]
    lines: list[tuple[Any, ...]] = []
    for table in tables:
        cursor.execute(DIGEST.format(table=table))
        lines.append((table, *cursor.fetchone()))
    for query in (SEQUENCES, OBJECTS):
        cursor.execute(query)
        lines += cursor.fetchall()
    return lines
