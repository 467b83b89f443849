"""From a request for a list to the page that answers it."""

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from rest_framework.request import Request

from apps.api import cursors, pages
from apps.api.exceptions import InvalidParameter
from apps.api.parameters import query_of, validated_parameters
from apps.api.views import StrictAPIView
from apps.tasks import lists
from apps.tasks.lists import Page, Span
from apps.tasks.models import Task
from apps.tasks.orderings import Position
from apps.tasks.queries import CONDITIONS, PageQuerySerializer, narrowed
from apps.tasks.rows import task_json
from apps.tasks.searches import Sought, search_page

PURPOSE = "tasks"
# Who asks for no more gets the page whose statement is written out.
PLAIN = {"limit", "offset"}


def find(view: StrictAPIView, request: Request, using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """The caller's tasks that fit the query, out of the database `using`. Raises InvalidParameter."""
    subject = view.request.user.subject
    plain = _plain_span(request._request.META.get("QUERY_STRING", ""))
    if plain:
        span = plain
        found = lists.plain_page(subject, span.limit, span.offset, using)
    else:
        asked = view.parameters(request)
        span = span_of(asked, subject, PURPOSE)
        found = found_page(asked, subject, span, using)
    return page_json(request, found, span, subject, PURPOSE) | {"results": [task_json(row) for row in found.rows]}


def found_page(asked: dict[str, Any], subject: str, span: Span, using: str = DEFAULT_DB_ALIAS) -> Page:
    """The tasks of the subject that fit what was asked (validated by TaskQuerySerializer)."""
    tasks = narrowed(Task.objects.using(using).owned_by(subject).alive(), subject, asked)
    words = asked.get("search")
    if not words:
        return lists.page(tasks, span)
    return search_page(tasks, Sought(words, subject, is_alone=not asked.keys() & CONDITIONS.keys()), span)


@lru_cache(maxsize=1024)
def _plain_span(raw: str) -> Span | None:
    """Of a query string, read and checked once; None where it asks for more. Raises InvalidParameter."""
    query = query_of(raw)
    if not query.keys() <= PLAIN:
        return None
    asked = validated_parameters(query, PageQuerySerializer)
    return Span(asked["limit"], offset=asked.get("offset", 0))


def span_of(asked: dict[str, Any], subject: str, purpose: str) -> Span:
    """Raises InvalidParameter."""
    cursor, ordering = asked.get("cursor"), asked["ordering"]
    if cursor is None:
        return Span(asked["limit"], ordering, asked.get("offset", 0), counts=asked.get("count", True))
    try:
        given_for, is_previous, position = cursors.read(purpose, subject, cursor)
    except cursors.ForeignCursor:
        raise InvalidParameter({"cursor": "This is no cursor of a page of yours."}, "foreign") from None
    if given_for != ordering:
        raise InvalidParameter({"cursor": "This is a cursor of another ordering."}, "foreign")
    return Span(asked["limit"], ordering, 0, position, is_previous, counts=asked.get("count", False))


def page_json(request: Request, page: Page, span: Span, subject: str, purpose: str) -> dict[str, Any]:
    """All of a page but its results."""

    def cursor(position: Position | None, *, is_previous: bool) -> str | None:
        return None if position is None else cursors.issue(purpose, subject, [span.ordering, is_previous, position])

    following, preceding = cursor(page.after, is_previous=False), cursor(page.before, is_previous=True)
    by_cursor = span.position is not None
    return {
        "count": page.count,
        "next": _next(request, span, following, by_cursor=by_cursor),
        "previous": _previous(request, span, preceding, by_cursor=by_cursor),
        "next_cursor": following,
        "previous_cursor": preceding,
    }


def _next(request: Request, span: Span, cursor: str | None, *, by_cursor: bool) -> str | None:
    if cursor is None:
        return None
    if by_cursor:
        return pages.address(request, cursor=cursor)
    return pages.address(request, limit=span.limit, offset=span.offset + span.limit)


def _previous(request: Request, span: Span, cursor: str | None, *, by_cursor: bool) -> str | None:
    if by_cursor:
        return cursor and pages.address(request, cursor=cursor)
    if span.offset == 0:
        return None
    return pages.address(request, limit=span.limit, offset=max(span.offset - span.limit, 0) or None)
