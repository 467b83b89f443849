"""Erases a person with all they own. Interrupted, it goes on when it is run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import erasure
from apps.accounts.holdings import holdings
from apps.accounts.models import User
from apps.backoffice.models import Job, JobState

# Between two lines of progress.
LINE_SECONDS = 2.0


class Command(BaseCommand):
    help = "Erases a person with all they own (GDPR, article 17). If it is interrupted, run it again to go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", help="The `sub` of the person's tokens.")
        parser.add_argument(
            "--no-input", "--noinput", action="store_false", dest="interactive", help="Do not ask for a confirmation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(pk=options["subject"]).first()
        if person is None:
            raise CommandError(f"There is no person with the subject {options['subject']!r}.")
        if options["interactive"]:
            self._confirm(person)
        try:
            job = self._work(erasure.begin(person, by=None))
        except (User.DoesNotExist, Job.DoesNotExist) as error:
            raise CommandError("Somebody else has erased this person meanwhile.") from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted. Run the command again to go on.", returncode=130) from None
        gone = erasure.in_words(erasure.counts_of(job), "nothing else")
        self.stdout.write(f"Erased, with {gone}. The log knows the person as {job.values['pseudonym']}.")

    def _confirm(self, person: User) -> None:
        kept = erasure.in_words(erasure.count_rows(holdings(person)), "nothing else")
        self.stdout.write(f"{person} ({person.pk}) goes for good, with {kept}.")
        if input("Type the subject again to erase the person: ") != person.pk:
            raise CommandError("That is not the subject. Nothing was erased.")

    def _work(self, job: Job) -> Job:
        while True:
            job = erasure.work(job, LINE_SECONDS)
            if job.state == JobState.FINISHED:
                return job
            if job.state == JobState.STOPPED:
                raise CommandError(
                    "Somebody has paused this erasure in the back office. Run the command again to go on."
                )
            self.stdout.write(f"{job.seen:,} of about {job.expected:,} rows")
