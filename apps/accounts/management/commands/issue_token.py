"""A token for trying the API by hand: shared secret, 1 hour."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.claims import Refused
from apps.accounts.tokens import shared_secret_token
from apps.accounts.verifiers import verify


class Command(BaseCommand):
    help = "Prints a token for the API, signed with BETTER_AUTH_SECRET, that lives an hour."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sub", required=True, help="the person's subject, such as alice")
        parser.add_argument("--email")
        parser.add_argument("--name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = shared_secret_token(options["sub"], options["email"], options["name"])
            verify(token)
        except ValueError as error:
            raise CommandError(str(error)) from error
        except Refused as error:
            raise CommandError(f"the API would refuse this token: {error.reason}") from error
        self.stdout.write(token)
