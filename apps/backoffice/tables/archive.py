"""The XML parts of a zipped office document, unpacked and parsed within fixed bounds."""

import io
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any
from xml.etree.ElementTree import ParseError, XMLParser
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from apps.backoffice.tables.table import Refused, Room

MOST_PARTS = 1_000
MOST_UNPACKED_BYTES = 50 * 1024 * 1024
# Of all parts together: 5,000 rows of 20 columns have as many.
MOST_ELEMENTS = 300_000
# Attributes, pieces of text (the parser makes one of each line end) and escaped characters such as _x000D_.
MOST_PIECES = 1_000_000
ESCAPE = "_x"
MOST_DEPTH = 100
# Within one tag or comment, which the parser reads from its start again for each chunk.
MOST_CHUNKS = 3
CHUNK = 64 * 1024
ENCRYPTED = 0x1
PART_HEADER = b"PK\x01\x02"
DAMAGED = "The file is damaged. Open it in the program that made it, save it again and import that."
PROTECTED = "The file is protected with a password. Save it without one."
TOO_LARGE = "The file unpacks to more than 50 MiB. Import it in parts, or save it as CSV."

# Office documents have none: it is where entities are declared, which expand or name other files.
DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
DOCTYPE = "The file declares a document type (DTD), which no spreadsheet program writes. Save it again in one."

TOO_MANY_CELLS = "The sheets of the file have too many cells. Import them in parts, or save them as CSV."

LONG_TAG = "The file has a part that no spreadsheet program writes. Open it in one, save it again and import that."

# What zipfile and zlib raise for bytes that are no archive or a damaged one.
ZIP_ERRORS = (BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, OSError, NotImplementedError)
# ValueError and LookupError are about an encoding that the parser does not know.
XML_ERRORS = (ParseError, ValueError, LookupError)

# LibreOffice's own attributes: its value-type stands beside the standard's.
CALC_EXTENSION = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

# ("start", name, attributes), ("end", name, {}) or ("text", text, {}); names without their namespace.
Event = tuple[str, str, dict[str, str]]
NOTHING: dict[str, str] = {}


class Archive:
    """Raises Unreadable where the bytes are no archive that could be read."""

    def __init__(self, content: bytes) -> None:
        # Before zipfile makes an object of each.
        if content.count(PART_HEADER) > MOST_PARTS:
            raise Refused(f"The file has more than {MOST_PARTS:,} parts. Save the table alone in a new file.")
        try:
            self._zip = ZipFile(io.BytesIO(content))
        except ZIP_ERRORS as error:
            raise Refused(DAMAGED) from error
        parts = self._zip.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise Refused(TOO_LARGE)
        if any(part.flag_bits & ENCRYPTED for part in parts):
            raise Refused(PROTECTED)
        self._elements = self._pieces = 0
        # For the text of all cells, a text that many share counted for each.
        self.room = Room()
        self._parts = {part.filename: part for part in parts}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def events(self, name: str) -> Iterator[Event]:
        """Of the XML part of that name. Raises Unreadable."""
        target = _Target()
        parser = XMLParser(target=target)  # noqa: S314 - the target refuses a DTD
        silent = 0
        for chunk in self._chunks(name):
            # The parser goes on to the end of a chunk, and would expand entities there.
            if not target.has_root and any(mark in chunk for mark in DOCTYPES):
                raise Refused(DOCTYPE)
            _parse(parser.feed, chunk)
            target.flush()
            silent = 0 if target.events else silent + 1
            if silent > MOST_CHUNKS:
                raise Refused(LONG_TAG)
            while target.events:
                event = target.events.popleft()
                yield event
            self._count(target)
        _parse(parser.close)
        target.flush()
        yield from target.events

    def _count(self, target: "_Target") -> None:
        self._elements += target.elements
        self._pieces += target.pieces
        target.elements = target.pieces = 0
        if self._elements > MOST_ELEMENTS or self._pieces > MOST_PIECES:
            raise Refused(TOO_MANY_CELLS)

    def _chunks(self, name: str) -> Iterator[bytes]:
        """zipfile gives no more of a part than its header says."""
        part = self._parts.get(name)
        if part is None:
            raise Refused(DAMAGED)
        _check_method(part)
        try:
            file = self._zip.open(part)
        except ZIP_ERRORS as error:
            raise Refused(DAMAGED) from error
        with file:
            yield from iter(lambda: _read(file), b"")


def _check_method(part: ZipInfo) -> None:
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Refused("The file is packed in an unusual way. Save it again in a spreadsheet program.")


def _read(file: IO[bytes]) -> bytes:
    try:
        return file.read(CHUNK)
    except ZIP_ERRORS as error:
        raise Refused(DAMAGED) from error


def _parse(step: Any, *chunk: bytes) -> None:
    try:
        step(*chunk)
    except XML_ERRORS as error:
        raise Refused(DAMAGED) from error


class _Target:
    """Collects what the parser finds. It does nothing else, since what is raised here passes through the parser."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.elements = self.pieces = self._depth = 0
        self.has_root = False
        self._texts: list[str] = []
        self.data = self._texts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.has_root = True
        self.elements += 1
        self.pieces += len(attributes)
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Refused(DAMAGED)
        self.flush()
        self.events.append(
            (
                "start",
                _local(name),
                {_local(key): value for key, value in attributes.items()} if attributes else NOTHING,
            )
        )

    def end(self, name: str) -> None:
        self._depth -= 1
        self.flush()
        self.events.append(("end", _local(name), NOTHING))

    def flush(self) -> None:
        """The text between two tags is one event for each chunk."""
        if self._texts:
            text = "".join(self._texts)
            self.pieces += len(self._texts) + text.count(ESCAPE)
            self.events.append(("text", text, NOTHING))
            self._texts.clear()

    def doctype(self, name: str, public: str, system: str) -> None:
        raise Refused(DOCTYPE)

    def close(self) -> None:
        return None


def whole(text: str) -> int:
    """A number of the file's own structure. Raises Unreadable."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise Refused(DAMAGED)


@lru_cache(1_000)
def _local(name: str) -> str:
    return name.replace(CALC_EXTENSION, "calcext:").rpartition("}")[2]
