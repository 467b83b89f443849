"""Whether whoever sent the request under way still waits for its answer."""

import select
import socket
import time
from contextvars import ContextVar

_socket: ContextVar[socket.socket | None] = ContextVar("client_socket", default=None)

# Also set where the client has only said that it will send no more: nginx takes that for a farewell as well.
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR
# For so long after it was seen to wait, nobody looks again: a client that leaves now could have left a moment later.
_FRESH_SECONDS = 0.01


class SeenSocket(socket.socket):
    """Knows when its client was last seen to wait, by the monotonic clock."""

    seen_at = 0.0


def expect(client: socket.socket | None) -> None:
    """Remembers the socket of the request under way; None where the server tells of none."""
    _socket.set(client)


def is_waiting() -> bool:
    """False once the client has closed its side. Costs no round trip; outside a request it is True."""
    client = _socket.get()
    if client is None or time.monotonic() - getattr(client, "seen_at", 0.0) < _FRESH_SECONDS:
        return True
    poll = select.poll()
    try:
        poll.register(client, _GONE)
    except ValueError:  # closed by us meanwhile
        return False
    return not poll.poll(0)
