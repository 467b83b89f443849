"""The parts of an Office Open XML workbook (ISO/IEC 29500), transitional or strict: sheets, shared texts, formats."""

import posixpath
import re
from dataclasses import dataclass, field

from apps.backoffice.tables.archive import DAMAGED, Archive, whole
from apps.backoffice.tables.numbers import kind_of_format
from apps.backoffice.tables.table import Unreadable

# How a workbook writes a character that XML does not keep (ISO/IEC 29500-1, 22.9.2.19).
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Workbook:
    """`sheets` are the visible ones: their names and parts. Raises Unreadable."""

    archive: Archive
    sheets: list[tuple[str, str]] = field(default_factory=list)
    base_1904: bool = False
    texts: list[str] = field(default_factory=list)
    # The kind of each cell format, by its place.
    formats: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        main = next((part for kind, part in self._related("") if kind == "officeDocument"), None)
        if main is None:
            raise Unreadable(DAMAGED)
        related = self._by_id(main)
        self._read_sheets(main, related)
        for kind, part in related.values():
            if kind == "sharedStrings":
                self._read_texts(part)
            elif kind == "styles":
                self._read_formats(part)

    def _related(self, part: str) -> list[tuple[str, str]]:
        return list(self._by_id(part).values())

    def _by_id(self, part: str) -> dict[str, tuple[str, str]]:
        """What the part refers to: by id, the kind and the part."""
        folder, name = posixpath.split(part)
        found = {}
        for event, element, values in self.archive.events(posixpath.join(folder, "_rels", f"{name}.rels")):
            if (event, element) == ("start", "Relationship") and values.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, values.get("Target", "")))
                found[values.get("Id", "")] = values.get("Type", "").rpartition("/")[2], target.lstrip("/")
        return found

    def _read_sheets(self, main: str, related: dict[str, tuple[str, str]]) -> None:
        for event, element, values in self.archive.events(main):
            if event != "start":
                continue
            if element == "workbookPr":
                self.base_1904 = values.get("date1904") in {"1", "true"}
            if element == "sheet" and values.get("state", "visible") == "visible":
                kind, part = related.get(values.get("id", ""), ("", ""))
                # A chart may have a sheet of its own.
                if kind == "worksheet":
                    self.sheets.append((values.get("name", ""), part))

    def _read_texts(self, part: str) -> None:
        text, piece, path = list[str](), list[str](), [""]
        for event, name, _ in self.archive.events(part):
            if event == "start":
                path.append(name)
                text = [] if name == "si" else text
            elif event == "end":
                path.pop()
                if name == "t":
                    text.append(unescaped("".join(piece)))
                    piece.clear()
                elif name == "si":
                    self.texts.append("".join(text))
            # How a text is pronounced (rPh) is no part of it.
            elif path[-1] == "t" and "rPh" not in path:
                piece.append(name)

    def _read_formats(self, part: str) -> None:
        codes: dict[int, str] = {}
        within = False
        for event, element, values in self.archive.events(part):
            if element == "cellXfs" and event != "text":
                within = event == "start"
            elif event == "start" and element == "numFmt":
                codes[whole(values.get("numFmtId", ""))] = values.get("formatCode", "")
            elif event == "start" and element == "xf" and within:
                number = whole(values.get("numFmtId", "0"))
                self.formats.append(kind_of_format(number, codes.get(number)))


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
