"""CSV as spreadsheets and other tools write it; rows are numbered as a spreadsheet numbers them."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backoffice.tables.reader import fault_of, refusal_of, rows_of, source_of, table_of

TABLE = "title;user_id;tags\r\nÜbung;alice;a\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_any_usual_separator_and_line_end(separator: str, end: str) -> None:
    text = TABLE.replace(";", separator).replace("\r\n", end)
    assert rows_of("t.csv", text) == {2: ["Übung", "alice", "a"]}


@pytest.mark.parametrize(
    ("codec", "mark", "told"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8-sig", b"", "UTF-8"),
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
        ("utf-32", b"", "UTF-32"),
        ("cp1252", b"", "Windows-1252"),
    ],
)
def test_any_usual_encoding_is_read_and_named(codec: str, mark: bytes, told: str) -> None:
    content = mark + TABLE.encode(codec)
    assert rows_of("t.txt", content) == {2: ["Übung", "alice", "a"]}
    assert source_of("t.txt", content).about == f"Text in {told}, its cells separated by semicolons"


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r\n'])
def test_excels_line_about_the_separator_is_no_row(line: str) -> None:
    assert rows_of("t.csv", line + TABLE) == {2: ["Übung", "alice", "a"]}


def test_a_separator_that_only_such_a_line_can_name() -> None:
    assert rows_of("t.csv", "sep=^\r\ntitle^user_id\r\na;b,c^alice\r\n") == {2: ["a;b,c", "alice"]}
    assert rows_of("t.csv", "sep=\t\ntitle\tuser_id\na\talice\n") == {2: ["a", "alice"]}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("title,user_id,,\r\nx,alice,,\r\n", {2: ["x", "alice"]}),
        ("title,user_id\nx\n", {2: ["x", ""]}),
        ("title,user_id\nx,alice,\n", {2: ["x", "alice"]}),
        ("\r\n\r\ntitle,user_id\r\nx,alice\r\n", {4: ["x", "alice"]}),
        ("My tasks,\r\n\r\ntitle,user_id\r\nx,alice\r\n", {4: ["x", "alice"]}),
        ("title,user_id\r\n\r\nx,alice\r\n,\r\ny,bob\r\n", {3: ["x", "alice"], 5: ["y", "bob"]}),
        ('title,user_id\n"a\r\nb",alice\nx,bob\n', {2: ["a\r\nb", "alice"], 3: ["x", "bob"]}),
        ('title,user_id\n12" pipe,alice\n', {2: ['12" pipe', "alice"]}),
        ("Title,USER_ID\nx,alice\n", {2: ["x", "alice"]}),
        ("title,user_id\nx,alice", {2: ["x", "alice"]}),
        ("Titel;Wer\na, b, c;alice\n", {2: ["a, b, c", "alice"]}),
        ("title;notes, long\nx;y\n", {2: ["x", "y"]}),
        ("title\nx\n", {2: ["x"]}),
        ("title,user_id\n\ufeffx,alice\n", {2: ["\ufeffx", "alice"]}),
    ],
)
def test_shapes_of_the_real_world(text: str, rows: dict[int, list[str]]) -> None:
    assert rows_of("t.csv", text) == rows


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("title,user_id,Title\nx,alice,y\n", "“title” (column A) and “Title” (column C)"),
        ("due at,id,due_at\n,1,\n", "“due at” (column A) and “due_at” (column C)"),
        ('title,user_id\nx,alice\n"12" pipe",bob\n', "Row 3 cannot be read: its quotation marks"),
        ('title,user_id\nx,"alice\ny,bob\n', "Row 2 cannot be read: its quotation marks"),
        ("title,user_id\nx,alice,y\n", "Row 2 has a value in column C, which has no heading in row 1."),
        ("title,,user_id\nx,y,alice\n", "Row 2 has a value in column B, which has no heading in row 1."),
        (b"title,user_id\n\x81,alice\n", "neither UTF-8 nor UTF-16 nor Windows-1252"),
        (b"\xff\xfet", "neither UTF-8 nor UTF-16 nor Windows-1252"),
        ("title,user_id\n", "The file has no rows."),
        ("\n\n", "The file has no rows."),
        (",".join(f"c{number}" for number in range(101)) + "\nx\n", "more than 100 columns"),
        ("sep=\0\r\ntitle\0user_id\r\nx\0alice\r\n", "a separator that cannot be used"),
        ("sep=\x1b\ntitle\x1buser_id\nx\x1balice\n", "a separator that cannot be used"),
        ("title\n" + "x\n" * 5_001, "more than 5,000 rows"),
        ("x" * 201 + "\ny\n", "longer than 200 characters"),
        ("t\0itle,user_id\nx,alice\n", "cannot be stored"),
        ('title\n"' + "x" * 200_000 + '"\n', "Row 2 cannot be read"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_read_gets_a_sentence(content: str | bytes, sentence: str) -> None:
    assert sentence in refusal_of("t.csv", content)


def test_a_cell_that_cannot_be_stored_keeps_its_row_out_alone() -> None:
    assert (
        fault_of("t.csv", "title,user_id\na\0b,alice\nx,bob\n") == "title: The value holds a NUL character. Delete it."
    )


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.tuples(st.just("1"), TEXT, TEXT), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(ENCODINGS),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_what_was_written_is_read(
    rows: list[tuple[str, str, str]], separator: str, encoding: str, quoting: int, end: str
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([("id", "title", "user_id"), *rows])
    table = table_of("t.csv", file.getvalue().encode(encoding))
    assert [tuple(row.values()) for row in table.rows] == rows
