"""How a statement is sent: not for a client that left, not after its time, and a read twice where it got no answer."""

import re
import time
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper

from apps.ops import bounds, context, faults, metrics

# Past the notes that others write before it.
_FIRST_WORD = re.compile(r"(?:\s|/\*.*?\*/)*(\w*)", re.DOTALL)


class Cursor(CursorWrapper):
    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        return self._send(super()._execute, sql, params, *ignored)

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        return self._send(super()._executemany, sql, param_list, *ignored)

    def _send(self, send: Any, sql: Any, *arguments: Any) -> Any:
        """Raises OutOfTime where the statement must not begin any more."""
        if bounds.is_over():
            raise faults.OutOfTime
        started = time.perf_counter()
        try:
            return self.db.bounded(send, sql, *arguments)
        except (DatabaseError, InterfaceError) as error:
            metrics.recorder.database_failed(type(error.__cause__).__name__)
            if not self._may_repeat(sql):
                raise
            faults.log_fault(error, repeated=True)
        finally:
            metrics.recorder.statement_ended(time.perf_counter() - started)
        self.db.close()
        self.db.ensure_connection()
        self.cursor = self.db.create_cursor()
        return self.db.bounded(send, sql, *arguments)

    def _may_repeat(self, sql: Any) -> bool:
        """True for a read whose connection has proved dead: nothing was changed, and nobody has seen an answer."""
        if self.db.in_atomic_block or self.db.connection is None or self.db.is_usable():
            return False
        word = _FIRST_WORD.match(str(sql))[1].upper()  # type: ignore[index]  # it matches an empty word
        # A WITH may count a call while it reads: again, that does no harm; in a request that changes things it may.
        return word == "SELECT" or (word == "WITH" and context.is_reading.get())


class DebugCursor(Cursor, CursorDebugWrapper):
    """The same, where Django notes the statements of a test."""
