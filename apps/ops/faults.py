"""Which database faults pass by themselves, and what may be said of one in a log."""

import logging

import psycopg2
import psycopg2.errors
from django.db import DatabaseError, InterfaceError, OperationalError

logger = logging.getLogger("database")

RETRY_AFTER_SECONDS = 2


def is_passing(error: BaseException) -> bool:
    """True where the database is away or overloaded, so that the same request may succeed a moment later."""
    return isinstance(error, OperationalError | InterfaceError)


def is_orphan(error: BaseException) -> bool:
    """True where a row pointed at one that is gone."""
    return isinstance(error.__cause__, psycopg2.errors.ForeignKeyViolation)


def log_fault(error: BaseException) -> None:
    """One line for a database error: its class, SQLSTATE and constraint, never the statement or the row."""
    if isinstance(error, DatabaseError | InterfaceError):
        cause = error.__cause__
        state = cause.pgcode if isinstance(cause, psycopg2.Error) else None
        constraint = cause.diag.constraint_name if isinstance(cause, psycopg2.Error) else None
        logger.error(
            "database error: %s",
            type(cause or error).__name__,
            extra={"error": type(error).__name__, "sqlstate": state, "constraint": constraint},
        )
