"""The primary in the place of a replica: for what is asked of whom, where being behind does not matter."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from apps.ops.postgresql.base import DatabaseWrapper
from apps.ops.replica import ALIAS


@contextmanager
def stand_in() -> Iterator[DatabaseWrapper]:
    """Not among the settings: Django's tests would refuse it."""
    replica = DatabaseWrapper(dict(connection.settings_dict), ALIAS)
    connections[ALIAS] = replica
    try:
        yield replica
    finally:
        replica.close()
        del connections[ALIAS]
