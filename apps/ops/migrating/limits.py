"""The time limits of the server's side stand at the role: a pooled connection takes none at its start."""

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

SETTINGS = """
    SELECT unnest(setconfig) FROM pg_db_role_setting
    WHERE setrole = to_regrole(quote_ident(%s)) AND setdatabase = (SELECT oid FROM pg_database WHERE datname = %s)
"""


class NotAllowed(Exception):
    """This role may not set them. The message holds the statements, for somebody who may."""


def wanted() -> dict[str, str]:
    """Of the role that serves requests, in its database."""
    seconds = settings.STATEMENT_SECONDS
    return {
        "statement_timeout": f"{seconds}s",
        "lock_timeout": f"{max(seconds // 2, 1)}s",
        "idle_in_transaction_session_timeout": f"{seconds}s",
        # A statement whose caller has been cut off does not go on.
        "client_connection_check_interval": "2s",
    }


def set_limits(connection: BaseDatabaseWrapper, role: str) -> None:
    """For sessions that begin from now on; writes only what differs. Raises NotAllowed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        current_role, database = cursor.fetchone()
        role = role or current_role
        cursor.execute(SETTINGS, [role, database])
        there = dict(text.split("=", 1) for (text,) in cursor.fetchall())
        quote = connection.ops.quote_name
        statements = [
            f"ALTER ROLE {quote(role)} IN DATABASE {quote(database)} SET {name} = '{value}'"
            for name, value in wanted().items()
            if there.get(name) != value
        ]
        try:
            for statement in statements:
                cursor.execute(statement)
        except DatabaseError as error:
            raise NotAllowed("; ".join(statements)) from error
