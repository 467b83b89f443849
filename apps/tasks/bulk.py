"""Many changes at once: all of them or none, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from apps.tasks.rows import COLUMNS, TaskJson, different, task_json


class NotOwned(Exception):
    """Tasks that are not the subject's, or not there: `ids`."""

    def __init__(self, ids: set[int]) -> None:
        super().__init__()
        self.ids = ids


@dataclass(frozen=True)
class Changes:
    """Tasks to make, tasks to give the `fields`, tasks to move to the trash; no id twice."""

    create: Sequence[dict[str, Any]] = ()
    update: Sequence[int] = ()
    fields: dict[str, Any] | None = None
    delete: Sequence[int] = ()


@dataclass(frozen=True)
class Done:
    """In the order in which they were asked for."""

    created: list[TaskJson]
    updated: list[TaskJson]
    deleted: list[int]


@transaction.atomic
def apply(subject: str, changes: Changes) -> Done:
    """Raises NotOwned before anything is written; IntegrityError where the owner's record is gone."""
    _hold(subject, [*changes.update, *changes.delete])
    return Done(
        created=_create(subject, changes.create),
        updated=_update(subject, changes.update, changes.fields or {}),
        deleted=_delete(subject, changes.delete),
    )


def _hold(subject: str, ids: list[int]) -> None:
    """Locks the rows in the order of their ids, so that two calls cannot wait for one another."""
    if ids:
        mine = "SELECT id FROM tasks_task WHERE user_id = %s AND id = ANY(%s) AND deleted_at IS NULL"
        if missing := set(ids) - {row[0] for row in _rows(f"{mine} ORDER BY id FOR UPDATE", [subject, ids])}:
            raise NotOwned(missing)


def _create(subject: str, tasks: Sequence[dict[str, Any]]) -> list[TaskJson]:
    if not tasks:
        return []
    names = list(dict.fromkeys(name for task in tasks for name in task))
    # What a task leaves out is the column's default.
    lines = [", ".join("%s" if name in task else "DEFAULT" for name in names) for task in tasks]
    values = ", ".join(f"({line}, %s)" for line in lines)
    parameters = [value for task in tasks for value in (*(task[name] for name in names if name in task), subject)]
    sql = f"INSERT INTO tasks_task ({', '.join(names)}, user_id) VALUES {values} RETURNING {COLUMNS}"  # noqa: S608
    return [task_json(row) for row in _rows(sql, parameters)]


def _update(subject: str, ids: Sequence[int], fields: dict[str, Any]) -> list[TaskJson]:
    if not ids:
        return []
    changes, where = ", ".join(f"{name} = %s" for name in fields), "user_id = %s AND id = ANY(%s)"
    sql = f"UPDATE tasks_task SET {changes} WHERE {where} AND {different(fields)} RETURNING {COLUMNS}"  # noqa: S608
    rows = _rows(sql, [*fields.values(), subject, [*ids], *fields.values()])
    if len(rows) < len(ids):
        # What changes nothing was not written.
        as_before = list({*ids} - {row[0] for row in rows})
        rows += _rows(f"SELECT {COLUMNS} FROM tasks_task WHERE {where}", [subject, as_before])  # noqa: S608
    tasks = {row[0]: task_json(row) for row in rows}
    return [tasks[task_id] for task_id in ids]


def _delete(subject: str, ids: Sequence[int]) -> list[int]:
    if ids:
        sql = (
            "UPDATE tasks_task SET deleted_at = statement_timestamp() WHERE user_id = %s AND id = ANY(%s) RETURNING id"
        )
        _rows(sql, [subject, [*ids]])
    return [*ids]


def _rows(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
