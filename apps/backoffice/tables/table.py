"""What the readers of files return: lines of cells by place, and a table of rows by heading."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

MOST_ROWS = 5_000
MOST_COLUMNS = 100
MOST_TABLES = 50
LONGEST_HEADING = 200
# The headings may stand below a banner and blank lines.
HEADING_WITHIN = 10
# A spreadsheet keeps 32,767 in a cell.
LONGEST_CELL = 40_000
# Of all tables together, about as long as they are in JSON: 5,000 rows of 100 columns have as many.
MOST_CHARACTERS = 25 * 1024 * 1024
ROW_COST, CELL_COST = 500, 20

TOO_WIDE = f"The file has more than {MOST_COLUMNS} columns. Delete those that are not needed."

TOO_LONG = f"holds more than {LONGEST_CELL:,} characters. Shorten it."
TOO_MUCH = "The tables of the file hold too much text. Import them in parts."
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# Whether a heading is one that the import has a use for.
IsKnown = Callable[[str], bool]


class Unreadable(Exception):
    """A sentence for the person who uploaded the file."""


class Refused(Unreadable):
    """The file as a whole is not read, where Unreadable may be about one of its tables."""


class Unusable(Exception):
    """The rest of a sentence that begins with the cell."""


class Room:
    """How much text is left for the rest of a file."""

    def __init__(self) -> None:
        self._left = MOST_CHARACTERS

    def take(self, characters: int) -> None:
        """Raises Refused."""
        self._left -= characters
        if self._left < 0:
            raise Refused(TOO_MUCH)

    def take_row(self, *columns: Mapping[str, str]) -> None:
        """Raises Refused."""
        self.take(ROW_COST + sum(len(name) + len(text) + CELL_COST for row in columns for name, text in row.items()))


@dataclass
class Line:
    """One row of a sheet: its number there, its text by column from 0, and by column why a cell cannot be used."""

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)

    def used(self) -> set[int]:
        return {*self.faults, *(place for place, text in self.cells.items() if text.strip())}


@dataclass
class Table:
    """`rows` are text by heading; `faults` are sentences by place in `rows` and heading. All of it fits into JSON."""

    name: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: dict[str, dict[str, str]] = field(default_factory=dict)
    # The number of the row that has the headings; 0 where the rows name their values themselves.
    heading: int = 0
    # Why the table cannot be read, where it cannot.
    problem: str = ""

    def add(self, number: int, cells: dict[str, str], faults: dict[str, str], room: Room) -> None:
        """Raises Unreadable."""
        room.take_row(cells, faults)
        if len(self.rows) == MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Import it in parts.")
        faults |= {name: reason for name, text in cells.items() if (reason := unusable(text))}
        if faults:
            self.faults[str(len(self.rows))] = faults
        self.rows.append({name: text for name, text in cells.items() if name not in faults})
        self.numbers.append(number)


def key_of(heading: str) -> str:
    """The same for "Due at", "due_at" and "DUE-AT"."""
    return "_".join(heading.casefold().replace("_", " ").replace("-", " ").split())


def letters(column: int) -> str:
    """How a spreadsheet names the column that is `column` places from the first."""
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(ord("A") + letter) + name, column - 1
    return name


def unusable(text: str) -> str:
    """Why the text cannot be stored, or nothing."""
    if len(text) > LONGEST_CELL:
        return f"The value {TOO_LONG}"
    found = UNSTORABLE.search(text)
    if found is None:
        return ""
    if found[0] == "\0":
        return "The value holds a NUL character. Delete it."
    return "The value holds half of a character (a lone surrogate). Delete it."


def check_tables(names: Collection[str]) -> None:
    """Raises Refused where there are too many, or one has a name that cannot be shown."""
    if len(names) > MOST_TABLES:
        raise Refused(f"The file has more than {MOST_TABLES} tables. Save the one that is wanted in a new file.")
    if any(unusable(name) or len(name) > LONGEST_HEADING for name in names):
        raise Refused(
            f"The name of a sheet or list is longer than {LONGEST_HEADING} characters or cannot be stored. Rename it."
        )


def check_headings(columns: Iterable[tuple[str, str]]) -> None:
    """`columns` are headings, each with where it stands. Raises Unreadable where two mean the same."""
    seen: dict[str, tuple[str, str]] = {}
    for heading, place in columns:
        if unusable(heading) or len(heading) > LONGEST_HEADING:
            raise Unreadable(
                f"The name of a column ({place}) is longer than {LONGEST_HEADING} characters or cannot be stored. "
                "The first row of the table has to name the columns."
            )
        key = key_of(heading)
        if key in seen:
            first, where = seen[key]
            raise Unreadable(
                f"Two columns have the same name: “{first[:100]}” ({where}) and “{heading[:100]}” ({place}). "
                "Rename or delete one of them."
            )
        seen[key] = heading, place
        if len(seen) > MOST_COLUMNS:
            raise Unreadable(TOO_WIDE)


def tabled(name: str, lines: Iterable[Line], is_known: IsKnown, room: Room) -> Table:
    """Empty lines are passed over. Raises Unreadable."""
    filled = (line for line in lines if line.used())
    heading, rest = _heading(filled, is_known)
    headings = {place: text.strip() for place, text in sorted(heading.cells.items()) if text.strip()}
    check_headings((text, f"column {letters(place)}") for place, text in headings.items())
    table = Table(name, list(headings.values()), heading=heading.number)
    for line in rest:
        _check_headed(line, headings, heading.number)
        table.add(
            line.number,
            {text: line.cells.get(place, "") for place, text in headings.items()},
            {headings[place]: f"Cell {letters(place)}{line.number} {why}" for place, why in line.faults.items()},
            room,
        )
    if not table.rows:
        raise Unreadable("The file has no rows.")
    return table


def _heading(lines: Iterator[Line], is_known: IsKnown) -> tuple[Line, Iterator[Line]]:
    """The first line with two headings that are known; otherwise the first line; and what follows it."""
    first: list[Line] = []
    for line in lines:
        first.append(line)
        if known_in(line, is_known) > 1:
            return line, lines
        if len(first) == HEADING_WITHIN:
            break
    if not first:
        raise Unreadable("The file has no rows.")
    return first[0], chain(first[1:], lines)


def known_in(line: Line, is_known: IsKnown) -> int:
    return sum(
        len(text) <= LONGEST_HEADING and is_known(text) for text in islice(line.cells.values(), MOST_COLUMNS + 1)
    )


def _check_headed(line: Line, headings: dict[int, str], heading: int) -> None:
    for place in sorted(line.used()):
        if place not in headings:
            raise Unreadable(
                f"Row {line.number} has a value in column {letters(place)}, which has no heading in row {heading}. "
                "Name the column there, or delete the value."
            )
