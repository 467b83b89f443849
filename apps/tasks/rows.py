"""How a row of tasks is read, compared and told: the columns, and the JSON of the API."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypedDict

from apps.tasks.models import Priority

NAMES = (
    "id",
    "title",
    "description",
    "status",
    "priority",
    "due_at",
    "tags",
    "completed_at",
    "user_id",
    "created_at",
    "updated_at",
    "version",
)
# Behind those of NAMES in a row of a list, where it is the trash's.
DELETED_AT = len(NAMES)
COLUMNS = ", ".join(NAMES)
# As a list, a parameter would be text[].
_CAST = {"tags": "::varchar[]"}


class Words(dict[int, str]):
    """A number that newer code may have written is told as it is."""

    def __missing__(self, number: int) -> str:
        return str(number)


PRIORITY_WORDS = Words({priority.value: priority.word for priority in Priority})


class TaskJson(TypedDict):
    """A task as the API tells it; TaskSerializer says the same to the schema."""

    id: int
    title: str
    description: str | None
    status: str
    priority: str
    due_at: datetime | None
    tags: list[str]
    completed_at: datetime | None
    user_id: str
    created_at: datetime
    updated_at: datetime
    version: int


def task_json(row: Sequence[Any]) -> TaskJson:
    """`row` begins with the columns of NAMES."""
    return {
        "id": row[0],
        "title": row[1],
        "description": row[2],
        "status": row[3],
        "priority": PRIORITY_WORDS[row[4]],
        "due_at": row[5],
        "tags": row[6],
        "completed_at": row[7],
        "user_id": row[8],
        "created_at": row[9],
        "updated_at": row[10],
        "version": row[11],
    }


def different(values: Collection[str]) -> str:
    """The condition that a row has another value in one of these columns than the parameters."""
    pairs = [f"{name} IS DISTINCT FROM %s{_CAST.get(name, '')}" for name in values]
    return f"({' OR '.join(pairs) or 'false'})"
