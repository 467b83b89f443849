"""Text files of cells: which encoding, which separator, and their lines."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from apps.backoffice.tables.table import HEADING_WITHIN, IsKnown, Line, Unreadable, known_in

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# The longer first: the mark of UTF-32 begins as that of UTF-16 does.
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
# Of the text: enough to tell the separator.
LONGEST_SAMPLE = 256 * 1024
# Excel reads it from the first line, and shows it to nobody.
SEPARATOR_LINE = re.compile(r'"?sep=([^\r\n"])"?(?:\r\n|\r|\n)', re.IGNORECASE)


def text_of(content: bytes) -> tuple[str, str]:
    """The text, and its encoding for people to read. Raises Unreadable."""
    for codec, name in _encodings(content):
        try:
            return content.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise Unreadable("The text is neither UTF-8 nor UTF-16 nor Windows-1252. Save the file as “CSV UTF-8”.")


def _encodings(content: bytes) -> list[tuple[str, str]]:
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            return [(codec, name)]
    # Latin letters have a NUL beside them in UTF-16, and nowhere in the others.
    start = content[:1_000]
    for first, codec in ((0, "utf-16-be"), (1, "utf-16-le")):
        if start[first::2].count(0) > len(start) // 5:
            return [(codec, "UTF-16")]
    return [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")]


def separator_of(text: str, is_known: IsKnown) -> tuple[str, str]:
    """The separator, and the text without a line that names it."""
    if named := SEPARATOR_LINE.match(text):
        if named[1] != "\t" and not named[1].isprintable():
            raise Unreadable("The first line names a separator that cannot be used. Write one such as sep=; there.")
        return named[1], text[named.end() :]
    scores = {separator: _score(text, separator, is_known) for separator in SEPARATORS}
    return max(scores, key=lambda separator: scores[separator]), text


def _score(text: str, separator: str, is_known: IsKnown) -> tuple[int, int]:
    """How many headings it makes known in the best of the first lines, then how many cells in the first."""
    reader = csv.reader(io.StringIO(text[:LONGEST_SAMPLE], newline=""), delimiter=separator)
    lines = []
    try:
        for record in islice((record for record in reader if record), HEADING_WITHIN):
            lines.append(_line(0, record))
    except csv.Error:
        pass
    return max((known_in(line, is_known) for line in lines), default=0), len(lines[0].cells) if lines else 0


def lines_of(text: str, separator: str) -> Iterator[Line]:
    """Numbered as a spreadsheet numbers them: a line end within quotation marks begins no row. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                f"Row {number} cannot be read: its quotation marks are not in pairs. Put a cell that has any into "
                'quotation marks, and write each within it twice: "12"" pipe".'
            ) from error
        yield _line(number, record)


def _line(number: int, record: list[str]) -> Line:
    return Line(number, {place: text for place, text in enumerate(record) if text})
