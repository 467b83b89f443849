"""Connects to a database that may be restarting or waking up: tries again within a bound, then gives up."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2

from apps.ops import bounds

Connection = TypeVar("Connection")

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 0.4
# libpq gives no SQLSTATE for these. A server that speaks another language is only given up later.
_PERMANENT = ("authentication failed", "does not exist", "no pg_hba.conf entry")


def connected(connect: Callable[[], Connection]) -> Connection:
    """What `connect` gives, once it does. Raises psycopg2.OperationalError."""
    give_up_at = time.monotonic() + bounds.patience()
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return connect()
        except psycopg2.OperationalError as error:
            # Spread out, so that the threads of all processes do not come back at the same instant.
            wait = pause * random.uniform(0.5, 1)  # noqa: S311 - no secret
            if time.monotonic() + wait > give_up_at or _is_permanent(error):
                raise
        time.sleep(wait)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _is_permanent(error: psycopg2.OperationalError) -> bool:
    return any(words in str(error) for words in _PERMANENT)
