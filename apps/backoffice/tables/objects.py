"""JSON as tables: a list of objects, lists of objects within it, or an object a line."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from apps.backoffice.tables.separated import text_of
from apps.backoffice.tables.table import Refused, Room, Table, Unreadable, check_headings, check_tables

# How other tools name the list in which their tasks stand.
LISTS = ("tasks", "cards", "issues", "items", "todos")
NESTED = "is an object or a list of lists. Write text, a number or a list of texts."
BROKEN_ITEM = "is a list with a line break in one of its texts. Delete the line break."


class Reason(str):
    """In the place of a value that cannot be used: the reason."""

    __slots__ = ()


def tables_of(content: bytes) -> list[Table]:
    """Those of the likeliest name first. Raises Unreadable."""
    found: dict[str, list[tuple[int, Any]]] = {}
    value = _value(text_of(content)[0])
    if isinstance(value, list):
        found[""] = list(enumerate(value, start=1))
    for container in value if isinstance(value, list) else [value]:
        for name, rows in _lists(container):
            known = found.setdefault(name, [])
            known.extend(enumerate(rows, start=len(known) + 1))
    if not found and isinstance(value, dict):
        found[""] = [(1, value)]
    check_tables(found)
    room = Room()
    names = sorted(found, key=lambda name: LISTS.index(name) if name in LISTS else len(LISTS))
    tables = [_table(name, found[name], room) for name in names]
    if not tables:
        raise Unreadable('The file holds no list of objects such as [{"title": "Pay rent", "user_id": "alice"}].')
    return tables


def _lists(container: Any) -> Iterator[tuple[str, list[Any]]]:
    for name, value in container.items() if isinstance(container, dict) else ():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            yield name, value


def _table(name: str, rows: list[tuple[int, Any]], room: Room) -> Table:
    """Where it cannot be read, with the reason."""
    table = Table(name)
    try:
        for number, row in rows:
            if not isinstance(row, dict):
                raise Unreadable(f'Row {number} is no object such as {{"title": "Pay rent"}}.')
            values = {key: _cell(value) for key, value in row.items()}
            faults = {key: f"The value {value}" for key, value in values.items() if isinstance(value, Reason)}
            table.add(number, {key: text for key, text in values.items() if key not in faults}, faults, room)
            if new := [key for key in values if key not in table.columns]:
                table.columns += new
                check_headings((column, f"row {number}") for column in table.columns)
        if not table.columns:
            raise Unreadable("The file has no rows.")
    except Refused:
        raise
    except Unreadable as error:
        return Table(name, problem=str(error))
    return table


def _value(text: str) -> Any:
    try:
        return _parsed(text)
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
        if len(lines) < 2 or not _is_object(lines[0][1]):
            raise Unreadable(
                f"The file is not JSON: line {error.lineno}, column {error.colno} cannot be read."
            ) from error
    return [_of_line(number, line) for number, line in lines]


def _of_line(number: int, line: str) -> Any:
    try:
        return _parsed(line)
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {number} of the file is not JSON: column {error.colno} cannot be read.") from error


def _is_object(line: str) -> bool:
    try:
        return isinstance(_parsed(line), dict)
    except json.JSONDecodeError:
        return False


def _parsed(text: str) -> Any:
    """Numbers stay as they are written. Raises JSONDecodeError, and Unreadable."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise Unreadable("The lists and objects of the file are nested too deeply.") from error


def _no_constant(word: str) -> Reason:
    return Reason(f"is {word}, which is no JSON. Write a number, or null.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        values |= {name: Reason("is there twice. Delete one of the two.") for name in values if counts[name] > 1}
    return values


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, list) and all(isinstance(item, str) and not isinstance(item, Reason) for item in value):
        return Reason(BROKEN_ITEM) if any(sign in item for item in value for sign in "\r\n") else "\n".join(value)
    return Reason(NESTED)
