"""gunicorn's log, without its line for each request: RequestLogMiddleware writes one that says more."""

from typing import Any

from gunicorn.glogging import Logger


class ErrorLogger(Logger):
    def access(self, *_: Any) -> None:
        """gunicorn would take every header apart for it, before its logger drops the line."""
