"""ODS as LibreOffice writes it, with a sentence for whatever cannot be told from the file."""

import pytest

from tests.backoffice.tables.reader import fault_of, refusal_of, rows_of, source_of
from tests.workbooks import ods, ods_row, ods_table

HEADING = ods_row("title", "user_id")


def typed(kind: str, more: str = "", text: str = "") -> str:
    paragraph = f"<text:p>{text}</text:p>" if text else ""
    kinds = f'office:value-type="{kind}" calcext:value-type="{kind}"'
    return f"<table:table-cell {kinds} {more}>{paragraph}</table:table-cell>"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (typed("float", 'office:value="5"', "5,00"), "5"),
        (typed("float", 'office:value="0.30000000000000004"'), "0.3"),
        (typed("percentage", 'office:value="0.5"', "50 %"), "0.5"),
        (typed("currency", 'office:value="1.5"'), "1.5"),
        (typed("boolean", 'office:boolean-value="true"', "WAHR"), "TRUE"),
        (typed("date", 'office:date-value="2027-01-31"', "31.01.27"), "2027-01-31"),
        (typed("date", 'office:date-value="2027-01-31T09:30:00"'), "2027-01-31T09:30:00"),
        (typed("time", 'office:time-value="PT09H30M00S"', "09:30"), "09:30:00"),
        (typed("string", text="a<text:s text:c='2'/>b<text:tab/>c<text:line-break/>d"), "a  b\tc\nd"),
        (typed("string", text="a</text:p>\n<text:p><text:span>b</text:span>"), "a\nb"),
        (
            typed("string", text="a").replace(
                "<text:p>", "<office:annotation><text:p>x</text:p></office:annotation><text:p>"
            ),
            "a",
        ),
        (typed("string", 'table:formula="of:=A1"', "ab"), "ab"),
    ],
)
def test_a_cell_is_what_a_spreadsheet_shows(xml: str, text: str) -> None:
    assert rows_of("t.ods", ods(ods_table(HEADING, ods_row(xml, "alice")))) == {2: [text, "alice"]}


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (
            typed("string", 'table:formula="of:=1/0"', "#DIV/0!").replace(
                'calcext:value-type="string"', 'calcext:value-type="error"'
            ),
            "Cell A2 shows the error #DIV/0!.",
        ),
        ('<table:table-cell table:formula="of:=A1"/>', "Cell A2 holds a formula whose result is not in the file."),
        (typed("float", 'office:value="9007199254740993"'), "Cell A2 holds a number of more than 15 digits"),
        (typed("float", 'office:value="x"'), "Cell A2 holds no number"),
    ],
)
def test_a_cell_that_cannot_be_told_names_itself(xml: str, reason: str) -> None:
    assert fault_of("t.ods", ods(ods_table(HEADING, ods_row(xml, "alice")))).startswith(f"title: {reason}")


def test_repeated_rows_and_cells() -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = (
        ods_row(empty, more='table:number-rows-repeated="2"'),
        HEADING,
        ods_row("a", "alice", empty, more='table:number-rows-repeated="2"'),
        ods_row(empty, more='table:number-rows-repeated="1048000"'),
    )
    assert rows_of("t.ods", ods(ods_table(*rows))) == {4: ["a", "alice"], 5: ["a", "alice"]}


def test_a_merged_cell_counts_for_its_rows() -> None:
    merged = typed("string", 'table:number-rows-spanned="3"', "alice")
    rows = (
        ods_row("a", merged),
        ods_row("b", "<table:covered-table-cell/>"),
        ods_row("c", "<table:covered-table-cell/>"),
    )
    assert rows_of("t.ods", ods(ods_table(HEADING, *rows, ods_row("d", "<table:table-cell/>")))) == {
        2: ["a", "alice"],
        3: ["b", "alice"],
        4: ["c", "alice"],
        5: ["d", ""],
    }


def test_hidden_tables_are_not_read() -> None:
    style = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    tables = [
        ods_table(HEADING, ods_row(text, "alice"), name=text, style=s)
        for text, s in (("secret", "ta1"), ("seen", "ta2"))
    ]
    (table,) = source_of("t.ods", ods(*tables, styles=style)).tables
    assert (table.name, table.rows[0]["title"]) == ("seen", "seen")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ods(ods_table(HEADING), manifest="<m><encryption-data/></m>"), "The file is protected with a password."),
        (ods("<table:table>"), "The file is damaged."),
        (ods(ods_table(ods_row("a", more='table:number-rows-repeated="x"'))), "The file is damaged."),
        (ods(), "The file has no visible sheet."),
        (
            ods(ods_table(HEADING, ods_row("a", more='table:number-rows-repeated="1000000"'))),
            "more than 5,000 rows",
        ),
        (
            ods(ods_table(ods_row(typed("string", 'table:number-columns-repeated="16384"', "a")), ods_row("x"))),
            "have the same name",
        ),
        (
            ods(ods_table(HEADING, ods_row("a", '<table:table-cell table:number-columns-repeated="16382"/>', "far"))),
            "Row 2 has a value in column XFD, which has no heading",
        ),
    ],
    ids=range(7),
)
def test_what_cannot_be_read_gets_a_sentence(content: bytes, sentence: str) -> None:
    assert sentence in refusal_of("t.ods", content)
