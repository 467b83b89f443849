"""Pages of a person's tasks: by offset, or by cursor, which costs the same on any page."""

from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from apps.tasks import orderings
from apps.tasks.managers import TaskQuerySet
from apps.tasks.models import Task
from apps.tasks.orderings import Position
from apps.tasks.rows import COLUMNS

# The page that most readers ask for, so that no statement is built for it at each request.
PLAIN_PAGE = f"""
    SELECT {COLUMNS}, deleted_at, (SELECT count(*) FROM tasks_task WHERE user_id = %s AND deleted_at IS NULL)
    FROM tasks_task WHERE user_id = %s AND deleted_at IS NULL ORDER BY id + 0 LIMIT %s OFFSET %s
"""  # noqa: S608 - names of columns


@dataclass(frozen=True)
class Page:
    """`rows` begin with the columns of NAMES and `deleted_at`.

    `before` and `after` say where the pages on either side begin, None where there is none.
    """

    rows: list[Any]
    count: int | None
    before: Position | None
    after: Position | None


@dataclass(frozen=True)
class Span:
    """Which page: `limit` rows in the order of `ordering`, behind `offset` rows or beyond a position.

    `is_previous` turns back: the rows right before the position.
    """

    limit: int
    ordering: str = "id"
    offset: int = 0
    position: Position | None = None
    is_previous: bool = False
    counts: bool = True


def plain_page(subject: str, limit: int, offset: int, using: str = DEFAULT_DB_ALIAS) -> Page:
    """The same page as `page(…)` gives of all the tasks of `subject`, oldest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(PLAIN_PAGE, (subject, subject, limit + 1, offset))
        rows = cursor.fetchall()
    span = Span(limit, offset=offset)
    # Without a row there is no count beside it, and without an offset none to be made.
    if offset and not rows:
        return page_of(rows, span, Task.objects.using(using).owned_by(subject).alive().count())
    return page_of(rows, span, told(rows))


def page(tasks: TaskQuerySet, span: Span) -> Page:
    """One statement, the count included."""
    matching, tasks = tasks, behind(tasks, span)
    columns = [*orderings.COLUMNS]
    if span.counts:
        tasks = tasks.annotate(matching=_count_of(matching))
        columns.append("matching")
    rows = list(tasks.values_list(*columns)[span.offset : span.offset + span.limit + 1])
    return page_of(rows, span, _count(rows, span, matching))


def behind(tasks: TaskQuerySet, span: Span) -> TaskQuerySet:
    """In the order of the span, and beyond its position."""
    ordering, backwards = orderings.split(span.ordering)
    backwards ^= span.is_previous
    if span.position is not None:
        tasks = tasks.filter(orderings.beyond(ordering, span.position, backwards=backwards))
    return tasks.order_by(*orderings.order_by(ordering, backwards=backwards))


def _count(rows: list[Any], span: Span, matching: TaskQuerySet) -> int | None:
    """It comes with each row; a page without rows has to ask, unless it is the first."""
    if not span.counts:
        return None
    return matching.count() if not rows and (span.offset or span.position) else told(rows)


def told(rows: list[Any]) -> int:
    """How many there are in all, which stands at the end of each row."""
    return int(rows[0][-1]) if rows else 0


def _count_of(tasks: TaskQuerySet) -> RawSQL:
    sql, parameters = tasks.order_by().values("id").query.sql_with_params()
    return RawSQL(f"(SELECT count(*) FROM ({sql}) AS matching)", parameters, BigIntegerField())  # noqa: S608, S611


def _turned(span: Span) -> list[Position | None]:
    """Of a page whose rows have gone: back to where it was to begin, that place included."""
    if span.position is None:
        return [None, None]
    value, task_id = span.position
    _, backwards = orderings.split(span.ordering)
    towards = -1 if backwards != span.is_previous else 1
    return [[value, task_id + towards]] * 2


def page_of(rows: list[Any], span: Span, count: int | None) -> Page:
    """One row more than asked tells whether there is another page."""
    goes_on = len(rows) > span.limit
    rows = rows[: span.limit]
    if span.is_previous:
        rows.reverse()
    ordering, _ = orderings.split(span.ordering)
    ends = [orderings.position_of(ordering, row) for row in (rows[0], rows[-1])] if rows else _turned(span)
    has_previous, has_next = (goes_on, True) if span.is_previous else (bool(span.position or span.offset), goes_on)
    return Page(
        rows=rows,
        count=count,
        before=ends[0] if has_previous else None,
        after=ends[1] if has_next else None,
    )
