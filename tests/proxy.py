"""A bad network: a TCP proxy that stalls, cuts and refuses on command."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

CHUNK = 65536


class BadNetwork:
    """`with BadNetwork(port) as network:` forwards `network.port` to `port` on this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        # What stands in the statement whose answer is lost; None where none is.
        self._unanswered: bytes | None = None
        self._listener: socket.socket | None = None
        self.port = 0
        self.connections = 0

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()
        self._flowing.set()
        self.cut()

    def swallow(self) -> None:
        """From here on connections are taken and nothing gets through, either way."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        """Ends every connection there is."""
        with self._lock:
            for end in self._open:
                _shut(end)

    def cut_the_next_answer(self, to: bytes = b"") -> None:
        """Of the next statement with `to` in it the answer is lost, and its connection: the statement has arrived."""
        self._unanswered = to

    def refuse(self) -> None:
        """New connections are refused."""
        if self._listener:
            _shut(self._listener)
            self._listener.close()
            self._listener = None

    def take(self) -> None:
        """New connections are taken again."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            client.close()
            return
        with self._lock:
            self._open |= {client, server}
        unanswered = threading.Event()

        def passes(statement: bytes) -> bool:
            if self._unanswered is not None and self._unanswered in statement:
                self._unanswered = None
                unanswered.set()
            return True

        answers = (server, client, lambda _: not unanswered.is_set())
        back = threading.Thread(target=self._pump, args=answers, daemon=True)
        back.start()
        self._pump(client, server, passes)
        back.join()
        with self._lock:
            self._open -= {client, server}
        client.close()
        server.close()

    def _pump(self, source: socket.socket, target: socket.socket, passes: Callable[[bytes], bool]) -> None:
        try:
            while data := source.recv(CHUNK):
                self._flowing.wait()
                if not passes(data):
                    break
                target.sendall(data)
        except OSError:
            pass
        self._flowing.wait()
        _shut(source)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
