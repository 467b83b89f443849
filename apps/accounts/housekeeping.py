"""Sessions, tokens, failed logins and archived keys that no longer count."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session as StaffSession
from django.db.models.functions import Now
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.accounts.keys import KEPT_SECONDS
from apps.accounts.models import ArchivedKeySet, Session
from apps.accounts.sessions import SessionToken
from apps.ops.housekeeping import delete_in_batches, purges


@purges("sessions of staff")
def purge_staff_sessions() -> int:
    return delete_in_batches(StaffSession.objects.filter(expire_date__lt=Now()))


@purges("used refresh tokens")
def purge_refresh_tokens() -> int:
    return delete_in_batches(OutstandingToken.objects.filter(expires_at__lte=Now()))


@purges("sessions of local accounts")
def purge_sessions() -> int:
    return delete_in_batches(Session.objects.filter(used_at__lt=Now() - SessionToken.lifetime))


@purges("failed logins")
def purge_failed_logins() -> int:
    return delete_in_batches(AccessAttempt.objects.filter(attempt_time__lt=Now() - settings.AXES_COOLOFF_TIME))


@purges("archived keys")
def purge_archived_keys() -> int:
    return delete_in_batches(ArchivedKeySet.objects.filter(fetched_at__lt=Now() - timedelta(seconds=KEPT_SECONDS)))
