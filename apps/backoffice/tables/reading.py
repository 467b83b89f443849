"""A file of a table, by its name and content: what was read, and how."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.backoffice.tables import objects, ods, separated, xlsx
from apps.backoffice.tables.archive import Archive
from apps.backoffice.tables.table import IsKnown, Line, Refused, Room, Table, Unreadable, check_tables, tabled

MOST_BYTES = 5 * 1024 * 1024
ZIPPED = b"PK\x03\x04"
# Files of Office before 2007, and those of today that are encrypted.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXTS, OBJECTS, WORKBOOKS = {"csv", "tsv", "txt"}, {"json", "jsonl", "ndjson"}, {"xlsx", "xlsm", "ods"}


@dataclass(frozen=True)
class Source:
    """`tables` are those that people may choose from, the likeliest first; `about` says how they were read."""

    about: str
    tables: list[Table]
    # Whether an apostrophe before a formula is what an export adds.
    is_protected: bool = False


def read(name: str, content: bytes, is_known: IsKnown) -> Source:
    """Raises Unreadable where no table can be read."""
    kind = name.rpartition(".")[2].lower()
    _check(kind, content)
    if kind in TEXTS:
        source = _of_text(content, is_known)
    elif kind in OBJECTS:
        source = Source("JSON", objects.tables_of(content))
    else:
        source = _of_workbook(content, is_known)
    if not any(table.rows for table in source.tables):
        raise Unreadable(source.tables[0].problem if source.tables else "The file has no visible sheet.")
    return source


def _check(kind: str, content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 5 MiB. Import it in parts.")
    if content.startswith(COMPOUND):
        raise Unreadable("The file has a password, or is of an Excel before 2007. Save it as .xlsx without a password.")
    if kind not in TEXTS | OBJECTS | WORKBOOKS:
        raise Unreadable("The name of the file has to end in .csv, .tsv, .txt, .xlsx, .ods or .json.")
    if content.startswith(ZIPPED) != (kind in WORKBOOKS):
        raise Unreadable("The content of the file is not what the end of its name says. Save it again, or rename it.")


def _of_text(content: bytes, is_known: IsKnown) -> Source:
    text, encoding = separated.text_of(content)
    separator, text = separated.separator_of(text, is_known)
    table = tabled("", separated.lines_of(text, separator), is_known, Room())
    between = separated.SEPARATORS.get(separator, f"“{separator}”")
    return Source(f"Text in {encoding}, its cells separated by {between}", [table], is_protected=True)


def _of_workbook(content: bytes, is_known: IsKnown) -> Source:
    """The kind is told by the parts: a file with the wrong one of the two names is read all the same."""
    archive = Archive(content)
    reader = ods if ods.CONTENT in archive else xlsx
    room, tables = Room(), list[Table]()
    for name, lines in reader.sheets_of(archive):
        check_tables([*(table.name for table in tables), name])
        tables.append(_table(name, lines, is_known, room))
    tables.sort(key=lambda table: not table.rows)
    return Source("OpenDocument" if reader is ods else "Excel workbook", tables)


def _table(name: str, lines: Iterable[Line], is_known: IsKnown, room: Room) -> Table:
    """Where it cannot be read, with the reason: another sheet may be the one that is wanted."""
    try:
        return tabled(name, lines, is_known, room)
    except Refused:
        raise
    except Unreadable as error:
        return Table(name, problem=str(error))
