"""Rows as CSV, XLSX and JSON: read a batch at a time, written as they come, and never a formula in a cell."""

import codecs
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from apps.ops import bounds

BATCH = 2_000
# What a sheet holds, its heading left out (Excel's specifications and limits).
MOST_SHEET_ROWS = 1_048_575
# A spreadsheet keeps 15 digits of a number.
LARGEST_EXACT = 10**15 - 1
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"), with full-width signs too. Where it
# separates cells by semicolons, tabs or bars, a cell begins behind each of them, and behind each line end, since there
# quotation marks within a cell quote nothing. Spaces and quotation marks before the sign may be dropped.
_STARTS = r"(?:^|(?<=[;|\t\r\n]))"
_FORMULA = r"""(?=[ "']*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])"""
FORMULA = re.compile(_STARTS + _FORMULA)
PROTECTED = re.compile(_STARTS + "'" + _FORMULA)
QUOTED = re.compile(r"""[",;|\t\r\n]|^\s|\s$""")
# XlsxWriter marks text that looks like an escape as none, but misses the second of two that share an underscore. As the
# parts of a rich text, neither looks like one.
TWO_ESCAPES = re.compile(r"_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
WITHIN_ESCAPE = re.compile(r"(?<=_x[0-9A-Fa-f]{4})(?=_)")

Row = dict[str, Any]

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def in_batches(rows: QuerySet[Any], columns: Iterable[str]) -> Iterator[Row]:
    """By the primary key upwards, a statement a batch: no cursor stays open, and no more than a batch is in memory."""
    last: Any = None
    while True:
        page = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        batch = list(page.values("pk", *columns)[:BATCH])
        for row in batch:
            last = row.pop("pk")
            yield row
        bounds.answer_goes_on()
        if len(batch) < BATCH:
            return


def download(kind: str, name: str, columns: tuple[str, ...], rows: Iterator[Row]) -> StreamingHttpResponse:
    """`kind` is a key of TYPES."""
    content = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}[kind](columns, rows)
    moment = timezone.now().astimezone(UTC).strftime("%Y-%m-%d-%H%M%S")
    return StreamingHttpResponse(
        content,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{moment}.{kind}"',
            "Cache-Control": "no-store",
        },
    )


def as_csv(columns: tuple[str, ...], rows: Iterator[Row]) -> Iterator[bytes]:
    """RFC 4180, in UTF-8 with its mark, without which spreadsheets take it for another encoding."""
    yield codecs.BOM_UTF8 + _line(columns)
    for row in rows:
        yield _line(safe(as_text(row[name])) for name in columns)


def _line(cells: Iterable[str]) -> bytes:
    return (",".join(map(_quoted, cells)) + "\r\n").encode()


def _quoted(cell: str) -> str:
    """In quotation marks too where another spreadsheet's separator stands in it."""
    return '"' + cell.replace('"', '""') + '"' if QUOTED.search(cell) else cell


def as_json(columns: tuple[str, ...], rows: Iterator[Row]) -> Iterator[bytes]:
    """One array, a row a line."""
    opening = "["
    for row in rows:
        values = {name: as_text(row[name]) if isinstance(row[name], datetime) else row[name] for name in columns}
        yield f"{opening}\n{json.dumps(values, ensure_ascii=False)}".encode()
        opening = ","
    yield b"[]\n" if opening == "[" else b"\n]\n"


def as_xlsx(columns: tuple[str, ...], rows: Iterator[Row]) -> Iterator[bytes]:
    """A sheet is a zip archive and begins with its end: it is written to a file first, a row at a time."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        # Text is written as text, whatever it begins with: no formulas, no links.
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name)
        plain = book.add_format()
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(columns):
                value = row[name]
                if isinstance(value, int) and abs(value) <= LARGEST_EXACT:
                    sheet.write_number(number, place, value)
                elif TWO_ESCAPES.search(text := as_text(value)):
                    parts = WITHIN_ESCAPE.split(text)
                    sheet.write_rich_string(number, place, *(piece for part in parts for piece in (plain, part)))
                elif text:
                    sheet.write_string(number, place, text)
        book.close()
        file.seek(0)
        yield from _chunks(file)


def as_text(value: Any) -> str:
    """A cell: times in UTC, the parts of a list on lines of their own."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def safe(text: str) -> str:
    """With an apostrophe before each part that a spreadsheet could take for a formula."""
    return FORMULA.sub("'", text)


def unsafe(text: str) -> str:
    """What `safe` was given."""
    return PROTECTED.sub("", text)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(64 * 1024):
        yield chunk
