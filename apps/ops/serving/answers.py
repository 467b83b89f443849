"""gunicorn's response, sent in one go: the head of an answer leaves with the beginning of its body."""

from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.wsgi import Response

# Beyond this a copy costs more than a second call to the kernel.
SMALL_BYTES = 64 * 1024


class Answer(Response):
    """One call, one segment and one wake-up of the client in place of two."""

    sock: Any
    headers_sent: bool

    def write(self, arg: Any) -> None:
        if self.headers_sent or len(arg) > SMALL_BYTES:
            super().write(arg)
            return
        client, self.sock = self.sock, Pieces()
        try:
            super().write(arg)
            pieces = b"".join(self.sock)
        except BaseException:
            # Nothing has left: an error can still be told.
            self.headers_sent = False
            raise
        finally:
            self.sock = client
        client.sendall(pieces)


class Pieces(list[bytes]):
    """In place of a socket: keeps what is sent."""

    sendall = list.append


def install() -> None:
    """gunicorn has no setting for the class of its responses."""
    wsgi.Response = Answer
