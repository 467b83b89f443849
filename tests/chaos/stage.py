"""All of a deployment on one machine: HAProxy, two gunicorns, PgBouncer, a bad network, PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType

from tests import haproxy, pgbouncer
from tests.haproxy import HAProxy
from tests.pgbouncer import PgBouncer
from tests.postgres import PrivatePostgres
from tests.proxy import BadNetwork
from tests.servers import Database, Gunicorn

IS_POSSIBLE = bool(haproxy.PROGRAM and pgbouncer.PROGRAM)


class Instance(Gunicorn):
    """One of several on a database that is not its own."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()


@dataclass(frozen=True)
class Stage:
    postgres: PrivatePostgres
    network: BadNetwork
    pooler: PgBouncer
    instances: list[Gunicorn]
    balancer: HAProxy
    database: Database

    def crashes(self) -> list[str]:
        """Log lines of answers that were 500."""
        return [
            str(line)
            for instance in self.instances
            for line in instance.log_lines()
            if 500 in {line.get("status"), line.get("status_code")}
        ]


@contextmanager
def staged(postgres: PrivatePostgres, **environment: str) -> Iterator[Stage]:
    database = Database(postgres.url)
    with ExitStack() as stack:
        network = stack.enter_context(BadNetwork(postgres.port))
        through = postgres.url.replace(f":{postgres.port}/", f":{network.port}/")
        pooler = stack.enter_context(PgBouncer(through))
        urls = {"DATABASE_URL": pooler.url(database.name), "DATABASE_URL_UNPOOLED": database.url}
        instances = [
            stack.enter_context(kind(database, migrated=migrated, **urls, **environment))
            for kind, migrated in ((Gunicorn, True), (Instance, False))
        ]
        balancer = stack.enter_context(HAProxy(*(instance.port for instance in instances)))
        yield Stage(postgres, network, pooler, instances, balancer, database)
