"""A real key server on loopback that can be told to fail."""

import json
import ssl
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

DRIPS = {
    "drip headers": b"HTTP/1.1 200 OK\r\nX-Drip: ",
    "drip body": b'HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{"keys": [',
    "drip body till the end": b'HTTP/1.0 200 OK\r\n\r\n{"keys": [',
}


class KeyServer:
    """`answer` decides: None publishes `keys`; bytes are sent as they are; an int is a status; "hang" sleeps.

    Those of DRIPS send a byte now and then, each long before a socket's time-out, without end.
    """

    def __init__(self, *keys: dict[str, Any], tls: ssl.SSLContext | None = None) -> None:
        self.keys = list(keys)
        self.answer: bytes | int | str | None = None
        self.hang_seconds = 4.0
        self.drip_seconds = 0.2
        self.dripping = 0
        self.requests = 0
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def origin(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/api/auth/jwks"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                server.paths.append(self.path)
                if server.answer == "hang":
                    time.sleep(server.hang_seconds)
                if server.answer in DRIPS:
                    self._drip(DRIPS[str(server.answer)])
                    return
                status = server.answer if isinstance(server.answer, int) else 200
                body = server.answer if isinstance(server.answer, bytes) else json.dumps({"keys": server.keys}).encode()
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", f"{server.origin}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _drip(self, start: bytes) -> None:
                """Until the other side has had enough."""
                server.dripping += 1
                with suppress(OSError):
                    self.wfile.write(start)
                    while True:
                        self.wfile.write(b" ")
                        time.sleep(server.drip_seconds)
                server.dripping -= 1
                self.close_connection = True

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
