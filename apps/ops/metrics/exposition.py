"""A page for Prometheus on a port of its own, in gunicorn's first process, which outlives every worker."""

import hmac
import os
import shutil
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


def prepare() -> None:
    """Before anything imports prometheus_client: where the workers' numbers are kept, which outlive none of them."""
    os.environ[DIRECTORY] = tempfile.mkdtemp(prefix="tasks-metrics-")


def serve(host: str, port: int, token: str) -> None:
    """In the background. Whoever asks must bear `token`, where there is one."""
    handler = type("Handler", (_Page,), {"expected": f"Bearer {token}".encode() if token else b""})
    server = _Server((host, port), handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def forget_worker(pid: int) -> None:
    """What it counted stays; what it held does not."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def clear() -> None:
    shutil.rmtree(Path(os.environ[DIRECTORY]), ignore_errors=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # In a rolling restart the next gunicorn starts before this one ends.
    allow_reuse_port = True


class _Page(BaseHTTPRequestHandler):
    expected = b""
    timeout = 10

    def do_GET(self) -> None:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

        given = self.headers.get("Authorization", "").encode("latin1", "replace")
        if self.expected and not hmac.compare_digest(given, self.expected):
            self._answer(401, b"", {"WWW-Authenticate": "Bearer"})
        elif self.path != "/metrics":
            self._answer(404, b"", {})
        else:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            self._answer(200, generate_latest(registry), {"Content-Type": CONTENT_TYPE_LATEST})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A scrape every few seconds is no news."""
