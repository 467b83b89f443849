"""How the tests of this folder read a file."""

from apps.backoffice.tables.reading import Source, read
from apps.backoffice.tables.table import Table, Unreadable, key_of

KNOWN = {"id", "title", "user_id", "due_at", "description", "tags"}


def source_of(name: str, content: bytes | str) -> Source:
    return read(
        name, content.encode() if isinstance(content, str) else content, lambda heading: key_of(heading) in KNOWN
    )


def table_of(name: str, content: bytes | str) -> Table:
    (table,) = source_of(name, content).tables
    return table


def rows_of(name: str, content: bytes | str) -> dict[int, list[str]]:
    """The values of each row by its number."""
    table = table_of(name, content)
    return {number: list(row.values()) for number, row in zip(table.numbers, table.rows, strict=True)}


def fault_of(name: str, content: bytes | str) -> str:
    """The one cell that cannot be used."""
    (faults,) = table_of(name, content).faults.values()
    ((column, reason),) = faults.items()
    return f"{column}: {reason}"


def refusal_of(name: str, content: bytes | str) -> str:
    try:
        source_of(name, content)
    except Unreadable as error:
        return str(error)
    raise AssertionError("It was read.")
