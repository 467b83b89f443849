"""Requests as bytes on a connection of their own, and what comes back for them."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import Answer, Gunicorn

SECONDS = 30


@contextmanager
def connected(server: Gunicorn) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
        yield connection


def request(method: str, target: str, *lines: str, body: bytes = b"", host: str | None = "localhost") -> bytes:
    """With `lines` of the head behind Host, and a Content-Length where there is a body."""
    head = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), *lines]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode("latin1") + body


def answer_on(connection: socket.socket, method: str = "GET") -> Answer:
    """The next answer."""
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return Answer(response.status, response.headers, response.read())


def sent(server: Gunicorn, data: bytes, *, half_close: bool = False) -> Answer:
    """The answer to `data` on a new connection."""
    with connected(server) as connection:
        connection.sendall(data)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        return answer_on(connection)
