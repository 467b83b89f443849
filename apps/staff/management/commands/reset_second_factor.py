"""For the last superuser who lost phone and codes: whoever reaches the server may let them enrol anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.staff import resets


class Command(BaseCommand):
    help = "Takes a staff member's second factor away and signs them out everywhere; they enrol at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="The e-mail address that they sign in with.")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(login=options["login"].lower()).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {options['login']}.")
        resets.reset(person, by=person, message="Second factor reset from the command line.")
        self.stdout.write(f"{person.login} enrols at the next sign-in.")
