"""How long each kind of row is kept: one entry a kind, registered by the room whose rows they are.

`manage.py purge` deletes by these entries, `manage.py purge --dry-run` prints them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

# So many rows go in far less than the time that a statement may take.
BATCH_ROWS = 2000
NO_AGE = timedelta()


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """How many rows that were. Each batch is a transaction: nobody waits for long, and a purge may be cut short.

    A row that is none of `rows` any more by the time of its batch is left.
    """
    deleted = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH_ROWS]):
        _, by_kind = rows.filter(pk__in=batch).delete()
        deleted += by_kind.get(rows.model._meta.label, 0)
    return deleted


def delete_due(rule: "Retention") -> int:
    return delete_in_batches(rule.due())


@dataclass(frozen=True)
class Retention:
    """Rows of `model` go once the time in `column` is `age` ago, where `only` holds.

    `age` is read at each purge, since some ages are settings. `except_for` says in words what `only` spares.
    """

    kind: str
    model: type[Model]
    column: str
    age: Callable[[], timedelta]
    only: Q = Q()  # noqa: RUF009 - nobody changes it
    except_for: str = ""
    delete: Callable[["Retention"], int] = delete_due

    def due(self) -> QuerySet[Any]:
        """The rows whose time is over, by the clock of the database."""
        return self.model._base_manager.filter(self.only, **{f"{self.column}__lt": Now() - self.age()})

    def purge(self) -> int:
        """Deletes them; how many rows that were."""
        return self.delete(self)


_registered: dict[str, Retention] = {}
registered: Mapping[str, Retention] = MappingProxyType(_registered)
_kept: dict[str, str] = {}
# Models by label whose rows have times and are not purged, each with the reason.
kept: Mapping[str, str] = MappingProxyType(_kept)


def retain(kind: str, model: type[Model], column: str, age: Callable[[], timedelta], **more: Any) -> Retention:
    """Registers how long rows of that kind are kept. `more` are the other fields of Retention."""
    rule = _registered[kind] = Retention(kind, model, column, age, **more)
    return rule


def keep(label: str, reason: str) -> None:
    """Registers that rows of a model, such as "accounts.User", are not purged, and why."""
    _kept[label] = reason


def in_words(age: timedelta) -> str:
    """Such as `30 days`, or `at once` where the time is that of the end itself."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(round(age.total_seconds()), length)
        if count and not rest:
            return f"{count} {unit}" + ("s" if count > 1 else "")
    return "at once"
