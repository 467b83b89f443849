"""gunicorn's threaded worker, in which neither slow clients nor a slow database hold up those who need neither.

The main thread takes connections and waits until a request is there; attendants answer it, and wait for the next on the
same connection themselves. On SIGTERM, whoever has connected is still served.
"""

import errno
import gc
import time
from functools import partial
from selectors import EVENT_READ
from threading import Timer
from typing import Any

from django.conf import settings
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from apps.ops import bounds, context
from apps.ops.readiness import readiness
from apps.ops.serving import answers, arrivals, refusals
from apps.ops.serving.attendants import Attendants
from apps.ops.serving.connections import ClientSocket, Connection, Partings

# For a request to arrive; and for its answer to be taken, beyond the time that it may take to make.
ARRIVAL_SECONDS = 10.0
ANSWER_SECONDS = 10.0
# How often the main thread looks whether all attendants are busy.
LOOK_SECONDS = 0.1
# No descriptor is free, of this process or of the machine, or no memory.
NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
# Of a body that was not read: what is there already is passed over.
DRAIN_SECONDS = 0.05


def has_whole_body(request: Any) -> bool:
    """True where none of a body of known length is left in the socket."""
    return bool(getattr(request.body.reader, "length", None) == 0)


class Worker(ThreadWorker):
    def init_process(self) -> None:
        self.partings = Partings(self)
        self.attendants = Attendants(self)
        self.keepalived_conns = self.attendants.idle
        self._is_leaving = False
        answers.install()
        # gunicorn looks up 21 settings for each request, by two calls each.
        self.cfg.__dict__.update({name: setting.get() for name, setting in self.cfg.settings.items()})
        super().init_process()

    def run(self) -> None:
        # What has been loaded stays: the collector need not look through it again and again.
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        self.attendants.start()
        try:
            super().run()
        finally:
            self.attendants.stop()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, LOOK_SECONDS))
        self.attendants.relieve()

    # --- Arrival, in the main thread

    def accept(self, listener: Any) -> bool:
        """Whether one was there to be taken."""
        try:
            client, address = listener.accept()
        except OSError as error:  # another worker was quicker, or the client has left
            if error.errno in NO_ROOM:
                # It is still there to be taken: without a pause this would be tried without end.
                time.sleep(LOOK_SECONDS)
            return False
        self.nr_conns += 1
        conn = Connection(self.cfg, ClientSocket.taken_over(client), address, listener.getsockname())
        conn.data_ready = True
        conn.may_wait = not self.cfg.is_ssl and arrivals.can_wait(conn.sock)
        self.enqueue_req(conn)
        return True

    def enqueue_req(self, conn: Connection) -> None:
        """Offers it to the attendants, if its request is there; else waits for that."""
        head = arrivals.glance(conn.sock)
        if count := arrivals.missing(conn, head):
            self.wait_for_rest(conn, count)
            return
        # Woken with less than that: the other side has ended, which an attendant will find at once.
        if conn.wakes_at:
            arrivals.wake_at(conn.sock, 1)
            conn.wakes_at = 0
        self.attendants.offer(conn, head)

    def wait_for_rest(self, conn: Connection, count: int) -> None:
        """Until so many bytes of its request are there."""
        if not conn.is_told and arrivals.expects_word(arrivals.glance(conn.sock)):
            conn.say_continue()
        if not conn.wakes_at:
            conn.timeout = time.monotonic() + ARRIVAL_SECONDS
        elif conn.timeout < time.monotonic():
            self.partings.begin(conn)
            return
        conn.wakes_at = count
        arrivals.wake_at(conn.sock, count)
        conn.sock.setblocking(False)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    # --- Service, in a thread

    def handle(self, conn: Connection) -> Any:
        context.clear()
        conn.sock.head = bytearray(conn.parser.unreader.buf.getvalue() if conn.parser else b"")
        bounds.watchdog.watch(conn, time.monotonic() + (conn.patience or ARRIVAL_SECONDS))
        try:
            return super().handle(conn)
        finally:
            conn.sock.head = None
            bounds.watchdog.forget(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        conn.sock.head = None
        seconds = conn.patience or settings.REQUEST_SECONDS + ANSWER_SECONDS
        bounds.begin_answer(conn, seconds)
        if conn.is_told:
            req._expected_100_continue = False
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """What is there of an unread body is passed over; the connection of one that is still to come is closed."""
        if not keepalive or has_whole_body(conn.parser.mesg):
            return keepalive
        try:
            return bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))
        except ParseException:  # the answer has left already, and another would be taken for that of the next request
            return False

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        refusals.refuse(client, addr, exc)

    # --- The end of a connection, and of the process

    def murder_keepalived(self, force: bool = False) -> None:
        for conn in self.attendants.idle.overdue(float("inf") if force else time.monotonic()):
            self.nr_conns -= 1
            conn.close()

    def _cap_keepalive(self, deadline: float) -> None:
        """At the end, also for those that come back from now on."""
        self.attendants.idle.keepalive = STOP_KEEPALIVE_LINGER
        super()._cap_keepalive(deadline)

    def murder_pending(self) -> None:
        """Part of every round of gunicorn's loop."""
        super().murder_pending()
        self.partings.end_overdue()

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
            while self.nr_conns < self.worker_connections and self.accept(listener):
                pass
        super().set_accept_enabled(False)
        # Now, not after the last answer: the kernel would go on taking connections that nobody answers.
        for listener in self.sockets:
            listener.close()
