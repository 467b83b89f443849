"""The figures for a terminal, and their ratios for the README."""

from dataclasses import astuple

from tests.benchmarks.contenders import PROJECT
from tests.benchmarks.figures import Figures, Table, ratios

HEADINGS = ("requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU us")
MARKDOWN_HEADINGS = ("requests a second", "p50", "p95", "p99", "CPU a request")
NAME = 30


def text(table: Table) -> str:
    return "\n".join([_row("", "", HEADINGS), *(line for operation in table for line in _lines(table, operation))])


def _lines(table: Table, operation: str) -> list[str]:
    measured = [_row(operation, name, _plain(figures)) for name, figures in table[operation].items()]
    compared = ratios(table)[operation].items()
    return [*measured, *(_row(operation, f"{PROJECT} / {name}", _times(ratio)) for name, ratio in compared), ""]


def _row(operation: str, name: str, cells: tuple[str, ...]) -> str:
    return f"{operation:8}{name:{NAME}}" + "".join(f"{cell:>12}" for cell in cells)


def _plain(figures: Figures) -> tuple[str, ...]:
    rate, *milliseconds, cpu = astuple(figures)
    return (f"{rate:.0f}", *(f"{each:.2f}" for each in milliseconds), f"{cpu:.0f}")


def _times(ratio: Figures) -> tuple[str, ...]:
    return tuple(f"x {each:.2f}" for each in astuple(ratio))


def markdown(table: Table) -> str:
    """The README's table: a row for each rival and operation."""
    rows = [
        (f"`{operation}`, to {name}", *(f"{each:.2f}" for each in astuple(ratio)))
        for name in next(iter(ratios(table).values()))
        for operation, ratio in ((operation, compared[name]) for operation, compared in ratios(table).items())
    ]
    lines = [("the project", *MARKDOWN_HEADINGS), ("---",) * (len(MARKDOWN_HEADINGS) + 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("| ---", "|---").replace("--- |", "---|") for line in lines)
