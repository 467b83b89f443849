"""Which database faults pass by themselves, and what may be said of one in a log."""

import logging

import psycopg2
import psycopg2.errors
from django.db import DatabaseError, InterfaceError, OperationalError

logger = logging.getLogger("database")

RETRY_AFTER_SECONDS = 2


# Of class 25, which Django counts among the programmer's errors: the server ended a transaction that took too long
# (25P03, 25P04), or has become a standby, which takes no writes (25006).
_PASSING_STATES = {"25P03", "25P04", "25006"}


class OutOfTime(OperationalError):
    """The request has had its time; nothing more is begun for it."""


def is_passing(error: BaseException) -> bool:
    """True where the database is away or overloaded, so that the same request may succeed a moment later."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    cause = error.__cause__
    # psycopg2 has only its base class to say that an answer broke off.
    broken_off = type(cause) is psycopg2.DatabaseError and cause.pgcode is None
    return isinstance(error, DatabaseError) and (broken_off or _sqlstate(cause) in _PASSING_STATES)


def is_orphan(error: BaseException) -> bool:
    """True where a row pointed at one that is gone."""
    return isinstance(error.__cause__, psycopg2.errors.ForeignKeyViolation)


def log_fault(error: BaseException, *, repeated: bool = False) -> None:
    """One line for a database error: its class, SQLSTATE and constraint, never the statement or the row."""
    if isinstance(error, DatabaseError | InterfaceError):
        cause = error.__cause__
        constraint = cause.diag.constraint_name if isinstance(cause, psycopg2.Error) else None
        logger.log(
            logging.WARNING if repeated else logging.ERROR,
            "database error%s: %s",
            ", the read is repeated" if repeated else "",
            type(cause or error).__name__,
            extra={"error": type(error).__name__, "sqlstate": _sqlstate(cause), "constraint": constraint},
        )


def _sqlstate(error: BaseException | None) -> str | None:
    return error.pgcode if isinstance(error, psycopg2.Error) else None
