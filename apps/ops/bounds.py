"""How long things may take: a request, a statement, the wait for a database that is away."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from django.conf import settings

from apps.ops import faults

NEVER = float("inf")
# How late a cut may come.
TICK_SECONDS = 0.25

_deadline: ContextVar[float] = ContextVar("deadline", default=NEVER)
_patience: ContextVar[float | None] = ContextVar("patience", default=None)
_is_overdue: ContextVar[bool] = ContextVar("is_overdue", default=False)
# The connection whose answer is being written, and the seconds that a piece of it may take.
_answering: ContextVar[tuple["Cuttable", float] | None] = ContextVar("answering", default=None)
_serving = False


class Cuttable(Protocol):
    def cut(self) -> None:
        """Ends what somebody in another thread waits for. Called once, or again to no effect."""


def serve() -> None:
    """From here on no statement of this process may take for ever, those of background threads included."""
    global _serving  # noqa: PLW0603 - a fact about the process
    _serving = True


def begin_request() -> None:
    seconds = 0 if _is_overdue.get() else settings.REQUEST_SECONDS
    _deadline.set(time.monotonic() + seconds)


def end_request() -> None:
    _deadline.set(NEVER)


def is_over() -> bool:
    """True where the request under way has had its time."""
    return time.monotonic() >= _deadline.get()


def statement_due(now: float) -> float:
    """When the wait for a statement that starts now ends. Never in a command, which may take its time."""
    due = _deadline.get()
    if due == NEVER and not _serving:
        return due
    return min(due, now + settings.STATEMENT_CUT_SECONDS)


def patience() -> float:
    """The seconds to wait for a database that takes no connection, within what the request has left."""
    chosen = _patience.get()
    wanted: float = settings.DATABASE_PATIENCE_SECONDS if chosen is None else chosen
    return max(min(wanted, remaining()), 0.0)


def remaining() -> float:
    """The seconds that are left to the request under way; endless outside one."""
    return _deadline.get() - time.monotonic()


@contextmanager
def impatience(seconds: float) -> Iterator[None]:
    """Within it a database that is away is away at once, and silence is borne for so long: for a probe."""
    patience_before = _patience.set(0.0)
    deadline_before = _deadline.set(min(_deadline.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _patience.reset(patience_before)
        _deadline.reset(deadline_before)


@contextmanager
def no_time() -> Iterator[None]:
    """A request within it has used up its time: what it can do without the database it does."""
    token = _is_overdue.set(True)
    try:
        yield
    finally:
        _is_overdue.reset(token)


class BoundedLock:
    """A lock around what may hang: whoever waits for it gives up in time. Raises OutOfTime."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=min(settings.DATABASE_PATIENCE_SECONDS, max(remaining(), 0.0))):
            raise faults.OutOfTime

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Watchdog:
    """Cuts what outlasts its time, in a thread of its own, so that a wait costs two entries of a dict."""

    def __init__(self) -> None:
        self._due: dict[Cuttable, float] = {}
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        os.register_at_fork(after_in_child=self._forget_everything)

    def watch(self, wait: Cuttable, due: float) -> None:
        """Cuts `wait` at `due`, by the monotonic clock, unless it is forgotten before."""
        self._due[wait] = due
        if self._thread is None:
            self._start()

    def forget(self, wait: Cuttable) -> None:
        self._due.pop(wait, None)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            now = time.monotonic()
            for wait in list(self._due):
                # What was watched anew meanwhile has more time.
                if self._due.get(wait, NEVER) <= now:
                    self.forget(wait)
                    wait.cut()

    def _forget_everything(self) -> None:
        """No thread survives a fork."""
        self._due, self._starting, self._thread = {}, threading.Lock(), None


watchdog = Watchdog()


def begin_answer(client: Cuttable, seconds: float) -> None:
    """Cuts the connection after `seconds`, unless the answer is streamed and goes on."""
    _answering.set((client, seconds))
    watchdog.watch(client, time.monotonic() + seconds)


def answer_goes_on() -> None:
    """For a stream: what it has sent so far was taken, and the next piece has the whole time again."""
    if answering := _answering.get():
        client, seconds = answering
        watchdog.watch(client, time.monotonic() + seconds)
