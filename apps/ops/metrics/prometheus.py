"""The metrics of all workers, in Prometheus' words. Imported only where METRICS_PORT is set.

prometheus_client keeps each worker's numbers in a file of PROMETHEUS_MULTIPROC_DIR, which must be set before it is
imported.
"""

import time
from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

REQUESTS = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
DURATION = Histogram("http_request_duration_seconds", "From first to last of Django.", ["route"], buckets=SECONDS)
STATEMENTS = Histogram("database_statement_duration_seconds", "What callers waited for the database.", buckets=SECONDS)
FAILURES = Counter("database_errors", "Errors of the database, by class.", ["kind"])
CONNECTIONS = Gauge("database_connections", "Open connections of this machine.", multiprocess_mode="livesum")
REFUSALS = Counter("token_refusals", "Tokens refused.", ["cause"])
REPLICA = Counter("replica_reads", "Lists that a replica was asked for, by how that went.", ["outcome"])
KEYS = Gauge(
    "key_set_fetched_timestamp_seconds",
    "When the key set in use was fetched, by process; 0 where there is none.",
    multiprocess_mode="liveall",
)

HELD_BACK = Gauge(
    "changes_feed_held_back_seconds",
    "Age of the open transaction that holds the changes feed back; 0 where it has ended.",
    ["database", "application", "holder"],
    multiprocess_mode="livemax",
)


class Prometheus:
    """A Recorder. The series of each label are looked up once: the library's own look-up takes longer than to count."""

    def __init__(self) -> None:
        self._requests = lru_cache(maxsize=2000)(REQUESTS.labels)
        self._duration = lru_cache(maxsize=500)(DURATION.labels)

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests(method, route, status).inc()
        self._duration(route).observe(seconds)

    def statement_ended(self, seconds: float) -> None:
        STATEMENTS.observe(seconds)

    def database_failed(self, kind: str) -> None:
        FAILURES.labels(kind).inc()

    def connection_opened(self) -> None:
        CONNECTIONS.inc()

    def connection_closed(self) -> None:
        CONNECTIONS.dec()

    def token_refused(self, cause: str) -> None:
        REFUSALS.labels(cause).inc()

    def keys_were_fetched(self, seconds_ago: float) -> None:
        KEYS.set(time.time() - seconds_ago)

    def replica_asked(self, outcome: str) -> None:
        REPLICA.labels(outcome).inc()

    def feed_held_back(self, seconds: float, database: str, application: str, holder: str) -> None:
        HELD_BACK.labels(database, application, holder).set(seconds)
