"""What `manage.py purge` deletes: each room registers what it keeps for a time."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

# So many rows go in far less than the time that a statement may take.
BATCH_ROWS = 2000

Purge = Callable[[], int]

_registered: dict[str, Purge] = {}
registered: Mapping[str, Purge] = MappingProxyType(_registered)


def purges(what: str) -> Callable[[Purge], Purge]:
    """Registers a function that deletes what has had its time, named `what`, and says how many rows it deleted."""

    def register(purge: Purge) -> Purge:
        _registered[what] = purge
        return purge

    return register


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """How many rows that were. Each batch is a transaction: nobody waits for long, and a purge may be cut short.

    A row that is none of `rows` any more by the time of its batch is left.
    """
    deleted = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS]):
        _, by_kind = rows.filter(pk__in=batch).delete()
        deleted += by_kind.get(rows.model._meta.label, 0)
    return deleted
