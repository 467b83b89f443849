"""What it costs to know a live connection, by Django's check and by ours: `python -m tests.benchmarks.liveness`."""

import statistics
import time
from importlib import import_module
from typing import Any

from tests import environment

import django  # isort: skip

django.setup()

from django.db import connection  # noqa: E402

from apps.ops import bounds  # noqa: E402

TIMES = 1000
ROUNDS = 21
ENGINES = {
    "Django, no check": ("django.db.backends.postgresql", False),
    "Django, CONN_HEALTH_CHECKS": ("django.db.backends.postgresql", True),
    "apps.ops.postgresql": ("apps.ops.postgresql", False),
}


def database_of(engine: str, checks: bool) -> Any:
    wrapper = import_module(f"{engine}.base").DatabaseWrapper
    return wrapper({**connection.settings_dict, "CONN_HEALTH_CHECKS": checks}, "default")


def one_request(database: Any) -> None:
    """What Django does to a pooled connection for a request of one statement."""
    database.close_if_unusable_or_obsolete()
    with database.cursor() as cursor:
        cursor.execute("SELECT 2")


def microseconds(database: Any) -> tuple[float, float]:
    """Of wall and of CPU, for one request."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(TIMES):
        one_request(database)
    return (time.perf_counter() - wall) / TIMES * 1e6, (time.process_time() - cpu) / TIMES * 1e6


def main() -> None:
    databases = {name: database_of(*choice) for name, choice in ENGINES.items()}
    # As within a request: the wait for an answer has its bound.
    bounds.serve()
    # In turns, so that a busy machine is busy for all of them.
    rounds = [{name: microseconds(database) for name, database in databases.items()} for _ in range(ROUNDS)]
    print(f"{'':28}{'wall us':>9}{'CPU us':>9}")
    for name, database in databases.items():
        wall, cpu = (statistics.median(figures) for figures in zip(*(one[name] for one in rounds), strict=True))
        print(f"{name:28}{wall:>9.1f}{cpu:>9.1f}")
        database.close()
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main()
