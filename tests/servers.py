"""Real processes: gunicorn with the production settings, on a database of its own on the tests' PostgreSQL."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(port: int, method: str, path: str, *, token: str | None = None, body: Any = None, **headers: str) -> Answer:
    """One request on a connection of its own. `body` is sent as JSON unless it is bytes."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    if content is not None:
        sent.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


class Database:
    """A fresh database beside the one that Django's tests use, or on the server that `url` names."""

    # Of each server, the name of one that is migrated and that nobody has used.
    _templates: ClassVar[dict[str, str]] = {}

    def __init__(self, url: str | None = None) -> None:
        self.name = f"live_{uuid.uuid4().hex[:8]}"
        self._is_elsewhere = url is not None
        self._server = url or os.environ["DATABASE_URL"]
        self.url = _with_name(self._server, self.name)
        # Where the tests run through a pooler.
        unpooled = "" if url else os.environ["DATABASE_URL_UNPOOLED"]
        self.direct_url = _with_name(unpooled, self.name) if unpooled else ""
        _execute(self._server, f'CREATE DATABASE "{self.name}"')

    @property
    def own_url(self) -> str:
        """Past any pooler, for what takes a session of its own."""
        return self.direct_url or self.url

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "DATABASE_URL_UNPOOLED": self.direct_url}

    def migrate(self, environment: dict[str, str]) -> None:
        """By the command. On a server that goes with the tests it starts from what it has done there once."""
        if self._is_empty() and not os.environ["TESTS_DATABASE_URL"]:
            self.drop()
            _execute(self._server, f'CREATE DATABASE "{self.name}" TEMPLATE "{self._template()}"')
        manage(environment, "migrate", "--no-input")

    def _is_empty(self) -> bool:
        return not _execute(self.own_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")

    def _template(self) -> str:
        if self._server not in self._templates:
            template = Database(self._server if self._is_elsewhere else None)
            manage({**os.environ, **template.environment}, "migrate", "--no-input")
            self._templates[self._server] = template.name
        return self._templates[self._server]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return _execute(self.url, sql)

    def drop(self) -> None:
        _execute(self._server, f'DROP DATABASE "{self.name}" WITH (FORCE)')


def end_sessions(name: str) -> None:
    """A pooler keeps its own to a database after everyone has left, which then cannot be dropped."""
    sql = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    _execute(os.environ["DATABASE_URL_UNPOOLED"] or os.environ["DATABASE_URL"], sql)


def _with_name(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def _execute(url: str, sql: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Gunicorn:
    """`with Gunicorn() as server:` gives an answering server, on a migrated database unless told otherwise."""

    # What it is started by.
    prefix: tuple[str, ...] = ()

    def __init__(self, database: Database | None = None, *, migrated: bool = True, **environment: str) -> None:
        self._migrated = migrated
        self.port = free_port()
        self.database = database or Database()
        self.environment = {**os.environ, **self.database.environment, "PORT": str(self.port), **environment}
        self.log = Path(tempfile.mkdtemp(prefix="tasks-live-")) / "log"
        self.first_answer_seconds = 0.0

    def __enter__(self) -> Self:
        if self._migrated:
            self.database.migrate(self.environment)
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self.database.drop()
        shutil.rmtree(self.log.parent)

    def restart(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Every process anew, on the same database, as in a deploy. `meanwhile` is done while none runs."""
        self._stop()
        meanwhile()
        self._start()

    def _start(self) -> None:
        started = time.monotonic()
        with self.log.open("ab") as log:
            bind = f"127.0.0.1:{self.port}"
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", bind],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self._wait(started + START_SECONDS)
        self.first_answer_seconds = time.monotonic() - started

    def _stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        return call(self.port, method, path, **options)

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def _wait(self, deadline: float) -> None:
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                call(self.port, "GET", "/health")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"gunicorn does not answer:\n{self.log.read_text()[-3000:]}")


def manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process of its own; its output where it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done
