"""The socket under a database connection: it tells without a round trip whether the server has closed it."""

import contextlib
import os
import select
import socket


class Link:
    """A duplicate of libpq's descriptor: ours alone, so no other thread can close it and get its number anew."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLRDHUP)

    def is_alive(self) -> bool:
        """False where the server closed its side, or said something unasked: that is nearly always its farewell."""
        return not self._poll.poll(0)

    def cut(self) -> None:
        """Whoever waits for an answer gets an error in its place. From any thread."""
        # An error says that it has been closed meanwhile.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()
