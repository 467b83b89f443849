"""The real HAProxy before several gunicorns, as the README advises to set it."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers import free_port

PROGRAM = shutil.which("haproxy", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
START_SECONDS = 60

# A connection that was refused has brought nothing to anybody: the next server may have the request, a write too.
# No connection to a server is kept for a second request: it could be closed under it.
SETTINGS = """
global
    maxconn 500
defaults
    mode http
    timeout connect 2s
    timeout client 40s
    timeout server 40s
    timeout check 10s
    retries 3
    retry-on conn-failure
    option redispatch 1
    option http-server-close
    option abortonclose
frontend everyone
    bind 127.0.0.1:{port}
    default_backend tasks
backend tasks
    balance roundrobin
    option httpchk GET /health
    http-check send hdr Host localhost
    http-check expect string "ok"
"""


class HAProxy:
    """`with HAProxy(port, port) as balancer:` spreads what comes to `balancer.port` over these ports."""

    def __init__(self, *ports: int) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="tasks-haproxy-"))
        servers = [f"    server s{port} 127.0.0.1:{port} check inter 500ms fall 1 rise 1\n" for port in ports]
        (self._folder / "haproxy.cfg").write_text(SETTINGS.format(port=self.port) + "".join(servers))

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "-db", "-f", str(self._folder / "haproxy.cfg")], stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (self._folder / "log").read_text()[-3000:]
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(START_SECONDS)
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True
