"""No file costs more than its size allows: what would is refused, or its cells are."""

import pytest

from apps.backoffice.tables import archive, table
from apps.backoffice.tables.archive import Archive
from tests.backoffice.tables.reader import fault_of, refusal_of, rows_of, source_of
from tests.workbooks import ods, ods_row, ods_table, packed, row, sheet, workbook, xlsx

HEADING, OPEN_HEADING = row(1, "title", "user_id"), ods_row("title", "user_id")
LONG = "title: Cell A2 holds more than 40,000 characters. Shorten it."
MERGE = '<mergeCells><mergeCell ref="A2:A1000"/></mergeCells>'
HIDDEN = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'


def shared(text: str, *rows: str, after: str = "") -> bytes:
    return packed(workbook(sheet(HEADING, *rows, after=after), texts=f'<si><t xml:space="preserve">{text}</t></si>'))


def of_cell(xml: str) -> bytes:
    return xlsx(HEADING, row(2, xml, "alice"))


def open_cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def spaces(count: int, more: str = "") -> str:
    return open_cell(more + '<text:s text:c="2000"/>' * count)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.xlsx", of_cell(f"<c t='str'><v>{chr(10) * 200_000}</v></c>")),
        ("t.xlsx", of_cell(f"<c t='inlineStr'><is>{'<r><t>abcde</t></r>' * 10_000}</is></c>")),
        ("t.xlsx", shared("x" * 1_000_000, row(2, "<c t='s'><v>0</v></c>", "alice"))),
        ("t.ods", ods(ods_table(OPEN_HEADING, ods_row("x" * 100_000, "alice")))),
        ("t.ods", ods(ods_table(OPEN_HEADING, ods_row(spaces(10_000), "alice")))),
    ],
    ids=["value", "inline", "shared", "paragraph", "spaces"],
)
def test_a_cell_that_is_too_long_names_itself(name: str, content: bytes) -> None:
    assert fault_of(name, content) == LONG


def test_a_cell_may_be_as_long_as_a_spreadsheet_keeps_it() -> None:
    text = "line\n" * 6_500
    assert rows_of("t.xlsx", of_cell(f"<c t='str'><v>{text}</v></c>")) == {2: [text, "alice"]}


def test_the_text_between_two_tags_is_one_event() -> None:
    texts = [
        text for kind, text, _ in Archive(packed({"x": "<a>b\n\n&amp;c\n<d/>\n</a>"})).events("x") if kind == "text"
    ]
    assert texts == ["b\n\n&c\n", "\n"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.xlsx", of_cell(f"<c><v>{chr(10) * (archive.MOST_PIECES + 1)}</v></c>"), "too many cells"),
        ("t.xlsx", xlsx(HEADING, "\n" * (archive.MOST_PIECES + 1)), "too many cells"),
        ("t.xlsx", xlsx(HEADING, "x" * 100, "_x000D_" * (archive.MOST_PIECES + 1)), "too many cells"),
        (
            "t.xlsx",
            xlsx(HEADING, ("<q " + " ".join(f"a{n}=''" for n in range(1_001)) + "/>") * 1_000),
            "too many cells",
        ),
        ("t.xlsx", of_cell("<c>" + "<t>x" * 200 + "</t>" * 200 + "</c>"), "The file is damaged."),
        ("t.xlsx", xlsx(HEADING, f"<row x='{'y' * 10_000_000}'/>"), "no spreadsheet program writes"),
        ("t.xlsx", xlsx(HEADING, f"<row x='{'>' * 1_000_000}'/>"), "no spreadsheet program writes"),
        ("t.xlsx", xlsx(HEADING, f"<!--{'<>' * 500_000}-->"), "no spreadsheet program writes"),
        ("t.xlsx", shared("x" * 30_000, "<row><c t='s'><v>0</v></c></row>" * 1_000), "too much text"),
        ("t.xlsx", shared(" " * 30_000, "<row><c t='s'><v>0</v></c></row>" * 1_000), "too much text"),
        (
            "t.xlsx",
            shared(
                "x" * 30_000, row(2, "<c t='s'><v>0</v></c>"), *(row(n, "", "b") for n in range(3, 1_001)), after=MERGE
            ),
            "too much text",
        ),
        (
            "t.ods",
            ods(ods_table(OPEN_HEADING, ods_row("x" * 30_000, "b", more='table:number-rows-repeated="1000"'))),
            "too much text",
        ),
        (
            "t.ods",
            ods(*[ods_table(OPEN_HEADING, ods_row("a", "b", more='table:number-rows-repeated="5000"'))] * 50),
            "too much text",
        ),
        ("t.ods", ods(*[ods_table(OPEN_HEADING, ods_row("a", "b"))] * 51), "more than 50 tables"),
        ("t.ods", ods(ods_table(OPEN_HEADING, ods_row("a", "b"), name="x" * 201)), "The name of a sheet or list"),
        ("t.ods", ods(ods_table(OPEN_HEADING, *[ods_row(spaces(5, "x"))] * 3_000)), "too much text"),
    ],
    ids=range(16),
)
def test_what_would_cost_too_much_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert sentence in refusal_of(name, content)


def test_a_table_that_is_left_early_hides_none_behind_it() -> None:
    wide = open_cell("a", 'table:number-columns-repeated="101"')
    tables = [ods_table(ods_row(*[wide] * 50), ods_row("x")), ods_table(OPEN_HEADING, ods_row("a", "b"), name="Good")]
    good, bad = source_of("t.ods", ods(*tables)).tables
    assert (good.name, good.rows, bool(bad.problem)) == ("Good", [{"title": "a", "user_id": "b"}], True)


def test_a_hidden_table_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_CHARACTERS", 2_000)
    secret = ods_table(ods_row("x" * 1_000, more='table:number-rows-repeated="5000"'), style="ta1")
    content = ods(*[secret] * 60, ods_table(OPEN_HEADING, ods_row("a", "b")), styles=HIDDEN)
    assert rows_of("t.ods", content) == {2: ["a", "b"]}


@pytest.mark.parametrize(
    "rows",
    [
        (row(2, "a", "alice"), row(2, "b", "bob")),
        (row(2, "a", "alice"), row(3, "b", "bob"), row(2, "c", "carol")),
        ('<row r="2"><c r="A2" t="str"><v>a</v></c><c r="A2" t="str"><v>b</v></c></row>',),
        ('<row r="2"><c r="A2"><f>1</f></c><c r="A2" t="str"><v>b</v></c></row>',),
        ('<row r="2"><c r="B2" t="str"><v>a</v></c><c r="A2"/><c t="str"><v>b</v></c></row>',),
    ],
)
def test_a_row_or_cell_that_comes_twice_is_not_lost(rows: tuple[str, ...]) -> None:
    assert "The file is damaged." in refusal_of("t.xlsx", xlsx(HEADING, *rows))
