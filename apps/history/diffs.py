"""A change as people read it: the field, what it was, what it became."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.backoffice.times import moment
from apps.history.models import Change
from apps.values.times import EARLIEST, LATEST, from_database

LABELS = {
    "user_id": "Person",
    "due_at": "Due",
    "deleted_at": "In the trash since",
    "user_permissions": "Rights",
    "email": "E-mail address",
    "is_active": "Active",
    "is_staff": "Staff",
    "is_superuser": "Superuser",
    "last_login": "Last sign-in here",
}
WORDS: dict[str, dict[Any, str]] = {
    "priority": {0: "Low", 1: "Normal", 2: "High", 3: "Urgent"},
    "status": {"pending": "Pending", "in_progress": "In progress", "completed": "Completed"},
}
LONGEST = 300


@dataclass(frozen=True)
class Line:
    field: str
    before: str | None
    after: str | None


def lines_of(change: Change) -> list[Line]:
    return lines(change.before or {}, change.after or {})


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[Line]:
    """Values by column, as JSON or as Python has them."""
    return [Line(label(name), shown(name, before.get(name)), shown(name, after.get(name))) for name in before | after]


def summary(change: Change, most: int = 3) -> str:
    names = [line.field for line in lines_of(change)]
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def label(name: str) -> str:
    return LABELS.get(name) or name.removesuffix("_at").replace("_", " ").capitalize()


def labels(names: Iterable[str]) -> str:
    return ", ".join(map(label, names))


def shown(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if value == "":
        return "empty"
    if name.endswith("_at") or name == "last_login":
        return _time(value) if isinstance(value, str) else moment(value)
    text = str(WORDS.get(name, {}).get(value, value))
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _time(text: str) -> str:
    """What no page can show as a time is shown as PostgreSQL wrote it."""
    time = from_database(text)
    return moment(time) if EARLIEST < time < LATEST else text
