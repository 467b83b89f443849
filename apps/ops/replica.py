"""A replica of the database, asked in place of the first: at once or not at all, and left alone while it is away."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, transaction

from apps.ops import bounds, faults, metrics

ALIAS = "replica"
IS_SET = ALIAS in settings.DATABASES
# To be reached and to say how far it is; libpq knows no less than two seconds to connect.
REACH_SECONDS = 1.0
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 60.0


class Unfit(Exception):
    """The replica is not to be asked: somebody else has to answer."""


class Rest:
    """How long this process leaves a replica alone that was away; each time that it still is, for longer."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._ends_at = 0.0

    def may_be_tried(self) -> bool:
        if not self._seconds:
            return True
        if time.monotonic() < self._ends_at:
            return False
        # One tries; until that one comes back with good news, nobody else waits for the replica.
        self.begin()
        return True

    def begin(self) -> None:
        self._seconds = min(max(2 * self._seconds, FIRST_REST_SECONDS), LONGEST_REST_SECONDS)
        self._ends_at = time.monotonic() + self._seconds

    def end(self) -> None:
        self._seconds = 0.0


rest = Rest()


@contextmanager
def asked(condition: str, parameters: tuple[str, ...]) -> Iterator[None]:
    """Within it, `connections[ALIAS]` is a transaction in which the statement `condition` has given a row.

    Raises Unfit: where it gave none, where the replica is away or too slow to say, or failed within.
    """
    # One transaction, so that a pooler cannot send its parts to two servers, and none of it is repeated.
    with ExitStack() as stack:
        try:
            if not _holds(stack, condition, parameters):
                raise _unfit("behind")
            yield
            # Here, so that an end which fails is a failure like the others.
            stack.close()
        except (DatabaseError, InterfaceError) as error:
            # A replica may lag behind a migration too: whatever it is, the primary will do better or say the same.
            faults.log_fault(error, repeated=True)
            # Before the transaction ends: its end would connect anew, and wait for that.
            connections[ALIAS].close()
            raise _unfit("failed") from error
    metrics.recorder.replica_asked("answered")


def _holds(stack: ExitStack, condition: str, parameters: tuple[str, ...]) -> bool:
    try:
        with bounds.impatience(REACH_SECONDS):
            stack.enter_context(transaction.atomic(ALIAS))
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(condition, parameters)
                found = cursor.fetchone()
    except (DatabaseError, InterfaceError):
        # Unless it is the request that has no time left.
        if not bounds.is_over():
            rest.begin()
        raise
    rest.end()
    return found is not None


def _unfit(outcome: str) -> Unfit:
    metrics.recorder.replica_asked(outcome)
    return Unfit(outcome)
