"""An earlier state of a row, put together from its history, and made its state again."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Model

from apps.history.models import Change
from apps.values.times import from_database


class Stale(Exception):
    """The row was changed since the page was shown on which somebody decided."""


@dataclass(frozen=True)
class Restoration:
    """What makes a row as it was.

    `seen` is the newest change that was known, `values` are columns that differ from the earlier state, as they were in
    it, and `kept` names what differs as well and stays as it is.
    """

    seen: int
    values: dict[str, Any]
    kept: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        return (*self.values, *self.kept)


def restoration(row: Model, change: Change, columns: Collection[str]) -> Restoration:
    """What makes `columns` of `row` as they were right after `change`: every newer change is undone, newest first."""
    fields = {field.attname: field for field in row._meta.concrete_fields}
    state: dict[str, Any] = {}
    seen = change.pk
    for newer in Change.objects.of(change.kind, change.object_id).filter(id__gt=change.pk).order_by("-id"):
        seen = max(seen, newer.pk)
        for name, value in (newer.before or {}).items():
            state[name] = _value(fields[name], value) if name in fields else value
    # What is no column, such as a group that was joined, is told by its changes alone.
    differing = [name for name in state if name not in fields or state[name] != getattr(row, name)]
    values = {name: state[name] for name in columns if name in differing}
    return Restoration(seen, values, tuple(name for name in differing if name not in values))


def _value(field: Any, value: Any) -> Any:
    """A time that may not be stored any more comes back as the nearest that may."""
    if isinstance(field, DateTimeField) and isinstance(value, str):
        return from_database(value)
    return field.to_python(value)


@transaction.atomic
def restore(
    row: Model, shown: Restoration, plan: Callable[[Any], Restoration], write: Callable[[Any, Restoration], None]
) -> None:
    """Writes what `shown` says, where that is still what `plan` makes of the locked row.

    Raises Stale; ObjectDoesNotExist where the row is gone; what `write` raises, such as ValidationError where an old
    value may be no more. Then nothing is written.
    """
    locked = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if plan(locked) != shown:
        raise Stale
    write(locked, shown)
