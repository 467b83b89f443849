"""What requests leave behind for staff: who came, and who was refused. A thread writes it now and then.

A request costs a look into a dict; an attacker buys no statement with any number of requests, since each process writes
once in some seconds, a bounded number of rows, and what is alike is one row with a count.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models.functions import Now

from apps.accounts.models import Refusal, Withdrawal
from apps.ops import faults

WRITE_SECONDS = 5.0
SEEN_AGAIN_SECONDS = 300.0
MOST_PEOPLE = 100_000
MOST_REFUSALS_A_WRITE = 50
KEPT_REFUSALS = 10_000

# Whoever was erased meanwhile is passed over; what another process has just written stays. In one order, so that two
# processes cannot wait for each other.
NOTE_SIGHTINGS = """
    INSERT INTO accounts_sighting AS sighting (user_id, seen_at)
    SELECT subject, statement_timestamp() FROM accounts_user WHERE subject = ANY(%(subjects)s)
    ORDER BY subject FOR KEY SHARE
    ON CONFLICT (user_id) DO UPDATE SET seen_at = excluded.seen_at
        WHERE sighting.seen_at < excluded.seen_at - interval '1 minute'
"""
# While their records are held, no erasure of them ends: it finds the refusals that are written in that time.
HOLD_PEOPLE = "SELECT subject FROM accounts_user WHERE subject = ANY(%s) ORDER BY subject FOR KEY SHARE"
# Longer than anything is kept in memory.
ERASED_WITHIN = timedelta(minutes=10)
TRIM_REFUSALS = "DELETE FROM accounts_refusal WHERE id <= (SELECT max(id) FROM accounts_refusal) - %(kept)s"


@dataclass(frozen=True)
class Refused:
    """`proved` says that the signature held; else `subject` is whatever somebody wrote into a token."""

    subject: str
    proved: bool
    reason: str
    kind: str
    address: str


class Journal:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._noted_at: dict[str, float] = {}
        self._arrived: set[str] = set()
        self._refusals: Counter[Refused] = Counter()
        self._wanted = threading.Event()

    def note_arrival(self, subject: str) -> None:
        """A token of theirs was accepted."""
        now = self._clock()
        if now - self._noted_at.get(subject, float("-inf")) < SEEN_AGAIN_SECONDS:
            return
        with self._lock:
            while len(self._noted_at) >= MOST_PEOPLE:
                self._noted_at.pop(next(iter(self._noted_at)), None)
            self._noted_at[subject] = now
            self._arrived.add(subject)
        self._wanted.set()

    def note_refusal(self, refused: Refused) -> None:
        """Beyond the most that one write takes, only what is alike is still counted."""
        with self._lock:
            if refused in self._refusals or len(self._refusals) < MOST_REFUSALS_A_WRITE:
                self._refusals[refused] += 1
        self._wanted.set()

    def write(self) -> None:
        """Raises DatabaseError; what was noted is lost then, for it was never more than a sample."""
        with self._lock:
            arrived, self._arrived = self._arrived, set()
            refusals, self._refusals = self._refusals, Counter()
        if arrived:
            _execute(NOTE_SIGHTINGS, {"subjects": list(arrived)})
        if refusals:
            _write_refusals(refusals)
            # Not in the same transaction: it may wait for an erasure, which waits for the people that it holds.
            _execute(TRIM_REFUSALS, {"kept": KEPT_REFUSALS})

    def write_in_background(self) -> None:
        """Starts the thread that writes while requests come. For server processes."""
        threading.Thread(target=self._write_on, name="journal", daemon=True).start()

    def forget(self) -> None:
        with self._lock:
            self._noted_at.clear()
            self._arrived.clear()
            self._refusals.clear()

    def _write_on(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(WRITE_SECONDS)
            self._wanted.clear()
            close_old_connections()
            try:
                self.write()
            except (DatabaseError, InterfaceError) as error:
                faults.log_fault(error)


@transaction.atomic
def _write_refusals(refusals: Counter[Refused]) -> None:
    erased = _erased([one.subject for one in refusals])
    kept = [Refusal(**vars(one), times=times) for one, times in refusals.items() if one.subject not in erased]
    Refusal.objects.bulk_create(kept)


def _erased(subjects: list[str]) -> set[str]:
    """Those who were erased a short time ago; others without a record may have been refused at their first request."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_PEOPLE, [subjects])
        present = {subject for (subject,) in cursor}
    withdrawn = Withdrawal.objects.filter(withdrawn_at__gt=Now() - ERASED_WITHIN, subject__in=subjects)
    return set(withdrawn.values_list("subject", flat=True)) - present


def _execute(sql: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


journal = Journal()
