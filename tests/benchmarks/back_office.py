"""How long the back office's pages take on a million tasks: `python -m tests.benchmarks.back_office [TASKS]`."""

import logging
import statistics
import sys
import time

from tests import environment

import django  # isort: skip

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from tests.filling import fill  # noqa: E402

ROUNDS = 5
PAGES = (
    "",
    "tasks/task/",
    "tasks/task/?p=100",
    "tasks/task/?q=milk",
    "tasks/task/?q=milk+77777",
    "tasks/task/?q=777",
    "tasks/task/?status__exact=in_progress",
    "tasks/task/?priority__exact=3&trash=yes",
    "tasks/task/?due=overdue",
    "tasks/task/?open=older",
    "tasks/task/?tag=home",
    "history/change/",
    "history/change/?who=person-33",
    "history/change/?request=c4ca4238a0b923820dcc509a6f75849b",
    "history/change/?source=import",
)


def milliseconds(client: Client, page: str) -> tuple[float, int]:
    """The median of ROUNDS behind a first look, and the statements of one."""
    client.get(f"/admin/{page}")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"/admin/{page}").status_code == 200
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), len(statements)


def main(tasks: int) -> None:
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    boss = User.objects.create_superuser("boss@example.com", "a good long password")
    fill(people=tasks // 10, tasks=tasks, changes=tasks)
    client = Client()
    client.force_login(boss)
    for page in PAGES:
        time_taken, statements = milliseconds(client, page)
        print(f"{time_taken:7.0f} ms {statements:3} statements  /admin/{page}")
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
