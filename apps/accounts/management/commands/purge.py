"""What has served its time: run it daily."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models.functions import Now

from apps.accounts.models import Session
from apps.accounts.sessions import SessionToken
from apps.limits.models import Counter

LONGEST_WINDOW = timedelta(days=1)


class Command(BaseCommand):
    help = "Deletes sessions, tokens, counters and failed logins that no longer count."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        call_command("flushexpiredtokens")
        unused = Now() - SessionToken.lifetime
        Session.objects.filter(used_at__lt=unused).delete()
        Counter.objects.filter(started_at__lt=Now() - LONGEST_WINDOW).delete()
        AccessAttempt.objects.filter(attempt_time__lt=Now() - settings.AXES_COOLOFF_TIME).delete()
