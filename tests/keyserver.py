"""A real key server on loopback that can be told to fail."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class KeyServer:
    """`answer` decides: None publishes `keys`; bytes are sent as they are; an int is a status; "hang" sleeps."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.answer: bytes | int | str | None = None
        self.hang_seconds = 4.0
        self.requests = 0
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

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
                status = server.answer if isinstance(server.answer, int) else 200
                body = server.answer if isinstance(server.answer, bytes) else json.dumps({"keys": server.keys}).encode()
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", f"{server.origin}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
