"""The last good key set, in the database: a process that starts while the key server is away knows it too."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F, Q
from django.db.models.functions import Extract, Now

from apps.accounts.keys import ArchivedSet
from apps.accounts.models import ArchivedKeySet
from apps.ops import faults

# A set that has not changed is written again when it is older; each process fetches every five minutes.
REWRITTEN_SECONDS = 60.0


class KeyArchive:
    """Written by server processes alone, in the thread that fetches; read by a process that knows no key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._writes = False
        self._saving = threading.Lock()
        self._saved: tuple[str, str] | None = None
        self._saved_at = float("-inf")

    def write_from_here(self) -> None:
        """For server processes: a command that looks at the keys leaves no trace."""
        self._writes = True

    def load(self, url: str) -> ArchivedSet | None:
        """The last set fetched from `url`; None where there is none, or the database is away."""
        try:
            return read(url)
        except (DatabaseError, InterfaceError) as error:
            faults.log_fault(error)
            return None

    def save(self, url: str, text: str) -> None:
        """Keeps a set that was fetched just now, on a connection that is closed behind it."""
        if not self._writes or not self._is_due(url, text) or not self._saving.acquire(blocking=False):
            return
        try:
            _write(url, text)
            self._saved, self._saved_at = (url, text), self._clock()
        except (DatabaseError, InterfaceError) as error:
            faults.log_fault(error)
        finally:
            connection.close()
            self._saving.release()

    def _is_due(self, url: str, text: str) -> bool:
        return self._saved != (url, text) or self._clock() - self._saved_at >= REWRITTEN_SECONDS


def read(url: str) -> ArchivedSet | None:
    """As `KeyArchive.load`. Raises DatabaseError, InterfaceError."""
    age = Extract(Now() - F("fetched_at"), "epoch")
    row = ArchivedKeySet.objects.filter(url=url).annotate(age=age).values_list("text", "age").first()
    return ArchivedSet(row[0], float(row[1])) if row else None


def _write(url: str, text: str) -> None:
    rows = ArchivedKeySet.objects.filter(url=url)
    old = Q(fetched_at__lt=Now() - timedelta(seconds=REWRITTEN_SECONDS))
    if not rows.filter(~Q(text=text) | old).update(text=text, fetched_at=Now()):
        ArchivedKeySet.objects.bulk_create([ArchivedKeySet(url=url, text=text)], ignore_conflicts=True)


archive = KeyArchive()
