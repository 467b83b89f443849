"""The orders in which a person's tasks can be read, and where a page begins in each: after a value and an id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.lookups import GreaterThan, LessThan

from apps.tasks.expressions import COMPLETED, DUE, NUMBER, TITLE, InfiniteTime, SortKey, TimeInWords
from apps.tasks.rows import NAMES
from apps.values import times

Position = list[Any]
COLUMNS = (*NAMES, "deleted_at")


@dataclass(frozen=True)
class Ordering:
    """Each has an index of its own, by owner, `expression` and id."""

    column: str
    expression: Any
    # From what a cursor holds to what the table does.
    parse: Callable[[Any], Any] = Value


def _time(text: str | None) -> Any:
    return InfiniteTime() if text is None else TimeInWords(Value(text))


ORDERINGS = {
    "id": Ordering("id", NUMBER),
    "created_at": Ordering("created_at", F("created_at"), _time),
    "updated_at": Ordering("updated_at", F("updated_at"), _time),
    "due_at": Ordering("due_at", DUE, _time),
    "completed_at": Ordering("completed_at", COMPLETED, _time),
    "title": Ordering("title", TITLE, lambda title: SortKey(Value(title))),
    "status": Ordering("status", F("status")),
    "priority": Ordering("priority", F("priority")),
}

# The expressions that are no plain column, of a row of a list.
IN_SQL = {
    "due_at": "coalesce(due_at, 'infinity')",
    "completed_at": "coalesce(completed_at, 'infinity')",
    "title": 'tasks_sort_key(title) COLLATE "C"',
}

# Not offered by the API: the order of the trash.
DELETED = Ordering("deleted_at", F("deleted_at"), _time)


def split(word: str) -> tuple[Ordering, bool]:
    """The ordering that `ordering=<word>` names, and whether it runs backwards."""
    name = word.removeprefix("-")
    return DELETED if name == DELETED.column else ORDERINGS[name], word.startswith("-")


def order_by(ordering: Ordering, *, backwards: bool) -> list[Any]:
    columns = [NUMBER] if ordering.column == "id" else [ordering.expression, NUMBER]
    return [column.desc() if backwards else column.asc() for column in columns]


def order_in_sql(word: str, *, is_previous: bool) -> str:
    """The same order, of the columns of a row of a list."""
    ordering, backwards = split(word)
    direction = "DESC" if backwards != is_previous else "ASC"
    return f"{IN_SQL.get(ordering.column, ordering.column)} {direction}, id {direction}"


def position_of(ordering: Ordering, row: Sequence[Any]) -> Position:
    """Where `row` of a list stands, in what JSON can hold."""
    value = row[COLUMNS.index(ordering.column)]
    return [times.in_database(value) if isinstance(value, datetime) else value, row[0]]


def beyond(ordering: Ordering, position: Position, *, backwards: bool) -> Any:
    """The condition that a row stands behind `position`: one comparison of rows, which the index answers."""
    value, task_id = position
    if ordering.column == "id":
        return LessThan(NUMBER, task_id) if backwards else GreaterThan(NUMBER, task_id)
    lookup = TupleLessThan if backwards else TupleGreaterThan
    return lookup((ordering.expression, NUMBER), (ordering.parse(value), Value(task_id)))
