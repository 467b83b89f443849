"""Sessions, tokens, failed logins, notes to the workers and archived keys that no longer count."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session as StaffSession
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.accounts.keys import KEPT_SECONDS
from apps.accounts.models import ArchivedKeySet, Session, Withdrawal
from apps.accounts.sessions import SessionToken
from apps.ops.housekeeping import NO_AGE, keep, retain

# A token is accepted for some seconds after its end (JWT_LEEWAY_SECONDS), and hosts' clocks differ: without the record
# of its use, a used one would work again for as long.
USED_TOKENS_KEPT = timedelta(minutes=1)
# Workers look back ten minutes.
WITHDRAWALS_KEPT = timedelta(days=1)

retain("sessions of staff", StaffSession, "expire_date", lambda: NO_AGE)
retain("used refresh tokens", OutstandingToken, "expires_at", lambda: USED_TOKENS_KEPT)
retain("sessions of local accounts", Session, "used_at", lambda: SessionToken.lifetime)
retain("failed logins", AccessAttempt, "attempt_time", lambda: settings.AXES_COOLOFF_TIME)
retain("notes to the workers", Withdrawal, "withdrawn_at", lambda: WITHDRAWALS_KEPT)
retain("archived keys", ArchivedKeySet, "fetched_at", lambda: timedelta(seconds=KEPT_SECONDS))

keep("accounts.User", "a record goes by an erasure alone")
keep("accounts.Sighting", "one row a person, which goes with the person")
keep("accounts.Refusal", "the newest 10,000 are kept, whatever their age; the process that writes them trims them")
keep("token_blacklist.BlacklistedToken", "it goes with its outstanding token")
keep("axes.AccessAttemptExpiration", "nothing is written to it (AXES_USE_ATTEMPT_EXPIRATION is off)")
keep("axes.AccessLog", "nothing is written to it (AXES_DISABLE_ACCESS_LOG)")
keep("axes.AccessFailureLog", "nothing is written to it (AXES_ENABLE_ACCESS_FAILURE_LOG is off)")
