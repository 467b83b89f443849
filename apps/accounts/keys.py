"""The public keys of Better Auth: fetched seldom, parsed once, kept while the key server is away."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from apps.accounts.claims import KeysUnavailable, Refused
from apps.accounts.jwks import Keys, parse_keys, public_set
from apps.accounts.key_server import FetchFailed, fetch
from apps.ops import metrics

logger = logging.getLogger("accounts.keys")

# How long a caller waits for a fetch: the fetch itself has ended by then.
WAIT_SECONDS = 2.0
# A set older than this is fetched anew behind the back of the request that noticed.
FRESH_SECONDS = 300.0
# How long a set may serve while the key server is away.
KEPT_SECONDS = 24 * 3600.0
# Between two fetches, whatever key ids a caller invents. A key that was rotated in is used at once, so no longer.
COOL_DOWN_SECONDS = 1.5
# Threads that may wait for a key never seen while others are known; a process has four by default.
MOST_WAITING = 2
# For another thread that reads the archive.
ARCHIVE_WAIT_SECONDS = 0.5


@dataclass(frozen=True)
class ArchivedSet:
    """A JWK set of public keys, and how long ago it was fetched."""

    text: str
    age_seconds: float


class Archive(Protocol):
    """Where the processes of a deployment keep the last good set for those that start in an outage."""

    def load(self, url: str) -> ArchivedSet | None:
        """The last set that was fetched from `url`; None where there is none, or it cannot be read."""

    def save(self, url: str, text: str) -> None:
        """Keeps a set that was fetched just now. Called in the background; never raises."""


class KeySet:
    """The keys at `url` by key id and algorithm, for all threads of a process."""

    def __init__(
        self, url: str, clock: Callable[[], float] = time.monotonic, *, archive: Archive | None = None
    ) -> None:
        self.url = url
        self._clock = clock
        self._archive = archive
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._failed = False
        self._flight: threading.Event | None = None
        self._seats = threading.BoundedSemaphore(MOST_WAITING)
        self._recalling = threading.Lock()
        self._recalled_at = float("-inf")

    def find(self, key_id: str, algorithm: str) -> Any:
        """The public key of that id, made for that algorithm. Raises Refused, KeysUnavailable."""
        key, is_current = self.known(key_id, algorithm), True
        if key is None:
            is_current = self._await_fetch()
            if not self._knows_any():
                # The fetch has failed.
                self._recall()
            key = self._keys.get((key_id, algorithm)) if self._knows_any() else None
        if key is not None:
            return key
        if self._failed or not is_current:
            raise KeysUnavailable("the key is not known and the key server does not answer")
        raise Refused("no key has this kid and alg")

    def known(self, key_id: str, algorithm: str) -> Any | None:
        """The key if it is here; never waits. The same object for as long as the key stays published unchanged."""
        if self._keys and self._clock() - self._fetched_at > FRESH_SECONDS:
            self._start_fetch()
        return self._keys.get((key_id, algorithm)) if self._knows_any() else None

    def _knows_any(self) -> bool:
        return self._clock() - self._fetched_at < KEPT_SECONDS

    def _await_fetch(self) -> bool:
        """True where what we know is recent: no fetch is due, or the one under way has ended in time."""
        flight = self._start_fetch()
        if flight is None:
            return True
        if not self._knows_any():
            return flight.wait(WAIT_SECONDS)
        # Other people's keys are known: threads must be left for them, whatever key ids are invented meanwhile.
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return flight.wait(WAIT_SECONDS)
        finally:
            self._seats.release()

    def _start_fetch(self) -> threading.Event | None:
        """The fetch under way, started now where it is due; None where the last one is too recent."""
        with self._lock:
            if self._flight is None and self._clock() - self._tried_at >= COOL_DOWN_SECONDS:
                self._flight = threading.Event()
                threading.Thread(target=self._fetch, name="keys", daemon=True).start()
            return self._flight

    def _fetch(self) -> None:
        fetched = None
        try:
            fetched = fetch(self.url)
            self._take(parse_keys(fetched), 0.0)
            self._failed = False
        except FetchFailed as error:
            self._failed, fetched = True, None
            logger.warning("keys not fetched: %s", error, extra={"url": self.url})
        finally:
            with self._lock:
                self._tried_at = self._clock()
                flight, self._flight = self._flight, None
            if flight:
                flight.set()
        # Behind everybody's back: a database that hangs holds nobody who waits for a key.
        if fetched and self._archive:
            self._archive.save(self.url, public_set(fetched))

    def _recall(self) -> None:
        """For a process that knows no key, when the key server is away: what the deployment knew."""
        if not self._archive or not self._recalling.acquire(timeout=ARCHIVE_WAIT_SECONDS):
            return
        try:
            if not self._knows_any() and self._clock() - self._recalled_at >= COOL_DOWN_SECONDS:
                archived = self._archive.load(self.url)
                self._recalled_at = self._clock()
                if archived and archived.age_seconds < KEPT_SECONDS:
                    self._take(parse_keys(archived.text), archived.age_seconds)
                    logger.warning("keys of the archive serve", extra={"age_seconds": round(archived.age_seconds)})
        except FetchFailed as error:
            logger.warning("archived keys not used: %s", error, extra={"url": self.url})
        finally:
            self._recalling.release()

    def _take(self, fetched: Keys, age_seconds: float) -> None:
        """Unless what is known is younger. A key that has not changed stays the same object."""
        fetched_at = self._clock() - age_seconds
        with self._lock:
            known = self._keys
            if fetched_at >= self._fetched_at:
                self._keys = {slot: known[slot] if known.get(slot) == key else key for slot, key in fetched.items()}
                self._fetched_at = fetched_at
                metrics.recorder.keys_were_fetched(age_seconds)
