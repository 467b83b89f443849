"""A house of its own for breaking things: PostgreSQL, a bad network, gunicorn."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.postgres import PrivatePostgres
from tests.proxy import BadNetwork
from tests.servers import Answer, Database, Gunicorn
from tests.tokens import shared_secret_token

# Short, so that what hangs is given up while a test waits.
STATEMENT_SECONDS = 2


@dataclass(frozen=True)
class House:
    postgres: PrivatePostgres
    network: BadNetwork
    gunicorn: Gunicorn

    def call(self, method: str, path: str, **options: Any) -> Answer:
        return self.gunicorn.call(method, path, token=shared_secret_token("alice"), **options)

    def create(self, title: str) -> Answer:
        return self.call("POST", "/api/tasks", body={"title": title})

    def titles(self) -> list[str]:
        """As the database has them, in order."""
        return [title for (title,) in self.gunicorn.database.rows("SELECT title FROM tasks_task ORDER BY id")]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="module")
def house(postgres: PrivatePostgres) -> Iterator[House]:
    database = Database(postgres.url)
    with BadNetwork(postgres.port) as network:
        through = database.url.replace(f":{postgres.port}/", f":{network.port}/")
        with Gunicorn(
            database,
            DATABASE_URL=through,
            DATABASE_URL_UNPOOLED=database.url,
            STATEMENT_SECONDS=str(STATEMENT_SECONDS),
            WEB_CONCURRENCY="1",
        ) as gunicorn:
            yield House(postgres, network, gunicorn)


@pytest.fixture(autouse=True)
def _everything_works_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test broke and did not mend."""
    yield
    if "house" in request.fixturenames:
        house: House = request.getfixturevalue("house")
        house.postgres.thaw()
        house.postgres.start()
        house.network.flow()
