"""No migration of ours may lock a table for long, or break the code that runs before it."""

import pytest
from django_migration_linter import MigrationLinter

from tests.servers import ROOT

# The linter overlooks a default of the database's that is JSON.
JUDGED_BY_PEOPLE = ["0002_job_report"]
OURS = ["accounts", "backoffice", "dashboard", "history", "idempotency", "limits", "staff", "tasks"]


@pytest.mark.django_db(transaction=True)  # an index built beside its users is refused within a transaction
def test_the_linter_finds_nothing() -> None:
    linter = MigrationLinter(str(ROOT), include_apps=OURS, ignore_name=JUDGED_BY_PEOPLE, no_cache=True)
    linter.lint_all_migrations()
    assert not linter.has_errors
