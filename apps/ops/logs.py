"""The forms of a log line. No token, no secret and no content of a row may pass."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

from apps.ops import context


class ContextFilter(logging.Filter):
    """Adds the request id and the caller's subject to every record, of whichever library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = context.request_id.get()
        record.subject = context.subject.get()
        return True


def without_row_contents(traceback: str) -> str:
    """PostgreSQL puts the offending row into the DETAIL line of an error, and the statement into LINE: both go."""
    kept = [line for line in traceback.splitlines() if not line.lstrip().startswith(("DETAIL:", "LINE ", "CONTEXT:"))]
    return "\n".join(kept)


class ConsoleFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s [%(request_id)s %(subject)s]", "%H:%M:%S")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        return without_row_contents(super().formatException(ei))


class JsonFormatter(BaseJsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s %(request_id)s %(subject)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp=True,
            # Objects that Django hangs on its records; their text would hold headers.
            reserved_attrs=[*self.reserved(), "request", "server_time", "sql", "params", "duration"],
        )

    @staticmethod
    def reserved() -> list[str]:
        return [*logging.makeLogRecord({}).__dict__, "asctime", "message", "color_message"]

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        return without_row_contents(str(super().formatException(ei)))
