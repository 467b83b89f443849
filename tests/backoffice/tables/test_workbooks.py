"""XLSX as it is found: what its cells show, and a sentence for whatever cannot be told from the file."""

import io
import struct
import zipfile

import openpyxl
import pytest

from apps.backoffice.tables import archive
from tests.backoffice.tables.reader import fault_of, refusal_of, rows_of, source_of
from tests.workbooks import STRICT, cell, packed, row, sheet, workbook, xlsx

HEADING = row(1, "title", "user_id")
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="[$-409]d/mmm/yy;@"/><numFmt numFmtId="166" formatCode="[hh]:mm:ss"/>'
    '<numFmt numFmtId="167" formatCode="0.00&quot; days&quot;"/><numFmt numFmtId="168" formatCode="[Red]0"/></numFmts>'
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs>"
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 164, 165, 166, 167, 168, 21))
    + "</cellXfs>"
)


def shown(xml: str, properties: str = "", texts: str = "") -> str:
    parts = workbook(sheet(HEADING, row(2, xml, "alice")), styles=STYLES, properties=properties, texts=texts)
    return rows_of("t.xlsx", packed(parts))[2][0]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<c><v>5</v></c>", "5"),
        ("<c><v>5.0</v></c>", "5"),
        ("<c><v>-1.5</v></c>", "-1.5"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>1E5</v></c>", "100000"),
        ("<c><v>999999999999999</v></c>", "999999999999999"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="str"><f>A1&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c t="str"><f>""</f><v></v></c>', ""),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c t="d"><v>2027-01-31T09:30:00</v></c>', "2027-01-31T09:30:00"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r><rPh><t>x</t></rPh></is></c>', "a b"),
        ('<c t="inlineStr"><is><t>a_x000D_\nb_x005F_x000D_c</t></is></c>', "a\r\nb_x000D_c"),
        ('<c s="1"><v>46418</v></c>', "2027-01-31"),
        ('<c s="2"><v>46418.39583333334</v></c>', "2027-01-31T09:30:00"),
        ('<c s="3"><v>46418</v></c>', "2027-01-31"),
        ('<c s="4"><v>1.25</v></c>', "30:00:00"),
        ('<c s="5"><v>1.25</v></c>', "1.25"),
        ('<c s="6"><v>7</v></c>', "7"),
        ('<c s="7"><v>0.3958333333333333</v></c>', "09:30:00"),
        ('<c s="1"><v>59</v></c>', "1900-02-28"),
        ('<c s="99"><v>7</v></c>', "7"),
    ],
)
def test_a_cell_is_what_a_spreadsheet_shows(xml: str, text: str) -> None:
    assert shown(xml) == text


def test_dates_that_count_from_1904() -> None:
    assert shown('<c s="1"><v>44956</v></c>', properties='<workbookPr date1904="1"/>') == "2027-01-31"


def test_shared_texts() -> None:
    texts = "<si><t>x</t></si><si><r><t>a_x000D_</t></r><r><t>b</t></r><rPh><t>y</t></rPh></si>"
    assert shown('<c t="s"><v>1</v></c>', texts=texts) == "a\rb"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<c><f>A1</f></c>", "Cell A2 holds a formula whose result is not in the file."),
        ("<c><f>A1</f><v></v></c>", "Cell A2 holds a formula whose result is not in the file."),
        ('<c t="str"><f>A1</f></c>', "Cell A2 holds a formula whose result is not in the file."),
        ('<c t="e"><v>#N/A</v></c>', "Cell A2 shows the error #N/A."),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "Cell A2 shows the error #DIV/0!."),
        ("<c><v>1e+22</v></c>", "Cell A2 holds a number of more than 15 digits"),
        ("<c><v>9007199254740993</v></c>", "Cell A2 holds a number of more than 15 digits"),
        ("<c><v>NaN</v></c>", "Cell A2 holds no number"),
        ("<c><v>1e999</v></c>", "Cell A2 holds a number of more than 15 digits"),
        ('<c s="1"><v>-1</v></c>', "Cell A2 holds a number outside the dates"),
        ('<c s="1"><v>1e9</v></c>', "Cell A2 holds a number outside the dates"),
        ('<c t="inlineStr"><is><t>_x0000_</t></is></c>', "The value holds a NUL character."),
        ('<c t="inlineStr"><is><t>_xD83D_</t></is></c>', "The value holds half of a character"),
    ],
)
def test_a_cell_that_cannot_be_told_names_itself(xml: str, reason: str) -> None:
    assert fault_of("t.xlsx", packed(workbook(sheet(HEADING, row(2, xml, "alice")), styles=STYLES))).startswith(
        f"title: {reason}"
    )


def test_a_wrong_dimension_loses_no_row() -> None:
    content = xlsx(HEADING, row(2, "a", "x"), row(3, "b", "y"), before='<dimension ref="A1:A2"/>')
    assert rows_of("t.xlsx", content) == {2: ["a", "x"], 3: ["b", "y"]}


def test_rows_keep_their_numbers() -> None:
    assert rows_of("t.xlsx", xlsx(row(3, "title", "user_id"), row(7, "a", "x"), row(9), row(12, "b", "y"))) == {
        7: ["a", "x"],
        12: ["b", "y"],
    }


def test_cells_without_an_address_follow_one_another() -> None:
    rows = "<row><c t='str'><v>title</v></c><c t='str'><v>user_id</v></c></row><row><c t='str'><v>a</v></c></row>"
    assert rows_of("t.xlsx", xlsx(rows)) == {2: ["a", ""]}


def test_a_merged_cell_counts_for_its_rows() -> None:
    content = xlsx(
        HEADING,
        row(2, "a", "alice"),
        row(3, "b"),
        row(4, "c"),
        row(5, "d"),
        after='<mergeCells><mergeCell ref="B2:B4"/><mergeCell ref="A9:XFD1048576"/></mergeCells>',
    )
    assert rows_of("t.xlsx", content) == {2: ["a", "alice"], 3: ["b", "alice"], 4: ["c", "alice"], 5: ["d", ""]}


def test_hidden_sheets_are_not_read() -> None:
    sheets = [sheet(HEADING, row(2, text, "alice")) for text in ("secret", "seen", "also")]
    (first, second) = source_of("t.xlsx", packed(workbook(*sheets, names=("A", "B", "C"), hidden=("A",)))).tables
    assert [(first.name, first.rows[0]["title"]), (second.name, second.rows[0]["title"])] == [
        ("B", "seen"),
        ("C", "also"),
    ]


def test_a_sheet_that_cannot_be_read_says_why_and_stands_behind_the_others() -> None:
    sheets = (sheet(row(1, "notes"), row(2, "a", "b")), sheet(HEADING, row(2, "a", "alice")))
    first, second = source_of("t.xlsx", packed(workbook(*sheets))).tables
    assert (first.name, second.name, "no heading" in second.problem) == ("Sheet2", "Sheet1", True)


def test_strict_open_xml() -> None:
    part = sheet(HEADING, row(2, "a", "alice"), namespace=STRICT[0])
    assert rows_of("t.xlsx", packed(workbook(part, namespaces=STRICT))) == {2: ["a", "alice"]}


def test_prefixes_and_absolute_targets() -> None:
    parts = workbook("")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row><x:c t="str"><x:v>title</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>a</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml")
    assert rows_of("t.xlsx", packed(parts)) == {2: ["a"]}


def test_a_cell_of_another_library() -> None:
    book = openpyxl.Workbook()
    for line in (("title", "user_id"), ("a\r\nb", True), ("=x", 1.5)):
        book.active.append(line)
    book.active["A3"].data_type = "s"
    file = io.BytesIO()
    book.save(file)
    assert rows_of("t.xlsx", file.getvalue())[3] == ["=x", "1.5"]


def changed(content: bytes, offset: int, value: bytes) -> bytes:
    return content[:offset] + value + content[offset + len(value) :]


def with_header(method: int | None = None, flags: int | None = None) -> bytes:
    """A workbook whose parts are said to be packed so."""
    content = xlsx(HEADING, row(2, "a", "alice"))
    for mark, at_flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            if flags is not None:
                content = changed(content, place + at_flags, struct.pack("<H", flags))
            if method is not None:
                content = changed(content, place + at_flags + 2, struct.pack("<H", method))
            place = content.find(mark, place + 1)
    return content


def flipped() -> bytes:
    content = xlsx(HEADING, *(row(number, f"a {number * 7919}", "alice") for number in range(2, 40)))
    start = content.find(b"xl/worksheets/sheet1.xml") + 60
    return changed(content, start, bytes(255 - each for each in content[start : start + 40]))


def doctype(text: str, codec: str = "utf-8") -> bytes:
    parts: dict[str, str] = workbook(sheet(HEADING, row(2, "a", "alice")))
    name = "xl/worksheets/sheet1.xml"
    part = f'<?xml version="1.0" encoding="{codec}"?>{text}{parts[name].replace(">a<", ">&x;<")}'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packing:
        for each, value in parts.items():
            packing.writestr(each, part.encode(codec) if each == name else value)
    return file.getvalue()


EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {name} '{f'&{of};' * 10}'>" for of, name in zip("abcdefghi", "bcdefghix", strict=True))
    + "]>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (flipped(), "The file is damaged."),
        (xlsx(HEADING)[:-30], "The file is damaged."),
        (b"PK\x03\x04" + b"\0" * 100, "The file is damaged."),
        (packed({"a.xml": "<a/>"}), "The file is damaged."),
        (packed({**workbook(sheet(HEADING)), "xl/workbook.xml": "<workbook"}), "The file is damaged."),
        (
            packed({**workbook(sheet(HEADING)), "xl/workbook.xml": "<?xml version='1.0' encoding='utf-7'?><a/>"}),
            "damaged",
        ),
        (
            packed({**workbook(sheet(HEADING)), "xl/styles.xml": '<a><numFmt numFmtId="x"/></a>'}),
            "The file is damaged.",
        ),
        (xlsx('<row r="x"/>'), "The file is damaged."),
        (xlsx('<row r="-1"/>'), "The file is damaged."),
        (xlsx('<row><c r="1A"><v>1</v></c></row>'), "The file is damaged."),
        (xlsx('<row><c t="s"><v>7</v></c></row>'), "The file is damaged."),
        (xlsx('<row><c t="s"><v>x</v></c></row>'), "The file is damaged."),
        (xlsx("&nbsp;"), "The file is damaged."),
        (with_header(flags=1), "The file is protected with a password."),
        (with_header(method=9), "The file is packed in an unusual way."),
        (with_header(method=14), "The file is packed in an unusual way."),
        (with_header(method=77), "The file is packed in an unusual way."),
        (OLE, "The file has a password, or is of an Excel before 2007."),
        (b"title,user_id", "The content of the file is not what the end of its name says."),
        (doctype(EXTERNAL), "document type"),
        (doctype(LAUGHS), "document type"),
        (doctype(LAUGHS, "utf-16"), "document type"),
        (doctype("<!DOCTYPE r>"), "document type"),
        (packed(workbook(sheet(HEADING, row(2, "a")), hidden=("Sheet1",))), "The file has no visible sheet."),
        (xlsx(row(1, "title", "Title"), row(2, "a")), "“title” (column A) and “Title” (column B)"),
        (xlsx(HEADING, row(2, "a", "x", cell("XFD2", "far"))), "Row 2 has a value in column XFD, which has no heading"),
    ],
    ids=range(26),
)
def test_what_cannot_be_read_gets_a_sentence(content: bytes, sentence: str) -> None:
    assert sentence in refusal_of("t.xlsx", content)


def test_a_far_cell_costs_no_more_than_a_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cell is made up between two: the file has fewer elements than this bound."""
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 40)
    far = xlsx(HEADING, row(2, "a", "alice"), row(1048576, cell("A1048576", "b"), cell("XFD1048576", "x")))
    assert "Row 1048576 has a value in column XFD" in refusal_of("t.xlsx", far)
    low = xlsx(HEADING, row(2, "a", "alice"), row(1048576, "b", "bob"))
    assert rows_of("t.xlsx", low) == {2: ["a", "alice"], 1048576: ["b", "bob"]}


def test_a_wide_sheet_is_left_at_its_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 1_000)
    wide = "".join(f"<c><v>{number}</v></c>" for number in range(101))
    assert "more than 100 columns" in refusal_of("t.xlsx", xlsx(f"<row>{wide}</row>", "<row/>" * 5_000))


def test_more_cells_than_can_be_read_in_time() -> None:
    assert "too many cells" in refusal_of("t.xlsx", xlsx(HEADING, "<row/>" * archive.MOST_ELEMENTS))


def test_more_than_is_unpacked() -> None:
    assert "unpacks to more than 50 MiB" in refusal_of("t.xlsx", packed({"x": "x" * (archive.MOST_UNPACKED_BYTES + 1)}))


def test_more_parts_than_any_workbook_has() -> None:
    assert "more than 1,000 parts" in refusal_of("t.xlsx", packed({str(number): "" for number in range(1_001)}))
