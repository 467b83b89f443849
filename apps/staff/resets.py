"""A colleague's second factor taken away, so that they can enrol another."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from apps.accounts import services
from apps.accounts.models import User
from apps.staff import factors


@transaction.atomic
def reset(person: User, by: User, message: str) -> None:
    """Their sessions end with it."""
    factors.forget(person)
    services.sign_out_everywhere(person)
    log(person, message, by=by)


def log(person: User, message: str, *, by: User) -> None:
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(User),
        object_id=person.pk,
        object_repr=str(person)[:200],
        action_flag=CHANGE,
        change_message=message,
    )
