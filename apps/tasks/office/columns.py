"""The rows of a file that staff upload: CSV, XLSX or JSON, as the export writes them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from apps.backoffice.exports import as_text, unsafe

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED_BYTES = 50 * 1024 * 1024
MOST_ROWS = 5_000
WRITTEN = ("title", "description", "status", "priority", "due_at", "tags")
# May stand in a file, for the export has them; `updated_at` tells whether the task was changed since.
READ = ("id", "user_id", "updated_at", "created_at", "completed_at", "deleted_at")

Cells = dict[str, str]


class Unreadable(Exception):
    """A sentence for who uploaded the file."""


def rows_of(name: str, content: bytes) -> list[Cells]:
    """Text by column. Raises Unreadable."""
    reader = {"csv": _csv, "json": _json, "xlsx": _xlsx}.get(name.rpartition(".")[2].lower())
    if reader is None:
        raise Unreadable("The name of the file ends in .csv, .xlsx or .json.")
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 5 MiB. Import it in parts.")
    try:
        rows = list(_bounded(reader(content)))
    except (ValueError, csv.Error, BadZipFile, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable("The file cannot be read as what its name says it is.") from error
    if not rows:
        raise Unreadable("The file has no rows.")
    _check_columns(set().union(*rows))
    return rows


def _bounded(rows: Iterable[Cells]) -> Iterator[Cells]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
        if any("\0" in text for text in row.values()):
            raise Unreadable(f"Row {number} holds a NUL character.")
        yield row


def _check_columns(columns: set[str]) -> None:
    if unknown := sorted(columns - {*WRITTEN, *READ}):
        raise Unreadable(f"There is no column {', '.join(map(repr, unknown))[:200]}.")
    if "id" not in columns and not {"title", "user_id"} <= columns:
        raise Unreadable("The file needs a column id to change tasks, or title and user_id to create them.")


def _csv(content: bytes) -> Iterator[Cells]:
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True):
        if None in row or None in row.values():
            raise ValueError("a row with more or fewer cells than the heading")
        yield {name.strip(): unsafe(value) for name, value in row.items()}


def _json(content: bytes) -> Iterator[Cells]:
    for row in json.loads(content):
        yield {str(name): _cell(value) for name, value in row.items()}


def _xlsx(content: bytes) -> Iterator[Cells]:
    import openpyxl

    _check_unpacked_size(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    heading = [str(name or "").strip() for name in next(rows, ())]
    for row in rows:
        if any(value is not None for value in row):
            yield {name: _cell(value) for name, value in zip(heading, row, strict=False) if name}


def _check_unpacked_size(content: bytes) -> None:
    """Zipped text may be a thousand times as large; zipfile reads no more of a part than its heading says."""
    with ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED_BYTES:
            raise Unreadable("The sheet unpacks to more than 50 MiB. Import it in parts, or as CSV.")


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return f"{value.isoformat()}Z"
    return as_text(value)
