"""Once, in a database that was restored from a dump or to an earlier moment, before people write to it."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.tasks import changes


class Command(BaseCommand):
    help = "Begins the changes feed anew, since a restored database numbers its transactions from the start."

    def handle(self, *args: Any, **options: Any) -> None:
        changes.renew()
        self.stdout.write("The changes feed begins anew; whoever follows it reads all tasks once more.")
