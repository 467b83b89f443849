"""Pages of a person's tasks that have some words: the tasks nearby are looked at first, then the index of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.tasks import orderings
from apps.tasks.expressions import has_words
from apps.tasks.lists import Page, Span, behind, page_of, told
from apps.tasks.managers import TaskQuerySet

# Of the first tasks, those that have the words; and beside them, or alone, how many were looked at. A join of one row
# keeps the order of the other side.
NEARBY = """
    WITH nearby AS MATERIALIZED ({tasks})
    SELECT found.*, walked.number FROM (SELECT count(*) AS number FROM nearby) AS walked LEFT JOIN (
        SELECT * FROM nearby
        WHERE tasks_search_keys(title, description, user_id) @@ tasks_search_query(%s, %s) LIMIT %s OFFSET %s
    ) AS found ON true
"""
# In the place of the table, what the index of words finds in it. Written so that no other index fits: the planner takes
# every word for a common one, and would read all of the owner's entries in another, or everybody's, beside it.
BY_WORDS = """
    WITH tasks_task AS NOT MATERIALIZED (
        SELECT * FROM tasks_task WHERE user_id IS NOT DISTINCT FROM %s
        AND tasks_search_keys(title, description, user_id) @@ tasks_search_query(%s, %s) OFFSET 0
    )
"""
NEARBY_ROWS = 500


@dataclass(frozen=True)
class Sought:
    """Words of a search, in tasks of `subject`. `is_alone` where nothing else is asked for."""

    words: str
    subject: str
    is_alone: bool


def search_page(tasks: TaskQuerySet, sought: Sought, span: Span) -> Page:
    """Those of the subject's `tasks` that have the words: three statements at most.

    The planner takes a word's beginning for half a percent of all at the least, and would take a million texts apart on
    the way to a rare one. So first the tasks nearby are looked at, where a common word is found soon, and which are all
    that most people have. Then the index is asked; where nothing else is, whatever the planner thinks.
    """
    here = behind(tasks, span)
    rows, walked = _nearby(here, sought, span)
    count = None
    if len(rows) <= span.limit and walked == NEARBY_ROWS:
        rows = _looked_up(here, sought, span)
        count = told(rows)
    elif len(rows) <= span.limit:
        count = span.offset + len(rows)
    # Behind a cursor that is how many are left; and no row, none that tells it.
    if span.counts and (count is None or span.position or (span.offset and not rows)):
        count = _number_of(tasks, sought)
    return page_of(rows, span, count if span.counts else None)


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


def _fetched(using: str, sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
