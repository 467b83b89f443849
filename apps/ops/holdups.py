"""Which open transaction holds the changes feed back: measured, logged and named, but only while one does.

A feed that is held back wakes a thread, which looks every fifteen seconds until the transaction has ended. At other
times nothing asks the database, so that a sleeping one is not kept awake. What holds the feed back is the oldest
transaction that has a number, in any database of the server, prepared ones included. Transactions that only read,
replication slots and the feedback of a standby have no such number: they hold back VACUUM, and not the feed.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from apps.ops import faults, metrics

LOOK_SECONDS = 15.0
WARN_AFTER_SECONDS = 120.0
WARN_AGAIN_SECONDS = 60.0

logger = logging.getLogger("database")

# Other roles' sessions show neither age nor state to a role without pg_read_all_stats.
OLDEST = """
    WITH oldest AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS number)
    SELECT number::text, holder, coalesce(application, ''), coalesce(database, ''), coalesce(state, ''), seconds
    FROM oldest JOIN (
        SELECT backend_xid AS xid, 'pid ' || pid AS holder, application_name AS application, datname AS database, state,
            extract(epoch FROM clock_timestamp() - xact_start)::float AS seconds
        FROM pg_stat_activity WHERE backend_xid IS NOT NULL
        UNION ALL
        SELECT transaction, 'prepared ' || gid, owner, database, 'prepared',
            extract(epoch FROM clock_timestamp() - prepared)::float
        FROM pg_prepared_xacts
    ) AS transactions ON xid = number::xid
"""


@dataclass(frozen=True)
class Holder:
    """`seconds` is the age of the transaction, None where the role may not see it."""

    transaction: str
    name: str
    application: str
    database: str
    state: str
    seconds: float | None


def oldest() -> Holder | None:
    """The transaction that holds back all younger ones now. Raises DatabaseError, InterfaceError."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        row = cursor.fetchone()
    return Holder(*row) if row else None


class Watch:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wanted = threading.Event()
        self._holder: Holder | None = None
        self._since = 0.0
        self._warned_at = float("-inf")

    def note(self) -> None:
        """A feed was held back just now. Costs nothing else."""
        self._wanted.set()

    def follow_in_background(self) -> None:
        """Starts the thread that looks while a feed is held back. For server processes."""
        threading.Thread(target=self._follow, name="holdups", daemon=True).start()

    def look(self) -> float:
        """Measures once; for how long the oldest transaction has held the feed back, 0.0 where none does."""
        holder = oldest()
        if self._holder and (holder is None or holder.transaction != self._holder.transaction):
            self._forget()
        if holder is None:
            return 0.0
        if self._holder is None:
            self._since = self._clock()
        self._holder = holder
        seconds = max(self._clock() - self._since, holder.seconds or 0.0)
        # A short one is no news, and each would be a series of its own.
        if seconds >= LOOK_SECONDS:
            self._record(holder, seconds)
        self._warn(holder, seconds)
        return seconds

    def _forget(self) -> None:
        if self._holder:
            self._record(self._holder, 0.0)
        self._holder = None

    def _warn(self, holder: Holder, seconds: float) -> None:
        if seconds < WARN_AFTER_SECONDS or self._clock() - self._warned_at < WARN_AGAIN_SECONDS:
            return
        self._warned_at = self._clock()
        logger.warning(
            "the changes feed has been held back for %d seconds by a transaction: %s, application %r, database %r%s",
            seconds,
            holder.name,
            holder.application,
            holder.database,
            f", {holder.state}" if holder.state else "",
        )

    def _record(self, holder: Holder, seconds: float) -> None:
        metrics.recorder.feed_held_back(seconds, holder.database, holder.application, holder.name)

    def _follow(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._measured() > 0:
                time.sleep(LOOK_SECONDS)
                # What was there at the look before is at least so old by now; anything younger is ordinary traffic.
                while self._measured() >= LOOK_SECONDS:
                    time.sleep(LOOK_SECONDS)

    def _measured(self) -> float:
        close_old_connections()
        try:
            return self.look()
        except (DatabaseError, InterfaceError) as error:
            faults.log_fault(error)
            self._forget()
            return 0.0
        finally:
            # The next look is far away, or there is none.
            connection.close()


watch = Watch()
