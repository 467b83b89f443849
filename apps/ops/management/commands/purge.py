"""What has served its time: run it daily."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.ops.housekeeping import registered


class Command(BaseCommand):
    help = "Deletes what has had its time: " + ", ".join(sorted(registered)) + "."

    def handle(self, *args: Any, **options: Any) -> None:
        for what, purge in sorted(registered.items()):
            self.stdout.write(f"{what}: {purge()}")
