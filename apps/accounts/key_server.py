"""What the key server answers: bounded in time as a whole and in size, never from an address of its choosing."""

import http.client
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from urllib.parse import urlsplit

FETCH_TIMEOUT_SECONDS = 1.8
LARGEST_ANSWER_BYTES = 256 * 1024
TOO_LATE = f"no whole answer within {FETCH_TIMEOUT_SECONDS} s"

CONNECTIONS = {"http": (http.client.HTTPConnection, 80), "https": (http.client.HTTPSConnection, 443)}


class FetchFailed(Exception):
    """The key server did not give a usable key set. The message is for the log."""


def fetch(url: str) -> bytes:
    """The body at an http or https `url`; redirects are not followed. Raises FetchFailed.

    The time-outs of sockets start anew with each byte that drips in. So a thread asks, and is left at the deadline,
    wherever it is by then: at the name, the connection, TLS, the headers or the body.
    """
    question = _Question(url)
    question.start()
    try:
        return question.answer.result(FETCH_TIMEOUT_SECONDS)
    except TimeoutError:
        question.drop()
        raise FetchFailed(TOO_LATE) from None


class _Question(threading.Thread):
    """One request for the keys."""

    def __init__(self, url: str) -> None:
        super().__init__(name="key server", daemon=True)
        self.answer: Future[bytes] = Future()
        self._deadline = time.monotonic() + FETCH_TIMEOUT_SECONDS
        self._socket: socket.socket | None = None
        try:
            parts = urlsplit(url)
            kind, port = CONNECTIONS[parts.scheme]
            self._connection = kind(parts.hostname or "", parts.port or port, timeout=FETCH_TIMEOUT_SECONDS)
        except (KeyError, ValueError, http.client.HTTPException) as error:
            raise FetchFailed("the address is not one of http or https") from error
        self._target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"

    def run(self) -> None:
        try:
            self.answer.set_result(self._body())
        except TimeoutError:
            self.answer.set_exception(FetchFailed(TOO_LATE))
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.answer.set_exception(FetchFailed(f"{type(error).__name__}: {error}"))
        except FetchFailed as error:
            self.answer.set_exception(error)
        finally:
            self._connection.close()

    def drop(self) -> None:
        """Wakes the thread where it reads, so that it ends."""
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _body(self) -> bytes:
        self._connection.connect()
        self._socket = self._connection.sock
        if time.monotonic() > self._deadline:
            # Nobody waits any more, and nobody would end what is read from here on.
            raise TimeoutError
        self._connection.request("GET", self._target, headers={"Accept": "application/json"})
        with self._connection.getresponse() as response:
            if response.status != http.client.OK:
                raise FetchFailed(f"status {response.status}")
            body: bytes = response.read(LARGEST_ANSWER_BYTES + 1)
        if len(body) > LARGEST_ANSWER_BYTES:
            raise FetchFailed(f"more than {LARGEST_ANSWER_BYTES} bytes")
        return body
