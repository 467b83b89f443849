"""At its start a server logs how many connections it may hold and how many the database takes, on any version."""

from typing import Any

import pytest

from tests.clocks import wait_until
from tests.postgres import Postgres15, PrivatePostgres
from tests.servers import Database, Gunicorn


@pytest.mark.parametrize("server", [PrivatePostgres, Postgres15])
def test_the_connections_are_told(server: type[PrivatePostgres], django_db_setup: None, django_db_blocker: Any) -> None:
    if not server.binaries.is_dir():
        pytest.skip("This version of PostgreSQL is not installed.")
    with django_db_blocker.unblock(), server() as postgres, Gunicorn(Database(postgres.url)) as gunicorn:
        wait_until(lambda: bool(told(gunicorn)))
        (line,) = told(gunicorn)
        # Three of its fifty are kept for superusers.
        assert (line["connections"], line["database_connections"]) == (10, 47)
        assert "Traceback" not in gunicorn.log.read_text()


def told(gunicorn: Gunicorn) -> list[dict[str, Any]]:
    return [line for line in gunicorn.log_lines() if "database_connections" in line]
