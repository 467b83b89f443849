"""The migration that bounds due times: what is out of bounds gets the nearest bound, and history keeps what it was."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Database, manage

TIMES = ["10000-01-01Z", "infinity", "9999-12-31 23:59:59Z", "0044-03-15 BC", "-infinity", "2026-01-31Z"]
REPAIRED = ["9999-12-29 23:59:59.999999"] * 3 + ["0001-01-03 00:00:00"] * 2 + ["2026-01-31 00:00:00", None]
DUE = "SELECT (due_at AT TIME ZONE 'UTC')::text FROM tasks_task ORDER BY id"
VALIDATED = "SELECT convalidated FROM pg_constraint WHERE conname = 'tasks_task_due_at_in_range'"
HISTORY = """
    SELECT operation, before ->> 'due_at', after ->> 'due_at', source FROM history_change
    WHERE kind = 'task' AND operation = 'update' ORDER BY id
"""


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[Database]:
    with django_db_blocker.unblock():
        database = Database()
        yield database
        database.drop()


def test_rows_that_are_out_of_bounds_are_repaired(database: Database) -> None:
    environment = {**os.environ, **database.environment}
    manage(environment, "migrate", "--no-input")
    manage(environment, "migrate", "--no-input", "tasks", "0010")
    database.rows(
        "INSERT INTO accounts_user (subject, password, email, name, is_superuser, is_staff, is_active)"
        " VALUES ('alice', '', '', '', false, false, true)"
    )
    for time in (*(f"'{time}'" for time in TIMES), "NULL"):
        database.rows(
            f"SET timezone = 'UTC'; INSERT INTO tasks_task (user_id, title, due_at) VALUES ('alice', 'x', {time})"
        )
    manage(environment, "migrate", "--no-input")
    assert [due for (due,) in database.rows(DUE)] == REPAIRED
    assert database.rows(VALIDATED) == [(True,)]
    changes = database.rows(HISTORY)
    assert len(changes) == 5
    assert [before for _, before, _, _ in changes][1::3] == ["infinity", "-infinity"]
    assert {source for *_, source in changes} == {"command:migrate"}
    assert database.rows("SELECT count(*) FROM tasks_task WHERE version = 2") == [(5,)]
    # Again, there is nothing left to do.
    manage(environment, "migrate", "--no-input")
    assert len(database.rows(HISTORY)) == 5
