"""Connections between two requests, and the wait for the next request on any of them."""

import contextlib
import os
import select
import time
from collections.abc import Iterator

from apps.ops.serving.connections import Connection

# One thread is woken for it, and nobody again until it is put back.
_ONCE = select.EPOLLIN | select.EPOLLONESHOT


class Idle:
    """Threads wait for a connection to become readable; each that does goes to one of them. All may be called by any.

    That spares the hand-over from the thread that waits to the one that works, and back.
    """

    def __init__(self, keepalive: float) -> None:
        self.keepalive = keepalive
        self._epoll = select.epoll()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll.register(self._bell, select.EPOLLIN)
        # By descriptor. To take one out of it is to own it.
        self._connections: dict[int, Connection] = {}

    def __len__(self) -> int:
        return len(self._connections)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._connections.values()))

    def __bool__(self) -> bool:
        """gunicorn would look at the first of them, to wait no longer than that may; our wait is short anyway."""
        return False

    def put(self, conn: Connection) -> None:
        """Raises OSError or ValueError where its socket can't be watched; it is then still the caller's."""
        conn.timeout = time.monotonic() + self.keepalive
        number = conn.sock.fileno()
        self._connections[number] = conn
        watch = self._epoll.modify if conn.is_watched else self._epoll.register
        # Before: once it is watched it may be another thread's, who puts it back.
        conn.is_watched = True
        try:
            watch(number, _ONCE)
        except (OSError, ValueError):
            self._connections.pop(number, None)
            raise

    def next(self, seconds: float) -> Connection | None:
        """The next that has become readable; None after so many seconds, or where somebody rang."""
        for number, _ in self._epoll.poll(seconds, 1):
            if number == self._bell:
                self._answer_bell()
                return None
            return self._connections.pop(number, None)
        return None

    def ready(self) -> list[Connection]:
        """All that have become readable by now. Nobody is called by the bell here: it goes on ringing."""
        found = [self._connections.pop(number, None) for number, _ in self._epoll.poll(0) if number != self._bell]
        return [conn for conn in found if conn is not None]

    def overdue(self, now: float) -> Iterator[Connection]:
        """Takes out those whose time has ended."""
        for conn in self:
            if conn.timeout > now:
                return
            if self._connections.pop(conn.sock.fileno(), None) is conn:
                yield conn

    def ring(self) -> None:
        """Wakes one who waits: there is something else to do."""
        os.eventfd_write(self._bell, 1)

    def _answer_bell(self) -> None:
        with contextlib.suppress(BlockingIOError):  # another was quicker
            os.eventfd_read(self._bell)
