"""The threads that answer requests, and what becomes of a request while all of them are busy."""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, get_ident
from typing import Any

from apps.ops import bounds
from apps.ops.serving import arrivals
from apps.ops.serving.connections import Connection
from apps.ops.serving.idle import Idle

SPARE_THREADS = 2
PROBES = (b"GET /health", b"HEAD /health")
# For a thread to be free.
QUEUE_SECONDS = 5.0
# For a client that is to be answered by a thread which others need.
HURRY_SECONDS = 1.0
# How often a thread looks whether it is over.
ROUND_SECONDS = 1.0


class Attendants:
    """Each waits for the next request on any connection, answers it, and puts the connection back.

    While all are busy the main thread steps in: a probe goes to one of two spare threads, everybody else into a line;
    who has stood there too long is refused by a spare thread.
    """

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self.idle = Idle(worker.cfg.keepalive)
        self._line: deque[Connection] = deque()
        # By the number of the thread.
        self._busy: set[int] = set()
        self._spare = ThreadPoolExecutor(SPARE_THREADS, "spare")
        self._is_over = False

    def start(self) -> None:
        for number in range(self._worker.cfg.threads):
            Thread(target=self._attend, name=f"attendant-{number}", daemon=True).start()

    def stop(self) -> None:
        self._is_over = True

    def offer(self, conn: Connection, head: bytes | None) -> None:
        """A request is there whose `head` was seen."""
        if _is_probe(head):
            self._spare.submit(self._answer, conn)
            return
        conn.is_due = True
        try:
            self.idle.put(conn)
        except (OSError, ValueError):
            self._worker.partings.begin(conn)

    # --- In their threads

    def _attend(self) -> None:
        while not self._is_over:
            try:
                conn = self._next()
                if conn is not None:
                    self._serve(conn)
            except Exception:  # whatever it was, the thread has others to serve
                self._worker.log.exception("A connection was lost")

    def _next(self) -> Connection | None:
        try:
            conn = self._line.popleft()
        except IndexError:
            return self.idle.next(ROUND_SECONDS)
        self._call_for_the_line()
        return conn

    def _serve(self, conn: Connection) -> None:
        if not conn.is_due and (count := arrivals.missing(conn, arrivals.glance(conn.sock))):
            self._worker.method_queue.defer(self._worker.wait_for_rest, conn, count)
            return
        self._busy.add(get_ident())
        try:
            self._answer(conn)
        finally:
            self._busy.discard(get_ident())

    def _answer(self, conn: Connection) -> None:
        conn.is_due = False
        try:
            if self._worker.handle(conn):
                conn.is_told, conn.patience = False, None
                self._keep(conn)
                return
        except BaseException:  # the thread has others to serve
            self._worker.log.exception("A connection was given up")
        self._worker.method_queue.defer(self._worker.partings.begin, conn)

    def _keep(self, conn: Connection) -> None:
        if read_ahead := conn.parser.unreader.buf.getvalue():
            # The next request, or a part of it, has been read already: the socket does not tell of it.
            conn.patience = None if arrivals.HEAD_END in read_ahead else HURRY_SECONDS
            self._stand_in_line(conn)
        else:
            self.idle.put(conn)

    def _stand_in_line(self, conn: Connection) -> None:
        conn.is_due = True
        conn.queued_at = time.monotonic()
        self._line.append(conn)
        self._call_for_the_line()

    def _call_for_the_line(self) -> None:
        """Somebody may have become free meanwhile, and wait for a request. Who comes calls the next."""
        if self._line:
            self.idle.ring()

    # --- In the main thread, every now and then

    def relieve(self) -> None:
        if len(self._busy) >= self._worker.cfg.threads:
            self._step_in()
        while self._first_came() < time.monotonic() - QUEUE_SECONDS:
            self._refuse_first()
        # Of two calls one may have gone unheard, while the first was on its way.
        self._call_for_the_line()

    def _first_came(self) -> float:
        try:
            return self._line[0].queued_at
        except IndexError:
            return float("inf")

    def _step_in(self) -> None:
        for conn in self.idle.ready():
            head = arrivals.glance(conn.sock)
            if not conn.is_due and (count := arrivals.missing(conn, head)):
                self._worker.wait_for_rest(conn, count)
            elif _is_probe(head):
                self._spare.submit(self._answer, conn)
            else:
                self._stand_in_line(conn)

    def _refuse_first(self) -> None:
        try:
            conn = self._line.popleft()
        except IndexError:  # a thread was quicker
            return
        self._spare.submit(self._refuse, conn)

    def _refuse(self, conn: Connection) -> None:
        """Answers without the database, and so at once: 503 to whoever needs it."""
        conn.patience = HURRY_SECONDS
        with bounds.no_time():
            self._answer(conn)


def _is_probe(head: bytes | None) -> bool:
    return head is not None and head.startswith(PROBES) and arrivals.HEAD_END in head
