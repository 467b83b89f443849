"""The real PgBouncer in transaction mode, as Neon runs it: no start-up options, few server connections for all."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.servers import free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
START_SECONDS = 60


class PgBouncer:
    """`with PgBouncer(url) as pooler:` pools the server of `url`; every database of it is behind `pooler.port`."""

    def __init__(self, url: str, pool_size: int = 5) -> None:
        self.port = free_port()
        self._parts = urlsplit(url)
        self._pool_size = pool_size
        self._folder = Path(tempfile.mkdtemp(prefix="tasks-pgbouncer-"))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, name: str) -> str:
        """Of one database, through the pooler."""
        return f"postgresql://{self._user}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        assert PROGRAM is not None
        # It refuses root. A socket is reached by whoever may enter its folder.
        host = Path(self._host)
        user = (host.owner() if host.is_absolute() else "nobody") if os.geteuid() == 0 else None
        self._write("users.txt", f'"{self._user}" ""\n')
        settings = self._write("pgbouncer.ini", self._settings())
        self._folder.chmod(0o755)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, str(settings)], user=user, stdout=log, stderr=log)
        self._wait()

    def stop(self) -> None:
        self._kill()
        shutil.rmtree(self._folder)

    def restart(self) -> None:
        """Killed, and started by whoever watches over it."""
        self._kill()
        self.start()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait(START_SECONDS)

    @property
    def _user(self) -> str:
        return self._parts.username or "postgres"

    @property
    def _host(self) -> str:
        return self._parts.hostname or parse_qs(self._parts.query)["host"][0]

    def _settings(self) -> str:
        password = f" password='{self._parts.password}'" if self._parts.password else ""
        return f"""
[databases]
* = host={self._host} port={self._parts.port or 5432} user={self._user}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {self._folder}/users.txt
pool_mode = transaction
default_pool_size = {self._pool_size}
max_client_conn = 500
query_wait_timeout = 20
server_login_retry = 1
"""

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        return path

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self._folder / "log").read_text()[-3000:])
