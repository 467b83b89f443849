"""What is done to people's records, on behalf of a token and by staff."""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from apps.accounts.claims import Claims
from apps.accounts.models import Session, User, Withdrawal


def provision(claims: Claims) -> bool:
    """Whether the caller is active; makes the record of one who comes for the first time.

    Any number of first requests at once make one record: the losers' INSERT does nothing.
    """
    active = _is_active(claims.subject)
    if active is None:
        person = User(subject=claims.subject, email=claims.email or "", name=claims.name or "")
        person.set_unusable_password()
        User.objects.bulk_create([person], ignore_conflicts=True)
        active = _is_active(claims.subject)
    return bool(active)


def update_profile(claims: Claims) -> None:
    """Writes what a newer token tells. A local account's record is its own source."""
    told = {name: value for name, value in (("email", claims.email), ("name", claims.name)) if value}
    User.objects.filter(subject=claims.subject, login=None).update(**told)


def is_alive(session: str, subject: str) -> bool:
    """Whether that sign-in of that person has not ended."""
    try:
        return Session.objects.filter(pk=session, user_id=subject, ended_at=None).exists()
    except ValidationError:  # not a UUID
        return False


def recent_withdrawals(seconds: float) -> dict[int, str]:
    """Subjects by withdrawal id, of the last `seconds` by the database's clock."""
    since = Now() - timedelta(seconds=seconds)
    return dict(Withdrawal.objects.filter(withdrawn_at__gt=since).values_list("id", "subject"))


def _is_active(subject: str) -> bool | None:
    return User.objects.filter(subject=subject).values_list("is_active", flat=True).first()


def deactivate(subjects: Collection[str], reason: str) -> int:
    """How many were active until now. Workers learn of it by a trigger."""
    active = User.objects.filter(subject__in=subjects, is_active=True)
    return active.update(is_active=False, deactivation_reason=reason)


def reactivate(subjects: Collection[str], reason: str | None = None) -> int:
    """How many were deactivated until now; with `reason`, only those who still are for that reason.

    A person whose erasure has begun stays deactivated.
    """
    deactivated = User.objects.filter(subject__in=subjects, is_active=False, erasing_at=None)
    if reason is not None:
        deactivated = deactivated.filter(deactivation_reason=reason)
    return deactivated.update(is_active=True, deactivation_reason="")


def begin_erasing(person: User) -> None:
    """From now on the person is refused as one who was deactivated, and nobody can reactivate them."""
    reason = person.deactivation_reason if not person.is_active else "Being erased."
    since = Coalesce("erasing_at", Now())
    User.objects.filter(pk=person.pk).update(is_active=False, deactivation_reason=reason, erasing_at=since)


def sign_out_everywhere(person: User) -> None:
    """Ends every session of the person, of the back office and of the API."""
    person.signed_out_at = timezone.now()
    person.save(update_fields=["signed_out_at"])
    Session.objects.filter(user=person, ended_at=None).update(ended_at=Now())
