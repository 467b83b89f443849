"""gunicorn's threaded worker, in which neither slow clients nor a slow database hold up those who need neither.

The main thread takes connections and waits until a request is there. Then threads wait for requests themselves, each
for the next on any connection. When all are busy the main thread steps in: probes have threads of their own, and what
has waited too long is told 503 by one of these. On SIGTERM, whoever has connected is still served.
"""

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from threading import Thread, Timer
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from apps.ops import bounds
from apps.ops.readiness import readiness
from apps.ops.serving import arrivals
from apps.ops.serving.connections import Connection, Partings
from apps.ops.serving.idle import Idle

SPARE_THREADS = 2
PROBES = (b"GET /health", b"HEAD /health")
# For a request to arrive; and for its answer to be taken, beyond the time that it may take to make.
ARRIVAL_SECONDS = 10.0
ANSWER_SECONDS = 10.0
# For a thread to be free.
QUEUE_SECONDS = 5.0
# How often the main thread looks whether all are busy, and a thread whether it is over.
LOOK_SECONDS = 0.1
ROUND_SECONDS = 1.0
# Of a body that was not read: what is there already is passed over.
DRAIN_SECONDS = 0.05


class Worker(ThreadWorker):
    def init_process(self) -> None:
        self._spare = ThreadPoolExecutor(SPARE_THREADS, "spare")
        self._queue: deque[Connection] = deque()
        self._serving: set[Connection] = set()
        self._partings = Partings(self)
        self._is_leaving = False
        self._is_over = False
        self._idle = self.keepalived_conns = Idle(self.cfg.keepalive)
        super().init_process()

    def run(self) -> None:
        for number in range(self.cfg.threads):
            Thread(target=self._attend, name=f"attendant-{number}", daemon=True).start()
        try:
            super().run()
        finally:
            self._is_over = True

    # --- Arrival, in the main thread

    def accept(self, listener: Any) -> bool:
        """Whether one was there to be taken."""
        try:
            client, address = listener.accept()
        except OSError:  # another worker was quicker, the client has left, or no descriptor is free just now
            return False
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        conn.data_ready = True
        conn.may_wait = not self.cfg.is_ssl and arrivals.can_wait(client)
        self.enqueue_req(conn)
        return True

    def enqueue_req(self, conn: Connection) -> None:
        """Lets a thread have it, if its request is there; else waits for that."""
        head = arrivals.glance(conn.sock)
        if count := _missing(conn, head):
            self._await(conn, count)
            return
        # Woken with less than that: the other side has ended, which a thread will find at once.
        if conn.wakes_at:
            arrivals.wake_at(conn.sock, 1)
            conn.wakes_at = 0
        if _is_probe(head):
            self._spare.submit(self._answer, conn)
        else:
            conn.is_due = True
            self._idle.put(conn)

    def _await(self, conn: Connection, count: int) -> None:
        if not conn.wakes_at:
            conn.timeout = time.monotonic() + ARRIVAL_SECONDS
        elif conn.timeout < time.monotonic():
            self._partings.begin(conn)
            return
        conn.wakes_at = count
        arrivals.wake_at(conn.sock, count)
        conn.sock.setblocking(False)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    # --- Service, in a thread

    def _attend(self) -> None:
        while not self._is_over:
            conn = self._next()
            if conn is not None:
                self._serve(conn)

    def _next(self) -> Connection | None:
        try:
            return self._queue.popleft()
        except IndexError:
            return self._idle.next(ROUND_SECONDS)

    def _serve(self, conn: Connection) -> None:
        if not conn.is_due and (count := _missing(conn, arrivals.glance(conn.sock))):
            self.method_queue.defer(self._await, conn, count)
            return
        self._serving.add(conn)
        self._answer(conn)
        self._serving.discard(conn)

    def _answer(self, conn: Connection) -> None:
        conn.is_due = False
        try:
            if self.handle(conn):
                self._keep(conn)
                return
        except BaseException:  # the thread has others to serve
            self.log.exception("A connection was given up")
        self.method_queue.defer(self._partings.begin, conn)

    def _keep(self, conn: Connection) -> None:
        if conn.parser.unreader.buf.getvalue():
            # The next request, or a part of it, has been read already: the socket does not tell of it.
            self._wait_in_line(conn)
        else:
            self._idle.put(conn)

    def handle(self, conn: Connection) -> Any:
        bounds.watchdog.watch(conn, time.monotonic() + ARRIVAL_SECONDS)
        try:
            return super().handle(conn)
        finally:
            bounds.watchdog.forget(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        bounds.watchdog.watch(conn, time.monotonic() + settings.REQUEST_SECONDS + ANSWER_SECONDS)
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """What is there of an unread body is passed over; the connection of one that is still to come is closed."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))

    def _refuse(self, conn: Connection) -> None:
        """Answers without the database, and so at once: 503 to whoever needs it."""
        with bounds.no_time():
            self._answer(conn)

    # --- The wait for a thread

    def _wait_in_line(self, conn: Connection) -> None:
        conn.is_due = True
        conn.queued_at = time.monotonic()
        self._queue.append(conn)
        # Somebody may have become free meanwhile, and wait for a request.
        self._idle.ring()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, LOOK_SECONDS))
        if len(self._serving) >= self.cfg.threads:
            self._step_in()
        while self._queue and self._queue[0].queued_at < time.monotonic() - QUEUE_SECONDS:
            self._refuse_first()

    def _step_in(self) -> None:
        """All are busy: whoever comes for a probe is answered, and all others have a place in the line."""
        while (conn := self._idle.next(0)) is not None:
            head = arrivals.glance(conn.sock)
            if not conn.is_due and (count := _missing(conn, head)):
                self._await(conn, count)
            elif _is_probe(head):
                self._spare.submit(self._answer, conn)
            else:
                self._wait_in_line(conn)

    def _refuse_first(self) -> None:
        try:
            conn = self._queue.popleft()
        except IndexError:  # a thread was quicker
            return
        self._spare.submit(self._refuse, conn)

    # --- The end of a connection

    def murder_keepalived(self, force: bool = False) -> None:
        for conn in self._idle.overdue(float("inf") if force else time.monotonic()):
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Part of every round of gunicorn's loop."""
        super().murder_pending()
        self._partings.end_overdue()

    # --- The end of the process

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: /ready says 503 from now on, and DRAIN_SECONDS later no connection is taken any more."""
        if not self._is_leaving:
            self._is_leaving = True
            readiness.leave()
            Timer(settings.DRAIN_SECONDS, super().handle_exit, (sig, frame)).start()

    def set_accept_enabled(self, enabled: bool) -> None:
        if self.alive:
            super().set_accept_enabled(enabled)
            return
        # The kernel has taken these already, and their clients may have sent their requests.
        for listener in self.sockets if self._accepting else ():
            while self.accept(listener):
                pass
        super().set_accept_enabled(False)
        # Now, not after the last answer: the kernel would go on taking connections that nobody answers.
        for listener in self.sockets:
            listener.close()


def _is_probe(head: bytes | None) -> bool:
    return head is not None and head.startswith(PROBES)


def _missing(conn: Connection, head: bytes | None) -> int:
    """How many bytes must be there for a thread to be worth it; 0 where enough are, or no more will come."""
    if head is None or not conn.may_wait:
        return 0
    count = arrivals.wanted(conn.sock, head)
    return 0 if count == conn.wakes_at else count
