"""Deletes what has been kept for its time: run it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.ops.housekeeping import in_words, registered

HEADING = ("kind", "kept", "counted from", "due")


class Command(BaseCommand):
    help = "Deletes what has been kept for its time: " + ", ".join(sorted(registered)) + "."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            "--list",
            action="store_true",
            help="Print how long each kind is kept, and how many rows are due.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._print_table()
            return
        for kind, rule in sorted(registered.items()):
            self.stdout.write(f"{kind}: {rule.purge()}")

    def _print_table(self) -> None:
        lines = [HEADING]
        for kind, rule in sorted(registered.items()):
            column = f"{rule.model._meta.label}.{rule.column}"
            lines.append((kind, in_words(rule.age()), column, str(rule.due().count())))
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        for line in lines:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
