"""The groups of staff as the table of roles says, whatever somebody made of them."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.staff import roles


class Command(BaseCommand):
    help = "Gives the groups Support, Operations and Auditor the permissions of apps/staff/roles.py, no more, no fewer."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in roles.sync():
            self.stderr.write(f"No permission is called {line}.")
        for role, lines in roles.ROLES.items():
            self.stdout.write(f"{role}: {', '.join(lines)}")
