"""Who writes, and for which request: a comment at the head of the statement, which the triggers of history read.

It costs no round trip and no statement of its own, and no session setting is left behind a pooled connection. Code
that writes through a cursor of Django's need do nothing; whoever goes around it puts `statement_note()` first.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from apps.ops import context

# Where a write comes from, where it is neither the API nor a command.
source: ContextVar[str | None] = ContextVar("history_source", default=None)

# A write that names a recorded table. A value in it cannot: parameters are put in later.
_WRITE = re.compile(r"\s*(insert|update|delete|merge|with)\b.*?(tasks_task|accounts_user)", re.IGNORECASE | re.DOTALL)


def statement_note() -> str:
    """The head of a writing statement: source, request id and, in hex, the subject of who writes."""
    request_id, subject = context.request_id.get(), context.subject.get()
    origin = source.get() or ("api" if request_id else command())
    return f"/*history {origin} {request_id or '-'} {subject.encode().hex() if subject else '-'}*/ "


@contextmanager
def written_by(origin: str) -> Iterator[None]:
    """Names the source of the writes within: a lower-case word."""
    token = source.set(origin)
    try:
        yield
    finally:
        source.reset(token)


@lru_cache(maxsize=1)
def command() -> str:
    """Outside a request: `command:<name>` under manage.py."""
    name = sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""
    return f"command:{name}" if re.fullmatch(r"[a-z_]{1,40}", name) else "command"


def note_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's execute wrapper: a read, and a write of what is not recorded, pass as they are."""
    if type(sql) is str and _WRITE.match(sql):
        sql = statement_note() + sql
    return execute(sql, params, many, context)


def install(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """For `connection_created`, which is sent again at each reconnection."""
    if connection.vendor == "postgresql" and note_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(note_writes)
