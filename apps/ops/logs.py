"""The forms of a log line. No token, no secret and no content of a row may pass."""

import logging
from typing import Any

import psycopg2
from django.db import DatabaseError, InterfaceError
from pythonjsonlogger.orjson import OrjsonFormatter

from apps.ops import context

# What no line of ours tells is not looked up for each (Python's logging HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = logging.logAsyncioTasks = False  # type: ignore[attr-defined]
logging._srcfile = None  # the file and line of each call


class ContextFilter(logging.Filter):
    """Adds the request id, the trace and the caller's subject to every record, of whichever library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = context.request_id.get()
        record.subject = context.subject.get()
        record.trace_id = context.trace_id.get()
        return True


def without_row_contents(traceback: str, error: BaseException | None) -> str:
    """Keeps the first line of each database error: those after it hold the offending row and the statement."""
    for text in _database_messages(error):
        traceback = traceback.replace(text, text.partition("\n")[0])
    return traceback


def _database_messages(error: BaseException | None) -> list[str]:
    """What the database said, in this error and those that led to it; the longest first."""
    found: dict[int, BaseException] = {}
    waiting = [error]
    while waiting:
        this = waiting.pop()
        if this is not None and id(this) not in found:
            found[id(this)] = this
            waiting += [this.__cause__, this.__context__]
    said = (str(this) for this in found.values() if isinstance(this, psycopg2.Error | DatabaseError | InterfaceError))
    return sorted((text for text in said if "\n" in text), key=len, reverse=True)


class ConsoleFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s [%(request_id)s %(subject)s]", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """A path may hold line ends, which would forge a line, and codes that a terminal obeys."""
        text = super().formatMessage(record)
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        return without_row_contents(super().formatException(ei), ei[1])


class JsonFormatter(OrjsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s %(request_id)s %(subject)s %(trace_id)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp=True,
            # Objects that Django hangs on its records; their text would hold headers.
            reserved_attrs=[*self.reserved(), "request", "server_time", "sql", "params", "duration"],
        )

    @staticmethod
    def reserved() -> list[str]:
        return [*logging.makeLogRecord({}).__dict__, "asctime", "message", "color_message"]

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        return without_row_contents(str(super().formatException(ei)), ei[1])
