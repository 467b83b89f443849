"""The public keys of Better Auth (RFC 7517): fetched seldom, parsed once, kept while the key server is away."""

import http.client
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from apps.accounts.claims import KeysUnavailable, Refused

logger = logging.getLogger("accounts.keys")

FETCH_TIMEOUT_SECONDS = 2.0
LARGEST_ANSWER_BYTES = 256 * 1024
# A set older than this is fetched anew behind the back of the request that noticed.
FRESH_SECONDS = 300.0
# How long a set may serve while the key server is away.
KEPT_SECONDS = 24 * 3600.0
# Between two fetches, whatever key ids a caller invents. A key that was rotated in is used at once, so no longer.
COOL_DOWN_SECONDS = 1.5
# Threads that may wait for a key never seen while others are known; a process has four by default.
MOST_WAITING = 2

ALGORITHMS_BY_KEY_TYPE = {
    ("OKP", "Ed25519"): ("EdDSA",),
    ("OKP", "Ed448"): ("EdDSA",),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-521"): ("ES512",),
    ("RSA", None): ("RS256", "PS256"),
}

Keys = Mapping[tuple[str, str], Any]


class FetchFailed(Exception):
    """The key server did not give a usable key set. The message is for the log."""


class KeySet:
    """The keys at `url` by key id and algorithm, for all threads of a process."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._failed = False
        self._flight: threading.Event | None = None
        self._seats = threading.BoundedSemaphore(MOST_WAITING)

    def find(self, key_id: str, algorithm: str) -> Any:
        """The public key of that id, made for that algorithm. Raises Refused, KeysUnavailable."""
        key, is_current = self.known(key_id, algorithm), True
        if key is None:
            is_current = self._await_fetch()
            key = self._keys.get((key_id, algorithm))
        if key is not None:
            return key
        if self._failed or not is_current:
            raise KeysUnavailable("the key is not known and the key server does not answer")
        raise Refused("no key has this kid and alg")

    def known(self, key_id: str, algorithm: str) -> Any | None:
        """The key if it is here; never waits. The same object for as long as the key stays published unchanged."""
        age = self._clock() - self._fetched_at
        if self._keys and age > FRESH_SECONDS:
            self._start_fetch()
        return self._keys.get((key_id, algorithm)) if age < KEPT_SECONDS else None

    def _await_fetch(self) -> bool:
        """True where what we know is recent: no fetch is due, or the one under way has ended in time."""
        flight = self._start_fetch()
        if flight is None:
            return True
        if not self._keys:
            return flight.wait(FETCH_TIMEOUT_SECONDS)
        # Other people's keys are known: threads must be left for them, whatever key ids are invented meanwhile.
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return flight.wait(FETCH_TIMEOUT_SECONDS)
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
        try:
            fetched = parse_keys(fetch(self.url))
            known = self._keys
            self._keys = {slot: known[slot] if known.get(slot) == key else key for slot, key in fetched.items()}
            self._fetched_at = self._clock()
            self._failed = False
        except FetchFailed as error:
            self._failed = True
            if self._clock() - self._fetched_at >= KEPT_SECONDS:
                self._keys = {}
            logger.warning("keys not fetched: %s", error, extra={"url": self.url})
        finally:
            with self._lock:
                self._tried_at = self._clock()
                flight, self._flight = self._flight, None
            if flight:
                flight.set()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Following one would let whoever answers choose where our keys come from."""
        return


_opener = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.UnknownHandler,
    _NoRedirect,
):
    _opener.add_handler(_handler())


def fetch(url: str) -> bytes:
    """The body at an http or https `url`, in bounded time and size, redirects refused. Raises FetchFailed."""
    deadline = time.monotonic() + FETCH_TIMEOUT_SECONDS
    body = b""
    try:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - see _opener
        with _opener.open(request, timeout=FETCH_TIMEOUT_SECONDS) as response:
            while chunk := response.read1(65536):
                body += chunk
                if len(body) > LARGEST_ANSWER_BYTES or time.monotonic() > deadline:
                    raise FetchFailed("the answer is too large or too slow")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FetchFailed(f"{type(error).__name__}: {error}") from error
    return body


def parse_keys(body: bytes) -> Keys:
    """The usable public keys of a JWK set. A key of another use or kind is passed over. Raises FetchFailed."""
    try:
        entries = json.loads(body)["keys"]
        keys = [key for entry in entries if isinstance(entry, dict) for key in _keys_of(entry)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchFailed("the answer is not a JWK set") from error
    if not keys:
        raise FetchFailed("the answer holds no usable key")
    return dict(keys)


def _keys_of(entry: dict[str, Any]) -> list[tuple[tuple[str, str], Any]]:
    """One key under each algorithm that it may be used with; old versions of Better Auth leave `alg` out."""
    kind = (str(entry.get("kty")), None if entry.get("kty") == "RSA" else str(entry.get("crv")))
    key_id = entry.get("kid")
    if not isinstance(key_id, str) or entry.get("use", "sig") != "sig" or kind not in ALGORITHMS_BY_KEY_TYPE:
        return []
    allowed = ALGORITHMS_BY_KEY_TYPE[kind]
    public = {name: value for name, value in entry.items() if name != "d"}
    try:
        return [
            ((key_id, algorithm), jwt.PyJWK(public, algorithm=algorithm).key)
            for algorithm in allowed
            if entry.get("alg", algorithm) == algorithm
        ]
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        logger.warning("key passed over: %s", type(error).__name__, extra={"kid": key_id})
        return []
