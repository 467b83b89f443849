"""Which column of a file is which of a task's, and the rows of the file by the names of ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.backoffice.exports import unsafe
from apps.backoffice.tables.table import Table, key_of
from apps.history.diffs import label

WRITTEN = ("title", "description", "status", "priority", "due_at", "tags")
# May stand in a file, for the export has them; `updated_at` tells whether the task was changed since.
READ = ("id", "user_id", "updated_at", "created_at", "completed_at", "deleted_at")
# Those that a person may look for in a file of another tool.
CHOSEN = (*WRITTEN, "user_id", "id", "updated_at")
# The name in the API, or the one that the back office shows.
OURS = {key_of(heading): name for name in (*WRITTEN, *READ) for heading in (name, label(name))}
# What other tools call it, the likeliest first.
GUESSES = {
    "title": ("name", "content", "summary", "subject", "task", "task_name"),
    "description": ("body", "notes", "note", "details", "desc"),
    "due_at": ("due_date", "deadline", "due_on", "date"),
    "tags": ("labels", "label", "categories", "tag"),
    "status": ("state", "done"),
    "user_id": ("email", "e_mail", "assignee", "owner", "responsible"),
}
STATUS_WORDS = {
    **dict.fromkeys(("open", "opened", "new", "todo", "to_do", "false", "0"), "pending"),
    **dict.fromkeys(("started", "doing"), "in_progress"),
    **dict.fromkeys(("closed", "done", "complete", "true", "1"), "completed"),
}
# How a program in Go writes that there is no time.
NO_TIME = "0001-01-01T00:00:00Z"
PRIORITY_NUMBER = "A number means something else in each tool. Write low, normal, high or urgent."
SEPARATORS = {"\n": "line ends", ",": "commas", ";": "semicolons"}

Cells = dict[str, str]
_GUESSED = {key for keys in GUESSES.values() for key in keys}


@dataclass(frozen=True)
class Mapping:
    """`columns` names the file's column for each of ours that it has."""

    columns: dict[str, str]
    # What the tags in a cell are separated by.
    separator: str = "\n"
    # Whose the tasks are that name no person.
    person: str = ""

    @property
    def is_foreign(self) -> bool:
        """Where another tool named a column, its words and numbers are another tool's too."""
        return any(OURS.get(key_of(theirs)) != ours for ours, theirs in self.columns.items())

    @property
    def problem(self) -> str:
        if "id" in self.columns or ("title" in self.columns and ("user_id" in self.columns or self.person)):
            return ""
        return "Choose a column for the id to change tasks, or for the title and a person to create them."


@dataclass(frozen=True)
class Row:
    """Of a file: its number there, its cells by our names, and why some of them cannot be used."""

    number: int
    cells: Cells
    faults: dict[str, str] = field(default_factory=dict)


def is_known(heading: str) -> bool:
    return key_of(heading) in OURS or key_of(heading) in _GUESSED


def mapping_of(columns: Iterable[str]) -> Mapping:
    """The columns that bear one of our names, and guesses for the rest. Of two for one, none is taken silently."""
    by_key = {key_of(column): column for column in columns}
    found: dict[str, str] = {}
    for key, column in by_key.items():
        if key in OURS:
            found.setdefault(OURS[key], column)
    for name, keys in GUESSES.items():
        if name not in found and (known := [by_key[key] for key in keys if key in by_key]):
            found[name] = known[0]
    is_ours = key_of(found.get("tags", "tags")) == "tags"
    return Mapping(found, "\n" if is_ours else ",")


def left_out(columns: Iterable[str], mapping: Mapping) -> list[str]:
    return [column for column in columns if column not in mapping.columns.values()]


def rows_of(table: Table, mapping: Mapping, *, is_protected: bool) -> list[Row]:
    """`is_protected` is true of CSV, in which an export puts an apostrophe before what could be a formula."""
    rows = []
    for place, (number, cells) in enumerate(zip(table.numbers, table.rows, strict=True)):
        faults = table.faults.get(str(place), {})
        found = {ours: cells[theirs] for ours, theirs in mapping.columns.items() if theirs in cells}
        if is_protected:
            found = {ours: unsafe(text) for ours, text in found.items()}
        row = Row(number, found, {ours: faults[theirs] for ours, theirs in mapping.columns.items() if theirs in faults})
        _translate(row, mapping)
        rows.append(row)
    return rows


def _translate(row: Row, mapping: Mapping) -> None:
    cells = row.cells
    if mapping.separator != "\n" and "tags" in cells:
        cells["tags"] = "\n".join(cells["tags"].split(mapping.separator))
    if mapping.person and not cells.get("user_id", "").strip() and not cells.get("id", "").strip():
        cells["user_id"] = mapping.person
    if not mapping.is_foreign:
        return
    if "status" in cells:
        cells["status"] = STATUS_WORDS.get(key_of(cells["status"]), cells["status"])
    if cells.get("due_at") == NO_TIME:
        cells["due_at"] = ""
    if cells.get("priority", "").strip().isdigit():
        del cells["priority"]
        row.faults["priority"] = PRIORITY_NUMBER


def as_json(rows: Iterable[Row]) -> dict[str, Any]:
    """For the job."""
    rows = list(rows)
    return {
        "rows": [row.cells for row in rows],
        "numbers": [row.number for row in rows],
        "faults": {str(place): row.faults for place, row in enumerate(rows) if row.faults},
    }


def from_json(values: dict[str, Any], first: int = 0, last: int | None = None) -> list[Row]:
    """Of a job; one that was planned by an earlier release has no numbers."""
    cells = values["rows"][first:last]
    numbers = values.get("numbers", range(1, len(values["rows"]) + 1))[first:last]
    faults = values.get("faults", {})
    return [
        Row(number, one, faults.get(str(place), {}))
        for place, (number, one) in enumerate(zip(numbers, cells, strict=True), start=first)
    ]
