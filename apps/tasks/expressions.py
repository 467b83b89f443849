"""What the indexes of tasks are over, as Django's expressions, so that index and query are sure to be the same."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce

# Stands between a tag and its owner in the index of tags. No tag holds a control character.
OWNER_MARK = "\x1f"


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # not generic at run time
    """PostgreSQL's xid8, the number of a transaction. It never wraps around; psycopg2 reads it as digits."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransactionId(models.Func):
    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class FirstTransactionId(models.Func):
    template = "'0'::xid8"
    output_field = TransactionIdField()


class InfiniteTime(models.Func):
    template = "'infinity'::timestamptz"
    output_field = models.DateTimeField()


class TimeInWords(models.Func):
    """A time that PostgreSQL reads by itself: it has more of them than Python."""

    template = "%(expressions)s::timestamptz"
    output_field = models.DateTimeField()


class TagsAreValid(models.Func):
    """Up to 20 different tags of 1-50 characters (a function of migration 0009)."""

    function = "tasks_tags_are_valid"
    output_field = models.BooleanField()


class OwnNumber(models.Func):
    """The id, written in a way that no index but the owners' has.

    Ordered by the plain id, a page of one owner's may be read off the primary key, past everybody else's rows: the
    planner takes the owners for evenly spread, and reads ten million rows to reach the first of a newcomer's.
    """

    template = "(%(expressions)s + 0)"
    output_field = models.BigIntegerField()


NUMBER = OwnNumber("id")
# A task without the time comes behind all that have one.
DUE = Coalesce("due_at", InfiniteTime())
COMPLETED = Coalesce("completed_at", InfiniteTime())
# The words of title and description, each alone and with its owner: a word and its owner are one key.
WORD_KEYS = models.Func("title", "description", "user", function="tasks_search_keys", output_field=SearchVectorField())


class SortKey(models.Func):
    """Text in the order of its letters, whatever their case and accents, and whatever the locale of the database."""

    function = "tasks_sort_key"
    template = '%(function)s(%(expressions)s) COLLATE "C"'
    output_field = models.TextField()


TITLE = SortKey("title")


class TagKeys(models.Func):
    """(tags, owner): each tag alone, and with its owner."""

    function = "tasks_tag_keys"
    output_field = ArrayField(models.TextField())


# A tag and its owner are one key, so that a rare tag costs the same whatever else its owner has. Alone it is for staff.
TAG_KEYS = TagKeys("tags", "user")


class SearchFor(models.Func):
    """(words, owner): every one of the words by its beginning, in the tasks of the owner; of anybody where it is null.

    Immutable, so the planner sees how rare each is.
    """

    function = "tasks_search_query"
    output_field = SearchQueryField()


class Matches(models.Func):
    """A vector of words that a query matches."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


class Contains(Matches):
    """An array that holds all of another."""

    arg_joiner = " @> "


class Overlaps(Matches):
    """An array that holds any of another."""

    arg_joiner = " && "


class OfficeStatus(models.Func):
    """The status, in words that an index of the back office has and no statement of the API."""

    function = "lower"
    output_field = models.CharField()


class OfficePriority(models.Func):
    """The same of the priority."""

    template = "(%(expressions)s + 0)"
    output_field = models.IntegerField()


class OfficeTime(models.Func):
    """The same of a time: the clock of UTC, without a zone."""

    template = "timezone('UTC', %(expressions)s)"
    output_field = models.DateTimeField()


def has_words(words: str, subject: str) -> Matches:
    """The condition that a task of the subject's has all the words, each by its beginning."""
    return Matches(WORD_KEYS, SearchFor(models.Value(words), models.Value(subject)))
