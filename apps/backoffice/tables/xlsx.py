"""The lines of the sheets of a workbook."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from apps.backoffice.tables.archive import DAMAGED, MOST_ELEMENTS, Archive, whole
from apps.backoffice.tables.numbers import NO_RESULT, shown
from apps.backoffice.tables.table import (
    LONGEST_CELL,
    MOST_COLUMNS,
    TOO_LONG,
    TOO_WIDE,
    Line,
    Room,
    Unreadable,
    Unusable,
)
from apps.backoffice.tables.workbook import Workbook, unescaped

REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})", re.ASCII)
RANGE = re.compile(rf"{REFERENCE.pattern}:{REFERENCE.pattern}", re.ASCII)
Merge = tuple[int, int, int]


@dataclass
class Cell:
    kind: str
    style: str
    # The pieces of its value, where it has one; its texts; and the pieces of the text that is being read.
    pieces: list[str] | None = None
    inline: list[str] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    has_formula: bool = False

    @property
    def value(self) -> str | None:
        return None if self.pieces is None else "".join(self.pieces)

    def close_part(self) -> None:
        self.inline.append(unescaped("".join(self.part)))
        self.part.clear()


def sheets_of(archive: Archive) -> Iterator[tuple[str, Iterable[Line]]]:
    """The visible sheets by name. Raises Unreadable, also while the lines are read."""
    book = Workbook(archive)
    for name, part in book.sheets:
        yield name, _lines(book, part)


def _lines(book: Workbook, part: str) -> Iterator[Line]:
    merges: list[Merge] = []
    lines: dict[int, Line] = {}
    for line in Reader(book, merges).lines(part):
        if _is_used(line) and lines.setdefault(line.number, line) is not line:
            raise Unreadable(DAMAGED)
    _fill(lines, merges, book.archive.room)
    yield from lines.values()


def _is_used(line: Line) -> bool:
    """Raises Unreadable at once, before a wide sheet is read to its end."""
    used = len(line.used())
    if used > MOST_COLUMNS:
        raise Unreadable(TOO_WIDE)
    return used > 0


@dataclass
class Reader:
    """Where in the part it is."""

    book: Workbook
    merges: list[Merge]
    line: Line = field(default_factory=lambda: Line(0))
    column: int = -1
    path: list[str] = field(default_factory=list)
    cell: Cell = field(default_factory=lambda: Cell("n", ""))

    def lines(self, part: str) -> Iterator[Line]:
        for event, name, values in self.book.archive.events(part):
            if event == "start":
                self._start(name, values)
            elif event == "text":
                self._take(name)
            else:
                self.path.pop()
                if name == "t":
                    self.cell.close_part()
                elif name == "c":
                    _put(self.book, self.line, self.column, self.cell)
                elif name == "row":
                    yield self.line

    def _start(self, name: str, values: dict[str, str]) -> None:
        self.path.append(name)
        if name == "row":
            self.line, self.column = Line(whole(values["r"]) if "r" in values else self.line.number + 1), -1
        elif name == "c":
            self.column = _column(values, self.column)
            if self.column in self.line.cells or self.column in self.line.faults:
                raise Unreadable(DAMAGED)
            self.cell = Cell(values.get("t", "n"), values.get("s", ""))
        elif name == "f":
            self.cell.has_formula = True
        elif name == "v":
            self.cell.pieces = []
        elif name == "mergeCell":
            self.merges.extend(_merge(values.get("ref", "")))

    def _take(self, text: str) -> None:
        element = self.path[-1]
        if element == "v" and self.cell.pieces is not None:
            self.cell.pieces.append(text)
        elif element == "t" and "rPh" not in self.path:
            self.cell.part.append(text)


def _put(book: Workbook, line: Line, column: int, cell: Cell) -> None:
    try:
        text = _text(book, cell)
        if len(text) > LONGEST_CELL:
            raise Unusable(TOO_LONG)
    except Unusable as error:
        line.faults[column] = str(error)
    else:
        if text:
            book.archive.room.take(len(text))
            line.cells[column] = text


def _text(book: Workbook, cell: Cell) -> str:
    """Raises Unusable, with a sentence, and Unreadable."""
    value = cell.value
    if cell.has_formula and (value is None or (not value and cell.kind != "str")):
        raise Unusable(NO_RESULT)
    if cell.kind == "inlineStr":
        return "".join(cell.inline)
    if not value:
        return ""
    if cell.kind == "e":
        raise Unusable(f"shows the error {value[:20]}. Correct it in the sheet.")
    if cell.kind == "n":
        return shown(value, _format(book, cell.style), book.base_1904)
    if cell.kind == "b":
        return "TRUE" if value in {"1", "true"} else "FALSE"
    return _shared(book, value) if cell.kind == "s" else unescaped(value)


def _shared(book: Workbook, place: str) -> str:
    number = whole(place)
    if number >= len(book.texts):
        raise Unreadable(DAMAGED)
    return book.texts[number]


def _format(book: Workbook, place: str) -> str:
    number = whole(place) if place else 0
    return book.formats[number] if number < len(book.formats) else "number"


def _column(values: dict[str, str], before: int) -> int:
    if "r" not in values:
        return before + 1
    found = REFERENCE.fullmatch(values["r"])
    if found is None:
        raise Unreadable(DAMAGED)
    return place_of(found[1])


def place_of(letters: str) -> int:
    """The column of that name, from 0."""
    place = 0
    for letter in letters.upper():
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _merge(reference: str) -> list[Merge]:
    """The first column of a merged range and its rows: a spreadsheet keeps the value in its first cell alone."""
    found = RANGE.fullmatch(reference)
    return [(place_of(found[1]), int(found[2]), int(found[4]))] if found else []


def _fill(lines: dict[int, Line], merges: list[Merge], room: Room) -> None:
    """A cell that is merged with those below it counts for each of their rows."""
    last = max(lines, default=0)
    spans = [(column, first, range(first + 1, min(end, last) + 1)) for column, first, end in merges if first in lines]
    if sum(len(rows) for _, _, rows in spans) > MOST_ELEMENTS:
        raise Unreadable(DAMAGED)
    for column, first, rows in spans:
        for number in rows:
            if number in lines:
                room.take(len(lines[first].cells.get(column, "")))
                _copy(lines[first], lines[number], column)


def _copy(first: Line, line: Line, column: int) -> None:
    if column in first.cells:
        line.cells[column] = first.cells[column]
    if column in first.faults:
        line.faults[column] = first.faults[column]
