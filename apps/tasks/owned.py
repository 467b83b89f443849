"""What a person does to a task of theirs: one statement each, written out, since building it would cost more than it.

Every statement names the owner. A task that is another's, in the trash, or was never made is the same: None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.api.preconditions import UNCONDITIONAL, Preconditions
from apps.tasks.rows import COLUMNS, TaskJson, different, task_json

# The task by its id, and then whether it is this. Written so that no index by owner and none of tasks alive fits: in a
# small table of which it knows nothing yet, the planner would read all of one of those, instead of the primary key.
_OWN = "user_id IS NOT DISTINCT FROM %s AND id = %s"
MINE = f"{_OWN} AND (deleted_at IS NULL) IS TRUE"
MINE_IN_TRASH = f"{_OWN} AND (deleted_at IS NOT NULL) IS TRUE"
# The largest number that PostgreSQL's bigint holds: an id beyond it was never given.
LARGEST_ID = 2**63 - 1
# SQL and its parameters.
Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class OwnedTasks:
    """The tasks of one subject. `values` are the columns that a caller may write, as the serializers leave them."""

    subject: str

    def get(self, task_id: int) -> TaskJson | None:
        return self._one(f"SELECT {COLUMNS} FROM tasks_task WHERE {MINE}", task_id)  # noqa: S608

    def get_from_trash(self, task_id: int) -> TaskJson | None:
        return self._one(f"SELECT {COLUMNS} FROM tasks_task WHERE {MINE_IN_TRASH}", task_id)  # noqa: S608

    def create(self, values: dict[str, Any]) -> TaskJson:
        """Raises IntegrityError where the owner's record is gone."""
        names, parameters = ", ".join(values), ", ".join(["%s"] * (len(values) + 1))
        sql = f"INSERT INTO tasks_task ({names}, user_id) VALUES ({parameters}) RETURNING {COLUMNS}"  # noqa: S608
        return task_json(_rows((sql, (*values.values(), self.subject)))[0])

    def update(
        self, task_id: int, values: dict[str, Any], conditions: Preconditions = UNCONDITIONAL
    ) -> TaskJson | None:
        """None too where the task is not as `conditions` want it. What changes nothing writes nothing.

        That is one statement where something changes, and a second, which only reads, where nothing does.
        """
        difference, (where, wanted) = different(values), _where(conditions)
        key = (self.subject, task_id, *wanted)
        statements: list[Statement] = []
        if values:
            write = f"{_set(values)} WHERE {MINE}{where} AND {difference} RETURNING {COLUMNS}, false"
            statements.append((write, (*values.values(), *key, *values.values())))
        look = f"SELECT {COLUMNS}, {difference} FROM tasks_task WHERE {MINE}{where}"  # noqa: S608
        statements.append((look, (*values.values(), *key)))
        row = self._row(task_id, *statements)
        if row is not None and row[-1]:
            # Another has changed it between the two statements: now it does differ.
            sql = f"{_set(values)} WHERE {MINE}{where} RETURNING {COLUMNS}"
            return self._one(sql, task_id, before=values.values(), behind=wanted)
        return None if row is None else task_json(row)

    def move_to_trash(self, task_id: int, conditions: Preconditions = UNCONDITIONAL) -> TaskJson | None:
        """None too where the task is not as `conditions` want it."""
        where, wanted = _where(conditions)
        sql = f"UPDATE tasks_task SET deleted_at = statement_timestamp() WHERE {MINE}{where} RETURNING {COLUMNS}"  # noqa: S608
        return self._one(sql, task_id, behind=wanted)

    def restore(self, task_id: int, conditions: Preconditions = UNCONDITIONAL) -> TaskJson | None:
        """None too where the task is not as `conditions` want it."""
        where, wanted = _where(conditions)
        sql = f"UPDATE tasks_task SET deleted_at = NULL WHERE {MINE_IN_TRASH}{where} RETURNING {COLUMNS}"  # noqa: S608
        return self._one(sql, task_id, behind=wanted)

    def delete_from_trash(self, task_id: int, conditions: Preconditions = UNCONDITIONAL) -> TaskJson | None:
        """For good. None too where the task is not as `conditions` want it."""
        where, wanted = _where(conditions)
        sql = f"DELETE FROM tasks_task WHERE {MINE_IN_TRASH}{where} RETURNING {COLUMNS}"  # noqa: S608
        return self._one(sql, task_id, behind=wanted)

    def _one(self, sql: str, task_id: int, before: Any = (), behind: Sequence[Any] = ()) -> TaskJson | None:
        row = self._row(task_id, (sql, (*before, self.subject, task_id, *behind)))
        return None if row is None else task_json(row)

    def _row(self, task_id: int, *statements: Statement) -> Sequence[Any] | None:
        if task_id > LARGEST_ID:
            return None
        rows = _rows(*statements)
        return rows[0] if rows else None


def _set(values: dict[str, Any]) -> str:
    return f"UPDATE tasks_task SET {', '.join(f'{name} = %s' for name in values)}"  # noqa: S608 - names of columns


def _where(conditions: Preconditions) -> tuple[str, tuple[Any, ...]]:
    if conditions is UNCONDITIONAL:
        return "", ()
    if conditions.forbids_any:
        return " AND false", ()
    if conditions.required is None:
        return " AND version <> ALL(%s::bigint[])", ([*conditions.forbidden],)
    wanted = [*set(conditions.required) - set(conditions.forbidden)]
    return " AND version = ANY(%s::bigint[])", (wanted,)


def _rows(*statements: Statement) -> list[Any]:
    """What the first statement that finds anything finds; those behind it are not sent."""
    rows: list[Any] = []
    with connection.cursor() as cursor:
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
            if rows := cursor.fetchall():
                break
    return rows
