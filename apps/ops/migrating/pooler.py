"""Whether a pooler stands between us and the database, which hands one session's backend to another."""

from django.db.backends.base.base import BaseDatabaseWrapper

ROUNDS = 5
BACKEND = "SELECT pg_backend_pid()"


def shares_backends(connection: BaseDatabaseWrapper) -> bool:
    """True where two sessions, both open, have been served by one backend: PgBouncer's transaction mode does that."""
    other = connection.copy()
    try:
        return any(_backend(connection) == _backend(other) for _ in range(ROUNDS))
    finally:
        other.close()


def _backend(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute(BACKEND)
        return int(cursor.fetchone()[0])
