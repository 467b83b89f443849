"""No migration of ours may lock a table for long, or break the code that runs before it."""

import pytest
from django_migration_linter import MigrationLinter

from tests.servers import ROOT

OURS = ["accounts", "backoffice", "idempotency", "limits", "ops", "tasks"]


@pytest.mark.django_db(transaction=True)  # an index built beside its users is refused within a transaction
def test_the_linter_finds_nothing() -> None:
    linter = MigrationLinter(str(ROOT), include_apps=OURS, no_cache=True)
    linter.lint_all_migrations()
    assert not linter.has_errors
