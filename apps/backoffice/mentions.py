"""What staff keep that speaks of a person: files that were imported, addresses of lists. An erasure takes it."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import QueryDict

from apps.backoffice.log import ADDRESS_MARK
from apps.backoffice.models import Job, SavedView
from apps.values.folding import folded

# Whether one of these numbers is of a task of theirs.
Ownership = Callable[[Collection[str]], bool]


def forget(names: Collection[str], owns: Ownership) -> None:
    """Takes each job and view whole that names the person or has a row of theirs: its rest is uploaded anew.

    A batch that is under way is waited for, so call it before the person is locked, for whom the batch may wait.
    """
    known = {folded(name) for name in names if name}
    jobs = Job.objects.all()
    _delete(jobs, lambda job: _speaks_of(job.values.get("rows", ()), known, owns) or _asks_for(job.query, known))
    _delete(SavedView.objects.select_related(None), lambda view: _asks_for(view.query, known))
    _blur_exports(known)


def _blur_exports(known: set[str]) -> None:
    """That somebody took a list away stays on record; for whom it asked does not."""
    for entry in LogEntry.objects.filter(change_message__contains=ADDRESS_MARK).iterator():
        words, _, query = entry.change_message.partition(ADDRESS_MARK)
        if _asks_for(query, known):
            LogEntry.objects.filter(pk=entry.pk).update(change_message=f"{words}.")


def _delete(rows: QuerySet[Any], is_theirs: Callable[[Any], bool]) -> None:
    """One at a time: a file may have 5 MiB."""
    found = [row.pk for row in rows.order_by("pk").iterator(chunk_size=1) if is_theirs(row)]
    rows.model._base_manager.filter(pk__in=found).delete()


def _speaks_of(rows: Iterable[dict[str, str]], known: set[str], owns: Ownership) -> bool:
    cells = {folded(cell.strip()) for row in rows for cell in row.values()}
    numbers = {row["id"].strip() for row in rows if row.get("id", "").strip()}
    return not known.isdisjoint(cells) or (bool(numbers) and owns(numbers))


def _asks_for(query: str, known: set[str]) -> bool:
    values = {folded(value.strip()) for _, values in QueryDict(query).lists() for value in values}
    return not known.isdisjoint(values)
