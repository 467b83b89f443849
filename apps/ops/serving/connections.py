"""A client's connection, and how it is parted with."""

import contextlib
import socket
import ssl
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import TConn

LINGER_SECONDS = 2.0
HEARD_BYTES = 64 * 1024
# gunicorn looks through the whole head again at each piece that comes: a long one costs the square of its length.
LONGEST_HEAD_BYTES = 256 * 1024


class ClientSocket(socket.socket):
    """Remembers the head that is being read, for the answer where gunicorn refuses it.

    Asks for no mode that it is in: gunicorn sets one four times a request, and each call lets go of the GIL.
    """

    # None while no head is read.
    head: bytearray | None = None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data = super().recv(size, flags)
        if self.head is not None and not flags:
            self.head += data
            if len(self.head) > LONGEST_HEAD_BYTES:
                raise LimitRequestHeaders("the head is too long")
        return data

    @classmethod
    def taken_over(cls, client: socket.socket) -> "ClientSocket":
        return cls(client.family, client.type, client.proto, client.detach())

    def settimeout(self, value: float | None, /) -> None:
        if value != self.gettimeout():
            super().settimeout(value)

    def setblocking(self, flag: bool, /) -> None:
        self.settimeout(None if flag else 0.0)


class Connection(TConn):
    # False where its bytes do not tell how much of a request is there.
    may_wait = False
    # The number of bytes that it is woken at while its request arrives.
    wakes_at = 0
    # True where a thread may have it without another look at what has come.
    is_due = False
    # True where it was told already to send the body that it holds back.
    is_told = False
    # Seconds that a thread has for it, where that is fewer than others get.
    patience: float | None = None
    # Whether the descriptor is known to those who wait for the next request.
    is_watched = False
    # Since when it waits for a thread.
    queued_at = 0.0
    timeout: float

    def say_continue(self) -> None:
        """RFC 9110, section 15.2.1. Who has left hears nothing, and is found to have left."""
        self.is_told = True
        with contextlib.suppress(OSError):
            self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n", socket.MSG_DONTWAIT)

    def cut(self) -> None:
        """Whoever reads from it or writes to it gets an error. From any thread."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Partings:
    """Says that we are done and hears the client out for a while: else a reset may overtake its answer (RFC 9112, 9.6).

    gunicorn does so too, but waits for the client in the one thread that serves all connections.
    """

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._lingering: dict[Connection, None] = {}

    def begin(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self._lingering[conn] = None
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self._worker.poller.register(conn.sock, EVENT_READ, partial(self._hear_out, conn))
        except (OSError, ValueError):
            self._end(conn)
        else:
            self._hear_out(conn, conn.sock)

    def end_overdue(self) -> None:
        while self._lingering and (oldest := next(iter(self._lingering))).timeout < time.monotonic():
            self._end(oldest)

    def _hear_out(self, conn: Connection, client: socket.socket) -> None:
        try:
            if not client.recv(HEARD_BYTES):
                self._end(conn)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except OSError:
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        self._lingering.pop(conn, None)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self._worker.poller.unregister(conn.sock)
        self._worker.nr_conns -= 1
        conn.close()
