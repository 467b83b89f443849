"""gunicorn's threaded worker, in which neither slow clients nor a slow database hold up those who need neither.

A connection is given a thread once its request is there. Probes have threads of their own. What has waited too long
for a thread is told 503 by one of these. On SIGTERM, whoever has connected is still served.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from threading import Timer
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from apps.ops import bounds
from apps.ops.readiness import readiness
from apps.ops.serving import arrivals
from apps.ops.serving.connections import Connection, Partings

SPARE_THREADS = 2
PROBES = (b"GET /health", b"HEAD /health")
# For a request to arrive; and for its answer to be taken, beyond the time that it may take to make.
ARRIVAL_SECONDS = 10.0
ANSWER_SECONDS = 10.0
# For a thread to be free.
QUEUE_SECONDS = 5.0
# Of a body that was not read: what is there already is passed over.
DRAIN_SECONDS = 0.05


class Worker(ThreadWorker):
    def init_process(self) -> None:
        self._spare = ThreadPoolExecutor(SPARE_THREADS, "spare")
        self._queue: deque[Connection] = deque()
        self._partings = Partings(self)
        self._is_leaving = False
        super().init_process()

    # --- Arrival, in the main thread

    def accept(self, listener: Any) -> bool:
        """Whether one was there to be taken."""
        try:
            client, address = listener.accept()
        except OSError:  # another worker was quicker, the client has left, or no descriptor is free just now
            return False
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        conn.may_wait = not self.cfg.is_ssl and arrivals.can_wait(client)
        self.enqueue_req(conn)
        return True

    def enqueue_req(self, conn: Connection) -> None:
        """Gives it a thread, if its request is there; else waits for that."""
        head = arrivals.glance(conn.sock)
        if conn.may_wait and (count := arrivals.wanted(conn.sock, head)) and count != conn.wakes_at:
            self._await(conn, count)
            return
        # Woken with less than that: the other side has ended, which a thread will find at once.
        if conn.wakes_at:
            arrivals.wake_at(conn.sock, 1)
            conn.wakes_at = 0
        conn.data_ready = True
        self._submit(self._spare if head.startswith(PROBES) else self.tpool, self.handle, conn)

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

    # --- The wait for a thread

    def _submit(self, pool: Executor, task: Callable[[Connection], Any], conn: Connection) -> None:
        conn.queued_at = time.monotonic()
        self._queue.append(conn)
        conn.future = pool.submit(task, conn)
        conn.future.add_done_callback(partial(self._finished, conn))

    def _finished(self, conn: Connection, future: "Future[Any]") -> None:
        if not future.cancelled():
            self.method_queue.defer(self.finish_request, conn, future)

    def murder_pending(self) -> None:
        """Part of every round of gunicorn's loop, which takes a second at most."""
        super().murder_pending()
        self._refuse_overdue()
        self._partings.end_overdue()

    def _refuse_overdue(self) -> None:
        queue = self._queue
        while queue and queue[0].queued_at is None:
            queue.popleft()
        while queue and (queue[0].queued_at or 0) < time.monotonic() - QUEUE_SECONDS:
            conn = queue.popleft()
            if conn.queued_at is not None and conn.future.cancel():
                self._submit(self._spare, self._refuse, conn)

    # --- In a thread

    def handle(self, conn: Connection) -> Any:
        conn.queued_at = None
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

    def _refuse(self, conn: Connection) -> Any:
        """Answers without the database, and so at once: 503 to whoever needs it."""
        with bounds.no_time():
            return self.handle(conn)

    # --- The end of a connection

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        if future.exception() or not future.result():
            self._partings.begin(conn)
        elif conn.parser.unreader.buf.getvalue():
            # The next request, or a part of it, has been read already: the socket does not tell of it.
            self._submit(self.tpool, self.handle, conn)
        else:
            super().finish_request(conn, future)

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
