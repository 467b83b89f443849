"""Where hits are counted: in Redis where CACHE_URL names one, else in the database. One round trip, atomic."""

from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.core.signals import setting_changed
from django.db import DatabaseError, InterfaceError, connection


class StoreUnavailable(Exception):
    """The counters cannot be reached."""


class Store(Protocol):
    def hit(self, key: str, window_seconds: int) -> tuple[int, float]:
        """Counts one hit. How many there are in the window, this one included, and in how many seconds it ends."""


class DatabaseStore:
    """The table is UNLOGGED: a hit costs no write-ahead log, and a crash of the server forgets the counts."""

    HIT = """
        INSERT INTO limits_counter AS counter (key, started_at, hits) VALUES (%(key)s, statement_timestamp(), 1)
        ON CONFLICT (key) DO UPDATE SET
            hits = CASE WHEN counter.started_at > statement_timestamp() - %(window)s * interval '1 second'
                THEN counter.hits + 1 ELSE 1 END,
            started_at = CASE WHEN counter.started_at > statement_timestamp() - %(window)s * interval '1 second'
                THEN counter.started_at ELSE statement_timestamp() END
        RETURNING hits, extract(epoch FROM started_at - statement_timestamp())::float + %(window)s
    """

    def hit(self, key: str, window_seconds: int) -> tuple[int, float]:
        """Raises StoreUnavailable."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(self.HIT, {"key": key, "window": window_seconds})
                hits, ends_in = cursor.fetchone()
        except (DatabaseError, InterfaceError) as error:
            raise StoreUnavailable from error
        return hits, ends_in


class RedisStore:
    def __init__(self, url: str) -> None:
        import redis

        self._errors = redis.RedisError
        self._redis = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)

    def hit(self, key: str, window_seconds: int) -> tuple[int, float]:
        """Raises StoreUnavailable."""
        name = f"limits:{key}"
        try:
            with self._redis.pipeline(transaction=True) as steps:
                steps.set(name, 0, ex=window_seconds, nx=True)
                steps.incr(name)
                steps.pttl(name)
                _, hits, milliseconds = steps.execute()
        except self._errors as error:
            raise StoreUnavailable from error
        return int(hits), max(int(milliseconds), 0) / 1000


@lru_cache(maxsize=1)
def store() -> Store:
    return RedisStore(settings.CACHE_URL) if settings.CACHE_URL else DatabaseStore()


def _forget_store(**_: object) -> None:
    store.cache_clear()


setting_changed.connect(_forget_store)
