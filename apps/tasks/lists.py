"""Pages of a person's tasks: by offset, or by cursor, which costs the same on any page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from apps.tasks import orderings
from apps.tasks.expressions import has_words
from apps.tasks.managers import TaskQuerySet
from apps.tasks.models import Task
from apps.tasks.orderings import Position
from apps.tasks.rows import COLUMNS

# The page that most readers ask for, so that no statement is built for it at each request.
PLAIN_PAGE = f"""
    SELECT {COLUMNS}, deleted_at, (SELECT count(*) FROM tasks_task WHERE user_id = %s AND deleted_at IS NULL)
    FROM tasks_task WHERE user_id = %s AND deleted_at IS NULL ORDER BY id + 0 LIMIT %s OFFSET %s
"""  # noqa: S608 - names of columns


# Of the first tasks, those that have the words; and beside them, or alone, how many were looked at. A join of one row
# keeps the order of the other side.
NEARBY = """
    WITH nearby AS MATERIALIZED ({tasks})
    SELECT found.*, walked.number FROM (SELECT count(*) AS number FROM nearby) AS walked LEFT JOIN (
        SELECT * FROM nearby
        WHERE tasks_word_keys(title, description, user_id) @@ tasks_word_keys_sought(%s, %s) LIMIT %s OFFSET %s
    ) AS found ON true
"""
# In the place of the table, what the index of words finds in it. Written so that no other index fits: the planner takes
# every word for a common one, and would read all of the owner's entries in another, or everybody's, beside it.
BY_WORDS = """
    WITH tasks_task AS NOT MATERIALIZED (
        SELECT * FROM tasks_task WHERE user_id IS NOT DISTINCT FROM %s
        AND tasks_word_keys(title, description, user_id) @@ tasks_word_keys_sought(%s, %s) OFFSET 0
    )
"""
NEARBY_ROWS = 500


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


@dataclass(frozen=True)
class Sought:
    """Words of a search, in tasks of `subject`. `is_alone` where nothing else is asked for."""

    words: str
    subject: str
    is_alone: bool


def plain_page(subject: str, limit: int, offset: int, using: str = DEFAULT_DB_ALIAS) -> Page:
    """The same page as `page(…)` gives of all the tasks of `subject`, oldest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(PLAIN_PAGE, (subject, subject, limit + 1, offset))
        rows = cursor.fetchall()
    span = Span(limit, offset=offset)
    # Without a row there is no count beside it, and without an offset none to be made.
    if offset and not rows:
        return _page(rows, span, Task.objects.using(using).owned_by(subject).alive().count())
    return _page(rows, span, _told(rows))


def page(tasks: TaskQuerySet, span: Span) -> Page:
    """One statement, the count included."""
    matching, tasks = tasks, _behind(tasks, span)
    columns = [*orderings.COLUMNS]
    if span.counts:
        tasks = tasks.annotate(matching=_count_of(matching))
        columns.append("matching")
    rows = list(tasks.values_list(*columns)[span.offset : span.offset + span.limit + 1])
    return _page(rows, span, _count(rows, span, matching))


def search_page(tasks: TaskQuerySet, sought: Sought, span: Span) -> Page:
    """Those of the subject's `tasks` that have the words: three statements at most.

    The planner takes a word's beginning for half a percent of all at the least, and would take a million texts apart on
    the way to a rare one. So first the tasks nearby are looked at, where a common word is found soon, and which are all
    that most people have. Then the index is asked; where nothing else is, whatever the planner thinks.
    """
    here = _behind(tasks, span)
    rows, walked = _nearby(here, sought, span)
    count = None
    if len(rows) <= span.limit and walked == NEARBY_ROWS:
        rows = _looked_up(here, sought, span)
        count = _told(rows)
    elif len(rows) <= span.limit:
        count = span.offset + len(rows)
    # Behind a cursor that is how many are left; and no row, none that tells it.
    if span.counts and (count is None or span.position or (span.offset and not rows)):
        count = _number_of(tasks, sought)
    return _page(rows, span, count if span.counts else None)


def _nearby(tasks: TaskQuerySet, sought: Sought, span: Span) -> tuple[list[Any], int]:
    """Of the first `tasks`, those that have the words; and how many were looked at."""
    sql, parameters = tasks.values_list(*orderings.COLUMNS)[:NEARBY_ROWS].query.sql_with_params()
    ends = [span.limit + 1, span.offset]
    sql, parameters = NEARBY.format(tasks=sql), (*parameters, sought.words, sought.subject, *ends)
    rows = _fetched(tasks.db, sql, parameters)
    return [row[:-1] for row in rows if row[0] is not None], rows[0][-1]


def _looked_up(tasks: TaskQuerySet, sought: Sought, span: Span) -> list[Any]:
    """Off the index of words, and then put in order; each with how many there are in all."""
    order = orderings.order_in_sql(span.ordering, is_previous=span.is_previous)
    outer = f"SELECT *, count(*) OVER () AS total FROM ({{}}) AS matching ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608
    return _of_matching(outer, tasks.values_list(*orderings.COLUMNS), sought, span.limit + 1, span.offset)


def _number_of(tasks: TaskQuerySet, sought: Sought) -> int:
    ((number,),) = _of_matching("SELECT count(*) FROM ({}) AS matching", tasks.values_list("id"), sought)
    return int(number)


def _of_matching(outer: str, tasks: Any, sought: Sought, *ends: int) -> list[Any]:
    """What `outer` gives of those of the `tasks` that have the words. Beside other conditions the planner chooses."""
    if sought.is_alone:
        sql, parameters = tasks.order_by().query.sql_with_params()
        sql, parameters = BY_WORDS + outer.format(sql), (sought.subject, sought.words, sought.subject, *parameters)
    else:
        matching = tasks.order_by().filter(has_words(sought.words, sought.subject))
        sql, parameters = matching.query.sql_with_params()
        sql = outer.format(f"{sql} OFFSET 0")
    return _fetched(tasks.db, sql, (*parameters, *ends))


def _behind(tasks: TaskQuerySet, span: Span) -> TaskQuerySet:
    """In the order of the span, and beyond its position."""
    ordering, backwards = orderings.split(span.ordering)
    backwards ^= span.is_previous
    if span.position is not None:
        tasks = tasks.filter(orderings.beyond(ordering, span.position, backwards=backwards))
    return tasks.order_by(*orderings.order_by(ordering, backwards=backwards))


def _fetched(using: str, sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _count(rows: list[Any], span: Span, matching: TaskQuerySet) -> int | None:
    """It comes with each row; a page without rows has to ask, unless it is the first."""
    if not span.counts:
        return None
    return matching.count() if not rows and (span.offset or span.position) else _told(rows)


def _told(rows: list[Any]) -> int:
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


def _page(rows: list[Any], span: Span, count: int | None) -> Page:
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
