"""Which database errors pass by themselves: a caller is told to come back after these, and of a crash after others."""

import psycopg2
import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)

from apps.ops import faults

CONDITIONS = {
    "idle_in_transaction_session_timeout": True,
    "transaction_timeout": True,
    "read_only_sql_transaction": True,
    "query_canceled": True,
    "lock_not_available": True,
    "admin_shutdown": True,
    "too_many_connections": True,
    "deadlock_detected": True,
    "no_active_sql_transaction": False,
    "undefined_table": False,
    "unique_violation": False,
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.django_db
def test_what_the_server_says(condition: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE {condition}; END $$")
    assert faults.is_passing(caught.value) is CONDITIONS[condition]


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, faults.OutOfTime])
def test_a_connection_that_is_lost(kind: type[Exception]) -> None:
    assert faults.is_passing(kind())


@pytest.mark.parametrize("kind", [DataError, IntegrityError, InternalError, ValueError])
def test_what_will_not_pass(kind: type[Exception]) -> None:
    assert not faults.is_passing(kind())


def test_an_answer_that_broke_off() -> None:
    error = DatabaseError()
    error.__cause__ = psycopg2.DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq")
    assert faults.is_passing(error)
