"""No migration of ours may lock a table for long, or break the code before it; the linter is shown to see such."""

import re
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from tests.servers import ROOT

OURS = ["accounts", "backoffice", "dashboard", "history", "idempotency", "limits", "staff", "tasks"]
# An index built beside its users is refused within a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

VALIDATED = re.compile(r"ALTER TABLE (\S+) ADD (CONSTRAINT|COLUMN) .*(CHECK \(|REFERENCES )(?!.*NOT VALID)")


def validates_rows_that_are_there(statements: list[str], **_: Any) -> bool:
    """A constraint is looked up in every row while nobody may write, unless it is added NOT VALID."""
    tables = [found[1] for statement in statements if (found := VALIDATED.match(statement))]
    return any(not any(sql.startswith(f"CREATE TABLE {table}") for sql in statements) for table in tables)


class Analyser(PostgresqlAnalyser):
    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        Check(
            "VALIDATED_CONSTRAINT",
            validates_rows_that_are_there,
            "ADD CONSTRAINT reads the table under its lock",
            CheckMode.TRANSACTION,
            CheckType.ERROR,
        ),
    ]


def linter_of(*apps: str) -> MigrationLinter:
    """An index that locks its table is no more than a warning to it."""
    linter = MigrationLinter(str(ROOT), include_apps=apps, no_cache=True, all_warnings_as_errors=True)
    linter.sql_analyser_class = Analyser
    return linter


def test_the_linter_finds_nothing() -> None:
    linter = linter_of(*OURS)
    linter.lint_all_migrations()
    assert linter.nb_erroneous == 0
    assert linter.nb_valid >= 24


HEAD = """
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Now


def count_anew(apps, schema_editor):
    apps.get_model("limits", "Counter").objects.update(hits=0)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("limits", "0002_unlogged"), ("accounts", "0001_initial")]
    operations = [
"""
CARELESS = {
    "an index": 'AddIndex("counter", models.Index(fields=["hits"], name="i"))',
    "an index without its users": 'RemoveIndex("counter", "limits_counter_started_at")',
    "NOT NULL without a default": 'AddField("counter", "fresh", models.IntegerField(default=0))',
    "NOT NULL at last": 'AlterField("counter", "hits", models.PositiveIntegerField(null=True)),'
    ' migrations.AlterField("counter", "hits", models.PositiveIntegerField())',
    "a column renamed": 'RenameField("counter", "hits", "count")',
    "a column dropped": 'RemoveField("counter", "hits")',
    "a column of another type": 'AlterField("counter", "hits", models.TextField())',
    "a table renamed": 'AlterModelTable("counter", "hits")',
    "a table dropped": 'DeleteModel("Counter")',
    "a unique column": 'AlterField("counter", "hits", models.PositiveIntegerField(unique=True))',
    "a constraint": 'AddConstraint("counter", models.CheckConstraint(condition=models.Q(hits__gt=0), name="c"))',
    "a foreign key": 'AddField("counter", "user", models.ForeignKey("accounts.User", models.CASCADE, null=True))',
    "plain SQL": 'RunSQL("CREATE INDEX i ON limits_counter (hits)", "DROP INDEX i")',
    "data without a way back": "RunPython(count_anew)",
}
CAREFUL = {
    "an index": 'AddIndexConcurrently("counter", models.Index(fields=["hits"], name="i"))',
    "a column": 'migrations.AddField("counter", "fresh", models.IntegerField(null=True))',
    "a default of the database's": 'migrations.AddField("counter", "fresh", models.DateTimeField(db_default=Now()))',
    "a constraint": 'AddConstraintNotValid("counter", models.CheckConstraint(condition=models.Q(hits=1), name="c"))',
    "data": "migrations.RunPython(count_anew, migrations.RunPython.noop)",
}


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the migrations of `limits` are looked for: those that there are, and one more to be written."""
    package = tmp_path / f"migrations_{uuid.uuid4().hex}"
    package.mkdir()
    for source in (ROOT / "apps/limits/migrations").glob("*.py"):
        (package / source.name).write_bytes(source.read_bytes())
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {"limits": package.name}
    yield package
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


def errors_of(folder: Path, operation: str) -> int:
    (folder / "0003_next.py").write_text(f"{HEAD}        {operation}\n    ]\n")
    linter = linter_of("limits")
    linter.lint_all_migrations("limits", "0003_next")
    assert linter.nb_total == 1
    return linter.nb_erroneous


@pytest.mark.parametrize("what", CARELESS)
def test_a_careless_migration_is_refused(folder: Path, what: str) -> None:
    assert errors_of(folder, f"migrations.{CARELESS[what]}") == 1


@pytest.mark.parametrize("what", CAREFUL)
def test_a_careful_one_is_not(folder: Path, what: str) -> None:
    assert errors_of(folder, CAREFUL[what]) == 0
