"""Good tokens, remembered until they end: a signature is checked once in a process, not at each request."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.claims import Claims

MOST_TOKENS = 20_000


@dataclass(frozen=True)
class Remembered:
    """`key` is what the signature held under; the token is good only while that is the key in use."""

    claims: Claims
    until: float
    current_key: Callable[[], Any]
    key: Any


class TokenMemory:
    """Holds digests, so that no token can be read out of a memory dump. Bad tokens are never kept."""

    def __init__(self, most: int = MOST_TOKENS, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._clock = clock
        self._tokens: dict[bytes, Remembered] = {}

    def recall(self, token: str) -> Claims | None:
        """The claims of a token that was good before and still is."""
        found = self._tokens.get(digest(token))
        if found is None:
            return None
        if self._clock() < found.until and found.current_key() is found.key:
            return found.claims
        self.forget(token)
        return None

    def keep(self, token: str, remembered: Remembered) -> None:
        while len(self._tokens) >= self._most:
            # The oldest: a token lives minutes, so it is the nearest to its end.
            self._tokens.pop(next(iter(self._tokens)), None)
        self._tokens[digest(token)] = remembered

    def forget(self, token: str) -> None:
        self._tokens.pop(digest(token), None)

    def forget_all(self) -> None:
        self._tokens.clear()


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
