"""How staff find tasks among a million: by number, by words of the title and description, by person."""

from typing import Any

from django.db.models import Q, TextField, Value

from apps.tasks.expressions import WORD_KEYS, Matches, SearchFor
from apps.tasks.managers import TaskQuerySet
from apps.values.folding import searchable_words

MOST_WORDS = 8
# Met by as many tasks.
COMMON = 10_000
MOST_PEOPLE = 100
LARGEST_NUMBER = 2**63 - 1


def found(tasks: TaskQuerySet, text: str, people: Any) -> TaskQuerySet:
    """Tasks in which each word of `text` is met somehow; `people` gives the subjects of those whom a word finds.

    The planner takes every word for a common one and would read the newest tasks until it has a page full. Common words
    are best found so; those that are not are looked up first, off their index.
    """
    met = tasks
    if not text.strip():
        return tasks
    words = searchable_words(text)
    if not 0 < len(words) <= MOST_WORDS:
        return tasks.none()
    for word in words:
        met = met.filter(Q(Matches(WORD_KEYS, in_any_task(word))) | Q(user__in=people(word)) | Q(pk=number(word)))
    numbers = list(met.order_by().values_list("pk", flat=True)[: COMMON + 1])
    return met if len(numbers) > COMMON else tasks.filter(pk__in=numbers)


def in_any_task(word: str) -> SearchFor:
    """Its parts by their beginnings, whoever owns the task."""
    return SearchFor(Value(word), Value(None, TextField()))


def number(word: str) -> int:
    """0, which is no task's, where the word is none."""
    is_number = word.isascii() and word.isdecimal() and len(word) <= len(str(LARGEST_NUMBER))
    return int(word) if is_number and int(word) <= LARGEST_NUMBER else 0
