"""What staff keep that speaks of a person: files that were imported, addresses of lists. An erasure takes it."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import QueryDict

from apps.backoffice.log import ADDRESS_MARK, cut_at
from apps.backoffice.models import Job, SavedView
from apps.backoffice.tables.table import key_of
from apps.values.folding import folded

# Whether one of these numbers is of a task of theirs.
Ownership = Callable[[Collection[str]], bool]
# Which table is searched, and behind which of its rows.
Place = tuple[int, str]
BEGINNING: Place = (0, "")
# An imported file may have 5 MiB.
JOBS_A_STEP = 5
ROWS_A_STEP = 1000
# What people search for is separated by spaces, quotation marks, or signs that stand in no plain e-mail address.
SOUGHT = re.compile(r'[^\s()<>\[\]:;,"“”„«»]+')
# In the names of files, signs stand for spaces.
LETTERS = re.compile(r"[^\W_]+")


def forget_next(names: Collection[str], owns: Ownership, place: Place) -> Place | None:
    """Looks at the next rows and takes each job and view whole that names the person or has a row of theirs.

    Returns where to go on; None at the end. What is left of a file is uploaded anew. A batch of a job that is under way
    is waited for, so call it in a transaction that holds nothing for which that batch may wait.
    """
    number, last = place
    # A name of nothing but marks folds to nothing, which is in every text.
    known = {name for name in (folded(name).strip() for name in names) if name}
    table = _tables(known, owns)[number]
    rows = table.rows.order_by("pk")
    found = list((rows.filter(pk__gt=last) if last else rows)[: table.rows_a_step])
    if theirs := [row.pk for row in found if table.is_theirs(row)]:
        table.forget(table.rows.model._base_manager.filter(pk__in=theirs))
    if len(found) == table.rows_a_step:
        return number, str(found[-1].pk)
    return (number + 1, "") if number + 1 < len(_tables(known, owns)) else None


@dataclass(frozen=True)
class _Table:
    rows: QuerySet[Any]
    rows_a_step: int
    is_theirs: Callable[[Any], bool]
    forget: Callable[[QuerySet[Any]], object]


def _tables(known: set[str], owns: Ownership) -> list[_Table]:
    def is_job_theirs(job: Job) -> bool:
        return _speaks_of(job.values, known, owns) or _asks_for(job.query, known)

    # Jobs without an owner are shared work on people, such as an erasure, which takes its own notes off.
    jobs = Job.objects.filter(owner__isnull=False)
    exports = LogEntry.objects.filter(change_message__contains=ADDRESS_MARK)
    return [
        _Table(jobs, JOBS_A_STEP, is_job_theirs, _delete),
        _Table(SavedView.objects.select_related(None), ROWS_A_STEP, lambda view: _asks_for(view.query, known), _delete),
        _Table(
            exports,
            ROWS_A_STEP,
            lambda entry: _asks_for(entry.change_message.partition(ADDRESS_MARK)[2], known),
            lambda entries: entries.update(change_message=cut_at(ADDRESS_MARK)),
        ),
    ]


def _delete(rows: QuerySet[Any]) -> None:
    rows.delete()


def _speaks_of(values: dict[str, Any], known: set[str], owns: Ownership) -> bool:
    """An import keeps its rows, and before it starts the other tables of its file."""
    tables = [values, *values.get("tables", ())]
    cells = [(name, cell.strip()) for table in tables for row in table.get("rows", ()) for name, cell in row.items()]
    numbers = {cell for name, cell in cells if cell and key_of(name) == "id"}
    named = {folded(cell) for _, cell in cells} | {folded(str(values.get("mapping", {}).get("person", "")))}
    # The code before kept the name of the file.
    file = str(values.get("file", ""))
    return not known.isdisjoint(named) or _names(file, known, LETTERS) or (bool(numbers) and owns(numbers))


def _asks_for(query: str, known: set[str]) -> bool:
    return any(_names(value, known, SOUGHT) for _, values in QueryDict(query).lists() for value in values)


def _names(text: str, known: set[str], word: re.Pattern[str]) -> bool:
    """Whether the text is one of the names, or has its words one behind the other."""
    text = folded(text).strip()
    with_letters = filter(LETTERS.search, known)
    return text in known or any(_spaced(name, word) in _spaced(text, word) for name in with_letters)


def _spaced(text: str, word: re.Pattern[str]) -> str:
    return f" {' '.join(word.findall(text))} "
