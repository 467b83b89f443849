"""JSON: our own export, an object a line, and the lists that other tools write."""

import json
from collections import Counter
from unittest.mock import Mock

import pytest

from apps.backoffice.tables import objects
from tests.backoffice.tables.reader import fault_of, refusal_of, rows_of, source_of


def test_objects_name_their_values() -> None:
    text = '[{"title": "a", "tags": ["x", "y, z"], "due_at": null, "done": false}, {"title": 12345678901234567890.50}]'
    assert rows_of("t.json", text) == {1: ["a", "x\ny, z", "", "false"], 2: ["12345678901234567890.50"]}


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.ndjson"])
def test_an_object_a_line(name: str) -> None:
    assert rows_of(name, '{"title": "a"}\n\n{"title": "b"}\n') == {1: ["a"], 2: ["b"]}
    assert rows_of(name, '{"title": "a"}') == {1: ["a"]}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_the_encodings_of_text_files(codec: str) -> None:
    assert rows_of("t.json", '[{"title": "Zoë"}]'.encode(codec)) == {1: ["Zoë"]}


def test_lists_within_it_are_tables_to_choose_from() -> None:
    projects = [{"title": "P", "tasks": [{"title": "a"}, {"title": "a2"}]}, {"title": "Q", "tasks": [{"title": "b"}]}]
    tasks, outer = source_of("t.json", json.dumps(projects)).tables
    assert (tasks.name, [row["title"] for row in tasks.rows]) == ("tasks", ["a", "a2", "b"])
    assert tasks.numbers == [1, 2, 3]
    assert (outer.name, [row["title"] for row in outer.rows]) == ("", ["P", "Q"])
    board = {"name": "Board", "lists": [{"name": "To do"}], "cards": [{"name": "Card"}]}
    assert [table.name for table in source_of("t.json", json.dumps(board)).tables] == ["cards", "lists"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[{"title": {"a": 1}}]', "title: The value is an object or a list of lists."),
        ('[{"tags": [["x"]]}]', "tags: The value is an object or a list of lists."),
        ('[{"tags": ["x\\ny"]}]', "tags: The value is a list with a line break in one of its texts."),
        ('[{"title": NaN}]', "title: The value is NaN, which is no JSON."),
        ('[{"title": -Infinity}]', "title: The value is -Infinity, which is no JSON."),
        ('[{"tags": [NaN]}]', "tags: The value is an object or a list of lists."),
        ('[{"title": "a", "title": "b"}]', "title: The value is there twice."),
        ('[{"title": "a\\ud83d"}]', "title: The value holds half of a character"),
        ('[{"title": "a\\u0000"}]', "title: The value holds a NUL character."),
    ],
)
def test_a_value_that_cannot_be_used_has_a_reason(text: str, fault: str) -> None:
    assert fault_of("t.json", text).startswith(fault)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "The file is not JSON: line 1, column 2"),
        ('[{"title": "a"},\n{"title" "b"}]', "The file is not JSON: line 2, column 10"),
        ('{"title": "a"}\n{"title" "b"}\n', "Line 2 of the file is not JSON: column 10"),
        ("", "The file is not JSON"),
        ("3", "The file holds no list of objects"),
        ("NaN", "The file holds no list of objects"),
        ("{}", "The file has no rows."),
        ('[{"title": "a"}, 1]', "Row 2 is no object"),
        ("[]", "The file has no rows."),
        ("[{}]", "The file has no rows."),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('[{"Due at": "", "due_at": ""}]', "“Due at” (row 1) and “due_at” (row 1)"),
        ('[{"\\ud800": "a"}]', "cannot be stored"),
        (json.dumps([{"title": "a"}] * 5_001), "more than 5,000 rows"),
        (json.dumps([{f"c{number}": 1 for number in range(101)}]), "more than 100 columns"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_read_gets_a_sentence(text: str, sentence: str) -> None:
    assert sentence in refusal_of("t.json", text)


def test_names_that_come_twice_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted for each of them, it would take the square of the time."""
    counter = Mock(wraps=Counter)
    monkeypatch.setattr(objects, "Counter", counter)
    text = "[{" + ",".join(f'"k{number % 90}": {number}' for number in range(180)) + "}]"
    assert len(source_of("t.json", text).tables[0].faults["0"]) == 90
    assert counter.call_count == 1


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({f"list{number}": [{"title": "a"}] for number in range(51)}, "more than 50 tables"),
        ({f"list{number}": [{"title": "a"}] * 5_000 for number in range(50)}, "too much text"),
        ({"a\0": [{"title": "a"}]}, "The name of a sheet or list"),
        ({"a\ud800": [{"title": "a"}], "tasks": [{"title": "a"}]}, "The name of a sheet or list"),
        ({"a" * 201: [{"title": "a"}]}, "The name of a sheet or list"),
    ],
    ids=range(5),
)
def test_what_all_tables_may_hold(value: object, sentence: str) -> None:
    assert sentence in refusal_of("t.json", json.dumps(value))


def test_a_value_that_is_too_long_keeps_its_row_out_alone() -> None:
    assert fault_of("t.json", json.dumps([{"title": "a" * 40_001}, {"title": "a" * 40_000}])) == (
        "title: The value holds more than 40,000 characters. Shorten it."
    )
