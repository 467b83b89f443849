"""How long the list of a hundred thousand people takes, each way through it: `python -m tests.benchmarks.people`."""

import statistics
import time

from tests import environment

import django  # isort: skip

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from tests.accounts.test_people_list import FILL, PEOPLE, WAYS  # noqa: E402

TIMES = 5


def milliseconds(client: Client, query: dict[str, str]) -> float:
    """The median of TIMES whole requests, rendering included."""
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        assert client.get(PEOPLE, query).status_code == 200
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    setup_test_environment()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(FILL)
        cursor.execute("INSERT INTO accounts_sighting (user_id, seen_at) SELECT subject, now() FROM accounts_user")
        cursor.execute("VACUUM ANALYZE")
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "a good long password"))
    for query in WAYS:
        print(f"{milliseconds(client, query):8.0f} ms  {query or 'the first page'}")
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main()
