"""The lines of the sheets of an OpenDocument spreadsheet (ISO/IEC 26300)."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from apps.backoffice.tables.archive import PROTECTED, Archive, Event, whole
from apps.backoffice.tables.numbers import NO_NUMBER, NO_RESULT, plain
from apps.backoffice.tables.table import (
    HEADING_WITHIN,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_LONG,
    Line,
    Refused,
    Room,
    Unusable,
)

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
DURATION = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", re.ASCII)
DECIMAL = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
SPACES = {"tab": "\t", "line-break": "\n"}

# One more than is read, so that too many are noticed.
MOST_LINES = MOST_ROWS + HEADING_WITHIN + 1
# A text of a task is no longer.
MOST_SPACES = 2_000
# Of a line: the places are more than are read, and those that are blank are dropped beyond the first of them.
MOST_PLACES = 4 * MOST_COLUMNS


@dataclass
class Cell:
    values: dict[str, str]
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    is_within: bool = False
    has_paragraph: bool = False
    # Rows below that it is merged with.
    below: int = 0

    def add(self, text: str) -> None:
        """Up to a length that is refused."""
        if self.length <= LONGEST_CELL:
            self.pieces.append(text)
            self.length += len(text)


# How often it is repeated, and its cells with how often each is.
Row = tuple[int, list[tuple[int, Cell]]]


def sheets_of(archive: Archive) -> Iterator[tuple[str, Iterable[Line]]]:
    """The visible sheets by name. Raises Unreadable, also while the lines are read."""
    if MANIFEST in archive and any(element == "encryption-data" for _, element, _ in archive.events(MANIFEST)):
        raise Refused(PROTECTED)
    events = archive.events(CONTENT)
    hidden: set[str] = set()
    style = ""
    for event, element, values in events:
        if event != "start":
            continue
        if element == "style":
            style = values.get("name", "")
        elif element == "table-properties" and values.get("display") == "false":
            hidden.add(style)
        elif element == "table":
            rows = _rows(events)
            if values.get("style-name") not in hidden:
                yield values.get("name", ""), _expanded(rows, archive.room)
            # The next table is behind those that were not asked for.
            deque(rows, maxlen=0)


def _rows(events: Iterator[Event]) -> Iterator[Row]:
    repeated, cells = 1, list[tuple[int, Cell]]()
    for event, element, values in _without_notes(events):
        if (event, element) == ("end", "table"):
            return
        if (event, element) == ("end", "table-row"):
            yield repeated, cells
        elif (event, element) == ("start", "table-row"):
            repeated, cells = whole(values.get("number-rows-repeated", "1")), []
        elif event == "start" and element in {"table-cell", "covered-table-cell"}:
            below = whole(values.get("number-rows-spanned", "1")) - 1
            cells.append((whole(values.get("number-columns-repeated", "1")), Cell(values, below=below)))
        elif cells:
            _take(cells[-1][1], event, element, values)


def _without_notes(events: Iterator[Event]) -> Iterator[Event]:
    """Comments and drawings have paragraphs and tables of their own."""
    depth = 0
    for event in events:
        kind, element, _ = event
        if element in {"annotation", "shapes", "frame"} and kind != "text":
            depth += 1 if kind == "start" else -1
        elif not depth:
            yield event


def _take(cell: Cell, event: str, element: str, values: dict[str, str]) -> None:
    if element == "p" and event != "text":
        if event == "start" and cell.has_paragraph:
            cell.add("\n")
        cell.is_within = event == "start"
        cell.has_paragraph = True
    elif cell.is_within and event == "text":
        cell.add(element)
    elif cell.is_within and event == "start" and element in {"s", *SPACES}:
        count = min(whole(values.get("c", "1")), MOST_SPACES) if element == "s" else 1
        cell.add(_repeated(SPACES.get(element, " "), count))


@lru_cache(MOST_SPACES)
def _repeated(space: str, count: int) -> str:
    """Many cells share it."""
    return space * count


def _expanded(rows: Iterable[Row], room: Room) -> Iterator[Line]:
    """Each line that has a value, and no more than the first that are too many."""
    number, left = 0, MOST_LINES
    merged: dict[int, tuple[int, Line]] = {}
    for repeated, cells in rows:
        line = _line(cells, merged)
        room.take(sum(map(len, line.cells.values())) * max(1, min(repeated, left)))
        shown = min(repeated, left) if line.used() else 0
        yield from (replace(line, number=number + place) for place in range(1, shown + 1))
        left -= shown
        number += repeated


def _line(cells: list[tuple[int, Cell]], merged: dict[int, tuple[int, Line]]) -> Line:
    line, column = Line(0), 0
    for repeated, cell in cells:
        _put(line, cell, range(column, column + min(repeated, MOST_COLUMNS + 1)))
        left, first = merged.get(column, (0, line))
        if left and column not in line.faults and not line.cells.get(column, "").strip():
            _copy(first, line, column)
        merged[column] = (cell.below, line) if cell.below else (max(0, left - 1), first)
        column += repeated
    return line


def _put(line: Line, cell: Cell, columns: range) -> None:
    if len(line.cells) + len(line.faults) > MOST_PLACES:
        return
    try:
        text = _text(cell)
    except Unusable as error:
        line.faults |= dict.fromkeys(columns, str(error))
    else:
        if text and (columns.start <= MOST_COLUMNS or not text.isspace()):
            line.cells |= dict.fromkeys(columns, text)


def _copy(first: Line, line: Line, column: int) -> None:
    """A cell that is merged with those below it counts for each of their rows."""
    if column in first.cells:
        line.cells[column] = first.cells[column]
    if column in first.faults:
        line.faults[column] = first.faults[column]


def _text(cell: Cell) -> str:
    """Raises Unusable."""
    text = _raw(cell)
    if len(text) > LONGEST_CELL:
        raise Unusable(TOO_LONG)
    return text


def _raw(cell: Cell) -> str:
    """Raises Unusable."""
    values, text = cell.values, "".join(cell.pieces)
    kind = values.get("value-type", "")
    if values.get("calcext:value-type") == "error":
        raise Unusable(f"shows the error {text[:20]}. Correct it in the sheet.")
    if "formula" in values and not kind:
        raise Unusable(NO_RESULT)
    if kind in {"float", "currency", "percentage"}:
        return _number(values.get("value", ""))
    if kind == "boolean":
        return "TRUE" if values.get("boolean-value") == "true" else "FALSE"
    if kind == "time" and (found := DURATION.fullmatch(values.get("time-value", ""))):
        return ":".join(found.groups())
    return values.get("date-value", "") if kind == "date" else values.get("string-value", text)


def _number(text: str) -> str:
    if not DECIMAL.fullmatch(text):
        raise Unusable(NO_NUMBER)
    return plain(float(text))
