"""What stands under a table of figures, so that a reader knows what to make of them."""

import argparse
import json
import os
from dataclasses import asdict
from datetime import UTC, datetime

from tests.benchmarks.figures import Table, ratios
from tests.benchmarks.surroundings import described


def caption(options: argparse.Namespace) -> str:
    """When, where, what, and how long."""
    when = datetime.now(UTC).date().isoformat()
    how = f"{options.rounds} rounds of {options.seconds} s, {options.connections} connections"
    return f"{when}, {os.cpu_count()} cores, commit {described()}: medians of {how}"


def written(table: Table, caption: str) -> str:
    """As JSON, for programs."""
    return json.dumps({"caption": caption, "figures": _plain(table), "ratios": _plain(ratios(table))}, indent=1)


def _plain(table: Table) -> dict[str, dict[str, dict[str, float]]]:
    return {
        operation: {name: asdict(figures) for name, figures in by_name.items()} for operation, by_name in table.items()
    }
